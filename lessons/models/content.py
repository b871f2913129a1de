"""A lesson as it was loaded from a pack: versions, never edited in place."""

from django.db import models

from annexes.models import Collection
from metroloco_site.kit.once import MadeOnce


class LessonQuerySet(models.QuerySet["Lesson"]):
    def newest(self) -> "LessonQuerySet":
        """The last version of each lesson."""
        later = Lesson.objects.filter(slug=models.OuterRef("slug"), version__gt=models.OuterRef("version"))
        return self.filter(~models.Exists(later)).order_by("title")


class Lesson(MadeOnce):
    """One immutable version of a lesson; an activité keeps the version that it started with."""

    slug = models.SlugField()
    version = models.PositiveIntegerField()
    digest = models.CharField(max_length=64, help_text="SHA-256 of the pack it was read from")
    title = models.CharField(max_length=200)
    subtitle = models.CharField(max_length=300, blank=True)
    credit = models.CharField(max_length=300, blank=True)
    licence = models.CharField(max_length=100, blank=True)
    sources = models.JSONField(default=list)
    opening = models.TextField(blank=True)
    loaded_at = models.DateTimeField()
    collection = models.ForeignKey(Collection, on_delete=models.PROTECT)

    objects = LessonQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["slug", "version"], name="lesson_version_once")]

    def __str__(self) -> str:
        return self.title


class Part(models.Model):
    """A timed part of the lesson. `minutes` is what the pack proposes."""

    class Kind(models.TextChoices):
        INDIVIDUAL = "individual", "travail individuel"
        GROUP = "group", "travail de groupe"

    lesson = models.ForeignKey(Lesson, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12, choices=Kind.choices)
    title = models.CharField(max_length=200)
    minutes = models.PositiveSmallIntegerField()
    objectives = models.JSONField(default=list)
    resources = models.JSONField(default=list)
    instructions = models.TextField()
    common = models.JSONField(default=list, help_text="numbers of the annexes that all members consult")
    lots = models.JSONField(
        default=list, help_text='[{"members": 3, "lots": [{"title", "annexes": [numbers]}]}], thematic'
    )

    class Meta:
        ordering = ("number",)
        constraints = [models.UniqueConstraint(fields=["lesson", "number"], name="part_number_once")]

    def __str__(self) -> str:
        return self.title


class Question(models.Model):
    """A question of a part. `fields`: [{"key", "label", "hint"}], what the student fills in."""

    part = models.ForeignKey(Part, on_delete=models.CASCADE, related_name="questions")
    number = models.PositiveSmallIntegerField()
    verb = models.SlugField(help_text="slug of its method card")
    statement = models.CharField(max_length=400)
    fields = models.JSONField()
    expected = models.TextField(blank=True, help_text="éléments attendus, Markdown")
    further = models.BooleanField(default=False, help_text="« Pour aller plus loin »")

    class Meta:
        ordering = ("number",)
        constraints = [models.UniqueConstraint(fields=["part", "number"], name="question_number_once")]

    def __str__(self) -> str:
        return f"{self.number}) {self.statement}"


class Grid(models.Model):
    """The fiche d'évaluation of a part. `levels`: [{"code", "label"}], lowest first."""

    part = models.OneToOneField(Part, on_delete=models.CASCADE, related_name="grid")
    title = models.CharField(max_length=200)
    levels = models.JSONField()
    note = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.title


class Criterion(models.Model):
    """A row of the grid."""

    grid = models.ForeignKey(Grid, on_delete=models.CASCADE, related_name="criteria")
    number = models.PositiveSmallIntegerField()
    group = models.CharField(max_length=60)
    label = models.CharField(max_length=120)
    expectation = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("number",)
        constraints = [models.UniqueConstraint(fields=["grid", "number"], name="criterion_number_once")]

    def __str__(self) -> str:
        return self.label
