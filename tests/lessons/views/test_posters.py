"""The teacher's « Affiches »: what each group has written, earlier states, what came late."""

import pytest
from django.urls import reverse

from lessons.actions.clock import act
from lessons.actions.documents import write_texts
from lessons.actions.joining import Token
from lessons.models import ClassRun, Participant, Poster, PosterLate, PosterState
from lessons.queries.documents import document
from lessons.queries.posters_page import poster_page, posters_page
from lessons.rules.clock import Kind
from tests.harness import builders as make
from tests.harness.builders import NOW, at

pytestmark = pytest.mark.django_db


@pytest.fixture
def run() -> ClassRun:
    made = make.class_run(participants=4)
    make.groups(made, sizes=(2, 2))
    act(phase=make.phase(made, 2), kind=Kind.START, now=NOW)
    return ClassRun.objects.get(pk=made.pk)


def members(run: ClassRun, group: int = 1) -> list[Participant]:
    return list(run.participants.filter(membership__group__number=group).order_by("membership__seat"))


def poster(run: ClassRun, group: int = 1) -> Poster:
    return Poster.objects.get(group__run=run, group__number=group)


def write(person: Participant, text: str, base: str = "", minutes: float = 5, key: str = "titre") -> None:
    write_texts(token=Token(person.pk, person.token_version), texts={key: (base, text)}, now=at(minutes))


def test_the_list_says_what_each_group_has(run: ClassRun) -> None:
    make.poster_says(poster(run), {"titre": "Nos données", "q1-reponse": "trois mots ici"})
    image = make.image(poster(run))
    image.hidden_at = at(6)
    image.save()
    first, second = posters_page(run).lines
    assert (first.sheet.name, first.all_words, first.hidden_images, first.empty) == (
        "Nos données",
        5,
        1,
        False,
    )
    assert second.empty
    assert second.sheet.name == "Affiche du groupe\u00a02"
    html = (
        make.teacher_client(run.owner)
        .get(reverse("lessons:posters-list", args=[run.public_id]))
        .content.decode()
    )
    for said in (
        "5\u00a0mots",
        "1\u00a0image masquée",
        "rien d’écrit",
        "Nos données",
        "affiches.pdf?papier=A4",
    ):
        assert said in html


def test_a_dissolved_group_is_listed_as_long_as_it_wrote_something(run: ClassRun) -> None:
    run.groups.update(dissolved_at=at(9))
    assert posters_page(run).lines == ()
    make.poster_says(poster(run, 2), {"titre": "Gardé"})
    page = posters_page(run)
    assert [(line.number, line.dissolved) for line in page.lines] == [(2, True)]
    assert page.printable == ()


def test_the_page_costs_the_same_whatever_the_class(django_assert_num_queries: object) -> None:
    for sizes in ((1,), (3,) * 11):
        run = make.class_run(participants=sum(sizes))
        make.groups(run, sizes=sizes)
        for one in Poster.objects.filter(group__run=run):
            make.image(make.poster_says(one, {"titre": "Oui"}))
        posters_page(run)
        with django_assert_num_queries(5):  # type: ignore[operator]
            assert len(posters_page(run).lines) == len(sizes)


def test_who_wrote_what_and_in_which_order(run: ClassRun) -> None:
    one, other = members(run)
    write(one, "Nos données")
    write(other, "Nos données ont du goût", "Nos données")
    page = poster_page(run, 1)
    assert page
    (title,) = page.written
    assert title.label == "Titre de l’affiche"
    assert [(s.name, s.text) for s in title.stretches] == [
        (one.shown_name, "Nos données"), (other.shown_name, " ont du goût"),
    ]  # fmt: skip
    write(other, "Nos données\nont du goût", "Nos données ont du goût")
    page = poster_page(run, 1)
    assert page  # the name of who goes on stands before the words, on their line
    assert [s.text for s in page.written[0].stretches] == ["Nos données\n", "ont du goût"]
    other.hidden = True
    other.save()
    html = (
        make.teacher_client(run.owner)
        .get(reverse("lessons:poster-read", args=[run.public_id, 1]))
        .content.decode()
    )
    assert other.shown_name in html
    assert other.pseudonym not in html


def test_an_earlier_state_comes_back_and_the_one_before_is_kept(run: ClassRun) -> None:
    one, _ = members(run)
    write(one, "Le premier titre", minutes=5)
    write(one, "", "Le premier titre", minutes=10)
    state = PosterState.objects.create(
        poster=poster(run), number=99, data=_state("Le premier titre"), words=3, at=at(8)
    )
    client = make.teacher_client(run.owner)
    shown = client.get(reverse("lessons:poster-read", args=[run.public_id, 1])).content.decode()
    assert "Revenir à cet état" in shown
    kept = PosterState.objects.count()
    client.post(reverse("lessons:state-restore", args=[run.public_id, 1, state.number]))
    assert document(poster(run)).texts["titre"] == "Le premier titre"
    assert PosterState.objects.count() == kept + 1


def test_a_state_for_which_there_is_no_room_changes_nothing(
    run: ClassRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, _ = members(run)
    write(one, "Ce qui reste", minutes=5)
    state = PosterState.objects.create(
        poster=poster(run), number=99, data=_state("z" * 2_000), words=1, at=at(4)
    )
    monkeypatch.setattr("lessons.rules.document.MAX_DOCUMENT", 1_000)
    before = poster(run).last_number, PosterState.objects.count()
    client = make.teacher_client(run.owner)
    path = reverse("lessons:state-restore", args=[run.public_id, 1, state.number])
    answer = client.post(path, follow=True)
    assert answer.status_code == 200
    assert "Rien n’a changé." in answer.content.decode()
    assert document(poster(run)).texts["titre"] == "Ce qui reste"
    assert (poster(run).last_number, PosterState.objects.count()) == before


def _state(title: str) -> bytes:
    from lessons.rules.document import Replica  # noqa: PLC0415

    replica = Replica()
    replica.write_all({"titre": ("", title)})
    return replica.whole()


@pytest.mark.parametrize("accept", [True, False])
def test_what_came_late_waits_for_the_teacher(run: ClassRun, accept: bool) -> None:
    one, _ = members(run)
    write(one, "Trop tard", minutes=50)
    late = PosterLate.objects.get()
    assert posters_page(run).lines[0].late == 1
    client = make.teacher_client(run.owner)
    page = reverse("lessons:poster-read", args=[run.public_id, 1])
    assert ">Trop tard</blockquote>" in client.get(page).content.decode(), "what is to be decided upon"
    address = reverse("lessons:edits-decide", args=[run.public_id, 1, late.pk])
    answer = client.post(address, {"accept" if accept else "refuse": "1"}, follow=True)
    assert ("est sur l’affiche" in answer.content.decode()) == accept
    assert document(poster(run)).texts.get("titre", "") == ("Trop tard" if accept else "")
    assert (">Trop tard</blockquote>" in client.get(page).content.decode()) != accept
    assert posters_page(run).lines[0].late == 0
    assert (
        client.post(address.replace(f"/{late.pk}/", f"/{late.pk + 1}/"), {"accept": "1"}).status_code == 404
    )
    assert client.post(address.replace("/affiches/1/", "/affiches/2/"), {"accept": "1"}).status_code == 404


def test_no_such_group(run: ClassRun) -> None:
    client = make.teacher_client(run.owner)
    assert client.get(reverse("lessons:poster-read", args=[run.public_id, 9])).status_code == 404
    assert client.get(reverse("lessons:poster-print", args=[run.public_id, 9])).status_code == 404
