"""Erasing one student for good: rows, files, then every open page, then a receipt."""

from datetime import date

from evaluations.actions import exports
from evaluations.models import ExportJob
from lessons import live
from lessons.actions.erasing import Erased, erase
from lessons.models import Participant
from metroloco_site.privacy.actions.receipts import Receipt, write_receipt


def erase_student(*, participant: Participant, today: date) -> Erased:
    """One transaction of its own; afterwards nothing names the student (secure_delete zeroes the pages)."""
    with live.announcing(participant.run):
        gone = erase(participant=participant)
        ExportJob.objects.filter(run=participant.run).delete()  # documents of the class name them too
        exports.drop(run=participant.run)  # they may hold this student's sheet
    for place in gone.places:
        live.tell_participant(place)
    for group in gone.groups:
        live.tell_group(group)
    live.board_changed(participant.run_id)
    write_receipt(Receipt(students=1, texts=gone.texts, files=gone.images), today)
    return gone
