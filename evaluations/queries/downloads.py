"""« Documents à télécharger »: what can be had, and how far it is."""

from dataclasses import dataclass

from evaluations.models import ExportJob
from evaluations.queries.copies_to_grade import gradable
from evaluations.rules.downloads import KINDS, Kind
from evaluations.rules.roster import Seat
from lessons.models import ClassRun, Part
from lessons.queries.content import lesson_content

State = ExportJob.State
_LOOK = {  # the state's place among the looks of components/status.html
    State.WAITING: ("wait", "clock"),
    State.RUNNING: ("live", "clock"),
    State.DONE: ("done", "check"),
    State.FAILED: ("error", "warning"),
    State.CANCELLED: ("wait", "end"),
}


@dataclass(frozen=True)
class Document:
    """One kind of document; `job` is None until it was asked for."""

    kind: Kind
    possible: bool
    job: ExportJob | None

    @property
    def under_way(self) -> bool:
        return self.job is not None and self.job.state in (State.WAITING, State.RUNNING)

    @property
    def running(self) -> bool:
        """Its progress can be told in numbers."""
        return self.job is not None and self.job.state == State.RUNNING and self.job.total > 0

    @property
    def ready(self) -> bool:
        return self.job is not None and self.job.ready

    @property
    def lost(self) -> bool:
        """Its row says ready and its file is not there: as after a restoration."""
        return self.job is not None and self.job.state == State.DONE and not self.job.ready

    @property
    def look(self) -> tuple[str, str]:
        """How its state is shown: kind and icon."""
        return _LOOK[State(self.job.state)] if self.job else ("wait", "")


@dataclass(frozen=True)
class Documents:
    run: ClassRun
    items: tuple[Document, ...]

    @property
    def under_way(self) -> bool:
        return any(item.under_way for item in self.items)


def documents(run: ClassRun) -> Documents:
    """Three queries whatever the class, besides the lesson's content, which is kept."""
    jobs = {job.kind: job for job in ExportJob.objects.filter(run=run)}
    possible = _possible(run)
    return Documents(run, tuple(Document(k, possible[slug], jobs.get(slug)) for slug, k in KINDS.items()))


def job_of(run: ClassRun, kind: str) -> ExportJob | None:
    """The row of this kind, if it was ever asked for."""
    return ExportJob.objects.filter(run=run, kind=kind).first()


def seats_of(run: ClassRun) -> list[Seat]:
    """Those who have a sheet, as a list of names may call them."""
    return [Seat(person.pk, person.ticket_number, person.shown_name) for person in gradable(run)]


def unfinished() -> bool:
    """Whether the worker has anything to do."""
    return ExportJob.objects.filter(state__in=(State.WAITING, State.RUNNING)).exists()


def _possible(run: ClassRun) -> dict[str, bool]:
    copies, parts = gradable(run).exists(), lesson_content(run.lesson_id).parts
    alone = any(part.kind == Part.Kind.INDIVIDUAL and part.questions for part in parts)
    return {
        "fiches": copies,
        "fiches-separees": copies,
        "affiches": run.groups.filter(dissolved_at=None).exists(),
        "annexes": any(part.annexes for part in parts),
        "feuilles": alone,
        "cadres": any(part.kind == Part.Kind.GROUP and part.questions for part in parts),
    }
