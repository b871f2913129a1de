"""« Documents à télécharger »: queue, lease, progress, stop, repeat, end, and what must not stay."""

import io
import os
import re
import zipfile
from datetime import datetime, timedelta
from pathlib import Path

import pikepdf
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks, Settings

from evaluations import actions
from evaluations.actions import exports
from evaluations.exports import work
from evaluations.exports.plans import plan
from evaluations.models import ExportJob
from evaluations.queries.downloads import documents, unfinished
from evaluations.rules.downloads import KINDS
from lessons.actions import runs
from lessons.models import ClassRun
from metroloco_site.privacy.actions.erasure import erase_student
from tests.evaluations.exports.test_sheets import unmeasured_child
from tests.harness import builders as make
from tests.harness import looks
from tests.harness.builders import NOW, at
from tests.harness.sheet_builders import criterion, started_run, write

pytestmark = pytest.mark.django_db
__all__ = ["unmeasured_child"]
State = ExportJob.State


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Settings) -> Path:
    settings.DATA_DIR = tmp_path
    return tmp_path / "exports"


@pytest.fixture
def run() -> ClassRun:
    made = started_run(participants=3)
    for person, name in zip(made.participants.all(), ("Élan vif", "../../etc", "Œillet"), strict=True):
        person.pseudonym = name
        person.save()
        write(person, 1, "reponse", f"Le texte de {name}.")
    return made


def clock() -> datetime:
    return timezone.now()


def address(name: str, run: ClassRun, *more: str) -> str:
    return reverse(f"evaluations:{name}", args=[run.public_id, *more])


def act(client: Client, run: ClassRun, kind: str = "fiches", act: str = "prepare") -> int:
    return client.post(address("download-act", run, kind), {"act": act}).status_code


def made(run: ClassRun, kind: str = "fiches") -> ExportJob:
    """Asked and made."""
    exports.ask(run=run, kind=kind, now=clock())
    work.work_all(clock)
    return ExportJob.objects.get(run=run, kind=kind)


def bookmarks(content: bytes) -> list[str]:
    with pikepdf.open(io.BytesIO(content)) as document, document.open_outline() as outline:
        return [str(item.title) for item in outline.root]


def page(client: Client, run: ClassRun) -> str:
    return client.get(address("downloads-list", run)).content.decode()


# --- what is made -----------------------------------------------------------------------------------


def test_all_sheets_in_one_pdf_with_a_bookmark_a_student(run: ClassRun) -> None:
    content = made(run).path.read_bytes()
    assert bookmarks(content) == ["Élan vif", "../../etc", "Œillet"]
    with pikepdf.open(io.BytesIO(content)) as document:
        assert str(document.docinfo["/Title"]) == "Fiches d’évaluation\xa0: Seconde 4"
        assert len(document.pages) == 3


def test_one_file_a_student_with_safe_names_that_can_be_read(run: ClassRun) -> None:
    with zipfile.ZipFile(made(run, "fiches-separees").path) as archive:
        assert archive.namelist() == ["01-elan-vif.pdf", "02-etc.pdf", "03-illet.pdf"]
        assert all(archive.read(name).startswith(b"%PDF-") for name in archive.namelist())
        assert archive.testzip() is None


def test_a_file_is_for_the_program_alone(run: ClassRun, folder: Path) -> None:
    job = made(run)
    assert oct(folder.stat().st_mode)[-3:] == "700"
    assert oct(job.path.stat().st_mode)[-3:] == "600"
    assert job.size == job.path.stat().st_size
    assert not job.worker


# --- asked again ------------------------------------------------------------------------------------


