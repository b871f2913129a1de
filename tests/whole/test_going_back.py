"""« Retour » in real engines: a click on a link, then back. Whatever the browser does to the page, no word is lost.

Once each in `make test`, nineteen times more in `make test-all`.
"""

import json
import os
import shutil
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from selenium import webdriver

from tests.evaluations.browser.test_grading import made
from tests.harness.browser import FLAGS, NewContext
from tests.harness.desk import open_room
from tests.harness.going import Chromium, Device, WebKit, go_and_come_back, value, wait
from tests.harness.moment import unmoved
from tests.harness.server import Server
from tests.lessons.browser.test_gallery import lived
from tests.lessons.browser.test_group import area, member, open_groups

pytestmark = [pytest.mark.slow, pytest.mark.browser]  # asked for by name, so not seen by conftest
TIMES = [0, *(pytest.param(again, marks=pytest.mark.wide) for again in range(1, 20))]
WORDS = "Donner un travail rémunérateur à des jeunes, les former, et mettre la mer en commun."
MORE = "Une phrase de plus."
YOUR_DATA = 'footer a[href="/vos-donnees/"]'
SAVED = "document.querySelector('#etat-affiche .saved').dataset.state === 'saved'"


@pytest.fixture(params=["webkit", "chromium"])
def device(request: pytest.FixtureRequest) -> Device:
    return request.getfixturevalue(f"in_{request.param}")  # type: ignore[no-any-return]


@pytest.fixture
def in_webkit(webkit: webdriver.WebKitGTK) -> Iterator[WebKit]:
    yield WebKit(webkit)
    webkit.get("about:blank")  # its page's stream and its lock on being left go with it


@pytest.fixture
def in_chromium(browser: Browser) -> Iterator[Chromium]:
    """Playwright turns the back-forward cache off: not here."""
    chromium = browser.browser_type.launch(
        executable_path=shutil.which("chromium") or "/usr/bin/chromium",
        args=[*FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])],
        ignore_default_args=["--disable-back-forward-cache"],
        env=unmoved(),
    )
    yield Chromium(chromium.new_page())
    chromium.close()


def answer_saved(name: str) -> str:
    return f"""document.querySelector('[data-field="{name}"] .saved').dataset.state === 'saved'"""


@pytest.mark.parametrize("time_of", TIMES)
def test_answers(shared_server: Server, new_context: NewContext, device: Device, time_of: int) -> None:
    room = open_room(shared_server, new_context)
    device.open(room.address(), {"participant": room.people[0][1]})
    device.type("#q1-reponse", WORDS)
    wait(device, answer_saved("q1-reponse"))
    go_and_come_back(device, YOUR_DATA, "document.querySelector('#q1-reponse')")
    assert device.js(value("#q1-reponse")) == WORDS
    device.type("#q2-differences", MORE)
    wait(device, answer_saved("q2-differences"))
    assert room.stored().text == WORDS
    assert room.stored(question=2, key="differences").text == MORE
    device.reload()
    assert device.js(value("#q1-reponse")) == WORDS


STORED_POSTER = """
import json
from lessons.models import Poster
from lessons.queries.documents import document
poster = Poster.objects.get(group__run__public_id="{run}")
made = document(poster)
print(json.dumps([made.texts["titre"], made.texts["q1-mecanismes"]]))
"""


def texts_of(page: Page) -> list[str]:
    return [area(page, key).input_value() for key in ("titre", "q1-mecanismes")]


