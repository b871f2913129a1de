"""The access matrix: every address of ours × {anonymous, student, other student, teacher, other teacher}."""

import copy
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from annexes.models import AnnexeImage, LexiconEntry
from lessons.actions import joining
from lessons.actions.clock import act
from lessons.actions.saving import save_answers
from lessons.actions.video import set_video
from lessons.models import (
    ClassRun,
    Participant,
    Poster,
    PosterImage,
    PosterLate,
    PosterState,
    SetAside,
    Sitting,
)
from lessons.rules.clock import Kind
from lessons.rules.saving import Draft
from metroloco_site.kit import pdf
from metroloco_site.privacy.models import DataRequest
from tests.harness import builders as make
from tests.harness import picture_files as files
from tests.harness.builders import ORIGIN, at
from tests.harness.kept import Kept
from tests.harness.sheet_builders import SACOCHE, sacoche_choices
from tests.whole.test_house import ours

pytestmark = pytest.mark.django_db

SIGN_IN, HIDDEN, OPEN = "connexion", 404, 200
WHO = ("anonymous", "student", "other student", "teacher", "other teacher")
# name of the address: (method, answers in the order of WHO). A redirect to another page counts as let in.
PUBLIC = (OPEN,) * 5
TEACHER = (SIGN_IN, SIGN_IN, SIGN_IN, OPEN, HIDDEN)  # their own activité alone
SIGNED_IN = (SIGN_IN, SIGN_IN, SIGN_IN, OPEN, OPEN)
STUDENT = (HIDDEN, OPEN, HIDDEN, HIDDEN, HIDDEN)
MATRIX: dict[str, tuple[str, tuple[object, ...]]] = {
    "home-read": ("GET", PUBLIC),
    "join-start": ("POST", PUBLIC),
    "join-choose": ("GET", PUBLIC),
    "come-back": ("GET", PUBLIC),
    "screen-read": ("GET", PUBLIC),  # its address is the key: 256 bits
    "screen-fragment": ("GET", PUBLIC),
    "video-read": ("GET", PUBLIC),
    "subtitles-read": ("GET", PUBLIC),
    "film-read": ("GET", PUBLIC),  # the lesson's own video, under the same key
    "captions-read": ("GET", PUBLIC),
    "icon-read": ("GET", PUBLIC),
    "connection-read": ("GET", PUBLIC),
    "data-read": ("GET", PUBLIC),
    "paper-read": ("GET", PUBLIC),  # the register sheet, the note for families
    "paper-print": ("GET", PUBLIC),
    "rows-download": ("GET", STUDENT),
    "request-make": ("POST", STUDENT),
    "requests-list": ("GET", TEACHER),
    "request-answer": ("POST", TEACHER),
    "participant-erase": ("GET", TEACHER),
    "rehearsal-create": ("GET", SIGNED_IN),
    "rehearsal-end": ("GET", (SIGN_IN, SIGN_IN, SIGN_IN, HIDDEN, HIDDEN)),  # of a class: there is none to end
    "demo-open": ("GET", (HIDDEN,) * 5),  # of `make demo` alone
    "transparency-read": ("GET", PUBLIC),
    "accessibility-read": ("GET", PUBLIC),
    "lessons-list": ("GET", SIGNED_IN),  # common to the teachers of an installation
    "pack-load": ("POST", SIGNED_IN),
    "pack-download": ("GET", SIGNED_IN),
    "lesson-read": ("GET", SIGNED_IN),
    "lesson-copy": ("POST", SIGNED_IN),
    "version-read": ("GET", SIGNED_IN),
    "version-restore": ("POST", SIGNED_IN),
    "version-delete": ("POST", SIGNED_IN),
    "file-add": ("GET", SIGNED_IN),
    "file-move": ("POST", SIGNED_IN),
    "file-delete": ("POST", SIGNED_IN),
    "file-edit": ("GET", SIGNED_IN),
    "file-preview": ("POST", SIGNED_IN),
    "picture-read": ("GET", PUBLIC),  # a pack's, by the digest of its bytes
    "session-open": ("GET", PUBLIC),
    "account-first": ("GET", (HIDDEN,) * 5),  # there is an account: the link is spent
    "session-close": ("POST", SIGNED_IN),
    "password-change": ("GET", SIGNED_IN),
    "runs-list": ("GET", SIGNED_IN),
    "run-create": ("GET", SIGNED_IN),
    "board-read": ("GET", TEACHER),
    "board-fragment": ("GET", TEACHER),
    "clock-act": ("POST", TEACHER),
    "screen-set": ("POST", TEACHER),
    "extra-give": ("POST", TEACHER),
    "discreet-set": ("POST", SIGNED_IN),
    "video-edit": ("GET", TEACHER),
    "video-act": ("POST", TEACHER),
    "late-list": ("GET", TEACHER),
    "late-decide": ("POST", TEACHER),
    "participants-list": ("GET", TEACHER),
    "tickets-create": ("POST", TEACHER),
    "tickets-print": ("GET", TEACHER),
    "annexes-print": ("GET", TEACHER),
    "participant-edit": ("GET", TEACHER),
    "participant-act": ("POST", TEACHER),
    "participant-add": ("POST", TEACHER),
    "participant-merge": ("POST", TEACHER),
    "ticket-print": ("GET", TEACHER),
    "copy-write": ("GET", TEACHER),
    "version-choose": ("POST", TEACHER),
    "access-set": ("POST", TEACHER),
    "groups-read": ("GET", TEACHER),
    "groups-draw": ("POST", TEACHER),
    "groups-repair": ("POST", TEACHER),
    "group-create": ("POST", TEACHER),
    "member-move": ("POST", TEACHER),
    "member-pin": ("POST", TEACHER),
    "separation-set": ("POST", TEACHER),
    "group-act": ("POST", TEACHER),
    "readers-set": ("POST", TEACHER),
    "run-suspend": ("POST", TEACHER),
    "run-unsuspend": ("POST", TEACHER),
    "run-close": ("GET", TEACHER),
    "run-delete": ("GET", TEACHER),
    "deletion-set": ("POST", TEACHER),
    "sheets-list": ("GET", TEACHER),
    "sheet-grade": ("GET", TEACHER),
    "missing-list": ("GET", TEACHER),
    "glance-read": ("GET", TEACHER),
    "glance-print": ("GET", TEACHER),
    "results-csv": ("GET", TEACHER),
    "results-ods": ("GET", TEACHER),
    "downloads-list": ("GET", TEACHER),
    "download-act": ("POST", TEACHER),
    "names-print": ("POST", TEACHER),
    "scores-match": ("POST", TEACHER),
    "scores-fill": ("POST", TEACHER),
    "download-fetch": ("GET", TEACHER),
    "photo-add": ("POST", TEACHER),
    "photo-read": ("GET", TEACHER),
    "photo-remove": ("POST", TEACHER),
    "posters-grade": ("GET", TEACHER),
    "posters-set": ("POST", TEACHER),
    "poster-grade": ("GET", TEACHER),
    "marks-save": ("POST", TEACHER),
    "names-set": ("POST", TEACHER),
    "sheet-print": ("GET", TEACHER),
    "results-publish": ("POST", TEACHER),
    "results-hide": ("POST", TEACHER),
    "assessment-open": ("POST", TEACHER),
    "posters-list": ("GET", TEACHER),
    "posters-print": ("GET", TEACHER),
    "poster-read": ("GET", TEACHER),
    "poster-print": ("GET", TEACHER),
    "state-restore": ("POST", TEACHER),
    "edits-decide": ("POST", TEACHER),
    "image-check": ("GET", TEACHER),
    "image-hide": ("POST", TEACHER),
    "image-project": ("GET", PUBLIC),
    "image-add": ("POST", STUDENT),
    "images-read": ("GET", STUDENT),
    "image-read": ("GET", STUDENT),
    "image-remove": ("POST", STUDENT),
    "poster-download": ("GET", STUDENT),
    "student-read": ("GET", STUDENT),
    "answers-save": ("POST", STUDENT),
    "sitting-done": ("POST", STUDENT),
    "help-ask": ("POST", STUDENT),
    "seat-leave": ("POST", STUDENT),
    "group-read": ("GET", STUDENT),
    "poster-save": ("POST", STUDENT),
    "poster-authors": ("GET", STUDENT),
    "roles-rotate": ("POST", STUDENT),
    "device-share": ("POST", STUDENT),
    "annexe-hand": ("POST", STUDENT),
    "annexes-swap": ("POST", STUDENT),
    "cases-read": ("GET", STUDENT),
    "case-cite": ("POST", STUDENT),
    "cases-list": ("GET", TEACHER),
    "gallery-read": ("GET", STUDENT),
    "vote-cast": ("GET", STUDENT),
    "poster-hide": ("POST", TEACHER),
    "gallery-set": ("POST", TEACHER),
    "vote-read": ("GET", TEACHER),
    "ballot-act": ("POST", TEACHER),
    "self-assess": ("GET", STUDENT),
    "own-read": ("GET", STUDENT),
    "own-print": ("GET", STUDENT),
}


