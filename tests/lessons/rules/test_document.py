"""The common document's rules: what is let in, three texts into one, who wrote what, an earlier state."""

import gc
import json
import random
import shutil
import subprocess
import weakref

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lessons.rules import document_updates
from lessons.rules.document import MOST_TEXT, MOST_TEXTS, Replica
from lessons.rules.document_states import revive
from lessons.rules.poster import MAX_UPDATE
from lessons.rules.text_merging import edits, merge
from tests.harness.folders import ROOT

NODE = shutil.which("node")
SIGNS = st.sampled_from([*"ab é\n.’", "😀", "👩‍👧", "\U0001f1eb\U0001f1f7", "\ue000"])
TEXTS = st.lists(SIGNS, max_size=14).map("".join)


def played(before: str, changes: list[tuple[int, int, str]]) -> str:
    for start, end, new in reversed(changes):
        before = before[:start] + new + before[end:]
    return before


# --- three texts into one -------------------------------------------------------------------------------


@given(TEXTS, TEXTS)
def test_the_edits_make_one_text_of_the_other(before: str, after: str) -> None:
    assert played(before, edits(before, after)) == after


@given(TEXTS, TEXTS, TEXTS)
def test_a_form_keeps_what_others_wrote_meanwhile(base: str, theirs: str, mine: str) -> None:
    merged = played(theirs, merge(base, theirs, mine))
    if base == theirs:
        assert merged == mine
    if mine == base:
        assert merged == theirs
    for _, _, new in edits(base, mine):
        assert all(sign in merged for sign in new)
    for _, _, new in edits(base, theirs):
        assert all(sign in merged for sign in new)


@pytest.mark.parametrize(
    ("base", "theirs", "mine", "merged"),
    [
        ("un deux trois", "un deux trois quatre", "zéro un deux trois", "zéro un deux trois quatre"),
        ("un deux trois", "un deux bis trois", "un trois", "un bis trois"),
        ("un deux", "un DEUX", "un deux.", "un DEUX."),
        ("", "le leur", "le mien", "le leurle mien"),
        ("à effacer", "à effacer et plus", "", " et plus"),
        ("un 😀 deux", "un 😀 deux 👩‍👧", "un 😁 deux", "un 😁 deux 👩‍👧"),
    ],
)
def test_a_form_is_merged(base: str, theirs: str, mine: str, merged: str) -> None:
    assert played(theirs, merge(base, theirs, mine)) == merged


# --- what is let in ---------------------------------------------------------------------------------------


def filled(text: str = "Bonjour 😀", client: int = 7) -> Replica:
    made = Replica(client=client)
    made.write("titre", "", text)
    return made


def test_an_update_comes_in_once() -> None:
    page, server = Replica(client=7), Replica()
    edit = page.write("titre", "", "Bonjour 😀")
    assert edit is not None
    assert server.apply(edit, 7) == edit
    assert server.apply(edit, 7) is None
    assert server.read().texts == {"titre": "Bonjour 😀"}


def test_what_lacks_its_beginning_is_behind_and_changes_nothing() -> None:
    page, server = Replica(client=7), filled("là", client=1)
    page.write("titre", "", "un")
    before = server.whole()
    for edit in (page.write("titre", "un", "un deux"), page.write("titre", "un deux", "deux")):
        assert edit is not None
        with pytest.raises(document_updates.Behind):
            server.apply(edit, 7)
    assert server.whole() == before
    assert server.apply(page.whole(), 7) is not None  # the whole difference
    assert "deux" in server.text("titre")


