"""What is judged."""

from functools import partial
from pathlib import Path
from typing import ClassVar

from django.conf import settings
from django.db import models, transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver

from lessons.models import ClassRun, Criterion, Group, Participant


class Assessment(models.Model):
    """One row of a student's fiche d'évaluation. `level` is 1 to 4, NULL for « non évalué »."""

    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="assessments")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT)
    level = models.PositiveSmallIntegerField(null=True)
    observations = models.TextField(blank=True)
    longer = models.JSONField(default=dict, help_text="what was taken away of the words: rules.longer")
    updated_at = models.DateTimeField()

    told: ClassVar[dict[str, str]] = {
        "level": "Le niveau de maîtrise donné par l’enseignant pour chaque compétence.",
        "observations": "Les observations de l’enseignant.",
        "longer": "Ce qu’elles disaient avant d’être presque toutes effacées\u00a0: brouillon de l’enseignant, "
        "qui vous le montre si vous le demandez.",
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
    longer = models.JSONField(default=dict, help_text="what was taken away of the words: rules.longer")
    updated_at = models.DateTimeField()

    told: ClassVar[dict[str, str]] = {
        "level": "Le niveau de maîtrise donné à l’affiche de votre groupe.",
        "observations": "Les observations sur cette affiche.",
        "longer": "Ce qu’elles disaient avant d’être presque toutes effacées\u00a0: brouillon de l’enseignant, "
        "qui vous le montre si vous le demandez.",
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
    longer = models.JSONField(default=dict, help_text="what was taken away of the words: rules.longer")
    updated_at = models.DateTimeField()

    told: ClassVar[dict[str, str]] = {
        "text": "L’appréciation générale de l’enseignant.",
        "longer": "Ce qu’elle disait avant d’être presque toute effacée\u00a0: brouillon de l’enseignant, "
        "qui vous le montre si vous le demandez.",
        "updated_at": "L’heure de la dernière modification.",
    }


class CopyPhoto(models.Model):
    """A photograph of a copie papier, beside its grid: the teacher's alone, in nobody's document.

    A picture of ours (kit.images): nothing of the file that was sent is kept.
    """

    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="copy_photos")
    public_id = models.CharField(max_length=24, unique=True)
    file = models.FileField(upload_to="copies/")
    width = models.PositiveIntegerField(help_text="pixels")
    height = models.PositiveIntegerField(help_text="pixels")
    added_at = models.DateTimeField()

    told: ClassVar[dict[str, str]] = {
        "file": "Si vous avez écrit sur papier et que l’enseignant l’a souhaité\u00a0: la photographie de votre copie.",
        "width": "La largeur de cette photographie.",
        "height": "La hauteur de cette photographie.",
        "added_at": "L’heure à laquelle l’enseignant l’a ajoutée.",
    }


class ExportJob(models.Model):
    """A document of the class that is made beside the server: one row a kind, taken by the worker under a lease.

    `file` is the last one that was made whole, offered until a newer one takes its place.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "En attente"
        RUNNING = "running", "En préparation"
        DONE = "done", "Prêt"
        FAILED = "failed", "Non préparé"
        CANCELLED = "cancelled", "Arrêté"

    run = models.ForeignKey(ClassRun, on_delete=models.CASCADE, related_name="exports")
    kind = models.CharField(max_length=20)
    state = models.CharField(max_length=10, choices=State)
    asked_at = models.DateTimeField()
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    worker = models.CharField(max_length=32, blank=True)  # a random word a claim: only its holder may write
    lease_until = models.DateTimeField(null=True)
    error = models.TextField(blank=True)
    digest = models.CharField(max_length=64, blank=True)  # of all that went into `file`
    file = models.CharField(max_length=80, blank=True)  # a name in the folder of exports
    size = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "kind"], name="export_once")]

    @property
    def path(self) -> Path:
        return exports_folder() / self.file

    @property
    def ready(self) -> bool:
        """A backup holds no document: after a restoration the file may be missing."""
        return bool(self.file) and self.path.is_file()


def exports_folder() -> Path:
    """Where documents are kept; the first one makes it."""
    return Path(settings.DATA_DIR) / "exports"


@receiver(post_delete, sender=ExportJob)
def _forget_file(instance: ExportJob, **kwargs: object) -> None:
    """A document goes with its row, so with its activité, whoever deletes it."""
    if instance.file:
        transaction.on_commit(partial(instance.path.unlink, missing_ok=True))


@receiver(post_delete, sender=CopyPhoto)
def _forget_photo(instance: CopyPhoto, **kwargs: object) -> None:
    """The same for a photograph: with its student, or with the activité."""
    transaction.on_commit(partial(instance.file.storage.delete, str(instance.file.name)))
