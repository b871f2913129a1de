"""What the members of a group decide together: roles, who reads what, one device for all."""

from django.db.models import F

from lessons.models import AnnexeShare, Group, Membership


class NotInGroup(Exception):
    """The annexe or the member is not of this group, or no longer; nothing is changed."""


def rotate_roles(*, group: Group, seen: int) -> None:
    """Every role moves on to the next member, once: two members may press at the same moment.

    `seen`: the rotation that their page showed.
    """
    Group.objects.filter(pk=group.pk, rotation=seen).update(rotation=F("rotation") + 1)


def share_device(*, group: Group, shared: bool) -> None:
    """The group says that its members share one device."""
    Group.objects.filter(pk=group.pk).update(one_device=shared)


def hand_annexe(*, group: Group, annexe: int, to: str) -> None:
    """This annexe (its number) is read by this member (public id) from now on. Raises NotInGroup."""
    member = _member(group, to)
    done = AnnexeShare.objects.filter(group=group, annexe__number=annexe).update(
        participant=member.participant_id
    )
    if not done:
        raise NotInGroup(str(annexe))


def swap_annexes(*, group: Group, one: int, other: int) -> None:
    """Two annexes change readers. Raises NotInGroup."""
    shares = AnnexeShare.objects.select_for_update(of=("self",)).filter(
        group=group, annexe__number__in=(one, other)
    )
    found = {share.annexe.number: share for share in shares.select_related("annexe")}
    if one == other or not {one, other} <= found.keys():
        raise NotInGroup(f"{one}, {other}")
    first, second = found[one], found[other]
    first.participant_id, second.participant_id = second.participant_id, first.participant_id
    AnnexeShare.objects.bulk_update([first, second], ["participant"])


def _member(group: Group, public_id: str) -> Membership:
    found = Membership.objects.filter(
        group=group, participant__public_id=public_id, participant__left_at=None
    )
    member = found.first()
    if member is None:
        raise NotInGroup(public_id)
    return member
