"""The number of a form that makes something."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from metroloco_site.kit.once import FIELD, new_number

register = template.Library()


@register.simple_tag
def number() -> SafeString:
    """A hidden field; sent twice, the form makes one thing (kit.once)."""
    return format_html('<input type="hidden" name="{}" value="{}">', FIELD, new_number())
