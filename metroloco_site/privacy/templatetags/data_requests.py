"""Requests that wait for the teacher, for pages of apps that do not know privacy."""

from django import template
from django.contrib.auth.models import AnonymousUser

from lessons.models import ClassRun
from metroloco_site.accounts.models import User
from metroloco_site.privacy.queries import data_requests

register = template.Library()


@register.simple_tag
def waiting_requests(run: ClassRun) -> int:
    """One query."""
    return data_requests.waiting_of(run)


@register.simple_tag
def runs_with_requests(teacher: User | AnonymousUser) -> list[ClassRun]:
    """One query."""
    return data_requests.runs_waiting(teacher)
