"""What the installation remembers of its own upkeep."""

from django.db import models


class Look(models.Model):
    """The last time that somebody looked at what is due; one row (rules.keeping)."""

    day = models.DateField()