@pytest.mark.parametrize("time_of", TIMES)
def test_a_poster(shared_server: Server, new_context: NewContext, device: Device, time_of: int) -> None:
    room = open_groups(shared_server, new_context, students=2, sizes=(2,))
    other = member(room, 1)
    device.open(room.address(), {"participant": room.people[0][1]})
    wait(device, "document.querySelector('#feuille-place textarea')")  # the document is there
    device.click("#vue-ecrire")
    device.type("#titre", "Des données, pour qui ?")
    device.type("#q1-mecanismes", WORDS)
    expect(area(other, "q1-mecanismes")).to_have_value(WORDS)
    wait(device, SAVED)
    go_and_come_back(device, YOUR_DATA, "document.querySelector('#feuille-place textarea')")
    wanted = ["Des données, pour qui ?", WORDS]
    for _ in range(10):  # what one page empties is empty on all of them within four seconds
        assert [device.js(value("#titre")), device.js(value("#q1-mecanismes"))] == wanted
        assert texts_of(other) == wanted
        time.sleep(0.4)
    device.type("#source", MORE)
    expect(area(other, "source")).to_have_value(MORE)
    assert texts_of(other) == wanted
    assert room.shell(STORED_POSTER.format(run=room.run)) == wanted


GRADED = """
import json
from evaluations.models import Assessment
print(json.dumps([[a.criterion.number, a.level, a.observations]
    for a in Assessment.objects.filter(participant__public_id="{person}").order_by("criterion__number")]))
"""
GRADED_HERE = """[...document.querySelectorAll('fieldset.criterion')].map((row) =>
    [row.querySelector('input:checked').value, row.querySelector('.observations').value]).slice(0, 3)"""
GRADED_SAVED = "document.querySelector('.next-copy .saved').dataset.state === 'saved'"


@pytest.mark.parametrize("time_of", TIMES)
def test_grading(shared_server: Server, device: Device, time_of: int) -> None:
    classroom = made(shared_server, 2)
    device.open(classroom.sheet(), {"enseignant": classroom.teacher})
    wait(device, "document.querySelector('[data-submit]').hidden")
    for row, rank in ((1, 4), (2, 2)):
        device.click(f'label:has([name="niveau-{row}"][value="{rank}"])')
    device.type('[name="observations-2"].observations', WORDS)
    wait(device, GRADED_SAVED)
    time.sleep(1)  # what is typed is sent after a pause
    wait(device, GRADED_SAVED)
    go_and_come_back(device, '.looks a, a[href$="/fiches/"]', "document.querySelector('fieldset.criterion')")
    assert device.js(GRADED_HERE) == [["4", ""], ["2", WORDS], ["", ""]]
    device.click('label:has([name="niveau-3"][value="3"])')
    wait(device, GRADED_SAVED)
    assert device.js(GRADED_HERE) == [["4", ""], ["2", WORDS], ["3", ""]]
    assert json.loads(shared_server.do(GRADED.format(person=classroom.people[0]))) == [
        [1, 4, ""],
        [2, 2, WORDS],
        [3, 3, ""],
    ]


CHOSEN = """[...document.querySelectorAll('form.vote input:checked')].map((one) => one.value)"""


@pytest.mark.parametrize("time_of", TIMES)
def test_a_vote(shared_server: Server, new_context: NewContext, device: Device, time_of: int) -> None:
    room = lived(shared_server, new_context, (2, 2, 2))
    board = room.board()
    board.get_by_role("button", name="Ouvrir la galerie").click()
    board.get_by_role("button", name="Ouvrir le vote").click()
    expect(board.get_by_role("button", name="Vote en cours : 0 sur 6")).to_be_visible()
    device.open(f"{room.address()}vote/", {"participant": room.people[0][1]})
    device.click('label:has([name="affiche"][value="2"])')
    assert device.js(CHOSEN) == ["2"]
    go_and_come_back(device, 'nav a[href$="/affiches/"]', "document.querySelector('form.vote')")
    if device.js("window.before === true"):  # a page that is loaded anew shows no choice: the vote is secret
        assert device.js(CHOSEN) == ["2"]
    else:
        device.click('label:has([name="affiche"][value="2"])')
    device.click("form.vote .btn-primary")
    wait(device, "document.querySelector('h1').textContent.includes('compté')")
    expect(board.get_by_role("button", name="Vote en cours : 1 sur 6")).to_be_visible()
