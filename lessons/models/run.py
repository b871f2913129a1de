"""An activité: one class's run of a lesson, its clock and its participants."""

from typing import ClassVar

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models.functions import Lower

from lessons.models.content import Lesson, Part
from metroloco_site.accounts.models import User
from metroloco_site.kit.once import MadeOnce


class ClassRunQuerySet(models.QuerySet["ClassRun"]):
    def shown(self) -> "ClassRunQuerySet":
        """Those whose date has not come: the others are as good as erased, for everybody."""
        return self.filter(due=False)

    def owned_by(self, user: User | AnonymousUser) -> "ClassRunQuerySet":
        """The activités of this teacher: the only door to them."""
        return self.shown().filter(owner_id=user.pk)

    def owned_or_due(self, user: User | AnonymousUser) -> "ClassRunQuerySet":
        """With those that will be erased tomorrow: their teacher is told, and may erase them at once."""
        return self.filter(owner_id=user.pk)

    def with_students(self) -> "ClassRunQuerySet":
        """Those of real classes: what is simulated is counted nowhere."""
        return self.filter(rehearsal_speed=0)

    def rehearsals(self) -> "ClassRunQuerySet":
        """« Répétition »: a class of simulated students."""
        return self.shown().filter(rehearsal_speed__gt=0)


class ParticipantQuerySet(models.QuerySet["Participant"]):
    def shown(self) -> "ParticipantQuerySet":
        """Those of activités whose date has not come."""
        return self.filter(run__due=False)


class ClassRun(MadeOnce):
    """`revision` rises with each action of the teacher; live pages compare it with theirs."""

    class Screen(models.TextChoices):
        CODE = "code", "Code d’accès"
        INSTRUCTION = "instruction", "Consigne"
        ANNEXE = "annexe", "Annexe"
        EXPECTED = "expected", "Correction"
        GROUPS = "groups", "Groupes"
        POSTER = "poster", "Affiche"
        WALL = "wall", "Toutes les affiches"
        VOTE = "vote", "Vote"
        CASE = "case", "Ils font autrement"

    public_id = models.CharField(max_length=24, unique=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="runs")
    lesson = models.ForeignKey(Lesson, on_delete=models.PROTECT)
    label = models.CharField("nom de l’activité", max_length=60)
    access_code = models.CharField(max_length=8, unique=True, null=True)  # noqa: DJ001 - NULL: nobody may join
    screen_key = models.CharField(max_length=43, unique=True)
    tickets_only = models.BooleanField(default=False)
    video_link = models.URLField(max_length=400, blank=True)
    video_file = models.FileField(upload_to="videos/", blank=True)
    subtitles_file = models.FileField(upload_to="videos/", blank=True)
    revision = models.PositiveIntegerField(default=1)
    screen = models.CharField(max_length=12, choices=Screen.choices, default=Screen.CODE)
    screen_ref = models.PositiveSmallIntegerField(
        default=0, help_text="number of the annexe, question, group or card shown"
    )
    screen_page = models.PositiveSmallIntegerField(default=0, help_text="slide of what is shown, from 0")
    screen_zoom = models.PositiveSmallIntegerField(default=100, help_text="% of the projector's text size")
    created_at = models.DateTimeField()
    delete_on = models.DateField()
    due = models.BooleanField(
        default=False,
        help_text="its date has come: shown to nobody, erased by the purge of a later day",
    )
    suspended_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    results_published_at = models.DateTimeField(null=True)
    self_assessment_at = models.DateTimeField(null=True, help_text="students may say where they stand")
    poster_graded = models.BooleanField(default=False, help_text="the posters have a fiche d'évaluation too")
    gallery_opened_at = models.DateTimeField(null=True, help_text="students see the posters of all groups")
    rehearsal_speed = models.PositiveSmallIntegerField(
        default=0,
        help_text="of a rehearsal: minutes of class in one real minute; 0: a class of real students",
    )
    rehearsal_students = models.PositiveSmallIntegerField(default=0, help_text="how many are simulated")

    objects = ClassRunQuerySet.as_manager()
    told: ClassVar[dict[str, str]] = {
        "label": "Le nom que l’enseignant donne à l’activité (par exemple celui de la classe).",
        "owner": "Le compte de l’enseignant qui mène l’activité.",
        "delete_on": "La date à partir de laquelle plus personne ne voit l’activité ; tout est effacé le lendemain.",
        "due": "Si cette date est venue.",
    }

    class Meta:
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return self.label


class Phase(models.Model):
    """A part as this class lives it. `status` and `ends_at` follow from the events (rules.clock)."""

    class Status(models.TextChoices):
        PENDING = "pending"
        RUNNING = "running"
        PAUSED = "paused"
        ENDED = "ended"

    run = models.ForeignKey(ClassRun, on_delete=models.CASCADE, related_name="phases")
    part = models.ForeignKey(Part, on_delete=models.PROTECT)
    seconds = models.PositiveIntegerField(help_text="duration at the start")
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.PENDING)
    ends_at = models.DateTimeField(null=True, help_text="for those without extra time; NULL while paused")

    class Meta:
        ordering = ("part__number",)
        constraints = [models.UniqueConstraint(fields=["run", "part"], name="phase_once")]