@dataclass
class World:
    run: ClassRun
    person: Participant
    late: SetAside
    picture: AnnexeImage
    image: PosterImage
    asked: DataRequest
    clients: dict[str, Callable[[], Client]]
    body: dict[str, dict[str, object]]

    def address(self, route: str) -> str:
        parts = {
            "<slug:lesson>/<int:version>": f"{self.run.lesson.slug}/1", "<slug:lesson>": self.run.lesson.slug,
            "<slug:kind>/ajouter": "annexe/ajouter", "<slug:kind>/<slug:name>/deplacer": "annexe/1-1/deplacer",
            "<slug:kind>/<slug:name>/supprimer": "term/seul/supprimer", "versions/<int:version>": "versions/1",
            "<slug:film>": "film",
            "<slug:kind>/<slug:name>": "lesson/lesson", "<slug:kind>": "fiches",
            "<slug:run>": self.run.public_id, "<slug:participant>": self.person.public_id,
            "<slug:key>": self.run.screen_key, "<slug:code>": str(self.run.access_code),
            "<int:late>": str(self.late.pk), "<int:version>": str(self.late.pk), "<int:part>": "1",
            "<int:group>": "1", "<slug:image>": self.image.public_id, "<slug:photo>": "photo", "<int:state>": "0",
            "<slug:paper>": "registre", "<int:asked>": str(self.asked.pk),
            "<slug:token>": "abc", "<slug:digest>": self.picture.digest,
        }  # fmt: skip
        for old, new in parts.items():
            route = route.replace(old, new)
        assert "<" not in route, route
        return "/" + route


