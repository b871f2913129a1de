"""What a pack says, once it has been found right. Texts called Markdown keep their line breaks."""

from dataclasses import dataclass

from metroloco_site.packs.rules.blobs import Blob

PART_KINDS = ("individual", "group")
ANNEXE_KINDS = ("text", "video", "list", "law", "picture", "tool", "interview")
APP_PAGES = frozenset({"vos-donnees"})  # what `app:…` may name
LEVELS = 4  # of a grid: TI, I, S, TS


@dataclass(frozen=True)
class PackSource:
    label: str
    link: str


@dataclass(frozen=True)
class PackLesson:
    """lesson.md. `opening` is Markdown."""

    slug: str
    title: str
    subtitle: str
    credit: str
    licence: str
    sources: tuple[PackSource, ...]
    opening: str


@dataclass(frozen=True)
class PackLot:
    """What one of `members` people reads for their group: numbers of annexes of the part."""

    members: int
    title: str
    annexes: tuple[int, ...]


@dataclass(frozen=True)
class PackPart:
    """parts/N.md. `instructions` is Markdown; `common` are the annexes that all members consult."""

    number: int
    kind: str
    title: str
    minutes: int
    objectives: tuple[str, ...]
    resources: tuple[str, ...]
    common: tuple[int, ...]
    lots: tuple[PackLot, ...]
    instructions: str


@dataclass(frozen=True)
class PackField:
    key: str
    label: str
    hint: str


@dataclass(frozen=True)
class PackQuestion:
    """questions/P-N.md. `verb` is the slug of a method card, `expected` is Markdown."""

    part: int
    number: int
    verb: str
    statement: str
    fields: tuple[PackField, ...]
    further: bool
    expected: str


@dataclass(frozen=True)
class PackAnnexe:
    """annexes/P-N.md. `body` is Markdown; where `video` names a file of the pack, it is that video's text."""

    part: int
    number: int
    slug: str
    title: str
    kind: str
    source: str
    link: str
    video: str
    added: bool
    note: str
    body: str


@dataclass(frozen=True)
class PackTerm:
    """lexicon/<slug>.md. `body` is Markdown."""

    slug: str
    part: int
    term: str
    full: str
    source: str
    link: str
    added: bool
    note: str
    body: str


@dataclass(frozen=True)
class PackCard:
    """method/<slug>.md. `body` is Markdown."""

    slug: str
    part: int
    verb: str
    definition: str
    action: str
    added: bool
    body: str


@dataclass(frozen=True)
class PackLevel:
    code: str
    label: str


@dataclass(frozen=True)
class PackCriterion:
    group: str
    label: str
    expectation: str


@dataclass(frozen=True)
class PackGrid:
    """grids/part-N.md. `levels` go from the lowest up; `note` is Markdown."""

    part: int
    title: str
    levels: tuple[PackLevel, ...]
    criteria: tuple[PackCriterion, ...]
    note: str


@dataclass(frozen=True)
class PackCase:
    """cases/<slug>.md, a card of « Ils font autrement ». `body` is Markdown."""

    slug: str
    name: str
    form: str
    place: str
    values: tuple[str, ...]
    needs: tuple[str, ...]
    link: str
    note: str
    sources: tuple[PackSource, ...]
    body: str


@dataclass(frozen=True)
class PackPicture:
    """images/<slug>.<kind>. Pixels, or the units of an SVG's view box."""

    slug: str
    media_type: str
    width: int
    height: int
    data: bytes


@dataclass(frozen=True)
class PackVideo:
    """videos/<slug>.mp4 or .webm, with what its .vtt holds, if there is one."""

    slug: str
    media_type: str
    blob: Blob
    subtitles: bytes


@dataclass(frozen=True)
class Pack:
    """A whole lesson. `digest`: 64 hexadecimal digits, the same for the same files."""

    digest: str
    lesson: PackLesson
    parts: tuple[PackPart, ...]
    questions: tuple[PackQuestion, ...]
    annexes: tuple[PackAnnexe, ...]
    lexicon: tuple[PackTerm, ...]
    method: tuple[PackCard, ...]  # in the order in which the questions use them
    grids: tuple[PackGrid, ...]
    pictures: tuple[PackPicture, ...]
    cases: tuple[PackCase, ...] = ()
    videos: tuple[PackVideo, ...] = ()
