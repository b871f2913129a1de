"""What comes with a request: a photograph, or a list of names, is never written down as it came."""

from pathlib import Path

import pytest
from django.conf import settings as given
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django.fixtures import Settings

from lessons.actions.clock import act
from lessons.models import ClassRun, PosterImage
from lessons.rules.clock import Kind
from metroloco_site.kit import images, uploads
from tests.harness import builders as make
from tests.harness import picture_files as files
from tests.harness.builders import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(tmp_path: Path, settings: Settings) -> ClassRun:
    """A group at work; whatever would become a temporary file fails."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "nowhere")
    made: ClassRun = make.class_run(participants=2)
    make.groups(made, sizes=(2,))
    act(phase=make.phase(made, 2), kind=Kind.START, now=NOW)
    return made


def send(run: ClassRun, size: int) -> str:
    """A photograph of so many bytes; what the page then says."""
    person = run.participants.earliest("number")
    whole = files.jpeg() + b"\0" * (size - len(files.jpeg()))
    answer = make.student_client(person).post(
        f"/s/{person.public_id}/images/",
        {"bloc": "q1", "image": SimpleUploadedFile("photo.jpg", whole)},
        follow=True,
    )
    return answer.content.decode()


@pytest.mark.parametrize("size", [images.MAX_BYTES // 2 + 200_000, images.MAX_BYTES])
def test_the_largest_photograph_stays_in_memory(run: ClassRun, size: int) -> None:
    send(run, size)
    assert PosterImage.objects.count() == 1


@pytest.mark.parametrize("size", [images.MAX_BYTES + 1, uploads.MAX_PICTURE + 1])
def test_a_larger_one_is_refused_and_is_not_written_down_either(run: ClassRun, size: int) -> None:
    assert "5\u00a0Mo" in send(run, size).replace("5 Mo", "5\u00a0Mo")
    assert not PosterImage.objects.exists()


def test_every_address_that_takes_a_photograph_or_a_name_is_known() -> None:
    assert (
        given.FILE_UPLOAD_MAX_MEMORY_SIZE == uploads.MAX_PICTURE
    )  # else Django would write it down before us
    assert uploads.MAX_PICTURE > images.MAX_BYTES
    for path, most in (
        ("/s/abc/images/", uploads.MAX_PICTURE),
        ("/prof/activites/abc/fiches/abc/photographies/", uploads.MAX_PICTURE),
        ("/prof/activites/abc/documents/noms/", uploads.MAX_IN_MEMORY),
        ("/prof/activites/abc/documents/sacoche/", uploads.MAX_IN_MEMORY),
        ("/prof/activites/abc/video/", uploads.MAX_UPLOAD),
    ):
        assert uploads.most(path) == most, path
