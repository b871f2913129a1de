"""Every kind of PDF, made of the lesson we come with: tagged, sound, with bookmarks, in reading order."""

import io
import re
import subprocess
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from evaluations import actions
from evaluations.actions import exports
from evaluations.exports import work
from evaluations.models import ExportJob
from evaluations.queries.report import grid_of
from evaluations.rules.downloads import KINDS
from lessons.models import ClassRun, Lesson, Participant, Poster
from lessons.queries.content import lesson_content
from lessons.queries.poster_sheet import poster_sheet
from metroloco_site.packs.actions.loading import load_pack
from tests.evaluations.exports.test_sheets import check, heard, unmeasured_child
from tests.harness import builders as make
from tests.harness.builders import NOW
from tests.harness.folders import METROLOCO
from tests.harness.sheet_builders import write
from tests.whole.test_house import ours

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
__all__ = ["unmeasured_child"]
NAMES = ("Élan vif", "Œillet", "Huppe vive")
LABEL = "Seconde 4"


@dataclass(frozen=True)
class Paper:
    """`says`: what a screen reader comes to, in this order. `bookmarks`: the first ones, at the top level."""

    address: str
    says: tuple[str, ...]
    bookmarks: tuple[str, ...]
    args: Callable[[ClassRun], tuple[object, ...]] = lambda run: (run.public_id,)
    query: str = ""


def _person(run: ClassRun) -> tuple[object, ...]:
    return run.public_id, run.participants.all()[0].public_id


_SHEET = (
    "Fiche d’évaluation",
    "Élan vif",
    "Niveau de maîtrise",
    "TS",
    "Précis.",
    "Attentive.",
    "Réponses",
    "Une voix.",
)
PAPERS = {
    "sheet": Paper("evaluations:sheet-print", _SHEET, ("Fiche d’évaluation",), _person),
    "own sheet": Paper("evaluations:own-print", _SHEET, ("Fiche d’évaluation",), lambda r: _person(r)[1:]),
    "sheets with names": Paper(
        "evaluations:names-print", ("Élan vif", "Ada Lovelace", "Une voix.", "Œillet", "Huppe vive"), NAMES
    ),
    "glance": Paper(
        "evaluations:glance-print",
        ("La classe d’un coup d’œil", LABEL, "TS", "n. é.", "très satisfaisant", "Par élève", "Copie 1", "Copie 3"),
        ("La classe d’un coup d’œil",),
    ),
    "billets": Paper("lessons:tickets-print", ("Billet 1", "Élan vif", "Billet 3"), ("Billet 1 · Seconde 4",)),
    "billet": Paper("lessons:ticket-print", ("Billet 1", "Élan vif"), ("Billet 1 · Seconde 4",), _person),
    "annexes of a part": Paper(
        "lessons:annexes-print", ("Annexe 1", "Annexe 2", "Lexique", "PTCE"), (), lambda r: (r.public_id, 1)
    ),
    "posters A3": Paper("lessons:posters-print", ("Nos données", "Chaque clic", "Sources"), ("Nos données",)),
    "poster A4": Paper(
        "lessons:poster-print", ("Nos données", "Chaque clic", "Sources"), ("Nos données",),
        lambda r: (r.public_id, 1), "?papier=A4",
    ),
    "own poster": Paper(
        "lessons:poster-download", ("Nos données", "Chaque clic"), ("Nos données",), lambda r: _person(r)[1:]
    ),
    "register": Paper("privacy:paper-print", ("art. 6.1.e",), (), lambda _: ("registre",)),
    "families": Paper("privacy:paper-print", ("CNIL",), (), lambda _: ("familles",)),
}  # fmt: skip
JOBS = {
    "fiches": Paper("", (*_SHEET, "Œillet", "Huppe vive"), NAMES),
    "affiches": Paper("", ("Nos données", "Chaque clic", "Sources"), ("Nos données",)),
    "annexes": Paper("", ("Annexe 1", "Lexique", "PTCE"), ()),
    "feuilles": Paper("", ("Feuille de réponse", "Pseudonyme", "Question 1", "Question 2"), ()),
    "cadres": Paper(
        "", ("Titre de l’affiche", "Groupe et pseudonymes", "Sources"), ("Titre de l’affiche\u00a0:",)
    ),
}