def poster_world(run: ClassRun, late: int) -> PosterImage:
    """An image on the poster, an earlier state, and what came late, under the id of another late text."""
    poster = Poster.objects.get(group__run=run)
    PosterState.objects.create(poster=poster, number=0, data=b"\0\0", at=at(26))
    PosterLate.objects.create(pk=late, poster=poster, data=b"\0\0", received_at=at(70))
    return make.image(poster)


@pytest.fixture(autouse=True)
def _no_paper(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is let in is asked here, not what is printed: no document is laid out."""
    for renders in ("render", "render_sheets"):
        monkeypatch.setattr(pdf, renders, lambda *_, **__: b"%PDF-")


@pytest.fixture
def world(db: None, made: World) -> World:
    return copy.deepcopy(made)


@pytest.fixture(scope="module")
def made(kept: Kept) -> World:
    return kept(make_world)


def make_world() -> World:
    run = make.class_run(participants=2)
    phase = make.start(run)
    person, other = run.participants.select_related("run")
    save_answers(
        token=joining.Token(person.pk, 1), phase=phase, writer="page-abcd",
        drafts=[Draft(1, "reponse", "trop tard", 0, 1)], now=at(30),
    )  # fmt: skip
    set_video(run=run, video=ContentFile(b"...."), suffix=".mp4", subtitles=ContentFile(b"WEBVTT"))
    ClassRun.objects.filter(pk=run.pk).update(
        results_published_at=at(40), self_assessment_at=at(40), poster_graded=True,
        created_at=timezone.now() + timedelta(days=1),  # its last possible day of deletion follows
    )  # fmt: skip
    Participant.objects.filter(pk=person.pk).update(ticket_number=1)
    make.groups(run, sizes=(2,))
    make.share_out(run)
    make.export(run)
    make.copy_photo(person)
    Sitting.objects.update(done_at=at(20))  # part 1 is over for them
    act(phase=make.phase(run, 2), kind=Kind.START, now=at(25))
    run.refresh_from_db()
    collection = run.lesson.collection
    make.film(collection)
    LexiconEntry.objects.create(collection=collection, part=1, slug="seul", term="Seul", body="Nulle part.")
    return World(
        run=run,
        person=person,
        late=SetAside.objects.get(),
        picture=make.picture(run.lesson.collection),
        image=poster_world(run, SetAside.objects.get().pk),
        asked=DataRequest.objects.create(
            participant=person, kind="correction", text="Mon nom", asked_at=at(1)
        ),
        clients={
            "anonymous": lambda: Client(headers={"origin": ORIGIN}),
            "student": lambda: make.student_client(person),
            "other student": lambda: make.student_client(other),
            "teacher": lambda: make.teacher_client(run.owner),
            "other teacher": lambda: make.teacher_client(make.user()),
        },
        body={
            "join-start": {"code": str(run.access_code)},
            "answers-save": {"part": "1", "writer": "page-abcd"},
            "clock-act": {"part": "1", "kind": "reopen", "minutes": "5"},
            "screen-set": {"show": "annexe-1"},
            "extra-give": {"unit": "third"},
            "discreet-set": {"discret": "1"},
            "video-act": {"act": "pause"},
            "tickets-create": {"count": "2"},
            "marks-save": {"changes": "[]"},
            "late-decide": {"accept": "1"},
            "deletion-set": {"delete_on": (timezone.localdate() + timedelta(days=1)).isoformat()},
            "participant-act": {"act": "helped"},
            "participant-merge": {"into": other.public_id},
            "member-move": {"participant": other.public_id, "group": "1"},
            "member-pin": {"participant": other.public_id, "pinned": "1"},
            "separation-set": {"one": person.public_id, "other": other.public_id, "separated": "1"},
            "group-act": {"act": "rotate"},
            "copy-write": {"part": "1", "writer": "page-abcd"},
            "request-make": {"kind": "erasure"},
            "request-answer": {"faite": "1"},
            "roles-rotate": {"seen": "0"},
            "image-add": {"bloc": "q1", "image": SimpleUploadedFile("photo.jpg", files.jpeg())},
            "image-hide": {"masquer": "1"},
            "case-cite": {"annexe": "1"},
            "names-print": {"liste": SimpleUploadedFile("noms.csv", person.pseudonym.encode() + b";Ada")},
            "scores-match": {"fichier": SimpleUploadedFile("sacoche.csv", SACOCHE)},
            "scores-fill": sacoche_choices(person),
            "annexe-hand": {"annexe": "1", "to": person.public_id},
            "annexes-swap": {"one": "1", "other": "2"},
        },
    )


def test_the_matrix_has_every_address() -> None:
    assert {str(pattern.name) for _, pattern in ours()} == set(MATRIX)


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("name", MATRIX)
def test_access(world: World, name: str, who: str) -> None:
    method, expected = MATRIX[name]
    route = next(route for route, pattern in ours() if pattern.name == name)
    client = world.clients[who]()
    body = world.body.get(name, {})
    answer = client.post(world.address(route), body) if method == "POST" else client.get(world.address(route))
    answer.close()  # a video that is read whole holds one of two places until then
    wanted = expected[WHO.index(who)]
    location = answer.headers.get("Location", "")
    if wanted == SIGN_IN:
        shut = answer.status_code == 403 and method == "POST"  # no token: not even asked to sign in
        assert shut or location.startswith("/connexion/"), (answer.status_code, location)
    elif wanted == HIDDEN:
        assert answer.status_code == 404
    else:
        assert answer.status_code in (200, 301, 302, 303), answer.status_code
        assert not location.startswith("/connexion/")


@pytest.mark.parametrize("name", [n for n, (method, _) in MATRIX.items() if method == "POST"])
def test_what_writes_does_not_answer_a_get(world: World, name: str) -> None:
    route = next(route for route, pattern in ours() if pattern.name == name)
    who = "student" if route.startswith("s/") else "teacher"
    answer = world.clients[who]().get(world.address(route))
    assert answer.status_code == 405 or name == "join-start"


def test_a_new_personal_code_closes_the_door_to_the_old_device(world: World) -> None:
    client = make.student_client(world.person)
    make.teacher_client(world.run.owner).post(
        f"/prof/activites/{world.run.public_id}/participants/{world.person.public_id}/agir/", {"act": "code"}
    )
    assert client.get(f"/s/{world.person.public_id}/").status_code == 404


def test_a_forged_cookie_opens_nothing(world: World) -> None:
    client = make.student_client(world.person)
    client.cookies["participant"] = "WzEsMV0:faux:faux"
    assert client.get(f"/s/{world.person.public_id}/").status_code == 404


def test_pages_are_never_stored_and_no_cookie_comes_before_joining(world: World) -> None:
    client = Client(headers={"origin": ORIGIN})
    for path in (
        "/",
        "/vos-donnees/",
        "/transparence/",
        "/connexion/",
        f"/rejoindre/{world.run.access_code}/",
    ):
        answer = client.get(path)
        assert answer.headers["Cache-Control"] == "no-store"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert not answer.cookies, path
    joined = client.post(f"/rejoindre/{world.run.access_code}/", {"pseudonym": "Huppe vive"})
    assert set(joined.cookies) == {"participant"}
    assert joined.cookies["participant"]["httponly"]
    assert joined.cookies["participant"]["samesite"] == "Lax"


def test_time_passes_for_a_cookie(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    client = make.student_client(world.person)
    later = timezone.now() + timedelta(hours=13)
    monkeypatch.setattr("django.core.signing.time.time", later.timestamp)
    assert client.get(f"/s/{world.person.public_id}/").status_code == 404
