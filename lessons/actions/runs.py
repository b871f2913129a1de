"""Making, suspending, closing and deleting an activité; what the projector shows."""

from datetime import date, datetime

from lessons.actions.clock import act
from lessons.actions.images import forget_images
from lessons.actions.revision import hold, touch
from lessons.actions.video import forget_files
from lessons.models import ClassRun, Lesson, Phase, Poster
from lessons.rules import clock as rules
from lessons.rules import codes
from metroloco_site.accounts.models import User
from metroloco_site.kit.once import Press, made_by


def create_run(
    *,
    owner: User,
    lesson: Lesson,
    label: str,
    minutes: dict[int, int],
    delete_on: date,
    now: datetime,
    video_link: str = "",
    tickets_only: bool = False,
    once: Press | None = None,
) -> ClassRun:
    """A new activité with its phases; `minutes` by part number, else what the pack proposes.

    Pressed twice (`once`, kit.once), the same one.
    """
    if first := _made(owner, once):
        return first
    run = ClassRun.objects.create(
        public_id=codes.new_public_id(),
        owner=owner,
        lesson=lesson,
        label=label,
        access_code=codes.new_access_code(),
        screen_key=codes.new_screen_key(),
        tickets_only=tickets_only,
        video_link=video_link,
        created_at=now,
        delete_on=delete_on,
        **(once.columns if once else {}),
    )
    Phase.objects.bulk_create(
        Phase(run=run, part=part, seconds=60 * minutes.get(part.number, part.minutes))
        for part in lesson.parts.all()
    )
    return run


def _made(owner: User, once: Press | None) -> ClassRun | None:
    """What the same press has made, once that press is over."""
    if once is None:
        return None
    User.objects.select_for_update().get(pk=owner.pk)
    return made_by(ClassRun, once)


def suspend(*, run: ClassRun, now: datetime) -> None:
    """Stops the clock and withdraws the access code until `unsuspend`; groups and texts stay."""
    if run.closed_at:
        return
    for phase in run.phases.exclude(status=Phase.Status.PENDING):  # ended, some may still write
        try:
            act(phase=phase, kind=rules.Kind.PAUSE, now=now)
        except rules.NotPossible:
            continue  # paused, or over for everybody: there is no clock to stop
    run.suspended_at = now
    run.access_code = None
    run.screen = ClassRun.Screen.CODE  # where it stands: suspended now, the fresh code at the next session
    run.save(update_fields=["suspended_at", "access_code", "screen"])
    touch(run)


def unsuspend(*, run: ClassRun) -> None:
    """Opens the activité again with a fresh access code; a paused clock waits for « Reprendre ».

    Pressed twice, it does not withdraw the code that the class is copying.
    """
    if run.suspended_at is None:
        return
    run.suspended_at = None
    run.access_code = codes.new_access_code()
    run.save(update_fields=["suspended_at", "access_code"])
    touch(run)


def close(*, run: ClassRun, now: datetime) -> None:
    """Ends the activité: nobody joins or writes any more; grading and reading go on."""
    for phase in run.phases.exclude(status=Phase.Status.PENDING):  # ended, some may still write
        try:
            act(phase=phase, kind=rules.Kind.END, now=now, keeps_extra=False)
        except rules.NotPossible:
            continue  # rung for everybody already
    run.closed_at = now
    run.suspended_at = None
    run.access_code = None
    run.screen = ClassRun.Screen.CODE
    run.save(update_fields=["closed_at", "suspended_at", "access_code", "screen"])
    touch(run)


def delete(*, run: ClassRun) -> None:
    """Erases the activité, all that was written in it, its video and its images. Needs an open transaction.

    Who is writing a poster, voting or joining holds one row and then needs others: waited for, in their order,
    before any row goes, so that neither stops the other (PostgreSQL).
    """
    list(Poster.objects.select_for_update().filter(group__run=run).values_list("pk"))
    list(run.ballots.select_for_update().values_list("pk"))
    hold(run)
    forget_files(run)
    forget_images(run)
    run.delete()


def set_deletion(*, run: ClassRun, delete_on: date) -> None:
    """Another day on which everything is erased."""
    run.delete_on = delete_on
    run.save(update_fields=["delete_on"])


def set_tickets_only(*, run: ClassRun, tickets_only: bool) -> None:
    """With billets alone, the access code leads to the personal code's form."""
    run.tickets_only = tickets_only
    run.save(update_fields=["tickets_only"])
    touch(run)


def show(*, run: ClassRun, screen: str, ref: int = 0, page: int = 0) -> None:
    """Chooses what the projector shows; `ref`: number of the annexe or question, `page`: screen of it."""
    run.screen, run.screen_ref, run.screen_page = screen, ref, page
    run.save(update_fields=["screen", "screen_ref", "screen_page"])
    touch(run)


def zoom(*, run: ClassRun, percent: int, page: int) -> None:
    """The size of the projector's text; another size makes other screens, hence the page."""
    run.screen_zoom, run.screen_page = percent, page
    run.save(update_fields=["screen_zoom", "screen_page"])
    touch(run)
