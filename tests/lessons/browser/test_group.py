"""Part 2 in real browsers: three members of a group write, share, pass on; a pause, the bell, a new start."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.harness.browser import NewContext, axe, shot, until
from tests.harness.desk import PHONE, WIDE, Room, open_room
from tests.harness.server import Server

pytestmark = pytest.mark.slow

_IN_GROUPS = """
import json
from django.utils import timezone
from annexes.models import Annexe
from lessons.actions.clock import act
from lessons.models import AnnexeShare, ClassRun
from lessons.rules.shares import lots_for
from tests.harness import builders as make
run = ClassRun.objects.get(public_id="{run}")
make.groups(run, sizes={sizes})
part = make.phase(run, 2).part
for group in run.groups.all():
    members = list(group.memberships.values_list("participant_id", flat=True))
    annexes = Annexe.objects.filter(collection=run.lesson.collection, part=2).exclude(number__in=part.common)
    for place, annexe in enumerate(annexes[:9]):
        AnnexeShare.objects.create(group=group, annexe=annexe, participant_id=members[place % len(members)])
run.phases.filter(part__number=2).update(seconds={seconds})
act(phase=make.phase(run, 2), kind="start", now=timezone.now())
"""


def open_groups(
    server: Server,
    new_context: NewContext,
    *,
    students: int = 3,
    sizes: tuple[int, ...] = (3,),
    seconds: int = 2400,
) -> Room:
    """The lesson's own part 2 under way; whoever is in no group waits for one."""
    room = open_room(server, new_context, students=students, started=False, pack=True)
    room.shell(_IN_GROUPS.format(run=room.run, sizes=sizes, seconds=seconds))
    return room


def member(room: Room, student: int, **options: object) -> Page:
    page = room.device(student, **options).new_page()
    page.goto(room.address(student))
    expect(page.locator("#titre-groupe")).to_be_visible()
    return page


def view(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name, exact=True).click()


def saved(page: Page) -> None:
    expect(page.locator("#etat-affiche .saved")).to_have_attribute("data-state", "saved", timeout=30_000)
    expect(page.locator("#etat-affiche .saved")).to_have_text(
        re.compile(r"Enregistré à \d+\sh\s\d\d\smin\s\d\d\ss")
    )


def press(board: Page, name: str) -> None:
    board.get_by_role("button", name=name, exact=False).first.click()


def area(page: Page, key: str) -> Locator:
    return page.locator(f"#{key}")


TITLE, FIRST = "titre", "q1-mecanismes"


def test_three_members_live_part_2_together(shared_server: Server, new_context: NewContext) -> None:
    room = open_groups(shared_server, new_context)
    one, two = member(room, 0, viewport=WIDE), member(room, 1, viewport=PHONE)
    three = member(room, 2, viewport=WIDE, color_scheme="dark")
    look(one, "group-1280")
    look(two, "group-360")
    look(three, "group-dark")

    # Each sees who is there, and the roles move on for all of them.
    expect(one.locator(".members .role").first).to_contain_text("Animation")
    expect(one.locator(".away:visible")).to_have_count(0)
    press(two, "Faire tourner les rôles")
    for page in (one, two, three):
        expect(page.locator(".members li").nth(1)).to_contain_text("Animation")
    expect(one.locator("#annonce")).to_have_text("Les rôles ont tourné.")

    # An annexe changes hands: whoever takes it writes what is to be passed on.
    expect(area(one, "essentiel-2")).to_have_attribute("readonly", "")
    press(one, "Je la prends (annexe\u00a02)")
    expect(area(one, "essentiel-2")).to_be_editable()
    expect(two.locator("#lecture-2 .reading-who")).to_have_text("Dune 1")
    expect(area(two, "essentiel-2")).to_have_attribute("readonly", "")
    area(one, "essentiel-2").fill("Ce que montrent les publications.")
    saved(one)
    expect(area(two, "essentiel-2")).to_have_value("Ce que montrent les publications.")
    one.get_by_role("checkbox", name="C’est transmis").and_(one.locator("#transmis-2")).check()
    expect(two.locator("#transmis-2")).to_be_checked()
    expect(three.locator("#restes")).to_contain_text("Dune 1 (annexes\u00a01, 4, 9)")

    # The poster, written at the same time.
    for page in (one, two, three):
        view(page, "Écrire")
    area(one, TITLE).fill("Des données, pour qui\u202f?")
    area(one, FIRST).press_sequentially("Un formulaire. ")
    expect(area(two, FIRST)).to_have_value("Un formulaire. ")
    area(two, FIRST).press("End")
    area(two, FIRST).press_sequentially("Un traceur. ")
    expect(area(one, FIRST)).to_have_value("Un formulaire. Un traceur. ")
    expect(one.locator(f'[data-text="{FIRST}"] .where')).to_have_text("Dune 2 écrit ici")
    expect(one.locator(f'.field[data-text="{FIRST}"] .words')).to_have_text("4 mots")
    saved(one)
    look(one, "group-write-1280")
    look(two, "group-write-360")
    view(three, "Feuille")
    expect(three.locator('.poster textarea[data-text="titre"]')).to_have_value("Des données, pour qui\u202f?")
    three.locator('.poster textarea[data-text="source"]').fill("Annexes 1 et 9")
    expect(area(one, "source")).to_have_value("Annexes 1 et 9")
    look(three, "group-sheet-dark")
    view(one, "Qui a écrit quoi")
    expect(one.locator(".run").filter(has_text="Un traceur")).to_contain_text("Dune 2")
    look(one, "group-authors-1280")

    the_clock(room, one, two)


