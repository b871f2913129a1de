"""Plain builders: `make.class_run(participants=3)`. Everything has a sensible default."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import count
from types import SimpleNamespace

from django.core import signing
from django.core.files.base import ContentFile
from django.test import Client

from annexes.models import Annexe, AnnexeImage, AnnexeVideo, Collection, LexiconEntry, MethodCard
from evaluations.models import CopyPhoto, ExportJob, exports_folder
from lessons.actions import joining, runs
from lessons.actions.clock import act
from lessons.live.tokens import COOKIE, COOKIE_SALT
from lessons.models import (
    AnnexeShare,
    ClassRun,
    Criterion,
    Grid,
    Group,
    Lesson,
    Membership,
    Part,
    Participant,
    Phase,
    Poster,
    PosterImage,
    PosterUpdate,
    Question,
)
from lessons.queries.documents import replica as document
from lessons.rules.clock import Kind
from lessons.rules.poster import LOOK
from metroloco_site.accounts.models import User
from metroloco_site.kit.images import clean
from tests.harness import moment
from tests.harness.picture_files import jpeg

NOW = moment.NOW
ORIGIN = "http://testserver"
LEVELS = [
    {"code": "TI", "label": "très insuffisant"},
    {"code": "I", "label": "insuffisant"},
    {"code": "S", "label": "satisfaisant"},
    {"code": "TS", "label": "très satisfaisant"},
]
_numbers = count(1)


def user(username: str = "") -> User:
    return User.objects.create_user(username or f"prof{next(_numbers)}", "une phrase assez longue")


def lesson(
    *, questions: Sequence[Sequence[str]] = (("reponse",), ("ressemblances", "differences"))
) -> Lesson:
    """A small lesson: part 1 with these questions (their field keys), a part 2, a grid of two rows."""
    number = next(_numbers)
    collection = Collection.objects.create(slug=f"lecon-{number}", digest=f"{number:064d}")
    made = Lesson.objects.create(
        slug=f"lecon-{number}", version=1, digest=f"{number:064d}", title="Une leçon", collection=collection,
        opening="Bienvenue.", loaded_at=NOW,
    )  # fmt: skip
    part = Part.objects.create(
        lesson=made, number=1, kind="individual", title="Première partie", minutes=15,
        objectives=["Comprendre"], resources=["annexes"], instructions="Répondez.",
    )  # fmt: skip
    second = Part.objects.create(
        lesson=made, number=2, kind="group", title="Seconde partie", minutes=40, instructions="Ensemble."
    )
    _in_groups(second)
    MethodCard.objects.create(
        collection=collection, part=1, slug="reperer", verb="Repérer", definition="Retrouver", action="Citer",
        body="### Exemple\n\nCeci.",
    )  # fmt: skip
    for index, keys in enumerate(questions, start=1):
        fields = [{"key": key, "label": key.capitalize(), "hint": ""} for key in keys]
        Question.objects.create(
            part=part, number=index, verb="reperer", statement=f"Repérer la chose {index}.", fields=fields,
            expected=f"- L’élément attendu {index} (annexe 1)",
        )  # fmt: skip
    Annexe.objects.create(
        collection=collection, part=1, number=1, slug="texte", title="Un texte", kind="text",
        body="Un [PTCE](lexique:ptce) ici.", source="D’après une page",
    )  # fmt: skip
    LexiconEntry.objects.create(collection=collection, part=1, slug="ptce", term="PTCE", body="Un pôle.")
    grid = Grid.objects.create(part=part, title="Fiche d’évaluation", levels=LEVELS)
    Criterion.objects.create(grid=grid, number=1, group="Compétences", label="Repérer", expectation="complet")
    Criterion.objects.create(grid=grid, number=2, group="Connaissances", label="Valeurs de l’ESS")
    return made


def picture(collection: Collection, slug: str = "dessin", data: bytes = b"") -> AnnexeImage:
    """A drawing of a pack."""
    drawing = data or b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 30"><path d="M0 0h9"/></svg>'
    return AnnexeImage.objects.create(
        collection=collection, slug=slug, media_type="image/svg+xml", width=40, height=30,
        digest=hashlib.sha256(drawing).hexdigest(), data=drawing,
    )  # fmt: skip


def film(collection: Collection, slug: str = "film", data: bytes = b"....") -> AnnexeVideo:
    """A video of a pack, with subtitles."""
    made = AnnexeVideo(
        collection=collection, slug=slug, media_type="video/mp4", size=len(data),
        digest=hashlib.sha256(data).hexdigest(), subtitles=b"WEBVTT",
    )  # fmt: skip
    made.file.save(f"{made.digest}.mp4", ContentFile(data))
    return made


def _in_groups(part: Part) -> None:
    """What part 2 is done with: two questions, the second to go further, and five annexes to share out."""
    for index, statement in enumerate(("Expliquer la chose.", "Aller plus loin."), start=1):
        Question.objects.create(
            part=part, number=index, verb="reperer", statement=statement, further=index == 2,
            fields=[{"key": "reponse", "label": "Réponse", "hint": ""}], expected="- L’élément attendu",
        )  # fmt: skip
    Annexe.objects.bulk_create(
        Annexe(
            collection=part.lesson.collection, part=part.number, number=number, slug=f"partage-{number}",
            title=f"Texte {number}", kind="text", body="mot " * 100 * number,
        )
        for number in range(1, 6)
    )  # fmt: skip


def class_run(*, participants: int = 0, owner: User | None = None, of: Lesson | None = None) -> ClassRun:
    run = runs.create_run(
        owner=owner or user(), lesson=of or lesson(), label="Seconde 4", minutes={},
        delete_on=NOW.date() + timedelta(days=30), now=NOW,
    )  # fmt: skip
    for _ in range(participants):
        participant(run)
    return run


def participant(run: ClassRun, pseudonym: str = "", now: datetime = NOW) -> Participant:
    return joining.join(run=run, pseudonym=pseudonym or f"Dune {next(_numbers)}", now=now)


def phase(run: ClassRun, number: int = 1) -> Phase:
    return run.phases.get(part__number=number)


def start(run: ClassRun, now: datetime = NOW) -> Phase:
    """Part 1, running since `now`."""
    act(phase=phase(run), kind=Kind.START, now=now)
    return phase(run)


def groups(run: ClassRun, sizes: Sequence[int] = (3, 3)) -> list[Group]:
    """Groups of these sizes, of those present in their order (more join where there are too few)."""
    here = list(
        run.participants.filter(left_at=None, absent=False).exclude(joined_at=None).order_by("number")
    )
    here += [participant(run) for _ in range(sum(sizes) - len(here))]
    made = []
    for number, size in enumerate(sizes, start=1):
        group = Group.objects.create(run=run, number=number, formed_at=NOW)
        Membership.objects.bulk_create(
            Membership(group=group, participant=here.pop(0), seat=seat) for seat in range(size)
        )
        Poster.objects.create(group=group)
        made.append(group)
    return made


def share_out(run: ClassRun) -> None:
    """Annexes 1 to 4 of part 2 in turn to the members of each group; the others are for all."""
    annexes = list(Annexe.objects.filter(collection=run.lesson.collection, part=2, number__lte=4))
    for group in run.groups.all():
        members = list(group.memberships.values_list("participant_id", flat=True))
        AnnexeShare.objects.bulk_create(
            AnnexeShare(group=group, annexe=annexe, participant_id=members[place % len(members)])
            for place, annexe in enumerate(annexes)
        )


def image(poster: Poster, block: str = "q1", data: bytes = b"") -> PosterImage:
    """An image on this poster, as a member's upload leaves it."""
    kept = clean(data or jpeg())
    made = PosterImage(
        poster=poster, public_id=f"image-{next(_numbers)}", block=block, width=kept.width, height=kept.height,
        participant=Participant.objects.filter(membership__group=poster.group_id).first(), added_at=NOW,
    )  # fmt: skip
    made.file.save(f"{made.public_id}.jpg", ContentFile(kept.jpeg))
    return made


