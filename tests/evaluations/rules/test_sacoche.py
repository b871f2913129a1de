"""SACoche's own file: read as it came, told who is who, given back with the levels and not one byte changed besides."""

import re
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries, Settings

from evaluations import actions
from evaluations.forms.sacoche import SacocheForm
from evaluations.models import ExportJob
from evaluations.queries.sacoche import scores
from evaluations.rules.sacoche import CODES, MOST_BYTES, BadBlank, _value, read, same_people, same_rows
from lessons.models import ClassRun
from tests.evaluations.actions.test_poster_grading import class_in_groups
from tests.harness import builders as make
from tests.harness.builders import NOW
from tests.harness.sheet_builders import SACOCHE, criterion, sacoche_choices, sheets_url, started_run

TEXT = SACOCHE.decode("cp1252")
NAME = "Zéphyrine QUATREBARBES"


def changed(old: str, new: str) -> bytes:
    assert old in TEXT
    return TEXT.replace(old, new, 1).encode("cp1252")


# --- the file ---------------------------------------------------------------------------------------


def test_it_says_who_and_what_is_in_it() -> None:
    blank = read(SACOCHE)
    assert [(p.column, p.number, p.name) for p in blank.pupils] == [
        (2, "1001", NAME), (3, "1002", "Xénoclée OUISTREBOIS"), (4, "1003", "Adam ÉLUARD"),
    ]  # fmt: skip
    assert [(i.line, i.number) for i in blank.items] == [(2, "501"), (3, "502")]
    assert "Repérer; dans un texte" in blank.items[0].text, "SACoche writes a semicolon bare"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize("quoted", [False, True])
def test_only_the_codes_are_new(encoding: str, end: str, *, quoted: bool) -> None:
    text = TEXT.replace("502; ;;;", '"502";"";"";"";') if quoted else TEXT
    content = text.replace("\r\n", end).encode(encoding)
    blank = read(content)
    assert blank.filled({}) == content
    assert blank.pupils[0].name == NAME
    filled = blank.filled({(2, 2): "4", (3, 4): "1"}).decode(encoding)
    wanted = text.replace("501;;;;", "501;4;;;").replace('"502";"";"";"";', '"502";"";"";"1";')
    assert filled == wanted.replace("502; ;;;", "502; ;;1;").replace("\r\n", end)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "Le fichier est vide."),
        (b"x" * (MOST_BYTES + 1), "Le fichier dépasse 200\u00a0ko"),
        (b"\xff\xfe;\x001\x00", "Ce n’est pas le fichier vierge de SACoche"),
        (TEXT.replace(";", ",").encode(), "Ce n’est pas le fichier vierge de SACoche"),
        (changed("1002", "Léa"), "Ligne 1, colonne 3\u00a0: il faut le numéro d’un élève."),
        (changed("1002", ""), "Ligne 1, colonne 3\u00a0: il faut le numéro d’un élève."),
        (changed("1003", "1001"), "Ligne 1, colonne 4\u00a0: ce numéro d’élève est déjà plus à gauche."),
        (changed("501;", "FR;"), "Ligne 2, colonne 1\u00a0: il faut le numéro d’un item."),
        (changed("502;", "501;"), "Ligne 3, colonne 1\u00a0: ce numéro d’item est déjà plus haut."),
        (b";1001;\r\n", "Ligne 2, colonne 1\u00a0: il faut le numéro d’un item."),
        (changed("502; ;;;FR.3 [–] [1] Valeurs de l’ESS", "502;;"), "Ligne 3, colonne 4\u00a0: la ligne s’arrête"),
        (changed("501;;;;", "501;;3;;"), "Ligne 2, colonne 3\u00a0: cette case est déjà remplie"),
        (changed("1 2 3 4 A", "1 2 3 A"), "Ligne 10, colonne 1\u00a0: ce SACoche n’a pas les codes 1 2 3 4"),
        (changed("1 2 3 4 A", "1 2 3 4 5 A"), "Ligne 10, colonne 1\u00a0: ce SACoche n’a pas les codes 1 2 3 4"),
        ((";" + ";".join(map(str, range(200)))).encode(), "Ligne 1\u00a0: plus de 100 élèves."),
        ((";1\n" + "".join(f"{n};;x\n" for n in range(200))).encode(), "Ligne 102\u00a0: plus de 100 items."),
    ],
)  # fmt: skip
def test_what_is_unexpected_is_named_by_line_and_column(content: bytes, said: str) -> None:
    with pytest.raises(BadBlank) as bad:
        read(content)
    assert len(bad.value.sentences) == 1
    assert bad.value.sentences[0].startswith(said)


_SIGNS = st.text(st.sampled_from(';"\r\n 1234567890aé'), max_size=80)


