"""Forming and changing groups. All of it one at a time for a run; no poster is ever thrown away."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from random import Random

from django.db.models import Max, Q

from lessons.actions.revision import hold, touch
from lessons.models import (
    AnnexeShare,
    ClassRun,
    Group,
    Membership,
    Part,
    Participant,
    Phase,
    Poster,
    Separation,
)
from lessons.queries.grouping import Snapshot, plan_for, snapshot
from lessons.rules import grouping, shares
from lessons.rules.repair import GroupNow, Plan, members_after, shares_after
from metroloco_site.kit.once import Press, made_by

CLOSED = "L’activité est close : ses groupes ne changent plus."
CHANGED = "Les groupes avaient changé entre-temps : rien n’a été fait. Voici où ils en sont."
NOBODY = "Il faut au moins deux élèves présents pour tirer des groupes."
NO_PART = "Cette leçon n’a pas de partie en groupes."
FULL = "Le groupe\u00a0{} compte déjà quatre membres présents."
GONE = "Ce groupe n’existe plus. Rien n’a été fait."
ABSENT = "Un élève absent n’entre dans un groupe qu’à son retour."


class CannotGroup(Exception):
    """Carries the French sentence that says why; nothing is changed."""


class NotSure(CannotGroup):
    """The draw would give up posters that have been begun: the teacher is asked first."""


def draw(*, run: ClassRun, rng: Random, now: datetime, seen: str, sure: bool) -> None:
    """Groups drawn from those present; pinned members stay where they are.

    `seen`: digest of the groups that the page showed: a second tab draws nothing. Raises CannotGroup.
    """
    snap = _open(run)
    if snap.digest != seen:
        raise CannotGroup(CHANGED)
    if snap.begun and not sure:
        raise NotSure("Des affiches sont commencées.")
    known = snap.now
    pinned = {p: g.number for g in known.groups for p in g.members if p in known.pinned}
    drawn = grouping.draw(known.here, rng=rng, pinned=pinned, separated=known.separated)
    if not drawn.groups:
        raise CannotGroup(NOBODY)
    kept = {number: members for number, members in drawn.groups if number}
    for found in known.groups:
        if found.number in kept:
            _keep(snap, found, kept[found.number])
        else:
            _end(snap, found, now)
    number = _last_number(run)
    for members in (members for kept_as, members in drawn.groups if not kept_as):
        number += 1
        _form(snap, number, members, now)
    touch(run)


def apply_repair(*, run: ClassRun, seen: str, now: datetime) -> None:
    """The repair that the page showed, if it is still the one proposed. Raises CannotGroup."""
    snap = _open(run)
    plan = plan_for(snap)
    if not plan or plan.digest != seen:
        raise CannotGroup(CHANGED)
    _carry_out(snap, plan, now)
    touch(run)


def move(*, run: ClassRun, participant: Participant, number: int, now: datetime) -> None:
    """Into this group by hand, or out of any with 0. What they read is handed over. Raises CannotGroup."""
    snap = _open(run)
    before, after = snap.group_of(participant.pk), _group(snap, number) if number else None
    if before and after and before.number == after.number:
        return
    if after:
        _check_room(snap, participant, after)
    _leave(snap, participant.pk, before)
    if after:
        _enter(snap, participant.pk, after)
    if before:
        _end_if_empty(snap, before, now)
    touch(run)


def form(
    *, run: ClassRun, participants: Sequence[Participant], now: datetime, once: Press | None = None
) -> int:
    """A new group of these, taken out of theirs; pressed twice, one. Returns its number. Raises CannotGroup."""
    snap = _open(run)
    if first := made_by(Group, once):
        return first.number
    members = [person.pk for person in participants]
    if not members or len(members) > grouping.LARGEST:
        raise CannotGroup("Un groupe compte de un à quatre membres.")
    if not set(members) <= snap.now.here:
        raise CannotGroup(ABSENT)
    for pk in members:
        _leave(snap, pk, snap.group_of(pk))
    number = _last_number(run) + 1
    _form(snap, number, members, now, once)
    for found in snap.now.groups:
        _end_if_empty(snap, found, now)
    touch(run)
    return number


def dissolve(*, run: ClassRun, number: int, now: datetime) -> None:
    """Its members are in no group any more; what is on its poster stays readable. Raises CannotGroup."""
    snap = _open(run)
    _end(snap, _group(snap, number), now)
    touch(run)


def pin(*, participant: Participant, pinned: bool) -> None:
    """Stays in this group when the others are drawn again, or no longer."""
    Membership.objects.filter(participant=participant).update(pinned=pinned)
    touch(participant.run)


def changed(*, run: ClassRun) -> None:
    """The teacher changed something that the group may change too (actions.group_work): open pages read it."""
    touch(run)


def separate(*, one: Participant, other: Participant, separated: bool) -> None:
    """The draw never puts these two together, or may again. Raises CannotGroup."""
    if one.pk == other.pk or one.run_id != other.run_id:
        raise CannotGroup("Choisissez deux élèves différents.")
    hold(one.run)
    first, second = sorted((one, other), key=lambda person: person.pk)
    if separated:
        Separation.objects.get_or_create(one=first, other=second, defaults={"run": one.run})
    else:
        Separation.objects.filter(one=first, other=second).delete()
    touch(one.run)


def give_annexes(*, run: ClassRun, number: int, readers: Mapping[int, Participant]) -> None:
    """Who reads which annexe (by number) in this group. Raises CannotGroup."""
    snap = _open(run)
    found = _group(snap, number)
    if not all(reader.pk in found.members for reader in readers.values()):
        raise CannotGroup(CHANGED)
    chosen = {annexe: reader.pk for annexe, reader in readers.items() if annexe in snap.now.words}
    _write_shares(snap, number, {**found.shares, **chosen})
    touch(run)


def share_again(*, run: ClassRun, number: int) -> None:
    """Annexes shared out anew among the members who are present. Raises CannotGroup."""
    snap = _open(run)
    here = [pk for pk in _group(snap, number).members if pk in snap.now.here]
    lots = shares.lots_for(len(here), snap.now.lots)
    _write_shares(snap, number, shares.share_out(here, snap.now.words, lots))
    touch(run)


# --- when a participant goes, or turns out to be two ---------------------------------------------


def leave(*, participant: Participant) -> None:
    """Out of any group: the seat is free, their annexes are nobody's until a repair hands them over."""
    Membership.objects.filter(participant=participant).delete()
    AnnexeShare.objects.filter(participant=participant).delete()