def copy_photo(person: Participant, public_id: str = "photo") -> CopyPhoto:
    """A photograph of this student's copie papier, as the teacher's upload leaves it."""
    kept = clean(jpeg())
    made = CopyPhoto(
        participant=person, public_id=public_id, width=kept.width, height=kept.height, added_at=NOW
    )
    made.file.save(f"{public_id}.jpg", ContentFile(kept.jpeg))
    return made


def poster_says(poster: Poster, texts: dict[str, str] | None = None, /, **look: str) -> Poster:
    """Adds to texts of the document, by name, written by nobody in particular; `look`: layout, palette, size."""
    replica = document(poster)
    written = {key: ("", text) for key, text in (texts or {}).items()}
    data = replica.write_all(written, {LOOK: look})
    assert data is not None
    poster.last_number += 1
    poster.saved_at = at(poster.last_number)
    poster.save()
    PosterUpdate.objects.create(poster=poster, number=poster.last_number, data=data, at=poster.saved_at)
    return poster


def export(run: ClassRun, kind: str = "fiches") -> ExportJob:
    """A document that is ready."""
    exports_folder().mkdir(exist_ok=True)
    file = f"document-{next(_numbers)}.pdf"
    (exports_folder() / file).write_bytes(b"%PDF-")
    return ExportJob.objects.create(
        run=run, kind=kind, state=ExportJob.State.DONE, asked_at=NOW, made_at=NOW, file=file, size=5
    )


def at(minutes: float) -> datetime:
    """So many minutes after NOW."""
    return NOW + timedelta(minutes=minutes)


def teacher_client(owner: User) -> Client:
    client = Client(headers={"origin": ORIGIN})
    client.force_login(owner)
    return client


def student_client(person: Participant) -> Client:
    client = Client(headers={"origin": ORIGIN}, enforce_csrf_checks=True)
    client.cookies[COOKIE] = signing.dumps([person.pk, person.token_version], salt=COOKIE_SALT)
    return client


make = SimpleNamespace(
    user=user, lesson=lesson, class_run=class_run, participant=participant, phase=phase, start=start, at=at,
    export=export, groups=groups, share_out=share_out, image=image, copy_photo=copy_photo, poster_says=poster_says,
    teacher_client=teacher_client, student_client=student_client,
)  # fmt: skip
