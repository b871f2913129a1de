"""What PDF templates need."""

from django import template

from metroloco_site.kit import pdf_text

register = template.Library()


@register.filter
def for_paper(text: str) -> str:
    """Plain text that no layout chokes on; escaped like any other variable."""
    return pdf_text.for_paper(text)