def test_an_unchanged_document_is_not_rendered_again(
    run: ClassRun,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    first = made(run)
    with monkeypatch.context() as patch:
        patch.setattr(work, "_bound", lambda *_: pytest.fail("rendered again"))
        again = made(run)
    assert (again.state, again.file, again.made_at) == (State.DONE, first.file, first.made_at)
    person = run.participants.all()[0]
    actions.set_level(participant=person, criterion=criterion(run), level=2, now=NOW)
    with django_capture_on_commit_callbacks(execute=True):
        changed = made(run)
    assert changed.file != first.file
    assert not first.path.exists()
    assert changed.path.exists()


def test_a_document_whose_file_is_gone_is_made_again(run: ClassRun) -> None:
    first = made(run)
    first.path.unlink()
    client = make.teacher_client(run.owner)
    assert client.get(address("download-fetch", run, "fiches")).status_code == 404
    assert "Mettre à jour" not in page(client, run)
    assert made(run).ready


def test_a_second_click_changes_nothing(run: ClassRun) -> None:
    client = make.teacher_client(run.owner)
    assert act(client, run) == 302
    job = ExportJob.objects.get()
    assert act(client, run) == 302
    assert not exports.ask(run=run, kind="fiches", now=at(99))
    assert ExportJob.objects.get().asked_at == job.asked_at
    assert work.work_all(clock) == 1


# --- lease, stop, crash -----------------------------------------------------------------------------


def test_two_workers_never_take_the_same_one(run: ClassRun) -> None:
    exports.ask(run=run, kind="fiches", now=NOW)
    first = exports.claim(worker="one", now=NOW)
    assert first is not None
    assert exports.claim(worker="two", now=NOW) is None
    exports.reclaim(now=NOW + exports.LEASE)  # still within it
    assert exports.claim(worker="two", now=NOW + exports.LEASE) is None
    late = NOW + exports.LEASE + timedelta(seconds=1)
    exports.reclaim(now=late)
    second = exports.claim(worker="two", now=late)
    assert second is not None
    with pytest.raises(exports.Stopped):
        exports.finish(job=first, file="late.pdf", size=1, digest="x", now=late)
    exports.advance(job=second, done=1, total=3, now=late)
    assert ExportJob.objects.get().file == ""


def test_progress_holds_the_lease(run: ClassRun) -> None:
    exports.ask(run=run, kind="fiches", now=NOW)
    job = exports.claim(worker="one", now=NOW)
    assert job is not None
    exports.advance(job=job, done=1, total=3, now=NOW + exports.LEASE)
    exports.reclaim(now=NOW + exports.LEASE * 1.5)
    assert ExportJob.objects.get().state == State.RUNNING


def test_what_a_killed_worker_left_is_begun_again_but_not_for_ever(run: ClassRun) -> None:
    exports.ask(run=run, kind="fiches", now=NOW)
    for _ in range(exports.MOST_ATTEMPTS):
        assert exports.claim(worker="killed", now=NOW)
        assert unfinished()
        exports.reclaim(now=NOW, everything=True)
    job = ExportJob.objects.get()
    assert (job.state, job.error) == (State.FAILED, exports.GAVE_UP)
    assert not unfinished()
    assert job.error in page(make.teacher_client(run.owner), run)
    assert made(run).state == State.DONE, "asked again, it starts anew"


@pytest.mark.parametrize("kind", ["fiches", "fiches-separees"])
def test_a_stop_in_the_middle_keeps_the_earlier_document(
    run: ClassRun, kind: str, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    first = made(run, kind)
    write(run.participants.all()[0], 1, "reponse", "Autre chose.")
    exports.ask(run=run, kind=kind, now=clock())
    client, steps = make.teacher_client(run.owner), []
    monkeypatch.setattr(work, "TELL_S", 0)

    def stop_at_the_second() -> datetime:
        steps.append(1)
        if len(steps) == 4:
            assert act(client, run, kind, "cancel") == 302
        return clock()

    work.work_all(stop_at_the_second)
    job = ExportJob.objects.get()
    assert (job.state, job.file) == (State.CANCELLED, first.file)
    assert [path.name for path in folder.iterdir()] == [first.file]
    assert client.get(address("download-fetch", run, kind)).status_code == 200


def test_a_stop_when_nothing_is_made_changes_nothing(run: ClassRun) -> None:
    client = make.teacher_client(run.owner)
    act(client, run, act="cancel")
    assert not ExportJob.objects.exists()
    made(run)
    act(client, run, act="cancel")
    assert ExportJob.objects.get().state == State.DONE


def test_a_document_that_fails_is_said_and_the_next_one_is_made(
    run: ClassRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> Path:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(work, "_store", full)
        failed = made(run)
    assert (failed.state, failed.error) == (State.FAILED, "Le disque est plein. Rien d’autre n’est perdu.")
    exports.ask(run=run, kind="fiches", now=NOW)
    exports.ask(run=run, kind="annexes", now=at(1))
    with monkeypatch.context() as patch:
        patch.setattr(work, "_bound", lambda wanted, *_: 1 / 0 if len(wanted.pieces) == 3 else b"%PDF-")
        assert work.work_all(clock) == 2
    jobs = dict(ExportJob.objects.values_list("kind", "state"))
    assert jobs == {"fiches": State.FAILED, "annexes": State.DONE}


# --- what must not stay -----------------------------------------------------------------------------


def test_documents_go_with_the_activite(
    run: ClassRun, folder: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    made(run)
    with django_capture_on_commit_callbacks(execute=True):
        runs.delete(run=run)
    assert list(folder.iterdir()) == []
    assert not ExportJob.objects.exists()


def test_documents_go_on_the_day_of_the_purge(
    run: ClassRun, folder: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    made(run)
    with django_capture_on_commit_callbacks(execute=True):
        looks.erased(run.delete_on, clock())
    assert list(folder.iterdir()) == []


def test_documents_that_hold_an_erased_student_go(
    run: ClassRun, folder: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    made(run)
    with django_capture_on_commit_callbacks(execute=True):
        erase_student(participant=run.participants.all()[0], today=NOW.date())
    assert list(folder.iterdir()) == []


def test_stale_documents_and_unknown_files_go(
    run: ClassRun, folder: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    kept, stale = made(run), made(run, "annexes")
    ExportJob.objects.filter(pk=stale.pk).update(asked_at=clock() - exports.KEPT * 2)
    orphan = folder / "orphelin.pdf"
    orphan.write_bytes(b"x")
    os.utime(orphan, (1, 1))
    fresh = folder / "en-route.pdf"
    fresh.write_bytes(b"x")
    for young in (fresh, stale.path):  # the disk has a clock of its own
        os.utime(young, (clock().timestamp(), clock().timestamp()))
    with django_capture_on_commit_callbacks(execute=True):
        assert exports.purge(now=clock()) == 1
    assert {path.name for path in folder.iterdir()} == {kept.file, fresh.name}
    assert ExportJob.objects.get() == kept


# --- the page ---------------------------------------------------------------------------------------


def test_the_page_says_each_state_in_a_word_and_gives_the_file(run: ClassRun) -> None:
    client = make.teacher_client(run.owner)
    assert page(client, run).count("Préparer<") == 5, "no group yet, so no poster"
    assert "elles paraissent avec les groupes" in page(client, run)
    act(client, run)
    assert "En attente" in page(client, run)
    job = exports.claim(worker="one", now=clock())
    assert job
    exports.advance(job=job, done=1, total=3, now=clock())
    text = page(client, run)
    assert "En préparation" in text
    assert "1 sur 3\xa0fiches" in text
    assert "Actualiser pour voir où il en est" in text
    fragment = client.get(address("downloads-list", run) + "?fragment=1").content.decode()
    assert fragment.startswith('<ul class="documents" data-under-way="1">')
    exports.reclaim(now=clock(), everything=True)
    work.work_all(clock)
    text = page(client, run)
    assert "Prêt" in text
    assert re.search(r"\d+\xa0ko, préparé le", text)
    answer = client.get(address("download-fetch", run, "fiches"))
    assert answer.content == ExportJob.objects.get().path.read_bytes()
    assert answer.headers["Content-Disposition"] == 'attachment; filename="fiches-seconde-4.pdf"'
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Cache-Control"] == "no-store"


def test_another_teacher_and_a_wrong_address_find_nothing(run: ClassRun) -> None:
    made(run)
    other = make.teacher_client(make.user())
    assert other.get(address("download-fetch", run, "fiches")).status_code == 404
    assert act(other, run) == 404
    client = make.teacher_client(run.owner)
    assert act(client, run, "n-importe") == 404
    assert client.get(address("download-fetch", run, "n-importe")).status_code == 404
    assert client.get(address("download-act", run, "fiches")).status_code == 405
    assert client.post(address("download-fetch", run, "fiches")).status_code == 405


def test_nothing_is_queued_where_there_is_nothing_to_print() -> None:
    run = make.class_run()
    client = make.teacher_client(run.owner)
    answer = client.post(address("download-act", run, "fiches"), follow=True)
    assert answer.content.decode().count("Aucune copie pour l’instant.") >= 2
    assert not ExportJob.objects.exists()
    exports.ask(run=run, kind="fiches", now=NOW)  # the last copy went away meanwhile
    work.work_all(clock)
    assert ExportJob.objects.get().error == KINDS["fiches"].empty


@pytest.mark.parametrize("count", [1, 35])
def test_it_costs_the_same_for_one_and_for_35(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    run = started_run(participants=count)
    plan(run, "annexes")
    with django_assert_num_queries(7):
        plan(run, "fiches")
    with django_assert_num_queries(3):
        documents(run)
