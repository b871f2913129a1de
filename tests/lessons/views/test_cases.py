"""« Ils font autrement »: the cards of a lesson, found, read and cited on a group's poster."""

import re
from html import unescape

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from annexes.models import Annexe, CaseStudy
from lessons.actions.citing import cite
from lessons.actions.joining import Token
from lessons.models import ClassRun, Membership, Participant, Poster
from lessons.queries.documents import document
from lessons.rules.citing import cites, folded, tools, with_line
from lessons.rules.poster import MAX_TEXT, SOURCE
from metroloco_site.kit import steady
from metroloco_site.kit.markdown import to_html
from metroloco_site.packs.rules import Pack, PackErrors, read_files, read_pack
from metroloco_site.packs.rules.content import PackCase
from tests.harness import builders as make
from tests.harness.folders import METROLOCO
from tests.harness.packs import small_pack
from tests.harness.part_two import live, write

# The list of issue 6, by the names that the organisations bear.
NAMES = (
    "Osuny", "Entourage", "Solinum (Soliguide)", "Commown", "TeleCoop", "Les Licoornes", "FairTEC",
    "Designers Éthiques", "Données & Design, par le Linc de la CNIL", "mastodon.design", "Wikipédia",
    "Front Porch Forum", "La Caserne Bascule", "SCANI", "L’Hermitage", "Social Good Accelerator", "Label Emmaüs",
    "Emmaüs Connect", "Framasoft", "CHATONS", "Open Food Facts", "Fairbnb", "HelloAsso", "CoopCycle", "Enercoop",
    "Praticable", "Latitudes", "Data for Good", "Simplon", "La MedNum", "Mobicoop", "Fédération FDN (FFDN)",
    "La Coop des Communs", "Le modèle māori de gouvernance des données",
)  # fmt: skip
STUDENT_QUERIES, TEACHER_QUERIES = 6, 5
DOCUMENTS = ("«\u00a0Osuny reçoit le Prix", "Latitudes, ", "Nes, podcast", "Framablog, ")
CASE = """---
name: "Les Jardins"
values: [democracy, people]
needs: [share]
sources:
  - label: "Un livre, 2020"
---

Un jardin à plusieurs.
"""


@pytest.fixture(scope="module")
def pack() -> Pack:
    return read_pack(METROLOCO)


# --- the cards -------------------------------------------------------------------------------------


def test_every_organisation_of_the_list_has_its_card(pack: Pack) -> None:
    assert set(NAMES) <= {case.name for case in pack.cases}


def test_every_card_names_where_it_comes_from(pack: Pack) -> None:
    for case in pack.cases:
        assert all(source.label.startswith(DOCUMENTS) for source in case.sources), case.slug


def test_every_card_is_read_in_a_minute(pack: Pack) -> None:
    assert {case.slug: words(case) for case in pack.cases if words(case) > 180} == {}


def words(case: PackCase) -> int:
    return len(f"{case.name} {case.form} {case.place} {case.body}".split())


def test_no_card_writes_a_misheard_name(pack: Pack) -> None:
    misheard = re.compile(r"Télécope|\bCommon\b|Belle Emmaüs|licornes|Eloasso|l’OSO|Bardot|MENUM|Pantech")
    for case in pack.cases:
        assert not misheard.search(f"{case.name} {case.form} {case.body}"), case.slug


def test_the_charter_is_told_with_the_principles_that_the_source_names(pack: Pack) -> None:
    (card,) = (case for case in pack.cases if case.slug == "plateformes-cooperatives")
    assert "Le document en nomme quatre" in card.body
    (osuny,) = (case for case in pack.cases if case.slug == "osuny")
    assert "noesya, une SCOP" in osuny.form
    assert "«\u00a0pas encore\u00a0» une SCIC" in osuny.form