@settings(max_examples=150)
@given(_SIGNS, st.sampled_from(sorted(CODES)))
def test_any_text_is_refused_or_comes_back_with_its_codes_alone(text: str, code: str) -> None:
    content = (";7;8\n5;;;" + text).encode()
    try:
        blank = read(content)
    except BadBlank:
        return
    assert blank.filled({}) == content
    again = blank.filled({(2, 2): code})
    assert len(again) - len(content) in (1, 1 - len(blank.cells[1][1][0]), 3 - len(blank.cells[1][1][0]))
    assert again.count(code.encode()) == content.count(code.encode()) + 1
    with pytest.raises(BadBlank):
        read(again)  # one cell is no longer blank


_LETTERS = st.text(st.sampled_from("aàâæçéèêëîïôœùûüÿÅÀÂÆÇÉÈÊËÎÏÔŒÙÛÜŸ’«»€ \u00a0\u202f"), max_size=20)


@settings(max_examples=150)
@given(text=_LETTERS, quoted=st.booleans())
@example(text="Voilà où ça va là", quoted=False)  # « à » ends with the byte that Latin-1 reads as a space
@example(text="déjà-vu à Å", quoted=True)
def test_every_french_letter_of_a_cell_is_read(text: str, *, quoted: bool) -> None:
    cell = f'"{text}"' if quoted else f" {text}\t"
    assert _value(cell.encode().decode("latin-1")) == text.strip()


def test_names_lead_to_people_whatever_their_order_and_their_accents() -> None:
    pupils = read(SACOCHE).pupils
    names = {7: "Quatrebarbes Zephyrine", 8: "Adam Éluard", 9: "ADAM ELUARD", 10: "Xénoclée"}
    assert same_people(pupils, names) == {2: 7}, "two of the same name lead to nobody"


def test_items_lead_to_the_row_they_are_most_like_or_to_their_place() -> None:
    items = read(SACOCHE).items
    assert same_rows(items, ["Valeurs de l’ESS", "Repérer"]) == [1, 0]
    assert same_rows(items, ["Autre chose", "Et puis"]) == [0, 1]
    assert same_rows(items, ["Une", "Deux", "Trois"]) == [None, None]


def test_a_row_of_part_1_comes_before_the_posters_of_the_same_name() -> None:
    items = read(SACOCHE).items
    posters = ["Affiche du groupe\u00a0: Repérer", "Affiche du groupe\u00a0: Valeurs de l’ESS"]
    assert same_rows(items, ["Repérer", "Valeurs de l’ESS", *posters], 2) == [0, 1]
    assert same_rows(items, ["Repérer", "Autre", *posters], 2) == [0, 3], "the poster’s alone is like it"
    assert same_rows(items, ["Repérer", "Repérer encore", *posters], 2) == [None, 3], "two of part 1"


# --- the two forms ----------------------------------------------------------------------------------


@pytest.fixture
def run() -> ClassRun:
    made = started_run(participants=3)
    one, two, _ = made.participants.all()
    for row, person, level in ((1, one, 4), (2, one, 1), (1, two, 2)):
        actions.set_level(participant=person, criterion=criterion(made, row), level=level, now=NOW)
    return made


def match(client: Client, run: ClassRun, content: bytes = SACOCHE, names: bytes = b"") -> HttpResponse:
    sent = {"fichier": SimpleUploadedFile("vierge.csv", content)}
    if names:
        sent["liste"] = SimpleUploadedFile("noms.csv", names)
    return client.post(sheets_url("scores-match", run.public_id), sent)  # type: ignore[return-value]


def fill(client: Client, run: ClassRun, choices: dict[str, object]) -> HttpResponse:
    return client.post(sheets_url("scores-fill", run.public_id), choices)  # type: ignore[return-value]


def chosen(page: str) -> dict[str, str]:
    """The form as a browser would send it, without a touch."""
    hidden = dict(re.findall(r'<input type="hidden" name="(fichier)" value="([^"]*)"', page))
    selects = re.findall(r'<select name="([\w-]+)"[^>]*>(.*?)</select>', page, re.DOTALL)
    picked = {name: re.search(r'<option value="([^"]*)" selected', options) for name, options in selects}
    return hidden | {name: found[1] if found else "" for name, found in picked.items()}