@pytest.fixture
def run(tmp_path: Path, settings: Settings) -> ClassRun:
    """Three students with billets, one of them graded; one group with a poster."""
    settings.DATA_DIR = tmp_path
    load_pack(folder=METROLOCO, now=NOW)
    made = make.class_run(of=Lesson.objects.newest().get(), participants=3)
    make.start(made)
    for number, (person, name) in enumerate(zip(made.participants.all(), NAMES, strict=True), start=1):
        Participant.objects.filter(pk=person.pk).update(pseudonym=name, ticket_number=number)
    first = made.participants.all()[0]
    write(first, 1, "reponse", "Une voix.")
    actions.set_level(participant=first, criterion=grid_of(made)[0], level=4, now=NOW)
    actions.set_observations(participant=first, criterion=grid_of(made)[0], observations="Précis.", now=NOW)
    actions.set_remark(participant=first, text="Attentive.", now=NOW)
    actions.publish(run=made, now=NOW)
    make.groups(made, sizes=(3,))
    poster = Poster.objects.get()
    zone = poster_sheet(poster).zones[0].texts[0].key
    make.poster_says(poster, {"titre": "Nos données", zone: "Chaque clic", "source": "Annexe 3"})
    return made


def printed(run: ClassRun, paper: Paper) -> bytes:
    """As who may read it gets it."""
    student = paper.address.endswith(("own-print", "poster-download"))
    client = make.student_client(run.participants.all()[0]) if student else make.teacher_client(run.owner)
    address = reverse(paper.address, args=paper.args(run)) + paper.query
    if paper.address.endswith("names-print"):
        names = SimpleUploadedFile("noms.csv", "Élan vif;Ada Lovelace".encode())
        answer = client.post(address, {"liste": names})
    else:
        answer = client.get(address)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")
    return bytes(answer.content)


def made(run: ClassRun, kind: str) -> bytes:
    """As the worker makes it."""
    exports.ask(run=run, kind=kind, now=timezone.now())
    work.work_all(timezone.now)
    job = ExportJob.objects.get(kind=kind)
    assert (job.state, job.error) == (ExportJob.State.DONE, "")
    return job.path.read_bytes()


def judge(content: bytes, paper: Paper, tmp_path: Path) -> None:
    check(content, tmp_path)  # qpdf, pdfua, outloud
    with pikepdf.open(io.BytesIO(content)) as document:
        assert str(document.Root.Lang) == "fr"
        assert str(document.docinfo["/Title"]).strip()
        assert document.Root.ViewerPreferences.DisplayDocTitle
        assert document.Root.MarkInfo.Marked
        with document.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
        assert not {"/OpenAction", "/AA", "/AcroForm"} & set(document.Root.keys()), "nothing that acts"
        assert not {"/JavaScript", "/EmbeddedFiles"} & set(document.Root.get("/Names", {}).keys())
        with document.open_outline() as outline:
            found = [str(item.title) for item in outline.root]
    assert found
    assert found[: len(paper.bookmarks)] == list(paper.bookmarks)
    text, place = heard(content, tmp_path), 0
    for said in paper.says:
        assert said in text[place:], (said, text[:2000])
        place = text.index(said, place) + len(said)


@pytest.mark.parametrize("name", PAPERS)
def test_what_is_printed_at_once(name: str, run: ClassRun, tmp_path: Path) -> None:
    judge(printed(run, PAPERS[name]), PAPERS[name], tmp_path)


@pytest.mark.parametrize("kind", JOBS)
def test_what_the_worker_makes(kind: str, run: ClassRun, tmp_path: Path) -> None:
    judge(made(run, kind), JOBS[kind], tmp_path)


def test_lines_to_write_on_are_never_alone_nor_a_name_without_its_lines(run: ClassRun) -> None:
    command = ["pdftotext", "-layout", "-enc", "UTF-8", "-", "-"]
    text = subprocess.run(
        command, input=made(run, "feuilles"), capture_output=True, check=True
    ).stdout.decode()
    pages = text.strip("\f\n").split("\f")
    part = lesson_content(run.lesson_id).parts[0]
    holding = {one.number: [f"Question {one.number}" in page for page in pages] for one in part.questions}
    assert sorted(holding) == [1, 2, 3, 4]
    assert all(sum(where) == 1 for where in holding.values())
    assert all("Question" in page for page in pages), "no page of lines alone"
    for question in part.questions:
        page = pages[holding[question.number].index(True)]
        names = [field.label for field in question.fields] if len(question.fields) > 1 else []
        assert all(name in page for name in names), "a question is whole on its page"


def test_each_file_of_the_archive(run: ClassRun, tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(made(run, "fiches-separees"))) as archive:
        assert archive.namelist() == ["01-elan-vif.pdf", "02-illet.pdf", "03-huppe-vive.pdf"]
        judge(archive.read("01-elan-vif.pdf"), PAPERS["sheet"], tmp_path)


def test_no_kind_of_pdf_is_forgotten() -> None:
    pdf = re.compile(r"-print$|^poster-download$")
    assert {str(p.name) for _, p in ours() if pdf.search(str(p.name))} == {
        paper.address.partition(":")[2] for paper in PAPERS.values()
    }
    assert set(JOBS) == set(KINDS) - {"fiches-separees"}
