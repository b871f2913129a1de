"""What is read: documents, lexicon and method cards. They never change once loaded."""

from django.db import models


class Collection(models.Model):
    """All that one version of a lesson is read with; a change to the pack makes another one."""

    slug = models.SlugField()
    digest = models.CharField(max_length=64, help_text="SHA-256 of the pack it was read from")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["slug", "digest"], name="collection_once")]

    def __str__(self) -> str:
        return f"{self.slug} {self.digest[:8]}"


class Annexe(models.Model):
    """A document given to the class. `body` is Markdown."""

    class Kind(models.TextChoices):
        TEXT = "text", "texte"
        VIDEO = "video", "vidéo"
        LIST = "list", "liste"
        LAW = "law", "loi"
        PICTURE = "picture", "image"
        TOOL = "tool", "outils"
        INTERVIEW = "interview", "entretien"

    collection = models.ForeignKey(Collection, on_delete=models.CASCADE, related_name="annexes")
    part = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField()
    slug = models.SlugField()
    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    source = models.CharField(max_length=400, blank=True)
    link = models.URLField(max_length=400, blank=True)
    video = models.SlugField(blank=True, help_text="slug of an AnnexeVideo, whose text `body` then is")
    body = models.TextField(blank=True)
    added = models.BooleanField(default=False, help_text="ours, not the source's")
    note = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering = ("part", "number")
        constraints = [
            models.UniqueConstraint(fields=["collection", "part", "number"], name="annexe_number_once"),
            models.UniqueConstraint(fields=["collection", "slug"], name="annexe_slug_once"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class AnnexeImage(models.Model):
    """A picture that the Markdown of a collection names as `image:slug`; its address is its digest.

    In the database and not among the files: a pack is stored whole or not at all, and weighs 8 MB at most.
    """

    collection = models.ForeignKey(Collection, on_delete=models.CASCADE, related_name="images")
    slug = models.SlugField()
    media_type = models.CharField(max_length=20)
    width = models.PositiveIntegerField(help_text="pixels, or units of an SVG")
    height = models.PositiveIntegerField(help_text="the same")
    digest = models.CharField(max_length=64, db_index=True, help_text="SHA-256 of `data`")
    data = models.BinaryField()

    class Meta:
        ordering = ("slug",)
        constraints = [models.UniqueConstraint(fields=["collection", "slug"], name="annexe_image_once")]

    def __str__(self) -> str:
        return self.slug


class AnnexeVideo(models.Model):
    """A video that an annexe of the collection names. Its file is named by the digest of its bytes.

    Among the media and not in the database: one file for all the versions that have it, served by ranges.
    """

    collection = models.ForeignKey(Collection, on_delete=models.CASCADE, related_name="videos")
    slug = models.SlugField()
    media_type = models.CharField(max_length=20)
    digest = models.CharField(max_length=64, help_text="SHA-256 of the file")
    size = models.PositiveBigIntegerField(help_text="bytes")
    file = models.FileField(upload_to="packs/")
    subtitles = models.BinaryField(default=bytes, blank=True, help_text="WebVTT")

    class Meta:
        ordering = ("slug",)
        constraints = [models.UniqueConstraint(fields=["collection", "slug"], name="annexe_video_once")]

    def __str__(self) -> str:
        return self.slug


class LexiconEntry(models.Model):
    """A starred term, opened in place from the text that uses it."""

    collection = models.ForeignKey(Collection, on_delete=models.CASCADE, related_name="lexicon")
    part = models.PositiveSmallIntegerField()
    slug = models.SlugField()
    term = models.CharField(max_length=120)
    full = models.CharField(max_length=200, blank=True)
    body = models.TextField()
    source = models.CharField(max_length=400, blank=True)
    link = models.URLField(max_length=400, blank=True)
    added = models.BooleanField(default=False)
    note = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering = ("part", "term")
        constraints = [models.UniqueConstraint(fields=["collection", "slug"], name="term_once")]

    def __str__(self) -> str:
        return self.term


class CaseStudy(models.Model):
    """A card of « Ils font autrement »: an organisation that a group may cite on its poster."""

    collection = models.ForeignKey(Collection, on_delete=models.CASCADE, related_name="cases")
    slug = models.SlugField()
    name = models.CharField(max_length=120)
    form = models.CharField(max_length=200, blank=True, help_text="legal form, as the sources say it")
    place = models.CharField(max_length=200, blank=True)
    values = models.JSONField(help_text="annexes.rules.CASE_VALUES")
    needs = models.JSONField(help_text="annexes.rules.CASE_NEEDS")
    link = models.URLField(max_length=400, blank=True)
    note = models.CharField(max_length=400, blank=True)
    sources = models.JSONField(help_text="list of {label, link}")
    body = models.TextField()

    class Meta:
        ordering = ("slug",)
        constraints = [models.UniqueConstraint(fields=["collection", "slug"], name="case_once")]

    def __str__(self) -> str:
        return self.name


class MethodCard(models.Model):
    """How to answer a question that starts with this verb."""

    collection = models.ForeignKey(Collection, on_delete=models.CASCADE, related_name="method_cards")
    part = models.PositiveSmallIntegerField()
    slug = models.SlugField()
    verb = models.CharField(max_length=60)
    definition = models.CharField(max_length=300)
    action = models.CharField(max_length=300)
    body = models.TextField()
    added = models.BooleanField(default=False)

    class Meta:
        ordering = ("part", "pk")
        constraints = [models.UniqueConstraint(fields=["collection", "slug"], name="card_once")]

    def __str__(self) -> str:
        return self.verb
