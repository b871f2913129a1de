"""What is judged."""

from typing import ClassVar

from django.db import models

from lessons.models import Criterion, Group, Participant


class Assessment(models.Model):
    """One row of a student's fiche d'évaluation. `level` is 1 to 4, NULL for « non évalué »."""

    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="assessments")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT)
    level = models.PositiveSmallIntegerField(null=True)
    observations = models.TextField(blank=True)
    updated_at = models.DateTimeField()

    told: ClassVar[dict[str, str]] = {
        "level": "Le niveau de maîtrise donné par l’enseignant pour chaque compétence.",
        "observations": "Les observations de l’enseignant.",
        "updated_at": "L’heure de la dernière modification.",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["participant", "criterion"], name="assessment_once"),
            models.CheckConstraint(
                condition=models.Q(level__isnull=True) | models.Q(level__range=(1, 4)), name="level_1_to_4"
            ),
        ]


class GroupAssessment(models.Model):
    """One row of a group's poster grid: every member has it, unless an Assessment of their own says otherwise."""

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="assessments")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT)
    level = models.PositiveSmallIntegerField(null=True)
    observations = models.TextField(blank=True)
    updated_at = models.DateTimeField()

    told: ClassVar[dict[str, str]] = {
        "level": "Le niveau de maîtrise donné à l’affiche de votre groupe.",
        "observations": "Les observations sur cette affiche.",
        "updated_at": "L’heure de la dernière modification.",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group", "criterion"], name="group_assessment_once"),
            models.CheckConstraint(
                condition=models.Q(level__isnull=True) | models.Q(level__range=(1, 4)),
                name="group_level_1_to_4",
            ),
        ]


class SelfAssessment(models.Model):
    """Where the student says they stand, on one row of the same grid."""

    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="self_assessments")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT)
    level = models.PositiveSmallIntegerField(null=True)
    updated_at = models.DateTimeField()

    told: ClassVar[dict[str, str]] = {
        "level": "Le niveau de maîtrise que vous vous donnez, si l’enseignant vous le propose.",
        "updated_at": "L’heure de la dernière modification.",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["participant", "criterion"], name="self_assessment_once"),
            models.CheckConstraint(
                condition=models.Q(level__isnull=True) | models.Q(level__range=(1, 4)),
                name="self_level_1_to_4",
            ),
        ]


class GeneralRemark(models.Model):
    """The remark at the foot of the fiche d'évaluation."""

    participant = models.OneToOneField(Participant, on_delete=models.CASCADE, related_name="general_remark")
    text = models.TextField(blank=True)
    updated_at = models.DateTimeField()

    told: ClassVar[dict[str, str]] = {
        "text": "L’appréciation générale de l’enseignant.",
        "updated_at": "L’heure de la dernière modification.",
    }