def the_clock(room: Room, one: Page, two: Page) -> None:
    board = room.board()
    view(one, "Écrire")
    press(board, "Pause")
    expect(one.locator("#pause")).to_be_visible()
    expect(area(one, FIRST)).to_have_attribute("readonly", "")
    press(board, "Reprendre")
    expect(area(one, FIRST)).to_be_editable()
    expect(one.locator("#pause")).to_be_hidden()
    room.later(2400)
    room.tell()
    expect(one.locator("#releve")).to_be_visible()
    expect(area(one, FIRST)).to_have_attribute("readonly", "")
    look(one, "group-bell-1280")
    board.get_by_text("Rouvrir la partie").click()
    press(board, "5 min")
    expect(area(two, FIRST)).to_be_editable()
    area(two, FIRST).press("End")
    area(two, FIRST).press_sequentially("Encore.")
    expect(area(one, FIRST)).to_have_value("Un formulaire. Un traceur. Encore.")
    press(one, "J’ai terminé")
    expect(one.get_by_role("button", name="Je n’ai pas fini : continuer")).to_be_visible()
    press(one, "Demander de l’aide")
    expect(one.get_by_role("button", name="Aide demandée : annuler")).to_be_visible()
    expect(area(one, FIRST)).to_have_value("Un formulaire. Un traceur. Encore.")


def test_the_tally_never_leaves_the_device(shared_server: Server, new_context: NewContext) -> None:
    room = open_groups(shared_server, new_context)
    page = member(room, 0, viewport=WIDE)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(f"{request.url} {request.post_data or ''}"))
    more = page.get_by_role("button", name="Une prise de parole de plus\u00a0: Dune 2")
    for _ in range(7):
        more.click()
    page.get_by_role("button", name="Une prise de parole de moins\u00a0: Dune 2").click()
    figure = page.locator(".tally li").filter(has_text="Dune 2").locator("output")
    expect(figure).to_have_text("6")
    page.wait_for_timeout(3000)  # longer than any pause before a save
    missed = re.compile(
        r"/affiche/suite\?depuis=\d+&groupe=[^&]* $"
    )  # a page asks for it when its stream opens
    assert [line for line in sent if not missed.search(line)] == []
    page.reload()
    expect(figure).to_have_text("6")
    assert not [line for line in sent if "parole" in line or "tour" in line]
    page.get_by_text("Mon code personnel, quitter ce poste").click()
    press(page, "Quitter ce poste")
    expect(page.get_by_role("heading", name="Vous avez quitté ce poste")).to_be_visible()
    assert page.evaluate("sessionStorage.length") == 0


def test_edits_that_were_not_acknowledged_survive_a_reload(
    shared_server: Server, new_context: NewContext
) -> None:
    room = open_groups(shared_server, new_context)
    one, two = member(room, 0, viewport=WIDE), member(room, 1, viewport=WIDE)
    view(one, "Écrire")
    view(two, "Écrire")
    one.context.set_offline(True)
    area(one, FIRST).press_sequentially("Écrit sans réseau.")
    state = one.locator("#etat-affiche .saved")
    expect(state).to_have_attribute("data-state", "offline", timeout=10_000)
    expect(one.locator("#hors-ligne")).to_be_visible()
    area(two, FIRST).press_sequentially("Pendant ce temps. ")
    saved(two)
    one.route("**/affiche?client=*", lambda route: route.abort())
    one.context.set_offline(False)
    one.reload()  # « Quitter le site ? »: yes, as whenever nobody listens to dialogs
    expect(area(one, FIRST)).to_have_value(re.compile("Écrit sans réseau"))
    one.unroute("**/affiche?client=*")
    for page in (one, two):
        expect(area(page, FIRST)).to_have_value(re.compile("Écrit sans réseau"), timeout=30_000)
        expect(area(page, FIRST)).to_have_value(re.compile("Pendant ce temps"))
    saved(one)
    # Kept until it is acknowledged, then gone: the next student on this device finds nothing.
    until(one, "() => !Object.keys(sessionStorage).some((key) => key.startsWith('affiche'))")


