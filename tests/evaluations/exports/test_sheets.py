"""The graded sheet and the billets as PDFs: the very words, in order, tagged, whatever was written."""

import io
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import outloud
import pdfua
import pikepdf
import pytest
import segno
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import date_format

from evaluations import actions
from evaluations.queries import student_report
from lessons.actions import participants
from lessons.models import ClassRun, Participant
from metroloco_site.kit import pdf
from tests.harness import builders as make
from tests.harness.builders import NOW, at
from tests.harness.sheet_builders import HOSTILE, criterion, late, started_run, write

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def unmeasured_child() -> Iterator[None]:
    """A child without coverage, which would triple its CPU time."""
    pdf.stop()
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("COVERAGE_")]:
            patch.delenv(name)
        pdf.warm()
    yield
    pdf.stop()


@pytest.fixture
def run() -> ClassRun:
    return started_run()


@pytest.fixture
def person(run: ClassRun) -> Participant:
    return run.participants.get()


def sheet(person: Participant) -> bytes:
    return pdf.render(render_to_string("pdf/sheet.html", {"report": student_report(person.run, person)}))


def words_of(content: bytes) -> str:
    """What a reader of the text hears, on one line."""
    command = ["pdftotext", "-enc", "UTF-8", "-", "-"]
    text = subprocess.run(command, input=content, capture_output=True, check=True).stdout.decode()
    return " ".join(text.split())


def heard(content: bytes, tmp_path: Path) -> str:
    """The text in the order of the tags, as a screen reader says it."""
    path = tmp_path / "heard.pdf"
    path.write_bytes(content)
    text = subprocess.run(["pdfinfo", "-struct-text", path], capture_output=True, check=True).stdout.decode()
    return " ".join(" ".join(re.findall(r'^\s*"(.*)"$', text, re.MULTILINE)).split())


def check(content: bytes, tmp_path: Path) -> None:
    """qpdf, pdfua and outloud find no error."""
    path = tmp_path / "document.pdf"
    path.write_bytes(content)
    checked = subprocess.run(["qpdf", "--check", path], check=False, capture_output=True)
    assert checked.returncode == 0, (checked.stdout + checked.stderr).decode(errors="replace")
    report = pdfua.validate(str(path))
    assert [f for f in report.findings if f.severity is pdfua.Severity.ERROR] == []
    result = outloud.check(str(path))
    assert [f for f in result.findings if f.severity == "error"] == []


def graded(person: Participant) -> None:
    write(person, 1, "reponse", "Les jeunes décident. « Une personne = une voix », c’est écrit.", at(4))
    participants.decide_late(
        late=late(write(person, 2, "ressemblances", ""), "Le même métier."), accept=True, now=at(40)
    )
    actions.set_level(participant=person, criterion=criterion(person.run, 1), level=4, now=NOW)
    actions.set_observations(
        participant=person, criterion=criterion(person.run, 1), observations="Précis.", now=NOW
    )
    actions.set_remark(participant=person, text="Une lecture attentive.", now=NOW)


def test_the_very_words_in_reading_order(person: Participant, tmp_path: Path) -> None:
    graded(person)
    content = sheet(person)
    assert "Les jeunes décident. « Une personne = une voix », c’est écrit." in words_of(content)
    text = heard(content, tmp_path)
    in_order = [
        "Fiche d’évaluation", person.pseudonym, "Une leçon", "Première partie",
        f"Seconde 4 · {date_format(NOW, 'j F Y')}",
        "Compétences", "Niveau de maîtrise", "Observations", "Repérer", "complet", "TS", "très satisfaisant", "Précis.",
        "Connaissances", "Valeurs de l’ESS", "non évalué", "TI : très insuffisant", "Appréciation générale",
        "Une lecture attentive.", "Réponses", "Question 1", "Repérer la chose 1.",
        "Les jeunes décident. « Une personne = une voix », c’est écrit.", "9 mots, enregistré à 10 h 04 min 00 s",
        "Question 2", "Ressemblances", "Le même métier.", "rendu en retard, accepté", "Differences", "Rien d’écrit.",
    ]  # fmt: skip
    place = 0
    for piece in in_order:
        assert piece in text[place:], piece
        place = text.index(piece, place) + len(piece)


def test_it_is_tagged_with_title_language_and_a_table_without_a_top_left_header(
    person: Participant, tmp_path: Path
) -> None:
    graded(person)
    content = sheet(person)
    check(content, tmp_path)
    document = pikepdf.open(io.BytesIO(content))
    assert str(document.Root.Lang) == "fr"
    assert str(document.docinfo["/Title"]) == f"Fiche d’évaluation\xa0: {person.pseudonym}, Seconde 4"
    with document.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"
    rows = [[str(cell.S) for cell in _kids(row)] for row in _all(document.Root.StructTreeRoot, "/TR")]
    assert rows == [["/TD", "/TH", "/TH"], ["/TH", "/TD", "/TD"]] * 2
    assert len(list(_all(document.Root.StructTreeRoot, "/H1"))) == 1
    assert not list(_all(document.Root.StructTreeRoot, "/Figure")), "plates repeat the word beside them"
    assert "/Outlines" in document.Root


