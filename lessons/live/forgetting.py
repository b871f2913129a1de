"""What memory holds of activités that are no more, or that nobody is to see any more.

`manage.py purge` is another process than the server, which hears of it by asking the database again.
"""

from lessons.live import documents as common
from lessons.live.here import presence
from lessons.live.pages import moulds
from lessons.live.telling import newest, run_deleted
from lessons.live.tokens import admissions
from lessons.models import ClassRun, Poster
from lessons.queries import documents


def forget_deleted() -> set[int]:
    """Drops all of activités that are deleted or whose date has come, and ends their pages' streams.

    Returns the ids of those it still knew. Two queries, none where memory is empty.
    """
    known = newest.runs() | presence.runs() | admissions.runs() | moulds.runs()
    gone = known - set(ClassRun.objects.shown().filter(pk__in=known).values_list("pk", flat=True))
    for run_id in gone:
        run_deleted(run_id)
    held = documents.known() | common.held()
    if held - set(Poster.objects.filter(pk__in=held, group__run__due=False).values_list("pk", flat=True)):
        documents.forget()
        common.forget_held()
    return gone
