"""A group's common document (its poster, and what members pass on), and the vote on the posters."""

from typing import ClassVar

from django.db import models

from lessons.models.groups import Group
from lessons.models.run import ClassRun, Participant


class Poster(models.Model):
    """A yjs document (rules.poster names its texts): `snapshot` and the updates whose number is above it."""

    group = models.OneToOneField(Group, on_delete=models.CASCADE, related_name="poster")
    snapshot = models.BinaryField(default=bytes, help_text="V1 state up to snapshot_number")
    snapshot_number = models.PositiveIntegerField(default=0)
    last_number = models.PositiveIntegerField(default=0, help_text="of the newest stored update")
    saved_at = models.DateTimeField(null=True)
    hidden_at = models.DateTimeField(
        null=True, help_text="by the teacher: on nobody's screen but the group's own"
    )


class PosterUpdate(models.Model):
    """The append-only log: an update is stored before it is acknowledged; compacted into the snapshot."""

    poster = models.ForeignKey(Poster, on_delete=models.CASCADE, related_name="updates")
    number = models.PositiveIntegerField()
    data = models.BinaryField(help_text="yjs update, V1")
    participant = models.ForeignKey(
        Participant, on_delete=models.SET_NULL, null=True, related_name="poster_updates"
    )
    at = models.DateTimeField()

    told: ClassVar[dict[str, str]] = {
        "data": "Ce que vous écrivez dans le document de votre groupe.",
        "participant": "Que c’est vous qui l’avez écrit\u00a0: votre groupe et l’enseignant le voient.",
        "at": "L’heure à laquelle vous l’avez écrit.",
    }

    class Meta:
        ordering = ("number",)
        constraints = [models.UniqueConstraint(fields=["poster", "number"], name="poster_update_once")]


class PosterWriter(models.Model):
    """Which participant a yjs client id is: who wrote what. A page draws a new id at each load."""

    poster = models.ForeignKey(Poster, on_delete=models.CASCADE, related_name="writers")
    client = models.BigIntegerField()
    participant = models.ForeignKey(
        Participant, on_delete=models.SET_NULL, null=True, related_name="poster_writers"
    )

    told: ClassVar[dict[str, str]] = {
        "client": "Un numéro tiré au hasard pour la page ouverte, qui dit qui a écrit quoi dans l’affiche.",
        "participant": "Que cette page était la vôtre.",
    }

    class Meta:
        constraints = [models.UniqueConstraint(fields=["poster", "client"], name="poster_writer_once")]


class PosterState(models.Model):
    """The whole document as it was, that the teacher can bring back."""

    poster = models.ForeignKey(Poster, on_delete=models.CASCADE, related_name="states")
    number = models.PositiveIntegerField(help_text="of the last update in it")
    data = models.BinaryField(help_text="V1 state")
    words = models.PositiveIntegerField(default=0)
    at = models.DateTimeField()

    class Meta:
        ordering = ("-number",)
        constraints = [models.UniqueConstraint(fields=["poster", "number"], name="poster_state_once")]


class PosterLate(models.Model):
    """What a member wrote in time or not, but which arrived after the bell: the teacher decides."""

    poster = models.ForeignKey(Poster, on_delete=models.CASCADE, related_name="late")
    participant = models.ForeignKey(
        Participant, on_delete=models.SET_NULL, null=True, related_name="poster_late"
    )
    data = models.BinaryField(help_text="yjs update, V1")
    received_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    dismissed_at = models.DateTimeField(null=True)

    told: ClassVar[dict[str, str]] = {
        "data": "Ce que vous avez écrit dans l’affiche trop tard, ou pour un groupe quitté, et qui est gardé à part.",
        "participant": "Que cela vient de vous.",
        "received_at": "L’heure à laquelle c’est arrivé.",
        "accepted_at": "L’heure à laquelle l’enseignant l’a accepté, le cas échéant.",
        "dismissed_at": "L’heure à laquelle il a été écarté, le cas échéant.",
    }


class PosterImage(models.Model):
    """A picture of the poster, re-encoded: nothing of the original file is kept (kit.images).

    Caption and text alternative are texts of the document (rules.poster.caption_key, alt_key).
    """

    poster = models.ForeignKey(Poster, on_delete=models.CASCADE, related_name="images")
    public_id = models.CharField(max_length=24, unique=True)
    block = models.SlugField(help_text="key of the block beside which it stands")
    file = models.FileField(upload_to="posters/")
    width = models.PositiveIntegerField(help_text="pixels")
    height = models.PositiveIntegerField(help_text="pixels")
    participant = models.ForeignKey(
        Participant, on_delete=models.SET_NULL, null=True, related_name="poster_images"
    )
    added_at = models.DateTimeField()
    hidden_at = models.DateTimeField(null=True, help_text="by the teacher: on no screen, in no PDF")
    removed_at = models.DateTimeField(null=True, help_text="by the group")

    told: ClassVar[dict[str, str]] = {
        "file": "Les images que vous ajoutez à l’affiche, sans les informations cachées du fichier d’origine.",
        "block": "Le cadre de l’affiche où se trouve l’image.",
        "width": "La largeur de l’image.",
        "height": "La hauteur de l’image.",
        "participant": "Que c’est vous qui l’avez ajoutée.",
        "added_at": "L’heure à laquelle vous l’avez ajoutée.",
        "hidden_at": "L’heure à laquelle l’enseignant l’a masquée, le cas échéant.",
        "removed_at": "L’heure à laquelle votre groupe l’a retirée, le cas échéant.",
    }


class Ballot(models.Model):
    """A vote on the posters of an activité. Whoever voted and what was chosen are never in one row."""

    run = models.ForeignKey(ClassRun, on_delete=models.CASCADE, related_name="ballots")
    number = models.PositiveSmallIntegerField()
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-number",)
        constraints = [
            models.UniqueConstraint(fields=["run", "number"], name="ballot_number_once"),
            models.UniqueConstraint(
                fields=["run"], condition=models.Q(closed_at=None), name="one_open_ballot"
            ),
        ]


class BallotVoter(models.Model):
    """That this participant has voted; no instant, no choice."""

    ballot = models.ForeignKey(Ballot, on_delete=models.CASCADE, related_name="voters")
    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="ballots")

    told: ClassVar[dict[str, str]] = {
        "ballot": "Que vous avez voté. Votre choix n’est noté nulle part avec vous.",
    }

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ballot", "participant"], name="one_person_one_vote")]


class BallotTally(models.Model):
    """How many votes a poster has."""

    ballot = models.ForeignKey(Ballot, on_delete=models.CASCADE, related_name="tallies")
    poster = models.ForeignKey(Poster, on_delete=models.CASCADE, related_name="tallies")
    votes = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ballot", "poster"], name="tally_once")]
