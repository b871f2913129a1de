"""Texts that students really send: they are stored as they are, and every page stays whole."""

import pytest
from playwright.sync_api import expect

from lessons.rules import texts
from tests.harness.browser import NewContext
from tests.harness.desk import Room, open_room
from tests.harness.server import Server

HOSTILE = {
    "one long word": "x" * 10_000,
    "script": "<script>alert(1)</script><img src=x onerror=alert(2)>",
    "closing tags": "</textarea></template></form></blockquote><h1>Gagné</h1>",
    "quotes": "".join(f"{'> ' * depth}niveau\n" for depth in range(4, 201, 4)),
    "nul and controls": "a\x00b\x07c\x1bd",
    "bidi": "\u202eecrit a l’envers\u202c et \u2067isolé\u2069 fin \u202e",
    "emoji": "👩‍🍳🏳️‍🌈 cuisine 🍲 " * 40,
    "template": "{{ 7|add:7 }} {% now 'Y' %} ${7*7} #{7*7}",
    "entities": "&lt;b&gt; &amp;amp; &#x202e; &nbsp;",
    "first line empty": "\n\n  deux lignes vides avant",
    "zalgo": "a" + "\u0301\u0302\u0303" * 200,
    "tabs and spaces": "\t\tretrait    espaces\u00a0insécables\u202f!",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_cleaning_removes_controls_and_nothing_else(name: str) -> None:
    text = HOSTILE[name]
    kept = "".join(c for c in text if c in "\t\n" or not (ord(c) < 32 or ord(c) == 127))
    assert texts.clean(text) == kept
    assert texts.clean(texts.clean(text)) == texts.clean(text)


def test_line_ends_become_line_feeds() -> None:
    assert texts.clean("a\r\nb\rc\nd") == "a\nb\nc\nd"


def test_half_an_emoji_is_left_out() -> None:
    assert texts.clean("a\ud83db") == "ab"


@pytest.fixture
def room(shared_server: Server, new_context: NewContext) -> Room:
    return open_room(shared_server, new_context, students=len(HOSTILE))


@pytest.mark.slow
def test_hostile_texts_are_stored_as_they_are_and_no_page_breaks(room: Room) -> None:
    """Typed, reloaded, in two versions and collected; the harness fails on any violation of the CSP."""
    for student, text in enumerate(HOSTILE.values()):
        desk = room.desk(student, viewport={"width": 360, "height": 740})
        desk.page.evaluate(
            "([id, text]) => { document.getElementById(id).value = text }", ["q1-reponse", text]
        )
        desk.area().dispatch_event("input")
        desk.expect_state("saved")
        desk.page.evaluate("fetch")  # still alive
        other = desk.page.evaluate(
            """async ([url, text]) => (await (await fetch(url, {method: 'POST',
            headers: {'Content-Type': 'application/json'}, body: JSON.stringify({part: 1,
            writer: 'autre-page', fields: [{name: 'q1-reponse', text: text + '!', base: 0, seq: 1}]})})).json())""",
            [f"{room.address(student)}enregistrer/", text],
        )
        assert other["fields"][0]["outcome"] == "unseen"
        desk.page.reload()
        expect(desk.conflict()).to_be_visible()
        assert desk.area().input_value() == texts.clean(text)
        width = desk.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert width[0] <= width[1]
        assert desk.page.locator("h1").count() == 1
        desk.context.close()
    stored = room.shell(
        "import json; from lessons.models import Answer; print(json.dumps(list(Answer.objects.filter("
        f"sitting__participant__run__public_id='{room.run}', question__number=1)"
        ".order_by('sitting__participant__pk').values_list('text', flat=True))))"
    )
    assert stored == [texts.clean(text) for text in HOSTILE.values()]


@pytest.mark.slow
def test_what_was_collected_is_shown_as_it_is(room: Room) -> None:
    for student, text in enumerate(HOSTILE.values()):
        code = (
            "from lessons.models import Answer; Answer.objects.filter(sitting__participant__public_id="
            f"'{room.people[student][0]}', question__number=1).update(text={texts.clean(text)!r})"
        )
        room.shell(code)
    room.close()
    for student, text in enumerate(HOSTILE.values()):
        desk = room.desk(student, viewport={"width": 320, "height": 640})
        shown = desk.page.locator(".written").first
        assert shown.evaluate("p => p.textContent") == texts.clean(text)
        width = desk.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert width[0] <= width[1]
        desk.context.close()
