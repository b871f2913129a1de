"""French ways of writing, for templates."""

import re
from datetime import datetime

from django import template

from metroloco_site.kit import french

register = template.Library()


@register.filter
def clock_time(instant: datetime) -> str:
    """« 10 h 42 min 07 s »."""
    return french.clock_time(instant)


@register.filter
def minute(instant: datetime) -> str:
    """« 10 h 42 min »."""
    return french.minute(instant)


@register.filter
def figure(milliseconds: int | None) -> str:
    """« 9:24 », rounded up to the second as people read a clock that runs down."""
    return french.figure(milliseconds or 0)


@register.filter
def seconds(milliseconds: int | None) -> int:
    """Whole seconds, for <progress>; 0 where there is no time."""
    return max(0, (milliseconds or 0) // 1000)


@register.filter
def code(access_code: str) -> str:
    """An access code in two halves, held together by a narrow space."""
    return f"{access_code[:4]}\u00a0{access_code[4:]}"


@register.filter
def size(count: int) -> str:
    """« 1,4 Mo »."""
    return french.size(count)


@register.filter
def plural(count: int, words: str) -> str:
    """`{{ 3|plural:"mot,mots" }}` gives « 3 mots »; 0 and 1 are singular in French."""
    one, many = words.split(",")
    return f"{count}\u00a0{many if count > 1 else one}"


@register.filter
def extra_time(seconds_more: int) -> str:
    """« 5 min », « 13 min 20 s »."""
    return french.duration(seconds_more)


@register.filter
def plural_word(count: int, words: str) -> str:
    """The word alone, where the number stands apart."""
    one, many = words.split(",")
    return many if count > 1 else one


@register.filter
def tide(left: int, status: str) -> str:
    """How the tide looks with so many milliseconds left, as static/js/lib/tide.js has it."""
    if status == "paused":
        return "paused"
    steps = ((0, "over"), (60_000, "one"), (300_000, "five"))
    return next((state for limit, state in steps if left <= limit), "calm")


@register.filter
def raised(html: str) -> str:
    """Headings of a text one level up (h3 → h2), for a text that stands right under the page's title."""
    return re.sub(r"<(/?)h([3-5])>", lambda tag: f"<{tag[1]}h{int(tag[2]) - 1}>", html)