def test_nobody_writes_under_another_ones_number() -> None:
    server = filled("d’Ada", client=7)
    forger = Replica([server.whole()], client=7)
    edit = forger.write("titre", "d’Ada", "d’Ada, dit-on")
    assert edit is not None
    with pytest.raises(document_updates.Refused, match="client"):
        server.apply(edit, 8)
    assert server.text("titre") == "d’Ada"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "format"),
        (b"\0", "format"),
        (b"\0\0\0", "format"),
        (b"\xff" * 40, "format"),
        (b"{}", "format"),
        # V2, as yjs writes « a » and as it writes nothing: V1 would take the second for an empty update.
        (bytes.fromhex("000002a50102060105746974726561000201010100000100"), "format"),
        (bytes.fromhex("00000000000000000000000000"), "format"),
        (bytes.fromhex("01010700040105746974726501610000"), "format"),  # one byte too many
        (bytes.fromhex("01010700040104706972650161") + b"\0", "name"),  # « pire » is no text of ours
        (bytes.fromhex("0101070004010574697472650d61"), "format"),  # a text of 13 bytes, of which one is there
        (bytes.fromhex("0101070001010574697472" + "65ffffffff0f00"), "format"),  # 4 thousand million deleted
        (bytes.fromhex("010107f9ffffff0f040105746974726501610" + "0"), "format"),  # a clock beyond reason
        (bytes.fromhex("0101070007010574697472650100"), "format"),  # a type inside the text
        (bytes.fromhex("01010700060105746974726504626f6c640474727565" + "00"), "format"),  # bold
        (bytes.fromhex("010107000801057469747265017701" + "6100"), "name"),  # a value inside a text
        (bytes.fromhex("01010700040100" + "07000161" + "00"), "name"),  # the child of a type
        (bytes.fromhex("01010700040105746974726502610d00"), "format"),  # a carriage return
        (bytes.fromhex("010107000401057469747265" + "02c32800"), "format"),  # not UTF-8
        (bytes.fromhex("010107002801" + "05666f726d65" + "066c61796f7574" + "01" + "7400" + "00"), "format"),
        (b"\0" * (MAX_UPDATE + 1), "long"),
    ],
)  # fmt: skip
def test_garbage_is_refused_with_its_reason_and_changes_nothing(data: bytes, reason: str) -> None:
    server = filled()
    before = server.whole()
    with pytest.raises(document_updates.Refused) as refused:
        server.apply(data)
    assert refused.value.reason == reason
    assert server.whole() == before


@settings(max_examples=200)
@given(st.binary(max_size=60), st.integers(0, 60), st.integers(0, 255))
def test_no_bytes_break_the_document(noise: bytes, place: int, byte: int) -> None:
    """Random bytes, and a true update with one byte changed: let in or refused, the document stays readable."""
    server, page = filled(), filled("autre", client=9)
    damaged = bytearray(page.whole())
    damaged[place % len(damaged)] = byte
    for data in (noise, bytes(damaged)):
        try:
            server.apply(data)
        except document_updates.Refused:
            pass
        except ValueError:
            server = filled()  # what is no longer trusted is read again from the store
        assert "Bonjour" in server.text("titre") or byte
        Replica([server.whole()]).read()


def test_a_value_slipped_into_a_text_is_found_out() -> None:
    """Behind an origin the format does not say into what an item goes."""
    server = filled("ab", client=7)
    value = bytes.fromhex("01010900" + "880701" + "01" + "78" + "00")  # after (7, 1): « true »
    before = server.text("titre")
    with pytest.raises(document_updates.Refused):
        server.apply(value)
    assert server.text("titre") == before


