"""The two looks that an activité needs to go: on its date, which hides it, and on a later day, which erases it."""

from datetime import date, datetime, timedelta

from metroloco_site.ops.actions.purge import purge
from metroloco_site.privacy.actions.receipts import Receipt
from tests.harness import backups
from tests.harness.server import Server

YESTERDAY = """
from datetime import timedelta
from django.utils import timezone
from lessons.models import ClassRun
from metroloco_site.ops.models import Look
yesterday = timezone.localdate() - timedelta(days=1)
Look.objects.update_or_create(pk=1, defaults={"day": yesterday})
print(ClassRun.objects.update(delete_on=yesterday, due=True))
"""


def erased(day: date, now: datetime) -> Receipt:
    """What the second look says; `day`: the date of deletion."""
    purge(today=day, now=now)
    return purge(today=day + timedelta(days=1), now=now + timedelta(days=1))


def hidden_yesterday(server: Server) -> int:
    """All of its activités came to their date yesterday, and a look found them; how many."""
    return int(backups.ask(server, YESTERDAY))