@pytest.mark.django_db
def test_from_the_blank_file_to_the_filled_one(run: ClassRun) -> None:
    client = make.teacher_client(run.owner)
    one, two, three = run.participants.all()
    names = f"{one.pseudonym};Zéphyrine Quatrebarbes\n{three.pseudonym};Éluard Adam\n".encode()
    answer = match(client, run, names=names)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    sent = chosen(answer.content.decode())
    assert [sent[f"eleve-{column}"] for column in (2, 3, 4)] == [one.public_id, "", three.public_id]
    sent["eleve-3"] = two.public_id
    filled = fill(client, run, dict(sent))
    assert filled.headers["Content-Disposition"] == 'attachment; filename="sacoche-seconde-4.csv"'
    wanted = TEXT.replace("501;;;;", "501;4;2;;").replace("502; ;;;", "502;1;;;")
    assert filled.content.decode("cp1252") == wanted, "non évalué is left blank"
    assert not ExportJob.objects.exists()


@pytest.mark.django_db
def test_without_a_list_nobody_is_proposed_but_the_rows_are(run: ClassRun) -> None:
    page = match(make.teacher_client(run.owner), run).content.decode()
    rows = [str(criterion(run, number).pk) for number in (1, 2)]
    assert [chosen(page)[name] for name in ("item-2", "item-3", "eleve-2")] == [*rows, ""]
    assert NAME in page
    assert "ne la projetez pas" in page


@pytest.mark.django_db
def test_choices_that_do_not_hold_are_said_and_kept(run: ClassRun) -> None:
    client = make.teacher_client(run.owner)
    one, two, three = run.participants.all()
    answer = fill(client, run, sacoche_choices(one, two, one))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert f"{one.pseudonym}\u00a0: choisi deux fois, colonnes 2 et 4 du fichier." in page
    assert chosen(page)["eleve-3"] == two.public_id
    assert chosen(page)["fichier"] == sacoche_choices(one)["fichier"]
    empty = fill(client, run, {"fichier": sacoche_choices(one)["fichier"]}).content.decode()
    assert "Choisissez la fiche d’au moins un élève." in empty
    assert "Choisissez la ligne d’au moins un item." in empty
    gone = fill(client, run, sacoche_choices(one) | {"eleve-3": make.class_run(participants=1).public_id})
    assert gone.status_code == 422
    assert "Un choix n’existe plus" in gone.content.decode()
    for cut in ("pas du tout", str(sacoche_choices(three)["fichier"])[:-3]):
        page = fill(client, run, {"fichier": cut}).content.decode()
        assert "Le fichier n’est pas revenu entier" in page
    assert "Le fichier est vide." in fill(client, run, {}).content.decode()


@pytest.mark.django_db
def test_a_file_that_is_not_as_expected_is_left_alone_and_not_repeated(run: ClassRun) -> None:
    client = make.teacher_client(run.owner)
    answer = match(client, run, changed("1002", "Xénoclée"))
    page = answer.content.decode()
    assert (answer.status_code, "Ligne 1, colonne 3" in page, "Xénoclée" in page) == (422, True, False)
    assert "Liste des noms\u00a0: Ligne 1, colonne 1" in match(client, run, names=b"99;Ada").content.decode()
    assert "Le fichier est vide." in client.post(sheets_url("scores-match", run.public_id)).content.decode()
    stranger = make.teacher_client(make.user())
    assert match(stranger, run).status_code == 404
    assert fill(stranger, run, sacoche_choices(run.participants.all()[0])).status_code == 404
    assert client.get(sheets_url("scores-fill", run.public_id)).status_code == 405


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["scores-match", "scores-fill"])
def test_a_file_too_big_for_memory_is_not_put_on_disk(
    name: str, run: ClassRun, tmp_path: Path, settings: Settings
) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 0  # every file that is read would become one on disk
    sent = {"fichier": SimpleUploadedFile("vierge.csv", SACOCHE * 2000)}
    answer = make.teacher_client(run.owner).post(sheets_url(name, run.public_id), sent)
    assert answer.status_code == 422
    assert list(tmp_path.iterdir()) == []


@pytest.mark.django_db
def test_in_discreet_mode_no_pseudonym_is_beside_a_name(run: ClassRun) -> None:
    client = make.teacher_client(run.owner)
    client.post(reverse("lessons:discreet-set"), {"discret": "1"})
    page = match(client, run).content.decode()
    assert not any(person.pseudonym in page for person in run.participants.all())
    assert "Élève\u00a01</option>" in page


@pytest.mark.django_db
def test_a_row_of_the_poster_can_be_sent_too() -> None:
    run = class_in_groups()
    person = run.participants.all()[0]
    row = next(pk for pk, label in scores(run).rows.items() if label == "Affiche du groupe\u00a0: Lisibilité")
    make.teacher_client(run.owner).post(sheets_url("poster-grade", run.public_id, "1"), {"niveau-2": "3"})
    assert scores(run).levels[person.pk, row] == 3


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 35])
def test_it_costs_the_same_for_one_and_for_35(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    run = started_run(participants=count)
    with django_assert_num_queries(3):
        SacocheForm(None, blank=read(SACOCHE), scores=scores(run), names={})