def test_four_full_texts_at_once_fit_and_no_more() -> None:
    server = Replica()
    for client in range(1, 5):
        page = Replica(client=client)
        server.apply(page.write("titre", "", "x" * (MOST_TEXT // 4)) or b"")
    with pytest.raises(document_updates.Refused, match="long"):
        server.apply(Replica(client=9).write("titre", "", "encore") or b"")
    shorter = Replica([server.whole()], client=10)
    assert server.apply(shorter.write("titre", shorter.text("titre"), "court") or b"")
    assert server.text("titre") == "court"
    assert server.apply(Replica(client=9).write("titre", "", "encore") or b"")


def test_names_of_texts_are_few() -> None:
    server, page = Replica(), Replica(client=5)
    edits_ = [page.write(f"q1-{number}", "", "y") or b"" for number in range(MOST_TEXTS + 1)]
    for edit in edits_[:-1]:
        server.apply(edit)
    with pytest.raises(document_updates.Refused, match="long"):
        server.apply(edits_[-1])
    assert len(server.texts()) == MOST_TEXTS


# --- who wrote what, an earlier state ------------------------------------------------------------------------


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Replica], list[bytes]]:
    """Three writers of one text, and its state after each edit."""
    pages = [Replica(client=client) for client in (11, 22, 33)]
    states = [pages[0].whole()]
    for who, text in draw(st.lists(st.tuples(st.integers(0, 2), TEXTS), max_size=8)):
        edit = pages[who].write("titre", pages[who].text("titre"), text)
        for page in pages:
            if edit is not None and page is not pages[who]:
                page.apply(edit)
        states.append(pages[who].whole())
    return pages, states


@given(histories())
def test_who_wrote_what_is_the_text_itself_in_stretches(made: tuple[list[Replica], list[bytes]]) -> None:
    pages, _ = made
    for page in pages:
        runs = page.runs().get("titre", [])
        assert "".join(text for _, text in runs) == page.text("titre")
        assert {client for client, _ in runs} <= {11, 22, 33}


@given(histories(), st.integers(0, 8))
def test_an_earlier_state_comes_back_with_its_authors(
    made: tuple[list[Replica], list[bytes]], which: int
) -> None:
    pages, states = made
    old = Replica([states[which % len(states)]])
    now = pages[0]
    wrote = {11: 1, 22: 2, 33: 3}
    signed = revive(now, old, lambda client: wrote.get(client or 0))
    for edit in signed:
        now.apply(edit.data, edit.client)
    assert now.text("titre") == old.text("titre")
    owners = wrote | {edit.client: edit.owner for edit in signed}
    for client, _ in now.runs().get("titre", []):
        assert owners[client or 0] in (1, 2, 3)


def test_what_is_brought_back_keeps_its_authors_letter_by_letter() -> None:
    ada, ben = Replica(client=11), Replica(client=22)
    ben.apply(ada.write("titre", "", "Un restaurant") or b"")
    ada.apply(ben.write("titre", "Un restaurant", "Un petit restaurant") or b"")
    old = Replica([ada.whole()])
    ada.write("titre", ada.text("titre"), "vide")
    owner = {11: 1, 22: 2}
    signed = revive(ada, old, lambda client: owner.get(client or 0))
    for edit in signed:
        ada.apply(edit.data)
    clients = owner | {edit.client: edit.owner for edit in signed}
    assert [(clients[c or 0], t) for c, t in ada.runs()["titre"]] == [
        (1, "Un "),
        (2, "petit "),
        (1, "restaurant"),
    ]


# --- the browser's own code, where there is a Node.js -----------------------------------------------------------

_DIFFS = """
import { diff } from "%(root)s/static/js/document/diff.js";
const cases = JSON.parse(process.argv[1]);
console.log(JSON.stringify(cases.map(([before, after, caret]) => diff(before, after, caret))));
"""


@pytest.mark.skipif(NODE is None, reason="no Node.js here; the browser tests run the same code")
def test_the_browser_finds_the_smallest_change_and_cuts_no_emoji() -> None:
    rng = random.Random(4)
    signs = [*"aab \n", "😀", "😁", "é"]
    cases: list[tuple[str, str, int]] = []
    for _ in range(300):
        before = "".join(rng.choices(signs, k=rng.randrange(8)))
        start, end = sorted((rng.randint(0, len(before)), rng.randint(0, len(before))))
        after = before[:start] + "".join(rng.choices(signs, k=rng.randrange(4))) + before[end:]
        caret = len(after[: len(after) - (len(before) - end)].encode("utf-16-le")) // 2
        cases.append((before, after, caret))
    code = _DIFFS % {"root": ROOT}
    done = subprocess.run(
        [str(NODE), "--input-type=module", "-e", code, json.dumps(cases)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    for (before, after, _), found in zip(cases, json.loads(done.stdout), strict=True):
        if found is None:
            assert before == after
            continue
        units = before.encode("utf-16-le")
        kept, rest = units[: 2 * found["at"]], units[2 * (found["at"] + found["removed"]) :]
        assert kept.decode("utf-16-le") + found["inserted"] + rest.decode("utf-16-le") == after
        assert (
            found["removed"] + len(found["inserted"]) <= len(units) // 2 + len(after.encode("utf-16-le")) // 2
        )


def test_a_document_that_nobody_needs_any_more_leaves_memory() -> None:
    """The library holds what it tells of a change where Python's collector does not see it."""
    replica = Replica()
    replica.write("titre", "", "Un titre")
    stored = replica.whole()
    other = Replica([stored])
    other.apply(replica.whole())
    other.read()
    kept = [weakref.ref(made._doc) for made in (replica, other, Replica([stored]))]
    del replica, other
    gc.collect()
    assert [doc() for doc in kept] == [None] * 3
