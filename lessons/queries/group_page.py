"""What a group's members see of their common work: who they are, who reads what, and the texts."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from lessons.models import AnnexeShare, Group, Membership, Participant, Poster
from lessons.queries.content import AnnexeContent, PartContent, QuestionContent
from lessons.queries.document_authors import Written, written
from lessons.queries.documents import document
from lessons.queries.poster_sheet import PosterSheet, poster_sheet, poster_sheets
from lessons.queries.student import StudentPage
from lessons.rules import poster as names
from lessons.rules.citing import tools
from lessons.rules.roles import Role, roles_of
from lessons.rules.texts import count_words


@dataclass(frozen=True)
class Text:
    """One text of the common document, as a form shows it. `key` is its name everywhere (rules.poster)."""

    key: str
    label: str
    hint: str
    text: str
    words: int = 0


@dataclass(frozen=True)
class Block:
    """A question of the poster, with its verb, its card and its texts."""

    question: QuestionContent
    fields: tuple[Text, ...]


@dataclass(frozen=True)
class Member:
    """`here`: their page is open; on one device, only one of them has a page."""

    pk: int
    public_id: str
    name: str
    me: bool
    here: bool
    absent: bool
    roles: tuple[Role, ...]
    reads: tuple[int, ...]


@dataclass(frozen=True)
class Reading:
    """An annexe that one member reads for the others, and what they pass on of it."""

    annexe: AnnexeContent
    reader: Member | None  # None once they have left and nobody has taken it yet
    essential: Text
    passed: bool

    @property
    def number(self) -> int:
        return self.annexe.number

    @property
    def mine(self) -> bool:
        return self.reader is not None and self.reader.me


@dataclass(frozen=True)
class Owed:
    """The annexes of which one reader has not passed on the essential yet."""

    reader: Member | None
    numbers: tuple[int, ...]


@dataclass(frozen=True)
class Shelved:
    """An annexe on the shelf: mine, another member's, or for all (`reader` is None)."""

    annexe: AnnexeContent
    reader: Member | None

    @property
    def mine(self) -> bool:
        return self.reader is not None and self.reader.me

    @property
    def tools(self) -> tuple[str, ...]:
        """What a catalogue names, each to be cited by itself."""
        return tools(self.annexe.html) if self.annexe.kind == "tool" else ()


@dataclass(frozen=True)
class Look:
    """One choice of how the sheet looks, with the one that holds."""

    name: str
    label: str
    value: str
    choices: tuple[names.Choice, ...]


@dataclass(frozen=True)
class GroupDesk:
    group: Group
    sheet: PosterSheet
    looks: tuple[Look, ...]
    saved_at: datetime | None
    members: tuple[Member, ...]
    title: Text
    source: Text
    blocks: tuple[Block, ...]
    readings: tuple[Reading, ...]
    shelf: tuple[Shelved, ...]
    former: tuple[PosterSheet, ...]  # of groups in which this member wrote before

    @property
    def mine_first(self) -> tuple[Reading, ...]:
        return tuple(sorted(self.readings, key=lambda reading: not reading.mine))

    @property
    def others_first(self) -> tuple[Reading, ...]:
        return tuple(sorted(self.readings, key=lambda reading: reading.mine))

    @property
    def owed(self) -> tuple[Owed, ...]:
        """What has not been passed on yet, reader by reader."""
        waiting = [reading for reading in self.readings if not reading.passed]
        readers = dict.fromkeys(reading.reader for reading in waiting)
        return tuple(Owed(who, tuple(r.number for r in waiting if r.reader == who)) for who in readers)


def group_desk(page: StudentPage, present: Collection[int]) -> GroupDesk:
    """The desk of this member; the same number of queries whatever the class and the group.

    `present`: ids of the participants of the run who have a page open.
    """
    assert page.part is not None
    assert page.group is not None
    group = page.group
    shares = dict(AnnexeShare.objects.filter(group=group).values_list("annexe__number", "participant_id"))
    members = _members(group, page.participant, shares, present)
    images = f"/s/{page.participant.public_id}/images/"
    said = document(group.poster)
    texts = said.texts
    readings = tuple(
        Reading(
            annexe,
            members.get(shares[annexe.number]),
            _essential(annexe, texts),
            annexe.number in said.passed,
        )
        for annexe in page.annexes
        if annexe.number in shares
    )
    return GroupDesk(
        group=group,
        looks=_looks(said.look),
        sheet=poster_sheet(group.poster, images_at=images),
        saved_at=group.poster.saved_at,
        members=tuple(members.values()),
        title=_text(names.TITLE, "Titre de l’affiche", "", texts),
        source=_text(names.SOURCE, "Sources de l’affiche", "Les annexes et les documents utilisés.", texts),
        blocks=_blocks(page.part, texts),
        readings=readings,
        shelf=_shelf(page.annexes, readings),
        former=_former(page.participant, group, images),
    )


