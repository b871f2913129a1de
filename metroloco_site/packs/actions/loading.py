"""Making a lesson version from a pack. What was loaded once never changes: a class may be using it."""

import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from annexes.models import Annexe, AnnexeImage, AnnexeVideo, CaseStudy, Collection, LexiconEntry, MethodCard
from lessons.models import Criterion, Grid, Lesson, Part, Question
from metroloco_site.kit.once import Press
from metroloco_site.packs.actions.pack_videos import keep_file
from metroloco_site.packs.rules import Pack, PackError, PackErrors, read_pack, read_zip
from metroloco_site.packs.rules.content import PackGrid, PackPart, PackPicture, PackQuestion, PackVideo
from metroloco_site.packs.rules.zips import MAX_ZIP, NAME


@dataclass(frozen=True)
class LoadedPack:
    """`created` is false where the newest version was made from this very pack."""

    lesson: Lesson
    created: bool

    @property
    def told(self) -> str:
        """What to say of it."""
        name = f"« {self.lesson.title} », version {self.lesson.version}"
        return f"Leçon chargée : {name}." if self.created else f"Rien de nouveau : {name}."


def load_pack(*, folder: Path, now: datetime, unless_known: bool = False) -> LoadedPack:
    """The lesson of this folder as its newest version. Raises PackErrors, before anything is written.

    `unless_known`: nothing is made where any version came from this pack. So a start of the server
    never puts the shipped lesson back in front of the one that a teacher has adapted since.
    """
    pack = read_pack(folder)
    made_from_it = Lesson.objects.filter(slug=pack.lesson.slug, digest=pack.digest)
    if unless_known and (known := made_from_it.order_by("-version").first()):
        return LoadedPack(known, created=False)
    return store_pack(pack=pack, now=now)


def load_zip(*, file: BinaryIO, size: int, now: datetime) -> LoadedPack:
    """The same from an archive of `size` bytes. Raises PackErrors, before anything is written."""
    if size > MAX_ZIP:
        message = (
            f"ce fichier dépasse {MAX_ZIP // 1_000_000} Mo : réduisez les images et les vidéos du paquet."
        )
        raise PackErrors([PackError(NAME, 0, message)])
    return store_pack(pack=read_zip(file), now=now)


def store_pack(*, pack: Pack, now: datetime, once: Press | None = None) -> LoadedPack:
    """A new version of the lesson, unless the newest is this pack already; `once`: the press that it bears.

    Raises IntegrityError where another process has just made that version.
    """
    newest = Lesson.objects.filter(slug=pack.lesson.slug).order_by("-version").first()
    if newest and newest.digest == pack.digest:
        return LoadedPack(newest, created=False)
    lesson = Lesson.objects.create(
        slug=pack.lesson.slug,
        version=newest.version + 1 if newest else 1,
        digest=pack.digest,
        title=pack.lesson.title,
        subtitle=pack.lesson.subtitle,
        credit=pack.lesson.credit,
        licence=pack.lesson.licence,
        sources=[asdict(source) for source in pack.lesson.sources],
        opening=pack.lesson.opening,
        loaded_at=now,
        collection=_collection(pack),
        **(once.columns if once else {}),
    )
    parts = _parts(lesson, pack)
    Question.objects.bulk_create(_question(parts[question.part], question) for question in pack.questions)
    _grids(parts, pack.grids)
    return LoadedPack(lesson, created=True)


def _collection(pack: Pack) -> Collection:
    """What the class reads. Going back to an earlier pack finds again what it was read from then."""
    collection, created = Collection.objects.get_or_create(slug=pack.lesson.slug, digest=pack.digest)
    if created:
        Annexe.objects.bulk_create(Annexe(collection=collection, **vars(annexe)) for annexe in pack.annexes)
        LexiconEntry.objects.bulk_create(
            LexiconEntry(collection=collection, **vars(term)) for term in pack.lexicon
        )
        MethodCard.objects.bulk_create(
            MethodCard(collection=collection, **vars(card)) for card in pack.method
        )
        CaseStudy.objects.bulk_create(
            CaseStudy(collection=collection, **vars(case) | {"sources": list(map(asdict, case.sources))})
            for case in pack.cases
        )
        AnnexeImage.objects.bulk_create(_image(collection, picture) for picture in pack.pictures)
        AnnexeVideo.objects.bulk_create(_video(collection, video) for video in pack.videos)
    return collection


def _image(collection: Collection, picture: PackPicture) -> AnnexeImage:
    digest = hashlib.sha256(picture.data).hexdigest()
    return AnnexeImage(collection=collection, digest=digest, **vars(picture))


def _video(collection: Collection, video: PackVideo) -> AnnexeVideo:
    return AnnexeVideo(
        collection=collection,
        slug=video.slug,
        media_type=video.media_type,
        digest=video.blob.digest,
        size=video.blob.size,
        file=keep_file(video),
        subtitles=video.subtitles,
    )


def _parts(lesson: Lesson, pack: Pack) -> dict[int, Part]:
    """The parts, by number."""
    parts = Part.objects.bulk_create(
        Part(lesson=lesson, **{**asdict(part), "lots": _lots(part)}) for part in pack.parts
    )
    return {part.number: part for part in parts}


def _lots(part: PackPart) -> list[dict[str, object]]:
    """The lots of a part as its column keeps them: one entry a size of group."""
    sizes: dict[int, list[dict[str, object]]] = {}
    for lot in part.lots:
        sizes.setdefault(lot.members, []).append({"title": lot.title, "annexes": list(lot.annexes)})
    return [{"members": members, "lots": lots} for members, lots in sizes.items()]


def _question(part: Part, question: PackQuestion) -> Question:
    return Question(
        part=part,
        number=question.number,
        verb=question.verb,
        statement=question.statement,
        fields=[asdict(field) for field in question.fields],
        expected=question.expected,
        further=question.further,
    )


def _grids(parts: dict[int, Part], grids: Iterable[PackGrid]) -> None:
    for content in grids:
        levels = [asdict(level) for level in content.levels]
        grid = Grid.objects.create(
            part=parts[content.part], title=content.title, levels=levels, note=content.note
        )
        Criterion.objects.bulk_create(
            Criterion(grid=grid, number=number, **asdict(row))
            for number, row in enumerate(content.criteria, 1)
        )
