"""What the projector shows, cut into screens: the same for the board, which moves it, and the projector."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from html import escape

from lessons.models import ClassRun, Group, Part, Phase, Sitting
from lessons.queries.cases import CaseContent, cases_of
from lessons.queries.clock import clock_of, current_phase
from lessons.queries.content import AnnexeContent, LessonContent, PartContent, QuestionContent, lesson_content
from lessons.queries.student import annexes_for
from lessons.rules.slides import Room, next_zoom, slides

Screen = ClassRun.Screen
PAGE = Room(lines=12, width=66, first=11)  # 28 px on 1280 × 720, below a title and above the tide
CARD = Room(lines=12, width=66, first=11.5)  # of « Ils font autrement », below the line of its values
OVER_CLOCK = Room(lines=7.8, width=72, first=7.5)
TITLE_WIDTH = 44  # characters of a title on one line, for the first screen of a thing
POSTER_PAGES = {125: 2, 150: 2, 200: 3}  # screens of a poster that is made bigger, from its top to its foot
TITLE_LINES = 1.5  # lines of text that each further line of a title takes


@dataclass(frozen=True)
class Where:
    """A place in what can be shown; `page` is a screen of it, from 0."""

    screen: str
    ref: int = 0
    page: int = 0


@dataclass(frozen=True)
class Shown:
    """What is on the projector: one of `annexe`, `question` and `case` is set on such a screen."""

    where: Where
    pages: int
    html: str
    zoom: int
    annexe: AnnexeContent | None = None
    question: QuestionContent | None = None
    case: CaseContent | None = None

    @property
    def page_number(self) -> int:
        return self.where.page + 1


@dataclass(frozen=True)
class Stage:
    """What can be shown now: the part, its annexes, whether the correction is open; groups and their posters."""

    run: ClassRun
    lesson: LessonContent
    phase: Phase | None
    part: PartContent
    annexes: tuple[AnnexeContent, ...]
    correction_open: bool

    @cached_property
    def groups(self) -> tuple[int, ...]:
        """The numbers of the groups; one query, where it is asked for."""
        groups = Group.objects.filter(run=self.run, dissolved_at=None).order_by("number")
        return tuple(groups.values_list("number", flat=True))

    @cached_property
    def posters(self) -> tuple[int, ...]:
        """Of those with a poster to show: none before the part in groups begins. One query, as above."""
        phases = (p for p in self.run.phases.all() if p.part.kind == Part.Kind.GROUP)
        if all(phase.status == Phase.Status.PENDING for phase in phases):
            return ()
        shown = Group.objects.filter(
            run=self.run, dissolved_at=None, poster__hidden_at=None, poster__isnull=False
        )
        return tuple(shown.order_by("number").values_list("number", flat=True))

    @cached_property
    def cases(self) -> tuple[CaseContent, ...]:
        """The cards of « Ils font autrement », by name: their numbers are their places, from 1."""
        return cases_of(self.lesson.pk) if self.lesson.has_cases else ()

    @cached_property
    def has_ballot(self) -> bool:
        """One query, where it is asked for."""
        return self.run.ballots.exists()


def stage_now(run: ClassRun, now: datetime) -> Stage:
    """One query, besides the clock's, for who still writes."""
    lesson = lesson_content(run.lesson_id)
    phase = current_phase(run)
    part = lesson.part(phase.part.number) if phase else lesson.parts[0]
    return Stage(run, lesson, phase, part, annexes_for(run, part), correction_is_open(run, phase, now))


def correction_is_open(run: ClassRun, phase: Phase | None, now: datetime) -> bool:
    """The éléments attendus may be projected once nobody writes any more."""
    if run.closed_at:
        return True
    if phase is None or phase.status == Phase.Status.PAUSED or clock_of(phase).is_open(now):
        return False
    here = Sitting.objects.filter(phase=phase, participant__left_at=None, participant__absent=False)
    return not here.filter(ends_at__gt=now).exists()


def shown(stage: Stage) -> Shown:
    """What the teacher chose; the instruction where that cannot be shown (any more)."""
    run = stage.run
    return _screen(stage, Where(run.screen, run.screen_ref, run.screen_page))


