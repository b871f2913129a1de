"""Merging two places of the same student: the work of both is kept."""

from datetime import datetime

from django.db import IntegrityError, models, transaction

from lessons.actions import groups
from lessons.actions.clock import set_extra_time
from lessons.actions.joining import CannotJoin, enter
from lessons.actions.votes import start_again
from lessons.models import Answer, Ballot, Participant, SetAside, Sitting


class VotedTwice(CannotJoin):
    """Both places have voted in the vote that is open; nobody knows what, so that neither can be taken back."""

    def __init__(self) -> None:
        super().__init__(
            "Cet élève a voté depuis ses deux places. Le vote est secret\u00a0: aucune des deux voix ne peut être "
            "retirée. Recommencez le vote, ou attendez qu’il soit fermé pour réunir les deux places."
        )


def merge(*, duplicate: Participant, into: Participant, now: datetime, votes_again: bool = False) -> None:
    """`duplicate` becomes another key to `into`: its work moves there, its personal code leads there.

    Field by field, the text of `into` stays; where both wrote, the other one is shown to the student as
    another version and to the teacher. Raises CannotJoin if the two cannot be the same student's, VotedTwice
    where an open vote would count one person twice, unless the whole class `votes_again`.
    """
    _check(duplicate, into)
    _one_person_one_vote(duplicate, into, now, votes_again=votes_again)
    for sitting in duplicate.sittings.select_related("phase"):
        _merge_sitting(sitting, into, now)
    groups.take_over(duplicate=duplicate, into=into)
    _repoint_the_rest(duplicate, into)
    Participant.objects.filter(merged_into=duplicate).update(merged_into=into)
    ticket, duplicate.ticket_number = duplicate.ticket_number, None
    duplicate.left_at, duplicate.merged_into, duplicate.help_at = now, into, None
    duplicate.save(update_fields=["ticket_number", "left_at", "merged_into", "help_at"])
    _take_over(duplicate, into, ticket)
    enter(into)


def _check(duplicate: Participant, into: Participant) -> None:
    if duplicate.pk == into.pk or duplicate.run_id != into.run_id:
        raise CannotJoin("Choisissez une autre place de la même activité.")
    if duplicate.merged_into_id is not None or into.left_at is not None:
        raise CannotJoin("Cette place a déjà été réunie ou retirée : choisissez-en une autre.")


def _one_person_one_vote(
    duplicate: Participant, into: Participant, now: datetime, *, votes_again: bool
) -> None:
    # Locked: neither place votes while the two are made one.
    ballot = Ballot.objects.select_for_update().filter(run=into.run_id, closed_at=None).first()
    if ballot is None or ballot.voters.filter(participant__in=(duplicate, into)).count() < 2:  # noqa: PLR2004
        return
    if not votes_again:
        raise VotedTwice
    start_again(ballot=ballot, now=now)


def _merge_sitting(sitting: Sitting, into: Participant, now: datetime) -> None:
    kept = Sitting.objects.filter(phase=sitting.phase_id, participant=into).first()
    if kept is None:
        sitting.participant = into
        sitting.save(update_fields=["participant"])
        return
    # Locked: a save of the duplicate's page waits, and finds its place gone, instead of going with it.
    for answer in sitting.answers.select_for_update().order_by("pk"):
        place = Answer.objects.select_for_update().filter(sitting=kept, question=answer.question_id)
        target = place.filter(field=answer.field).first()
        if target is None:
            answer.sitting = kept
            answer.save(update_fields=["sitting"])
        else:
            _merge_answer(answer, target, now)
    sitting.delete()  # every text of it has moved


def _merge_answer(answer: Answer, target: Answer, now: datetime) -> None:
    """One field. No page of the duplicate has seen the revision that follows, so none can overwrite it."""
    for aside in answer.set_aside.order_by("pk"):
        aside.answer, aside.writer = target, f"reunion-texte-{aside.pk}"  # one text a writer and answer
        aside.save(update_fields=["answer", "writer"])
    if answer.text.strip() and not target.text.strip():
        target.text, target.words, target.saved_at = answer.text, answer.words, answer.saved_at
        target.writer = ""  # nor has an open page of `into`
        _take_longest(answer, target)
    elif answer.text.strip() and answer.text != target.text:
        _set_aside(answer, target, now)
    target.revision = max(target.revision, answer.revision) + 1
    longest = ("longest", "longest_words", "longest_at")
    target.save(update_fields=["text", "words", "saved_at", "writer", "revision", *longest])


def _take_longest(answer: Answer, target: Answer) -> None:
    if answer.longest_words > target.longest_words:
        target.longest, target.longest_words = answer.longest, answer.longest_words
        target.longest_at = answer.longest_at


def _set_aside(answer: Answer, target: Answer, now: datetime) -> None:
    SetAside.objects.create(
        answer=target,
        reason=SetAside.Reason.UNSEEN,
        text=answer.text,
        writer=f"reunion-{answer.pk}",
        seq=answer.seq,
        received_at=answer.saved_at or now,
    )


def _repoint_the_rest(duplicate: Participant, into: Participant) -> None:
    """Whatever else is about the duplicate (levels, poster texts, votes), where `into` has none of its own."""
    for relation in Participant._meta.get_fields(include_hidden=True):  # noqa: SLF001 - Django's documented API
        if not isinstance(relation, models.ManyToOneRel) or relation.related_model in (Sitting, Participant):
            continue
        name = relation.field.name
        rows = relation.related_model._default_manager.filter(**{name: duplicate})  # noqa: SLF001 - the same
        for pk in rows.order_by("pk").values_list("pk", flat=True):
            try:
                with transaction.atomic():
                    rows.filter(pk=pk).update(**{name: into})
            except IntegrityError:
                continue  # `into` has its own, which stays; this one is kept with the duplicate


def _take_over(duplicate: Participant, into: Participant, ticket: int | None) -> None:
    joined = [at for at in (duplicate.joined_at, into.joined_at) if at is not None]
    into.joined_at = min(joined, default=None)
    into.ticket_number = into.ticket_number or ticket
    into.save(update_fields=["joined_at", "ticket_number"])
    extra = into if into.extra_unit else duplicate
    set_extra_time(participant=into, unit=extra.extra_unit, amount=extra.extra_amount)
