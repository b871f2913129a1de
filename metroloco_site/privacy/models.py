"""What a student asks about their own data, and what became of it."""

from typing import ClassVar

from django.db import models

from lessons.models import Participant


class DataRequest(models.Model):
    """To have something corrected (RGPD art. 16) or erased (art. 17). An erasure that is done erases this row too."""

    class Kind(models.TextChoices):
        CORRECTION = "correction", "correction"
        ERASURE = "erasure", "effacement"

    class State(models.TextChoices):
        WAITING = "waiting", "attend une réponse"
        DONE = "done", "faite"
        REFUSED = "refused", "refusée"

    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="data_requests")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    text = models.TextField(blank=True, help_text="what is to be corrected")
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=7, choices=State.choices, default=State.WAITING)
    answer = models.TextField(blank=True, help_text="the teacher's; never empty where it is refused")
    answered_at = models.DateTimeField(null=True)

    told: ClassVar[dict[str, str]] = {
        "kind": "Ce que vous demandez\u00a0: une correction ou un effacement.",
        "text": "Ce que vous écrivez dans cette demande.",
        "asked_at": "L’heure de la demande.",
        "state": "Où elle en est.",
        "answer": "La réponse de l’enseignant.",
        "answered_at": "L’heure de cette réponse.",
    }

    class Meta:
        db_table = "ops_datarequest"  # where the rows of older installations are
        ordering = ("asked_at", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["participant", "kind"],
                condition=models.Q(state="waiting"),
                name="one_waiting_request_of_a_kind",
            )
        ]
