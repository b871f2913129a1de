"""Tables that a spreadsheet opens rightly: cells, accents, numbers, and nothing that it would run."""

import csv
import io
import zipfile
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluations import actions
from evaluations.exports import class_results
from evaluations.models import Assessment
from metroloco_site.kit.tables import Table, as_csv, as_ods
from tests.evaluations.actions.test_poster_grading import class_in_groups
from tests.harness import builders as make
from tests.harness.builders import NOW
from tests.harness.sheet_builders import HOSTILE, criterion, sheets_url, started_run, write

OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"


def csv_rows(content: bytes) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf"), "a French Excel takes it for UTF-8"
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def ods_rows(content: bytes) -> list[list[str | float | None]]:
    archive = zipfile.ZipFile(io.BytesIO(content))
    first = archive.infolist()[0]
    assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
    root = ET.fromstring(archive.read("content.xml"))  # noqa: S314 - made by us
    return [[_cell(cell) for cell in row] for row in root.iter(f"{TABLE}table-row")]


def _cell(cell: ET.Element) -> str | float | None:
    kind = cell.get(f"{OFFICE}value-type")
    if kind == "float":
        return float(cell.get(f"{OFFICE}value", ""))
    return "\n".join(_text(line) for line in cell) if kind else None


def _text(line: ET.Element) -> str:
    parts = [line.text or ""]
    for child in line:
        parts.append(" " * int(child.get(f"{TEXT}c", "1")))
        parts.append(child.tail or "")
    return "".join(parts)


def test_numbers_are_french_in_csv_and_typed_in_ods() -> None:
    table = Table("Seconde 4", ["Élève", "Moyenne", "Mots"], [["Œillet", 12.5, 150], ["Ça & <là>", None, 0]])
    assert csv_rows(as_csv(table)) == [
        ["Élève", "Moyenne", "Mots"], ["Œillet", "12,5", "150"], ["Ça & <là>", "", "0"],
    ]  # fmt: skip
    assert ods_rows(as_ods(table)) == [
        ["Élève", "Moyenne", "Mots"], ["Œillet", 12.5, 150], ["Ça & <là>", None, 0],
    ]  # fmt: skip
    assert as_ods(table) == as_ods(table), "the same table is the same file"


@pytest.mark.parametrize("text", ["=1+1", "+33", "-2", "@SUM(A1)", "\tx", "\r=1"])
def test_no_text_becomes_a_formula(text: str) -> None:
    table = Table("T", ["a"], [[text]])
    assert csv_rows(as_csv(table))[1] == [f"'{text}"]
    (cell,) = ods_rows(as_ods(table))[1]
    assert isinstance(cell, str)


@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30), min_size=1, max_size=3))
def test_every_text_comes_back(texts: list[str]) -> None:
    texts = [text.replace("\ufffe", "").replace("\uffff", "") for text in texts]
    table = Table("T", ["x"] * len(texts), [texts])
    assert ods_rows(as_ods(table))[1] == texts
    assert [cell.removeprefix("'") for cell in csv_rows(as_csv(table))[1]] == [
        t.removeprefix("'") for t in texts
    ]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_leaves_a_file_that_opens(name: str) -> None:
    table = Table(HOSTILE[name][:30], ["a", "b"], [[HOSTILE[name], "après"]])
    assert ods_rows(as_ods(table))[1][1] == "après"
    assert csv_rows(as_csv(table))[1][1] == "après"


@pytest.mark.django_db
def test_the_class_in_a_table() -> None:
    run = started_run(participants=2)
    one, two = run.participants.all()
    write(one, 1, "reponse", "trois mots ici")
    actions.set_level(participant=one, criterion=criterion(run), level=4, now=NOW)
    actions.set_observations(participant=one, criterion=criterion(run), observations="=Précis ; net", now=NOW)
    actions.set_remark(participant=two, text="Deux\nlignes", now=NOW)
    client = make.teacher_client(run.owner)
    answer = client.get(sheets_url("results-csv", run.public_id))
    assert answer.headers["Content-Disposition"] == 'attachment; filename="resultats-seconde-4.csv"'
    assert csv_rows(answer.content) == [
        ["Pseudonyme", "Billet", "Mots", "À savoir", "Repérer", "Repérer\xa0: observations", "Valeurs de l’ESS",
         "Valeurs de l’ESS\xa0: observations", "Appréciation générale"],
        [one.pseudonym, "", "3", "", "TS", "'=Précis ; net", "", "", ""],
        [two.pseudonym, "", "0", "", "", "", "", "", "Deux\nlignes"],
    ]  # fmt: skip
    rows = ods_rows(client.get(sheets_url("results-ods", run.public_id)).content)
    assert rows[1] == [one.pseudonym, None, 3.0, None, "TS", "=Précis ; net", None, None, None]
    assert rows[2][-1] == "Deux\nlignes"


@pytest.mark.django_db
def test_the_posters_rows_are_there_where_they_are_graded() -> None:
    run = class_in_groups()
    client = make.teacher_client(run.owner)
    one, two, _ = run.participants.all()
    given = {"niveau-1": "3", "observations-2": "Bien lisible.", f"membre-{two.public_id}-1": "1"}
    client.post(sheets_url("poster-grade", run.public_id, "1"), given)
    table = class_results(run)
    assert [name for name in table.header if name.startswith("Affiche")] == [
        "Affiche du groupe, Expliquer", "Affiche du groupe, Expliquer\xa0: observations",
        "Affiche du groupe, Lisibilité", "Affiche du groupe, Lisibilité\xa0: observations",
    ]  # fmt: skip
    rows = {row[0]: row[-5:] for row in table.rows}
    assert rows[one.pseudonym] == ["S", None, None, "Bien lisible.", None]
    assert rows[two.pseudonym] == ["TI", None, None, "Bien lisible.", None], (
        "a member's own level stands instead"
    )
    actions.set_poster_graded(run=run, graded=False)
    assert not any(name.startswith("Affiche") for name in class_results(run).header)


@pytest.mark.django_db
@pytest.mark.parametrize("members", [1, 4])
def test_the_posters_rows_cost_three_queries_more(
    members: int, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    run = class_in_groups(members)
    class_results(run)
    with django_assert_num_queries(8):  # type: ignore[operator]
        class_results(run)


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 35])
def test_it_costs_the_same_for_one_and_for_35(
    count: int, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    run = started_run(participants=count)
    Assessment.objects.bulk_create(
        Assessment(participant=p, criterion=criterion(run), level=2, updated_at=NOW)
        for p in run.participants.all()
    )
    class_results(run)
    with django_assert_num_queries(5):  # type: ignore[operator]
        class_results(run)
