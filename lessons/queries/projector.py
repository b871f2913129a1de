"""The projector, for everyone's eyes."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import prefetch_related_objects
from django.urls import reverse

from annexes.models import AnnexeVideo
from lessons.models import ClassRun
from lessons.queries.cases import CaseContent
from lessons.queries.clock import clock_of, live_state
from lessons.queries.content import AnnexeContent, PartContent, QuestionContent
from lessons.queries.gallery import GroupLine, group_lines, posters_of
from lessons.queries.poster_sheet import PosterSheet, poster_sheets
from lessons.queries.screens import Screen, Shown, Stage, shown, stage_now
from lessons.queries.votes import Vote, newest_vote
from lessons.rules import clock as rules
from lessons.rules.codes import shown_access_code

WALLS = (2, 6, 8, 12, 20)


@dataclass(frozen=True)
class Film:
    """A video to play, and where its subtitles are, if it has any; `key` tells two videos apart."""

    key: str
    src: str
    captions: str


@dataclass(frozen=True)
class Projector:
    """For everyone's eyes: never an answer, a level or anybody's extra time, nor a vote before it is closed.

    Pseudonyms stand on `groups` and on posters alone, and only those that the teacher does not hide.
    """

    run: ClassRun
    screen: str
    shown: Shown
    shown_code: str
    present_count: int
    part: PartContent
    annexe: AnnexeContent | None
    film: Film | None
    question: QuestionContent | None
    state: dict[str, object]
    total: int
    left: int
    minutes: int
    groups: tuple[GroupLine, ...]
    sheets: tuple[PosterSheet, ...]
    vote: Vote | None
    case: CaseContent | None

    @property
    def wall(self) -> int:
        """How many posters the wall has room for: 2, 6, 8, 12 or 20."""
        return next((most for most in WALLS if len(self.sheets) <= most), WALLS[-1])

    @property
    def time_word(self) -> str:
        """What stands over the figure."""
        if self.state["status"] == "paused":
            return "Pause"
        return "Temps restant" if self.left else "Temps écoulé"


def projector(run: ClassRun, now: datetime, present_count: int) -> Projector:
    """What the teacher chose to show; the same number of queries for 1 student and for 35."""
    prefetch_related_objects(list(run.phases.all()), "events")
    stage = stage_now(run, now)
    screen = shown(stage)
    phase = stage.phase
    return Projector(
        run=run,
        screen=screen.where.screen,
        shown=screen,
        shown_code=shown_access_code(run.access_code or ""),
        present_count=present_count,
        part=stage.part,
        annexe=screen.annexe,
        film=_film(run, screen.annexe) if screen.annexe and screen.annexe.kind == "video" else None,
        question=screen.question,
        state=live_state(run).as_event(now),
        total=phase.seconds * 1000 if phase else 0,
        left=left_for_all(clock_of(phase), now) if phase else 0,
        minutes=_minutes(stage),
        groups=group_lines(run) if screen.where.screen == Screen.GROUPS else (),
        sheets=_sheets(run, screen),
        vote=newest_vote(run) if screen.where.screen == Screen.VOTE else None,
        case=screen.case,
    )


def _film(run: ClassRun, annexe: AnnexeContent) -> Film | None:
    """The activité's own file, else the lesson's: one query for that."""
    key = run.screen_key
    if run.video_file:
        captions = reverse("lessons:subtitles-read", args=[key]) if run.subtitles_file else ""
        return Film(str(run.video_file.name), reverse("lessons:video-read", args=[key]), captions)
    found = annexe.video and film_of(run, annexe.video)
    if not found:
        return None
    captions = reverse("lessons:captions-read", args=[key, found.slug]) if found.subtitles else ""
    return Film(found.digest, reverse("lessons:film-read", args=[key, found.slug]), captions)


def film_of(run: ClassRun, slug: str) -> AnnexeVideo | None:
    """A video of the lesson version that this activité keeps."""
    return AnnexeVideo.objects.filter(collection__lesson=run.lesson_id, slug=slug).first()


def _sheets(run: ClassRun, screen: Shown) -> tuple[PosterSheet, ...]:
    """One poster, or all of them."""
    where = screen.where
    if where.screen not in (Screen.POSTER, Screen.WALL):
        return ()
    posters = [p for p in posters_of(run) if where.screen == Screen.WALL or p.group.number == where.ref]
    return tuple(poster_sheets(posters, images_at=f"/ecran/{run.screen_key}/images/"))


def left_for_all(clock: rules.Clock, now: datetime) -> int:
    """Milliseconds left for those without extra time."""
    left = clock.remaining if clock.remaining is not None else (clock.ends_at or now) - now
    return max(0, int(left.total_seconds() * 1000))


def _minutes(stage: Stage) -> int:
    """What this activité gives to a part, before it starts."""
    phases = stage.run.phases.all()
    part = stage.part
    return next((p.seconds // 60 for p in phases if p.part.number == part.number), part.minutes)
