"""Whether this whole installation is a demonstration, for the shells of the pages."""

from django import template
from django.conf import settings

register = template.Library()


@register.simple_tag
def demonstration() -> bool:
    """True where all is invented, and deleted at the end."""
    return bool(settings.DEMO)
