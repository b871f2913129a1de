"""A copie papier photographed, if the teacher wishes: beside the grid, for the teacher alone, and gone on its day."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from evaluations import actions
from evaluations.actions import photos
from evaluations.models import CopyPhoto
from lessons.actions import erasing, merging, runs
from lessons.models import Participant
from tests.harness import builders as make
from tests.harness import looks
from tests.harness import picture_files as files
from tests.harness.builders import NOW
from tests.harness.sheet_builders import grade, started_run

pytestmark = pytest.mark.django_db
Commit = DjangoCaptureOnCommitCallbacks


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Settings) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.DATA_DIR = tmp_path
    return tmp_path / "media"


@pytest.fixture
def person() -> Participant:
    run = started_run()
    run.participants.update(on_paper=True)
    return run.participants.select_related("run").get()


@pytest.fixture
def teacher(person: Participant) -> Client:
    return make.teacher_client(person.run.owner)


def add(teacher: Client, person: Participant, data: bytes | None = None) -> str:
    """What the page says after the button."""
    sent = SimpleUploadedFile("IMG_0042.jpg", files.jpeg() if data is None else data)
    answer = teacher.post(grade(person, "photo-add"), {"image": sent}, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def stored(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_it_stands_beside_the_grid_and_nothing_of_the_file_is_kept(
    person: Participant, teacher: Client, folder: Path
) -> None:
    page = add(teacher, person, files.talkative_jpeg())
    photo = CopyPhoto.objects.get()
    address = grade(person) + f"photographies/{photo.public_id}.jpg"
    assert "à côté de la grille, pour vous seul" in page
    assert f'src="{address}"' in page
    (file,) = stored(folder)
    held = file.read_bytes()
    for trace in (b"Exif", b"GPS", b"IMG_0042"):
        assert trace not in held
    answer = teacher.get(address)
    assert (answer.content, answer.headers["Content-Type"]) == (held, "image/jpeg")
    assert "no-store" in answer.headers["Cache-Control"]


def test_it_is_in_nobodys_document(person: Participant, teacher: Client) -> None:
    add(teacher, person)
    actions.publish(run=person.run, now=NOW)
    student = make.student_client(person)
    photo = CopyPhoto.objects.get()
    for page in (f"/s/{person.public_id}/fiche/", f"/s/{person.public_id}/"):
        assert "photographies" not in student.get(page).content.decode()
    assert student.get(grade(person) + f"photographies/{photo.public_id}.jpg").status_code == 302, "signs in"
    pdf = teacher.get(grade(person)[:-1] + ".pdf").content
    assert b"/Image" not in pdf


def test_who_wrote_on_a_device_has_none(person: Participant, teacher: Client) -> None:
    Participant.objects.update(on_paper=False)
    assert "Photographier la copie" not in teacher.get(grade(person)).content.decode()
    assert "Seule une copie papier se photographie" in add(teacher, person)
    assert not CopyPhoto.objects.exists()


@pytest.mark.parametrize(("data", "said"), [(b"%PDF-1.7", "cache autre chose"), (b"", "vide")])
def test_what_is_no_picture_is_refused_with_a_sentence(
    data: bytes, said: str, person: Participant, teacher: Client, folder: Path
) -> None:
    assert said in add(teacher, person, data)
    assert not stored(folder)


def test_a_copy_has_so_many_pages_at_most(person: Participant, teacher: Client) -> None:
    for number in range(photos.MOST):
        make.copy_photo(person, f"page-{number}")
    assert "au plus" in add(teacher, person)
    assert CopyPhoto.objects.count() == photos.MOST


def test_handwriting_stays_readable(person: Participant, teacher: Client) -> None:
    add(teacher, person, files.jpeg(files.drawn((2400, 3200))))
    photo = CopyPhoto.objects.get()
    assert (photo.width, photo.height) == (1500, 2000)


def test_taken_away_its_file_goes_too_and_the_repeat_finds_nothing(
    person: Participant, teacher: Client, folder: Path, django_capture_on_commit_callbacks: Commit
) -> None:
    add(teacher, person)
    address = grade(person) + f"photographies/{CopyPhoto.objects.get().public_id}/retirer/"
    with django_capture_on_commit_callbacks(execute=True):
        assert teacher.get(address).status_code == 405
        assert "est effacée" in teacher.post(address, follow=True).content.decode()
    assert not stored(folder)
    assert teacher.post(address).status_code == 404


def test_another_teachers_and_another_copys_are_not_found(person: Participant, teacher: Client) -> None:
    add(teacher, person)
    photo = CopyPhoto.objects.get().public_id
    classmate = make.participant(person.run)
    assert teacher.get(grade(classmate) + f"photographies/{photo}.jpg").status_code == 404
    assert teacher.post(grade(classmate) + f"photographies/{photo}/retirer/").status_code == 404
    stranger = make.teacher_client(make.user())
    assert stranger.get(grade(person) + f"photographies/{photo}.jpg").status_code == 404
    assert CopyPhoto.objects.exists()


@pytest.mark.parametrize("how", ["erased", "deleted", "purged"])
def test_it_goes_with_the_student_and_with_the_activity(
    how: str, person: Participant, folder: Path, django_capture_on_commit_callbacks: Commit
) -> None:
    make.copy_photo(person)
    assert stored(folder)
    with django_capture_on_commit_callbacks(execute=True):
        if how == "erased":
            erasing.erase(participant=person)
        elif how == "deleted":
            runs.delete(run=person.run)
        else:
            looks.erased(person.run.delete_on, timezone.now())
    assert not CopyPhoto.objects.exists()
    assert not stored(folder)


def test_it_follows_when_two_places_become_one(person: Participant) -> None:
    kept = make.participant(person.run)
    make.copy_photo(person)
    merging.merge(duplicate=person, into=kept, now=NOW)
    assert CopyPhoto.objects.get().participant == kept
    page = make.teacher_client(person.run.owner).get(grade(kept)).content.decode()
    assert "photographie 1" in page, "also where the kept place is no copie papier"


def test_the_student_is_told_and_may_take_it_along(person: Participant) -> None:
    student = make.student_client(person)
    assert "La photographie de votre copie papier" in student.get("/vos-donnees/").content.decode()
    make.copy_photo(person)
    mine = student.get("/vos-donnees/").content.decode().split('id="vous"')[1].split('id="detail"')[0]
    assert "La photographie de votre copie papier" in mine
    held = student.get(f"/s/{person.public_id}/donnees.json").json()
    assert len(held["copie_papier"][0]["base64"]) > 100


def test_taken_back_as_a_paper_copy_the_photograph_can_still_be_erased(
    teacher: Client, person: Participant
) -> None:
    add(teacher, person)
    Participant.objects.filter(pk=person.pk).update(on_paper=False)
    page = teacher.get(grade(person)).content.decode()
    photo = person.copy_photos.get()
    away = reverse("evaluations:photo-remove", args=[person.run.public_id, person.public_id, photo.public_id])
    assert away in page