def test_every_page_has_its_number_and_whose_it_is(person: Participant) -> None:
    write(person, 1, "reponse", "Un paragraphe entier. " * 400)
    content = sheet(person)
    pages = len(pikepdf.open(io.BytesIO(content)).pages)
    text = words_of(content)
    assert pages > 1
    for number in range(1, pages + 1):
        assert f"page {number} sur {pages}" in text
    assert text.count(f"{person.pseudonym} · Seconde 4") == pages


def test_a_copie_papier_says_where_the_text_is(person: Participant) -> None:
    person.on_paper = True
    assert "Sur la copie papier." in words_of(sheet(person))


def test_a_long_address_stays_whole_in_the_text(person: Participant) -> None:
    address = "https://www.exemple.org/une/adresse/un/peu/longue"
    write(person, 1, "reponse", f"Voir {address} ici.")
    assert f"Voir {address} ici." in words_of(sheet(person))


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_costs_less_than_two_seconds(name: str, person: Participant, tmp_path: Path) -> None:
    write(person, 1, "reponse", HOSTILE[name])
    actions.set_observations(
        participant=person, criterion=criterion(person.run), observations=HOSTILE[name][:500], now=NOW
    )
    actions.set_remark(participant=person, text=HOSTILE[name][:2000], now=NOW)
    pdf.render("<!doctype html><html lang=fr><title>chaud</title>")
    before = _child_cpu_s()
    content = sheet(person)
    assert _child_cpu_s() - before < 2
    check(content, tmp_path)
    assert "Repérer la chose 2." in words_of(content), "what follows is still there"


def test_what_a_student_writes_is_text_and_no_tag(person: Participant) -> None:
    write(person, 1, "reponse", "<b>gras</b> <a href='javascript:alert(1)'>lien</a> {{ 7|add:7 }} &amp;")
    content = sheet(person)
    assert "<b>gras</b> <a href='javascript:alert(1)'>lien</a> {{ 7|add:7 }} &amp;" in words_of(content)
    assert not any("/Annots" in page for page in pikepdf.open(io.BytesIO(content)).pages)


def test_teacher_and_student_get_the_same_document(person: Participant) -> None:
    graded(person)
    actions.publish(run=person.run, now=NOW)
    args = [person.run.public_id, person.public_id]
    of_teacher = make.teacher_client(person.run.owner).get(reverse("evaluations:sheet-print", args=args))
    of_student = make.student_client(person).get(reverse("evaluations:own-print", args=args[1:]))
    for response in (of_teacher, of_student):
        assert response.status_code == 200
        assert response.headers["Content-Type"] == "application/pdf"
        assert "fiche-Dune" in response.headers["Content-Disposition"]
    assert words_of(of_teacher.content) == words_of(of_student.content)


# --- billets ----------------------------------------------------------------------------------------


def billets(count: int, run: ClassRun) -> bytes:
    tickets = [
        {
            "number": number,
            "pseudonym": f"Goéland {number}",
            "personal_code": "abandon-zebre-marteau-cascade",
            "qr": segno.make(f"http://10.0.0.5:8000/revenir/#{number}").svg_data_uri(scale=3, border=2),
            "address": "http://10.0.0.5:8000/revenir/",
        }
        for number in range(1, count + 1)
    ]
    return pdf.render(render_to_string("pdf/tickets.html", {"tickets": tickets, "run": run}))


@pytest.mark.parametrize(("count", "pages"), [(1, 1), (8, 1), (9, 2), (35, 5)])
def test_eight_billets_a_page(count: int, pages: int, run: ClassRun) -> None:
    content = billets(count, run)
    assert len(pikepdf.open(io.BytesIO(content)).pages) == pages
    text = words_of(content)
    assert text.count("Nom (gardé par l’enseignant) :") == count
    assert re.search(rf"Billet {count} · Seconde 4", text)


def test_billets_are_tagged_and_each_code_has_its_words(run: ClassRun, tmp_path: Path) -> None:
    content = billets(9, run)
    check(content, tmp_path)
    document = pikepdf.open(io.BytesIO(content))
    figures = list(_all(document.Root.StructTreeRoot, "/Figure"))
    assert len(figures) == 9
    assert all("http://10.0.0.5:8000/revenir/" in str(figure.Alt) for figure in figures)


# --- reading a PDF ----------------------------------------------------------------------------------


def _child_cpu_s() -> float:
    assert pdf._child.process is not None
    fields = Path(f"/proc/{pdf._child.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def _kids(node: Any) -> list[Any]:  # noqa: ANN401 - pikepdf's objects answer to any name
    kids = node.get("/K", [])
    listed = list(kids) if isinstance(kids, pikepdf.Array) else [kids]
    return [kid for kid in listed if isinstance(kid, pikepdf.Dictionary) and "/S" in kid]


def _all(node: Any, tag: str) -> Iterator[Any]:  # noqa: ANN401
    for kid in _kids(node):
        if str(kid.S) == tag:
            yield kid
        yield from _all(kid, tag)