class PhaseEvent(models.Model):
    """What the teacher did to the clock, and when. Instants never go backwards."""

    phase = models.ForeignKey(Phase, on_delete=models.CASCADE, related_name="events")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=8)
    at = models.DateTimeField()
    seconds = models.PositiveIntegerField(default=0, help_text="for extend and reopen")
    keeps_extra = models.BooleanField(default=True, help_text="for end: extra time goes on")

    class Meta:
        ordering = ("number",)
        constraints = [models.UniqueConstraint(fields=["phase", "number"], name="event_number_once")]


class Participant(MadeOnce):
    """A student, or a billet not taken yet (`joined_at` is NULL). Known by a pseudonym alone."""

    class ExtraUnit(models.TextChoices):
        NONE = "", "aucun"
        THIRD = "third", "un tiers de la durée"
        PERCENT = "percent", "en % de la durée"
        MINUTES = "minutes", "en minutes"

    run = models.ForeignKey(ClassRun, on_delete=models.CASCADE, related_name="participants")
    public_id = models.CharField(max_length=24, unique=True)
    number = models.PositiveSmallIntegerField(default=0, help_text="order in the activité, from 1; kept")
    pseudonym = models.CharField(max_length=30)
    personal_code = models.CharField(max_length=60, unique=True)
    token_version = models.PositiveIntegerField(default=1)
    ticket_number = models.PositiveSmallIntegerField(null=True)
    joined_at = models.DateTimeField(null=True)
    left_at = models.DateTimeField(null=True)
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.CASCADE,  # erasing a student erases their other place too
        related_name="merged",
        null=True,
        help_text="the same student's other place, to which this personal code now leads",
    )
    hidden = models.BooleanField(default=False, help_text="the pseudonym is shown to nobody but its owner")
    absent = models.BooleanField(default=False)
    on_paper = models.BooleanField(default=False)
    help_at = models.DateTimeField(null=True)
    extra_unit = models.CharField(max_length=8, choices=ExtraUnit.choices, default=ExtraUnit.NONE, blank=True)
    extra_amount = models.PositiveSmallIntegerField(default=0)
    simulated = models.PositiveSmallIntegerField(
        null=True, help_text="of a rehearsal: which of its simulated students, from 1"
    )

    objects = ParticipantQuerySet.as_manager()
    told: ClassVar[dict[str, str]] = {
        "number": "Votre numéro d’ordre dans l’activité, montré à la place d’un pseudonyme masqué.",
        "pseudonym": "Votre pseudonyme.",
        "personal_code": "Votre code personnel, pour revenir depuis un autre appareil.",
        "ticket_number": "Le numéro de votre billet, si vous en avez un.",
        "joined_at": "L’heure à laquelle vous avez rejoint l’activité.",
        "left_at": "L’heure à laquelle vous en avez été retiré, le cas échéant.",
        "merged_into": "Si vous étiez inscrit deux fois : la place avec laquelle celle-ci a été réunie.",
        "hidden": "Si l’enseignant a masqué votre pseudonyme aux autres.",
        "help_at": "L’heure à laquelle vous avez demandé de l’aide, tant qu’on ne vous a pas répondu.",
        "absent": "Si l’enseignant vous a noté absent.",
        "on_paper": "Si vous rendez une copie papier.",
        "extra_unit": "Si vous avez du temps supplémentaire, et combien. Jamais pourquoi.",
        "extra_amount": "La valeur de ce temps supplémentaire.",
        "simulated": "Dans une répétition, qu’il s’agit d’un élève simulé et non d’une personne.",
    }

    class Meta:
        ordering = ("ticket_number", "pk")
        constraints = [
            models.UniqueConstraint("run", Lower("pseudonym"), name="pseudonym_once"),
            models.UniqueConstraint(fields=["run", "ticket_number"], name="ticket_number_once"),
        ]

    def __str__(self) -> str:
        return self.shown_name

    @property
    def shown_name(self) -> str:
        """What everybody but its owner sees: « Élève 7 » while the teacher hides the pseudonym."""
        return f"Élève\u00a0{self.number}" if self.hidden else self.pseudonym

    def name_on_board(self, *, discreet: bool) -> str:
        """For the teacher's screen: « Élève 7 » in « mode discret », where the class may see it."""
        return f"Élève\u00a0{self.number}" if discreet else self.shown_name


class Sitting(models.Model):
    """One participant in one phase, with their own deadline, stored so that SQL can test it."""

    phase = models.ForeignKey(Phase, on_delete=models.CASCADE, related_name="sittings")
    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="sittings")
    extra_seconds = models.PositiveIntegerField(default=0)
    ends_at = models.DateTimeField(null=True, help_text="NULL while paused")
    done_at = models.DateTimeField(null=True)

    told: ClassVar[dict[str, str]] = {
        "extra_seconds": "Votre temps supplémentaire pour la partie, en secondes.",
        "ends_at": "L’heure à laquelle votre temps se termine.",
        "done_at": "L’heure à laquelle vous avez indiqué « J’ai terminé ».",
    }

    class Meta:
        constraints = [models.UniqueConstraint(fields=["phase", "participant"], name="sitting_once")]