def moved(stage: Stage, by: int) -> Where:
    """One screen on (1) or back (-1); after the last screen of a thing comes the next thing."""
    now = shown(stage)
    page = now.where.page + by
    if 0 <= page < now.pages:
        return Where(now.where.screen, now.where.ref, page)
    things = _things(stage, now.where)
    here = next(i for i, thing in enumerate(things) if (thing.screen, thing.ref) == _thing(now.where))
    there = things[min(max(here + by, 0), len(things) - 1)]
    if _thing(there) == _thing(now.where):
        return now.where
    return there if by > 0 else Where(there.screen, there.ref, _screen(stage, there).pages - 1)


def zoomed(stage: Stage, by: int) -> tuple[int, int]:
    """The next size (% of the text's) and the screen on which the same text then is."""
    before = shown(stage)
    zoom = next_zoom(before.zoom, by)
    after = _screen(stage, before.where, zoom)
    return zoom, before.where.page * after.pages // before.pages


def _thing(where: Where) -> tuple[str, int]:
    return where.screen, where.ref


def _things(stage: Stage, now: Where) -> list[Where]:
    """Everything that can be shown, in the order of a lesson; the cards are a pile of their own."""
    if now.screen == Screen.CASE:
        return [Where(Screen.CASE, number) for number, _ in enumerate(stage.cases, 1)]
    questions = stage.part.questions if stage.correction_open else ()
    groups = [Where(Screen.GROUPS)] if stage.groups else []
    together = stage.part.kind == Part.Kind.GROUP
    return [
        Where(Screen.CODE),
        *(groups if together else ()),
        Where(Screen.INSTRUCTION),
        *(Where(Screen.ANNEXE, annexe.number) for annexe in stage.annexes),
        *(Where(Screen.EXPECTED, question.number) for question in questions),
        *(() if together else groups),  # before part 2: who works with whom
        *(Where(Screen.POSTER, number) for number in stage.posters),
        *([Where(Screen.WALL)] if stage.posters else []),
        *([Where(Screen.VOTE)] if stage.has_ballot else []),
    ]


def _screen(stage: Stage, where: Where, zoom: int = 0) -> Shown:
    zoom = zoom or stage.run.screen_zoom
    whole = _whole(stage, where)
    if whole:
        pages = POSTER_PAGES.get(zoom, 1) if whole.screen == Screen.POSTER else 1
        return Shown(replace(whole, page=min(where.page, pages - 1)), pages, "", zoom)
    annexe = next((a for a in stage.annexes if a.number == where.ref), None)
    if where.screen == Screen.ANNEXE and annexe:
        source = f"<p><small>{escape(annexe.source)}</small></p>" if annexe.source else ""
        cut = _cut(where, annexe.html + source, _below(annexe.title), zoom)
        return replace(cut, annexe=annexe)
    question = stage.part.question(where.ref)
    if where.screen == Screen.EXPECTED and question and stage.correction_open:
        cut = _cut(where, question.expected_html, _below(question.statement), zoom)
        return replace(cut, question=question)
    if where.screen == Screen.CASE and 0 < where.ref <= len(stage.cases):
        case = stage.cases[where.ref - 1]
        return replace(_cut(where, _told(case), CARD, zoom), case=case)
    page = where.page if where.screen == Screen.INSTRUCTION else 0
    there = Where(Screen.INSTRUCTION, 0, page)
    return _cut(there, stage.part.instructions_html, OVER_CLOCK, zoom)


def _told(case: CaseContent) -> str:
    """A card's text, and where that stands: who and what, the rest is on the page."""
    sources = "\u202f; ".join(", ".join(source["label"].split(", ")[:2]) for source in case.sources)
    return f"{case.html}<p><small>D’après {escape(sources)}.</small></p>"


def _whole(stage: Stage, where: Where) -> Where | None:
    """Where this is, if it is one of the sights that are never cut into screens and can be shown now."""
    there = Where(where.screen)
    match where.screen:
        case Screen.CODE:
            return there
        case Screen.GROUPS:
            return there if stage.groups else None
        case Screen.POSTER:
            return Where(Screen.POSTER, where.ref) if where.ref in stage.posters else None
        case Screen.WALL:
            return there if stage.posters else None
        case Screen.VOTE:
            return there if stage.has_ballot else None
    return None


def _below(title: str) -> Room:
    return Room(PAGE.lines, PAGE.width, PAGE.first - TITLE_LINES * (len(title) // TITLE_WIDTH))


def _cut(where: Where, html: str, room: Room, zoom: int) -> Shown:
    screens = slides(html, room, zoom)
    page = min(where.page, len(screens) - 1)
    return Shown(Where(where.screen, where.ref, page), len(screens), screens[page], zoom)
