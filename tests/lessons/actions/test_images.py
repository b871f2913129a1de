"""Images of a group's poster: who adds, removes, hides and reads them, and what becomes of the files."""

import io
import logging
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from lessons import live
from lessons.actions import images, runs
from lessons.actions.clock import act
from lessons.models import ClassRun, Membership, Participant, Poster, PosterImage, PosterWriter
from lessons.queries.poster_sheet import poster_sheet
from lessons.rules.clock import Kind
from lessons.rules.poster import MAX_IMAGES, alt_key, caption_key
from metroloco_site.kit import steady
from tests.harness import builders as make
from tests.harness import looks
from tests.harness import picture_files as files
from tests.harness.builders import NOW, at

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Minutes after NOW at which the requests of a test arrive."""
    minutes = [10.0]
    monkeypatch.setattr(steady, "now", lambda: at(minutes[0]))
    return minutes


@pytest.fixture
def run() -> ClassRun:
    """Two groups of two, whose 40 minutes run since NOW."""
    made = make.class_run(participants=4)
    make.groups(made, sizes=(2, 2))
    act(phase=make.phase(made, 2), kind=Kind.START, now=NOW)
    return ClassRun.objects.get(pk=made.pk)


@pytest.fixture
def person(run: ClassRun) -> Participant:
    return member(run, 1)


def member(run: ClassRun, group: int, seat: int = 0) -> Participant:
    return run.participants.select_related("run").get(membership__group__number=group, membership__seat=seat)


def poster(run: ClassRun, group: int = 1) -> Poster:
    return Poster.objects.get(group__run=run, group__number=group)


def add(person: Participant, data: bytes = b"", block: str = "q1", *, alone: bool = False) -> Any:  # noqa: ANN401 - the test client's own kind
    sent = {"bloc": block, "image": SimpleUploadedFile("IMG_1234.jpg", data or files.jpeg())}
    address = reverse("lessons:image-add", args=[person.public_id])
    return make.student_client(person).post(address, sent, headers={"X-Fragment": "1"} if alone else {})


def shown(response: Any) -> str:  # noqa: ANN401
    return str(response.content.decode())


def read(client: Client, image: PosterImage, name: str, first: str) -> int:
    return client.get(reverse(f"lessons:{name}", args=[first, image.public_id])).status_code


def test_an_image_comes_onto_the_sheet_and_its_secrets_are_told_once(
    run: ClassRun, person: Participant, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    answer = add(person, files.talkative_jpeg(), "q2")
    assert answer.status_code == 200
    said = shown(answer)
    assert "43\u00a0degrés 31\u00a0minutes" in said
    assert "Huppe SECRET-MODEL 12" in said
    image = PosterImage.objects.get()
    assert (image.block, image.width, image.height, image.participant) == ("q2", 60, 40, person)
    zone = next(zone for zone in poster_sheet(poster(run)).zones if zone.key == "q2")
    assert [one.public_id for one in zone.images] == [image.public_id]
    page = make.student_client(person).get(reverse("lessons:images-read", args=[person.public_id]))
    assert "SECRET" not in shown(page)
    assert "SECRET" not in caplog.text
    stored = Path(image.file.path).read_bytes()
    assert [secret for secret in files.SECRETS if secret in stored] == []
    assert "IMG_1234" not in str(image.file.name)


def test_a_page_with_scripts_gets_the_answer_alone(person: Participant) -> None:
    alone = shown(add(person, alone=True))
    assert "<html" not in alone
    assert "ni lieu, ni date, ni appareil" in alone
    assert "<html" in shown(add(person))


@pytest.mark.parametrize(
    ("data", "block", "sentence"),
    [
        (files.SVG, "q1", "dessins SVG"),
        (files.bomb(), "q1", "trop de pixels"),
        (b"", "q9", "place de l’image"),
    ],
)
def test_a_refusal_says_why_and_keeps_nothing(
    person: Participant, data: bytes, block: str, sentence: str
) -> None:
    answer = add(person, data, block)
    assert answer.status_code == 422
    assert sentence in shown(answer)
    assert not PosterImage.objects.exists()


def test_no_file_at_all(person: Participant) -> None:
    address = reverse("lessons:image-add", args=[person.public_id])
    answer = make.student_client(person).post(address, {"bloc": "q1"})
    assert answer.status_code == 422
    assert "Choisissez une image." in shown(answer)


def test_a_poster_takes_so_many_images_and_one_more_once_one_went(run: ClassRun, person: Participant) -> None:
    for _ in range(MAX_IMAGES):
        assert add(person).status_code == 200
    assert "au plus" in shown(add(person))
    assert PosterImage.objects.count() == MAX_IMAGES
    assert add(member(run, 2)).status_code == 200, "another group has its own"
    remove(member(run, 1, seat=1), PosterImage.objects.order_by("pk")[0])
    assert add(person).status_code == 200


def remove(person: Participant, image: PosterImage) -> Any:  # noqa: ANN401
    address = reverse("lessons:image-remove", args=[person.public_id, image.public_id])
    return make.student_client(person).post(address)


def test_any_member_removes_and_the_file_goes(
    run: ClassRun, person: Participant, django_capture_on_commit_callbacks: object
) -> None:
    image = make.image(poster(run))
    path = Path(image.file.path)
    assert remove(member(run, 2), image).status_code == 404, "not one of another group"
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        assert remove(member(run, 1, seat=1), image).status_code == 302
    assert not path.exists()
    image.refresh_from_db()
    assert (image.removed_at, image.file.name) == (at(10), "")
    assert poster_sheet(poster(run)).images == ()
    assert remove(person, image).status_code == 404, "twice"


def test_after_the_bell_nothing_comes_or_goes(run: ClassRun, person: Participant, clock: list[float]) -> None:
    image = make.image(poster(run))
    clock[0] = 40.4  # 24 s later: within the grace
    assert add(person).status_code == 200
    clock[0] = 40.6
    answer = add(person)
    assert answer.status_code == 422
    assert "ne se modifie plus" in shown(answer)
    assert remove(person, image).status_code == 422
    assert PosterImage.objects.filter(removed_at=None).count() == 2


def test_who_reads_the_bytes(run: ClassRun, person: Participant) -> None:
    image = make.image(poster(run))
    teacher, mate, other = make.teacher_client(run.owner), member(run, 1, 1), member(run, 2)

    def answers() -> list[int]:
        return [
            read(make.student_client(person), image, "image-read", person.public_id),
            read(make.student_client(mate), image, "image-read", mate.public_id),
            read(make.student_client(other), image, "image-read", other.public_id),
            read(Client(), image, "image-project", run.screen_key),
            read(teacher, image, "image-check", run.public_id),
        ]

    assert answers() == [200, 200, 404, 200, 200]
    ClassRun.objects.filter(pk=run.pk).update(gallery_opened_at=at(41))
    assert answers() == [200, 200, 200, 200, 200]
    images.hide_image(image=image, hidden=True, now=at(42))
    assert answers() == [404, 404, 404, 404, 200], "hidden: the teacher's eyes alone"
    images.hide_image(image=image, hidden=False, now=at(43))
    assert answers() == [200, 200, 200, 200, 200]
    stranger = make.class_run(participants=1).participants.get()
    assert read(make.student_client(stranger), image, "image-read", stranger.public_id) == 404


def test_who_wrote_in_a_group_still_sees_its_images_from_another(run: ClassRun, person: Participant) -> None:
    """« Votre travail dans le groupe 1 » is the whole sheet."""
    image, moved = make.image(poster(run)), member(run, 1, 1)
    PosterWriter.objects.create(poster=image.poster, client=7, participant=moved)
    Membership.objects.filter(participant__in=(person, moved)).update(group=run.groups.get(number=2))
    assert read(make.student_client(moved), image, "image-read", moved.public_id) == 200
    assert read(make.student_client(person), image, "image-read", person.public_id) == 404


def test_the_bytes_are_a_picture_that_nobody_stores(run: ClassRun, person: Participant) -> None:
    image = make.image(poster(run))
    answer = make.student_client(person).get(
        reverse("lessons:image-read", args=[person.public_id, image.public_id])
    )
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.content == Path(image.file.path).read_bytes()
    Path(image.file.path).unlink()
    assert read(make.student_client(person), image, "image-read", person.public_id) == 404


def test_hiding_is_told_to_every_page(run: ClassRun, monkeypatch: pytest.MonkeyPatch) -> None:
    image = make.image(poster(run))
    told: list[int] = []
    monkeypatch.setattr(live, "tell_group", told.append)
    before = run.revision
    address = reverse("lessons:image-hide", args=[run.public_id, image.public_id])
    answer = make.teacher_client(run.owner).post(address, {"masquer": "1"})
    assert answer.headers["Location"].endswith("#groupe-1")
    run.refresh_from_db()
    assert run.revision > before
    assert told == [image.poster.group_id]
    assert poster_sheet(poster(run)).images == ()
    make.teacher_client(run.owner).post(address, {"masquer": "0"})
    assert len(poster_sheet(poster(run)).images) == 1


def test_deleting_the_run_deletes_the_files(
    run: ClassRun, django_capture_on_commit_callbacks: object
) -> None:
    path = Path(make.image(poster(run)).file.path)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        runs.delete(run=run)
    assert not path.exists()


def test_the_purge_deletes_the_files(run: ClassRun, django_capture_on_commit_callbacks: object) -> None:
    path = Path(make.image(poster(run)).file.path)
    assert Path(settings.MEDIA_ROOT) in path.parents, (
        "so a backup has it (tests/ops/rules/test_backup_file.py)"
    )
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        looks.erased(run.delete_on, at(60 * 24 * 31))
    assert not path.exists()
    assert not PosterImage.objects.exists()


def test_alternatives(run: ClassRun) -> None:
    image = make.image(poster(run))
    assert poster_sheet(poster(run)).images[0].alternative == "Image sans description"
    assert poster_sheet(poster(run)).images[0].undescribed
    make.poster_says(poster(run), {caption_key(image.public_id): "La plage"})
    assert poster_sheet(poster(run)).images[0].alternative == "La plage"
    make.poster_says(poster(run), {alt_key(image.public_id): "Trois parasols"})
    sheet = poster_sheet(poster(run)).images[0]
    assert (sheet.alternative, sheet.undescribed) == ("Trois parasols", False)


def test_a_caption_is_written_beside_the_description_once_a_page(run: ClassRun, person: Participant) -> None:
    image = make.image(poster(run))
    make.poster_says(poster(run), {caption_key(image.public_id): "La plage"})
    client, key = make.student_client(person), caption_key(image.public_id)
    page = shown(client.get(f"/s/{person.public_id}/"))
    tools = page.split('id="images"')[1].split("</section>")[0]
    assert f'<label for="{key}">Légende</label>' in tools
    assert page.count(f'id="{key}"') == page.count(f'name="base-{key}"') == 1
    alone = shown(client.get(f"/s/{person.public_id}/images/liste/"))
    assert f'id="{key}" data-text="{key}"' in alone
    sent = {"affiche": "", f"base-{key}": "La plage", key: "La grande plage"}
    client.post(reverse("lessons:poster-save", args=[person.public_id]), sent)
    assert poster_sheet(poster(run)).images[0].caption.text == "La grande plage"


def test_the_group_prints_its_own_poster_as_it_stands(run: ClassRun, person: Participant) -> None:
    image = make.image(make.poster_says(poster(run), {"titre": "Nos données"}))
    answer = make.student_client(person).get(reverse("lessons:poster-download", args=[person.public_id]))
    assert answer.headers["Content-Type"] == "application/pdf"
    assert "affiche-1" in answer.headers["Content-Disposition"]
    assert b"/Figure" in readable(answer.content)
    images.hide_image(image=image, hidden=True, now=at(12))
    answer = make.student_client(person).get(reverse("lessons:poster-download", args=[person.public_id]))
    assert b"/Figure" not in readable(answer.content), "what the teacher hid is on no paper"


def readable(content: bytes) -> bytes:
    """The same document with its objects written out."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as document:
        document.save(out, object_stream_mode=pikepdf.ObjectStreamMode.disable, compress_streams=False)
    return out.getvalue()