# --- a kind of file --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[share]", "[share, fly]", "« needs » contient « fly » : mettez "),
        ("[share]", "[share, share]", "« needs » contient « share » deux fois"),
        ("[share]", "share", "« needs » doit être une liste"),
        ("[share]", "[]", "« needs » doit être une liste"),
        ("sources:\n  - label: \"Un livre, 2020\"\n", "", "il manque la clé « sources »"),
        ("\nUn jardin à plusieurs.\n", "", "il manque le texte de la fiche"),
        ("Un jardin", "Un [jardin](lexique:rien)", "le lexique n’a pas d’entrée"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_card_is_said_with_its_file(old: str, new: str, said: str) -> None:
    with pytest.raises(PackErrors) as refused:
        read_small({"cases/jardins.md": CASE.replace(old, new)})
    (error,) = refused.value.errors
    assert error.file == "cases/jardins.md"
    assert error.line
    assert said in error.message.replace("\u00a0", " ")


def test_two_cards_do_not_bear_one_name() -> None:
    with pytest.raises(PackErrors, match="deux fois"):
        read_small({"cases/jardins.md": CASE, "cases/jardins-2.md": CASE})


def read_small(more: dict[str, str]) -> Pack:
    return read_files(
        {path: text.encode() for path, text in (small_pack() | more).items() if path != "README.md"}
    )


def test_a_lesson_may_have_no_card() -> None:
    assert read_small({}).cases == ()
    assert [case.values for case in read_small({"cases/jardins.md": CASE}).cases] == [("democracy", "people")]


# --- finding ---------------------------------------------------------------------------------------


@pytest.fixture
def run(db: None) -> ClassRun:
    """Part 2 under way: two groups, two cards, and a catalogue among the annexes."""
    made = make.class_run(participants=4)
    collection = made.lesson.collection
    common = {"collection": collection, "sources": [{"label": "Nes, podcast", "link": ""}]}
    CaseStudy.objects.create(
        slug="ethiques",
        name="Designers Éthiques",
        values=["free"],
        needs=["design"],
        body="Former.",
        **common,
    )
    CaseStudy.objects.create(
        slug="framasoft", name="Framasoft", form="Association", values=["interest"], needs=["organise"],
        body="Des **logiciels** libres. <script>", **common,
    )  # fmt: skip
    Annexe.objects.filter(collection=collection, part=2, number=5).update(
        kind="tool", body="- **Framapad**, pour écrire.\n- **Tuta** : du courrier."
    )
    return live(made, (2, 2), ended=False, now=steady.now())


def member(run: ClassRun, group: int = 1) -> Participant:
    return members(run, group)[0]


def members(run: ClassRun, group: int = 1) -> list[Participant]:
    found = Membership.objects.filter(group__run=run, group__number=group).select_related("participant__run")
    return [membership.participant for membership in found.order_by("pk")]


def address(person: Participant, query: str = "") -> str:
    return f"/s/{person.public_id}/ils-font-autrement/{query}"


def shown(answer_of: Client, path: str) -> list[str]:
    answer = answer_of.get(path)
    assert answer.status_code == 200
    return re.findall(r'<article class="case" id="([\w-]+)"', answer.content.decode())


@pytest.mark.parametrize(
    ("query", "slugs"),
    [
        ("", ["ethiques", "framasoft"]),
        ("?q=ETHIQUE", ["ethiques"]),
        ("?q=libres+association", ["framasoft"]),
        ("?q=s%27organiser", ["framasoft"]),
        ("?q=rien", []),
        ("?besoin=design", ["ethiques"]),
        ("?besoin=design&valeur=interest", []),
        ("?valeur=interest&q=logiciel", ["framasoft"]),
        ("?besoin=inconnu&valeur=%00", ["ethiques", "framasoft"]),
        ("?fiche=framasoft", ["framasoft"]),
        ("?fiche=rien", []),
    ],
)
def test_cards_are_found_by_word_need_and_value(run: ClassRun, query: str, slugs: list[str]) -> None:
    person = member(run)
    assert shown(make.student_client(person), address(person, query)) == slugs
    teacher = f"/prof/activites/{run.public_id}/ils-font-autrement/{query}"
    assert shown(make.teacher_client(run.owner), teacher) == slugs


def test_only_what_some_card_has_can_be_chosen(run: ClassRun) -> None:
    page = make.student_client(member(run)).get(address(member(run))).content.decode()
    assert '<option value="design">' in page
    assert '<option value="deliver">' not in page
    assert "<script>" not in page


def test_the_group_is_led_to_the_cards_and_a_lesson_without_any_leads_nowhere(run: ClassRun) -> None:
    person = member(run)
    assert address(person) in make.student_client(person).get(f"/s/{person.public_id}/").content.decode()
    other = live(make.class_run(participants=2), (2,), ended=False, now=steady.now())
    alone = member(other)
    client = make.student_client(alone)
    assert "ils-font-autrement" not in client.get(f"/s/{alone.public_id}/").content.decode()
    assert "n’a pas de fiches" in client.get(address(alone)).content.decode()


@pytest.mark.parametrize("students", [2, 35])
def test_queries(students: int, django_assert_num_queries: DjangoAssertNumQueries, db: None) -> None:
    run = make.class_run(participants=students)
    CaseStudy.objects.create(
        collection=run.lesson.collection, slug="a", name="A", values=[], needs=[], sources=[], body="Texte."
    )
    live(run, (2,) if students == 2 else (4,) * 8 + (3,), ended=False, now=steady.now())
    person = member(run)
    client, teacher = make.student_client(person), make.teacher_client(run.owner)
    listed = f"/prof/activites/{run.public_id}/ils-font-autrement/"
    client.get(address(person))
    teacher.get(listed)
    with django_assert_num_queries(STUDENT_QUERIES):
        client.get(address(person))
    with django_assert_num_queries(TEACHER_QUERIES):
        teacher.get(listed)


# --- citing ----------------------------------------------------------------------------------------


def test_a_card_is_cited_once_for_the_whole_group(run: ClassRun) -> None:
    person = member(run)
    client = make.student_client(person)
    assert sources(run) == ""
    answer = client.post(f"/s/{person.public_id}/citer/", {"fiche": "framasoft"})
    assert answer.headers["Location"] == address(person, "?fiche=framasoft")
    assert sources(run) == "Framasoft, d’après Nes, podcast"
    client.post(f"/s/{person.public_id}/citer/", {"fiche": "framasoft"})
    client.post(f"/s/{person.public_id}/citer/", {"fiche": "ethiques"})
    assert sources(run) == "Framasoft, d’après Nes, podcast\nDesigners Éthiques, d’après Nes, podcast"
    assert sources(run, 2) == ""
    assert client.get(address(person)).content.decode().count("Citée dans votre affiche") == 2
    other = member(run, 2)
    assert "Citée" not in make.student_client(other).get(address(other)).content.decode()


def sources(run: ClassRun, group: int = 1) -> str:
    return document(Poster.objects.get(group__run=run, group__number=group)).texts.get(SOURCE, "")


def test_an_annexe_is_cited_and_each_tool_that_it_names(run: ClassRun) -> None:
    person = member(run)
    client = make.student_client(person)
    page = unescape(client.get(f"/s/{person.public_id}/").content.decode())
    assert 'value="5:Framapad"' in page
    for annexe in ("5:Framapad", "2"):
        answer = client.post(f"/s/{person.public_id}/citer/", {"annexe": annexe})
        assert answer.headers["Location"] == f"/s/{person.public_id}/#annexes"
    assert sources(run) == "Framapad, d’après l’annexe\u00a05\nAnnexe\u00a02, Texte 2"


@pytest.mark.parametrize(
    "body", [{}, {"fiche": "rien"}, {"annexe": "99"}, {"annexe": "5:Un outil"}, {"annexe": ""}]
)
def test_what_the_lesson_does_not_have_is_not_cited(run: ClassRun, body: dict[str, str]) -> None:
    person = member(run)
    assert make.student_client(person).post(f"/s/{person.public_id}/citer/", body).status_code == 404
    assert sources(run) == ""


def test_a_form_without_javascript_keeps_what_is_typed_and_cites_below_it(run: ClassRun) -> None:
    person = member(run)
    typed = {"affiche": "1", "base-source": "", "source": "Annexe 3", "fiche": "framasoft"}
    make.student_client(person).post(f"/s/{person.public_id}/citer/", typed)
    assert sources(run) == "Annexe 3\nFramasoft, d’après Nes, podcast"


def test_nothing_is_cited_after_the_bell(run: ClassRun) -> None:
    person = member(run)
    ended = live(make.class_run(participants=2, of=run.lesson), (2,), now=steady.now())
    late = member(ended)
    client = make.student_client(late)
    assert "Citer dans" not in client.get(address(late)).content.decode()
    client.post(f"/s/{late.public_id}/citer/", {"fiche": "framasoft"})
    assert sources(ended) == ""
    assert sources(run) == ""
    assert person.run_id == run.pk


def test_a_full_text_takes_no_more_and_says_so(run: ClassRun) -> None:
    person = member(run)
    write(Poster.objects.get(group__run=run, group__number=1), {SOURCE: "x" * (MAX_TEXT - 5)})
    client = make.student_client(person)
    answer = client.post(f"/s/{person.public_id}/citer/", {"fiche": "framasoft"}, follow=True)
    assert "Le texte des sources est plein" in answer.content.decode()
    assert sources(run) == "x" * (MAX_TEXT - 5)


def test_two_members_who_cite_at_once_write_it_once(run: ClassRun) -> None:
    for person in members(run):
        written = cite(token=Token(person.pk, person.token_version), line="Une source", now=steady.now())
        assert written.refused == ""
    assert sources(run) == "Une source"


def test_who_is_in_no_group_reads_but_cites_nothing(run: ClassRun) -> None:
    alone = make.participant(run, now=steady.now())
    client = make.student_client(alone)
    assert shown(client, address(alone)) == ["ethiques", "framasoft"]
    assert client.post(f"/s/{alone.public_id}/citer/", {"fiche": "framasoft"}).status_code == 404


# --- the rules -------------------------------------------------------------------------------------


def test_tools_are_the_words_in_bold_of_lists(pack: Pack) -> None:
    assert tools(to_html("**Titre**\n\n- **A & B**, pour écrire.\n- **A & B** encore, ou **C**.")) == (
        "A & B",
        "C",
    )
    named = {annexe.number: tools(to_html(annexe.body)) for annexe in pack.annexes if annexe.kind == "tool"}
    assert {"Framapad", "Signal", "DuckDuckGo"} <= set(named[7])
    assert len(named[8]) == 28


def test_a_line_is_added_once_and_below() -> None:
    assert with_line("", "Ici") == "Ici"
    assert with_line("Là\n\n", "Ici") == "Là\nIci"
    assert with_line("Là\n Ici ", "Ici") == "Là\n Ici "
    assert not cites("Ici et là", "Ici")


def test_words_are_found_without_accents_nor_capitals() -> None:
    assert folded("L’Œuvre : Éthique, 50\u00a0%") == "l oeuvre ethique 50"