def take_over(*, duplicate: Participant, into: Participant) -> None:
    """One seat for two places of the same student: that of `into`, else the duplicate's; separations follow."""
    kept = Membership.objects.filter(participant=into).first()
    if kept is None:
        Membership.objects.filter(participant=duplicate).update(participant=into)
    mine = Membership.objects.filter(participant=into).values("group")
    AnnexeShare.objects.filter(participant=duplicate, group__in=mine).update(participant=into)
    leave(participant=duplicate)
    for found in Separation.objects.filter(Q(one=duplicate) | Q(other=duplicate)):
        other = found.other if found.one_id == duplicate.pk else found.one
        found.delete()
        if other.pk != into.pk:
            separate(one=into, other=other, separated=True)


# --- how -----------------------------------------------------------------------------------------


def _open(run: ClassRun) -> Snapshot:
    """The groups as they are, nobody else changing them until the transaction ends."""
    hold(run)
    if ClassRun.objects.filter(pk=run.pk).exclude(closed_at=None).exists():
        raise CannotGroup(CLOSED)
    snap = snapshot(run)
    if snap.part is None:
        raise CannotGroup(NO_PART)
    return snap


def _group(snap: Snapshot, number: int) -> GroupNow:
    found = next((group for group in snap.now.groups if group.number == number), None)
    if found is None:
        raise CannotGroup(GONE)
    return found


def _last_number(run: ClassRun) -> int:
    return int(Group.objects.filter(run=run).aggregate(last=Max("number"))["last"] or 0)


def _form(
    snap: Snapshot, number: int, members: Sequence[int], now: datetime, once: Press | None = None
) -> None:
    run = next(iter(snap.people.values())).run_id
    group = Group.objects.create(run_id=run, number=number, formed_at=now, **(once.columns if once else {}))
    Poster.objects.create(group=group)
    _seat(group, members, 0)
    lots = shares.lots_for(len(members), snap.now.lots)
    _write(group, shares.share_out(members, snap.now.words, lots), snap)


def _seat(group: Group, members: Iterable[int], first: int) -> None:
    Membership.objects.bulk_create(
        Membership(group=group, participant_id=pk, seat=seat) for seat, pk in enumerate(members, start=first)
    )


def _end(snap: Snapshot, found: GroupNow, now: datetime) -> None:
    """Dissolved; forgotten if the part has not begun, since nobody can have written anything."""
    group = snap.groups[found.number]
    group.memberships.all().delete()
    group.shares.all().delete()
    pending = Phase.objects.filter(
        run_id=group.run_id, part__kind=Part.Kind.GROUP, status=Phase.Status.PENDING
    )
    if pending.exists() and not found.worked:
        group.delete()
    else:
        Group.objects.filter(pk=group.pk).update(dissolved_at=now)


