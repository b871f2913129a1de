"""What students write."""

from typing import ClassVar

from django.db import models

from lessons.models.content import Question
from lessons.models.run import Sitting


class Answer(models.Model):
    """The text of one field. Written by one conditional UPDATE (actions.saving), nowhere else."""

    sitting = models.ForeignKey(Sitting, on_delete=models.CASCADE, related_name="answers")
    question = models.ForeignKey(Question, on_delete=models.PROTECT)
    field = models.SlugField()
    text = models.TextField(blank=True)
    words = models.PositiveIntegerField(default=0)
    revision = models.PositiveIntegerField(default=0)
    writer = models.CharField(max_length=32, blank=True, help_text="random id of the page that wrote last")
    seq = models.PositiveBigIntegerField(default=0, help_text="rises with each send of that page")
    saved_at = models.DateTimeField(null=True)
    longest = models.TextField(blank=True, help_text="what it said at its longest, while it says less")
    longest_words = models.PositiveIntegerField(default=0)
    longest_at = models.DateTimeField(null=True)

    told: ClassVar[dict[str, str]] = {
        "text": "Ce que vous avez écrit.",
        "words": "Le nombre de mots de ce texte.",
        "saved_at": "L’heure du dernier enregistrement.",
        "writer": "Un numéro tiré au hasard pour la page ouverte, qui évite d’écraser un texte par un autre.",
        "longest": "Ce que vous aviez écrit de plus long, si vous l’avez raccourci depuis.",
        "longest_words": "Le nombre de mots de ce texte plus long.",
        "longest_at": "L’heure à laquelle il était enregistré.",
    }

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sitting", "question", "field"], name="answer_once")]


class SetAside(models.Model):
    """A text beside the answer: it came late, its page had not seen the newer one, or nearly all of it was deleted.

    `received_at` of the last: when it was saved as the answer.
    """

    class Reason(models.TextChoices):
        LATE = "late", "rendu en retard"
        UNSEEN = "unseen", "autre version"
        LONGER = "longer", "texte plus long"

    answer = models.ForeignKey(Answer, on_delete=models.CASCADE, related_name="set_aside")
    reason = models.CharField(max_length=6, choices=Reason.choices)
    text = models.TextField()
    writer = models.CharField(max_length=32)
    seq = models.PositiveBigIntegerField()
    received_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    dismissed_at = models.DateTimeField(null=True)

    told: ClassVar[dict[str, str]] = {
        "text": "Un texte arrivé en retard, écrit depuis une autre page ou presque entièrement effacé, gardé à part.",
        "writer": "Un numéro tiré au hasard pour la page ouverte.",
        "received_at": "L’heure à laquelle il est arrivé.",
        "accepted_at": "L’heure à laquelle l’enseignant l’a accepté, le cas échéant.",
        "dismissed_at": "L’heure à laquelle il a été écarté, le cas échéant.",
    }

    class Meta:
        constraints = [models.UniqueConstraint(fields=["answer", "reason", "writer"], name="set_aside_once")]