def test_one_device_for_the_whole_group(shared_server: Server, new_context: NewContext) -> None:
    room = open_groups(shared_server, new_context)
    page = member(room, 0, viewport=PHONE)
    press(page, "Nous partageons cet appareil")
    expect(page.get_by_text("Votre groupe partage un appareil")).to_be_visible()
    expect(area(page, "essentiel-2")).to_be_editable()
    expect(page.locator("#lecteur-2")).to_have_text("Écrit d’ici pour Dune 2.")
    area(page, "essentiel-2").fill("Dicté par Dune 2.")
    saved(page)
    # As tall as the page: else the dock lies over some check box, wherever the page is scrolled.
    page.set_viewport_size({"width": 360, "height": 6000})
    look(page, "group-one-device-360")


def test_who_comes_late_is_placed_and_who_is_moved_follows(
    shared_server: Server, new_context: NewContext
) -> None:
    room = open_groups(shared_server, new_context, students=7, sizes=(3, 3))
    page = room.device(6, viewport=PHONE).new_page()
    page.goto(room.address(6))
    expect(page.get_by_role("heading", name="Votre enseignant va vous placer dans un groupe")).to_be_visible()
    look(page, "group-late-360")
    board = room.board()
    board.goto(f"{shared_server.url}/prof/activites/{room.run}/groupes/")
    # As the groups page does it, whatever its buttons are called.
    place(board, room, 6, 1)
    expect(page.locator("#titre-groupe")).to_have_text("Groupe\u00a01")
    view(page, "Écrire")
    area(page, FIRST).fill("Pour le groupe 1.")
    saved(page)
    # What was not sent yet when the teacher moves them: in neither poster, kept apart for the teacher.
    page.context.set_offline(True)
    area(page, FIRST).press_sequentially(" Écrit hors ligne.")
    place(board, room, 6, 2)
    page.context.set_offline(False)
    expect(page.locator("#titre-groupe")).to_have_text("Groupe\u00a02", timeout=30_000)
    expect(area(page, FIRST)).to_have_value("")
    until(page, "() => !Object.keys(sessionStorage).some((key) => key.startsWith('affiche'))")
    board.goto(f"{shared_server.url}/prof/activites/{room.run}/affiches/1/")
    board.locator("#retards").get_by_role("button", name="Ajouter à l’affiche").click()
    expect(board.locator(".poster-whole")).to_contain_text("Pour le groupe 1. Écrit hors ligne.")
    view(page, "Notre groupe")
    page.get_by_text("Votre travail dans le groupe\u00a01").click()
    expect(page.get_by_text("Pour le groupe 1.")).to_be_visible()


def place(board: Page, room: Room, student: int, group: int) -> None:
    """The teacher puts this student in that group."""
    answer = board.evaluate(
        """([url, participant, group]) => fetch(url, {method: 'POST', body: new URLSearchParams({
            participant, group, csrfmiddlewaretoken: document.querySelector('[name=csrfmiddlewaretoken]').value,
        })}).then((answer) => answer.status)""",
        [
            f"{room.server.url}/prof/activites/{room.run}/groupes/deplacer/",
            room.people[student][0],
            str(group),
        ],
    )
    assert answer == 200, answer


def test_extra_time_in_part_1_then_the_group_by_itself(
    shared_server: Server, new_context: NewContext
) -> None:
    room = open_room(shared_server, new_context, students=3, pack=True)
    room.shell(
        "from lessons.models import *; from lessons.actions.clock import set_extra_time, act\n"
        "from django.utils import timezone; from tests.harness import builders as make\n"
        f"run = ClassRun.objects.get(public_id='{room.run}')\n"
        f"slow = run.participants.get(public_id='{room.people[0][0]}')\n"
        "set_extra_time(participant=slow, unit='minutes', amount=5)\n"
        "act(phase=make.phase(run), kind='end', now=timezone.now(), keeps_extra=True)\n"
        "make.groups(run, sizes=(3,)); make.share_out(run)\n"
    )
    slow, other = room.desk(0), room.desk(1)
    board = room.board()
    slow.area().press_sequentially("Je n’ai pas fini")
    press(board, "Démarrer la partie 2")
    expect(other.page.locator("#titre-groupe")).to_be_visible()
    slow.area().press_sequentially(", et j’écris toujours.")  # the page stayed, with its caret
    slow.expect_state("saved")
    expect(slow.area()).to_have_value("Je n’ai pas fini, et j’écris toujours.")
    press(board, "Pause")
    expect(slow.page.locator("#pause")).to_be_visible()
    press(board, "Reprendre")
    expect(slow.area()).to_be_editable()
    slow.area().press_sequentially(" Au dernier moment.")
    room.later(300)
    slow.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    room.tell()
    expect(slow.page.locator("#titre-groupe")).to_be_visible(timeout=15_000)
    room.expect_stored("Je n’ai pas fini, et j’écris toujours. Au dernier moment.")


def look(page: Page, name: str) -> None:
    axe(page)
    width = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert width[0] <= width[1], (name, width)
    shot(page, name)
