"""What a page shows everybody alike, rendered once; and what stands in its gaps."""

from collections.abc import Hashable
from typing import Any

from django import template
from django.template.loader import get_template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from metroloco_site.kit.pages_with_gaps import Gap

register = template.Library()
NOTHING = SafeString('<p class="muted">Rien d’écrit.</p>')
MOST = 500  # fragments kept for one owner: more would be a key that never comes again


@register.simple_tag
def common(kept: dict[Hashable, str], name: str, **values: Any) -> str:
    """An included template that is made of these values and of nothing else, kept in `kept` by their values.

    It sees no other variable of the page, not even who asks: nothing personal gets into what all share
    unless it is handed over here by name. A value that changes makes another fragment, so none is ever stale.
    """
    key = (name, *values.values())
    found = kept.get(key)
    if found is None:
        if len(kept) >= MOST:
            kept.clear()
        found = kept[key] = get_template(name).render(values)
    return found


@register.filter
def collected(text: str) -> str:
    """A text that was collected, or that there is none; a gap is left for either."""
    if isinstance(text, Gap):
        return text
    if not text:
        return NOTHING
    return format_html('<p class="written" dir="auto">{}</p>', text)
