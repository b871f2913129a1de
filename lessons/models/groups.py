"""Groups of part 2: who works with whom, who has which annexe."""

from typing import ClassVar

from django.db import models

from annexes.models import Annexe
from lessons.models.run import ClassRun, Participant
from metroloco_site.kit.once import MadeOnce


class Group(MadeOnce):
    """A group of an activité, the same on another day. A repair may dissolve it; its work stays.

    `rotation` moves the roles on by so many members (rules.roles): roles are not stored.
    """

    run = models.ForeignKey(ClassRun, on_delete=models.CASCADE, related_name="groups")
    number = models.PositiveSmallIntegerField(help_text="from 1; never given twice in a run")
    one_device = models.BooleanField(default=False, help_text="the members share one device")
    rotation = models.PositiveSmallIntegerField(default=0)
    formed_at = models.DateTimeField()
    dissolved_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("number",)
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="group_number_once")]

    def __str__(self) -> str:
        return f"Groupe\u00a0{self.number}"


class Membership(models.Model):
    """A participant is in one group at most. `seat`: their order in it, from which their role follows."""

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="memberships")
    participant = models.OneToOneField(Participant, on_delete=models.CASCADE, related_name="membership")
    seat = models.PositiveSmallIntegerField(default=0)
    pinned = models.BooleanField(default=False, help_text="stays in this group when the others are drawn")

    told: ClassVar[dict[str, str]] = {
        "group": "Le groupe dans lequel vous êtes.",
        "seat": "Votre rang dans ce groupe, dont dépend votre rôle.",
        "pinned": "Si l’enseignant a demandé que vous restiez dans ce groupe.",
    }

    class Meta:
        ordering = ("group", "seat", "pk")


class Separation(models.Model):
    """Two participants whom the draw never puts together. No reason is asked or kept."""

    run = models.ForeignKey(ClassRun, on_delete=models.CASCADE, related_name="separations")
    one = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="separations")
    other = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="separations_of_others")

    told: ClassVar[dict[str, str]] = {
        "one": "Si l’enseignant a demandé que vous ne soyez pas dans le groupe d’une personne. Jamais pourquoi.",
        "other": "La personne en question.",
    }

    class Meta:
        constraints = [models.UniqueConstraint(fields=["one", "other"], name="separation_once")]


class AnnexeShare(models.Model):
    """Who reads this annexe for the group. Annexes for all to consult have no row."""

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="shares")
    annexe = models.ForeignKey(Annexe, on_delete=models.PROTECT)
    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="shares")

    told: ClassVar[dict[str, str]] = {
        "annexe": "Les annexes que vous lisez pour votre groupe.",
    }

    class Meta:
        ordering = ("annexe__number",)
        constraints = [models.UniqueConstraint(fields=["group", "annexe"], name="share_once")]