def _end_if_empty(snap: Snapshot, found: GroupNow, now: datetime) -> None:
    if not snap.groups[found.number].memberships.exists():
        _end(snap, found, now)


def _keep(snap: Snapshot, found: GroupNow, members: Collection[int]) -> None:
    """A group that a draw keeps for its pinned members: the others of it make room for those drawn."""
    group = snap.groups[found.number]
    stay = [pk for pk in found.members if pk in snap.now.pinned]
    over = len(stay) + len(set(members) - set(stay)) - grouping.LARGEST
    absent = [pk for pk in stay if pk not in snap.now.here]
    stay = [pk for pk in stay if pk not in absent[len(absent) - max(0, over) :]]
    group.memberships.exclude(participant__in=stay).delete()
    new = [pk for pk in members if pk not in stay]
    _unseat(new)
    _seat(group, new, 1 + int(group.memberships.aggregate(last=Max("seat"))["last"] or 0))
    here = [pk for pk in (*stay, *new) if pk in snap.now.here]
    _write(group, shares_after(snap.now, here, found), snap)


def _unseat(people: Collection[int]) -> None:
    Membership.objects.filter(participant__in=people).delete()


def _carry_out(snap: Snapshot, plan: Plan, now: datetime) -> None:
    after = members_after(snap.now, plan)
    _unseat([move.person for move in plan.moves] + [person for person, _ in plan.dropped])
    for number in plan.dissolved:
        _end(snap, _group(snap, number), now)
    for number in plan.formed:
        _form(snap, number, after[number], now)
    for number, group in snap.groups.items():
        came = [move.person for move in plan.moves if move.target == number]
        _seat(group, came, 1 + int(group.memberships.aggregate(last=Max("seat"))["last"] or 0))
        handed = {h.annexe: h.target for h in plan.handed if h.group == number}
        if handed:
            _write(group, {**_group(snap, number).shares, **handed}, snap)


def _check_room(snap: Snapshot, participant: Participant, after: GroupNow) -> None:
    if participant.pk not in snap.now.here:
        raise CannotGroup(ABSENT)
    if sum(pk in snap.now.here for pk in after.members) >= grouping.LARGEST:
        raise CannotGroup(FULL.format(after.number))


def _leave(snap: Snapshot, pk: int, before: GroupNow | None) -> None:
    """What they read goes to those who stay; nothing else changes hands."""
    if before is None:
        return
    _unseat([pk])
    here = [other for other in before.members if other != pk and other in snap.now.here]
    theirs = {annexe for annexe, reader in before.shares.items() if reader == pk}
    after = shares.hand_over(before.shares, here, snap.now.words)
    _write_shares(
        snap, before.number, {a: after.get(a, m) if a in theirs else m for a, m in before.shares.items()}
    )


def _enter(snap: Snapshot, pk: int, after: GroupNow) -> None:
    """A seat, and some of the reading; an absent member makes room where there would be five."""
    group = snap.groups[after.number]
    absent = [other for other in after.members if other not in snap.now.here]
    over = len(after.members) + 1 - grouping.LARGEST
    out = absent[len(absent) - over :] if over > 0 else []
    _unseat(out)
    _seat(group, [pk], 1 + int(group.memberships.aggregate(last=Max("seat"))["last"] or 0))
    here = [other for other in (*after.members, pk) if other in snap.now.here]
    _write(group, shares_after(snap.now, here, after), snap)


def _write_shares(snap: Snapshot, number: int, wanted: Mapping[int, int]) -> None:
    _write(snap.groups[number], wanted, snap)


def _write(group: Group, wanted: Mapping[int, int], snap: Snapshot) -> None:
    """The group's shares, as wanted: annexe number → participant."""
    assert snap.part is not None
    keys = {annexe.number: annexe.pk for annexe in snap.part.annexes}
    stored = {share.annexe_id: share for share in group.shares.all()}
    new = []
    for annexe, person in wanted.items():
        share = stored.pop(keys[annexe], None)
        if share is None:
            new.append(AnnexeShare(group=group, annexe_id=keys[annexe], participant_id=person))
        elif share.participant_id != person:
            AnnexeShare.objects.filter(pk=share.pk).update(participant_id=person)
    AnnexeShare.objects.bulk_create(new)
    AnnexeShare.objects.filter(pk__in=[share.pk for share in stored.values()]).delete()