def _members(
    group: Group, me: Participant, shares: Mapping[int, int], present: Collection[int]
) -> dict[int, Member]:
    found = Membership.objects.filter(group=group, participant__left_at=None).select_related("participant")
    people = [membership.participant for membership in found.order_by("seat", "pk")]
    roles = roles_of([person.pk for person in people if not person.absent], group.rotation)
    return {
        person.pk: Member(
            pk=person.pk,
            public_id=person.public_id,
            name=person.pseudonym if person.pk == me.pk else person.shown_name,
            me=person.pk == me.pk,
            here=person.pk in present or person.pk == me.pk,
            absent=person.absent,
            roles=roles.get(person.pk, ()),
            reads=tuple(number for number, reader in shares.items() if reader == person.pk),
        )
        for person in people
    }


def _looks(chosen: Mapping[str, str]) -> tuple[Look, ...]:
    return (
        Look("layout", "Mise en page", chosen["layout"], names.LAYOUTS),
        Look("palette", "Couleurs", chosen["palette"], names.PALETTES),
        Look("size", "Taille du texte", chosen["size"], names.SIZES),
    )


def _former(me: Participant, group: Group, images: str) -> tuple[PosterSheet, ...]:
    """A member whom the teacher moved still reads what they had begun elsewhere."""
    mine = Poster.objects.filter(group__run=group.run_id, writers__participant=me)
    return tuple(poster_sheets(list(mine.exclude(group=group).distinct()), images_at=images))


def _text(key: str, label: str, hint: str, texts: Mapping[str, str]) -> Text:
    text = texts.get(key, "")
    return Text(key, label, hint, text, count_words(text))


def _essential(annexe: AnnexeContent, texts: Mapping[str, str]) -> Text:
    return _text(names.essential_key(annexe.number), f"Annexe\u00a0{annexe.number}", annexe.title, texts)


def _blocks(part: PartContent, texts: Mapping[str, str]) -> tuple[Block, ...]:
    return tuple(
        Block(
            question,
            tuple(
                _text(names.field_key(question.number, field.key), field.label, field.hint, texts)
                for field in question.fields
            ),
        )
        for question in part.questions
    )


def _shelf(annexes: Collection[AnnexeContent], readings: Collection[Reading]) -> tuple[Shelved, ...]:
    """Mine first, then the others', then those that all consult."""
    shared = {reading.annexe.number: reading for reading in readings}
    mine = [Shelved(r.annexe, r.reader) for r in readings if r.mine]
    others = [Shelved(r.annexe, r.reader) for r in readings if not r.mine]
    return (*mine, *others, *(Shelved(a, None) for a in annexes if a.number not in shared))


def written_by(page: StudentPage) -> tuple[Written, ...]:
    """Each text of the group's document with who wrote which stretch of it, in the order of the page."""
    assert page.part is not None
    assert page.group is not None
    people = Participant.objects.filter(run=page.run)
    names = {person.pk: person.shown_name for person in people}
    seated = Membership.objects.filter(group=page.group).order_by("seat", "pk")
    seats = list(seated.values_list("participant_id", flat=True))
    return written(page.group.poster, _labels(page), names, seats)


def _labels(page: StudentPage) -> Iterator[tuple[str, str]]:
    """The texts in the order of the page; those of images are left out: they have a place of their own."""
    assert page.part is not None
    for annexe in page.annexes:
        yield names.essential_key(annexe.number), f"L’essentiel de l’annexe\u00a0{annexe.number}"
    yield names.TITLE, "Titre"
    for block in _blocks(page.part, {}):
        for text in block.fields:
            yield text.key, f"{block.question.number}) {text.label}"
    yield names.SOURCE, "Sources"
