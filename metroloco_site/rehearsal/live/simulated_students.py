"""The simulated students of one rehearsal: a look at the class once a second, and what each does next.

They write through the actions and the transaction of real pages (lessons.live.saves), are present in the
same memory, and make no request.
"""

import secrets
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from lessons import live
from lessons.actions import joining, participants, votes
from lessons.live import documents, saves
from lessons.live.telling import came_or_went
from lessons.models import Ballot, Participant, Phase
from lessons.queries.votes import turnout
from metroloco_site.rehearsal.actions import rehearsal as actions
from metroloco_site.rehearsal.live.answers import Answers
from metroloco_site.rehearsal.live.documents import PosterPages
from metroloco_site.rehearsal.live.moments import Moment, moments_of, standing, worked
from metroloco_site.rehearsal.queries import Actor, Scene, scene
from metroloco_site.rehearsal.rules import behaviour as rules

READ_AGAIN = 10  # looks: some changes do not raise the revision


class Troupe:
    """`look` is called once a second, from one thread."""

    def __init__(self, run_id: int) -> None:
        self.run_id = run_id
        self._scene: Scene | None = None
        self._looks = 0
        self._came: set[int] = set()  # who was erased since does not come again
        self._open: dict[int, int] = {}  # participants with a page open, and their group (0: none)
        self._asked: set[tuple[int, int]] | None = None
        self._answers = Answers(secrets.token_hex(6))
        self._posters = PosterPages()

    def look(self, revision: int, now: datetime) -> None:
        """Does what is due by now."""
        self._looks += 1
        found = self._read(revision)
        if found is None or found.run.suspended_at:
            return self.leave()
        if self._arrive(found, now):
            found = self._read(0)
            assert found is not None
        moments = [moment for actor in found.actors.values() for moment in moments_of(found, actor, now)]
        self._open_pages(found, moments)
        self._write(found, [m for m in moments if m.actor.pk in self._open], now)
        changed = self._say(found, standing(moments).values(), now)
        if self._vote(found, now) or changed:
            live.board_changed(self.run_id)
        return None

    def leave(self) -> None:
        """Every page is closed."""
        if not self._open:
            return
        for person in list(self._open):
            self._close(person)
        came_or_went(self.run_id)

    # --- what they see -----------------------------------------------------------------------------------

    def _read(self, revision: int) -> Scene | None:
        known = self._scene
        if known is None or known.run.revision != revision or self._looks % READ_AGAIN == 0:
            self._scene = scene(self.run_id)
        return self._scene

    def _arrive(self, found: Scene, now: datetime) -> bool:
        """Those whose moment has come join. Whether somebody did."""
        self._came |= found.actors.keys()
        due = [number for number in range(1, len(found.cast) + 1) if number not in self._came]
        came = [
            number for number in due if self._is_due(found, number, now) and self._join(found, number, now)
        ]
        if came:
            live.arrived(self.run_id)
        return bool(came)

    def _is_due(self, found: Scene, number: int, now: datetime) -> bool:
        number_of_part, when = rules.arrival(found.seed, number, found.trait(number))
        if not number_of_part:
            return (now - found.run.created_at).total_seconds() * found.speed >= when
        later = [part for part in found.parts if part.content.number >= number_of_part]
        return any(worked(part, 0, now) * found.speed >= when * part.seconds for part in later)

    def _join(self, found: Scene, number: int, now: datetime) -> bool:
        try:
            with transaction.atomic():
                actions.enter(run=found.run, number=number, trait=found.trait(number), now=now)
        except joining.CannotJoin:  # with billets only, or full: they try again, as one does
            return False
        return True

    # --- what they do ------------------------------------------------------------------------------------

    def _open_pages(self, found: Scene, moments: Iterable[Moment]) -> None:
        now_in = standing(moments)
        here = {
            actor.pk: actor.table.group if actor.table else 0
            for actor in found.actors.values()
            if actor.here and (actor.pk not in now_in or now_in[actor.pk].is_online)
        }
        gone, come = self._open.keys() - here.keys(), here.keys() - self._open.keys()
        for person in gone:
            self._close(person)
        for person in come:
            live.presence.opened(self.run_id, person)
            documents.tell_here(self.run_id, person, here[person])
        self._open = here
        if gone or come:
            came_or_went(self.run_id)

    def _close(self, person: int) -> None:
        group = self._open.pop(person)
        live.presence.closed(self.run_id, person)
        documents.tell_here(self.run_id, person, group)

    def _write(self, found: Scene, moments: Iterable[Moment], now: datetime) -> None:
        """One transaction for all that is sent in this second, as the writer of real pages makes it."""
        due = [moment for moment in moments if (self._looks + moment.actor.number) % moment.plan.every == 0]
        now_in = standing(moments)
        sent = self._answers.due(found, [m for m in due if not m.part.in_groups], now)
        in_groups = [m for m in due if m.part.in_groups and now_in[m.actor.pk] is m and m.over is None]
        edits = self._posters.due(found, in_groups, now)
        if not sent and not edits:
            return
        done = saves.commit([*(page.save for page in sent), *edits])
        for person in self._answers.settle(sent, done):
            live.presence.wrote(self.run_id, person)
        self._posters.settle(edits, done[len(sent) :])
        live.board_changed(self.run_id)

    def _say(self, found: Scene, moments: Iterable[Moment], now: datetime) -> bool:
        """« Demander de l’aide », « J’ai terminé ». Whether somebody said something."""
        first, self._asked = self._asked is None, self._asked or set()
        said = False
        for moment in moments:
            key = (moment.part.pk, moment.actor.pk)
            if moment.over is not None or not moment.is_online:
                continue
            if moment.plan.asks_help(moment.at) and key not in self._asked:
                self._asked.add(key)
                if not first:  # asked before the server started again: perhaps answered
                    said = True
                    self._ask(moment.actor.pk, now)
            if moment.plan.is_done(moment.at) and not moment.done:
                said = True
                self._finish(moment, now)
        return said

    def _ask(self, person: int, now: datetime) -> None:
        with transaction.atomic():
            for participant in Participant.objects.filter(pk=person):
                participants.ask_help(participant=participant, now=now, asked=True)

    def _finish(self, moment: Moment, now: datetime) -> None:
        self._scene = None  # read again: their place says so
        with transaction.atomic():
            for phase in Phase.objects.filter(pk=moment.part.pk):
                participant = Participant(pk=moment.actor.pk)
                participants.say_done(participant=participant, phase=phase, now=now, done=True)

    def _vote(self, found: Scene, now: datetime) -> bool:
        """Whether somebody voted."""
        ballot = found.ballot
        if ballot is None:
            return False
        came = [a for a in found.actors.values() if a.pk in self._open and a.pk not in ballot.voters]
        passed = (now - ballot.opened_at).total_seconds() * found.speed
        voted = [self._cast(found, actor, passed) for actor in came]
        if any(voted):
            self._scene = None
            count = turnout(Ballot(pk=ballot.pk, run=found.run))
            live.voted(self.run_id, f"{count.voted} {count.entitled}")
        return any(voted)

    def _cast(self, found: Scene, actor: Actor, passed: float) -> bool:
        assert found.ballot is not None
        others = found.ballot.candidates - ({actor.table.number} if actor.table else set())
        choice = rules.vote(found.seed, actor.number, found.ballot.number, others)
        if choice is None or passed < choice[0]:
            return False
        try:
            with transaction.atomic():
                ballot, voter = Ballot(pk=found.ballot.pk), Participant(pk=actor.pk)
                votes.cast(ballot=ballot, voter=voter, number=choice[1])
        except votes.CannotVote:  # closed in the same second, or voted already
            return False
        return True
