"""Part 2 as a group lives it: its panel, and what its members decide together."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import BadRequest
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from lessons import live
from lessons.actions import group_work
from lessons.forms.group_work import HandForm, RotateForm, SwapForm
from lessons.models import Group, Participant
from lessons.queries.group_page import group_desk, written_by
from lessons.queries.student import StudentPage, student_page
from lessons.views.doors import participant_of
from metroloco_site.kit import steady
from metroloco_site.kit.origin import same_origin_only


@require_safe
def group_read(request: HttpRequest, participant: str) -> HttpResponse:
    """The panel alone, which an open page asks for again when a member has changed something."""
    page, _ = _page(participant_of(request, participant))
    desk = group_desk(page, live.presence.present(page.run.pk))
    return render(request, "lessons/_group_panel.html", {"page": page, "desk": desk})


@require_safe
def poster_authors(request: HttpRequest, participant: str) -> HttpResponse:
    """« Qui a écrit quoi »: for the group's own eyes."""
    page, _ = _page(participant_of(request, participant))
    return render(request, "lessons/group_authors.html", {"page": page, "texts": written_by(page)})


@same_origin_only
@require_POST
def roles_rotate(request: HttpRequest, participant: str) -> HttpResponse:
    seen = _asked(RotateForm(request.POST))["seen"]
    return _decide(request, participant, lambda group: group_work.rotate_roles(group=group, seen=seen))


@same_origin_only
@require_POST
def device_share(request: HttpRequest, participant: str) -> HttpResponse:
    shared = request.POST.get("shared") == "1"
    return _decide(request, participant, lambda group: group_work.share_device(group=group, shared=shared))


@same_origin_only
@require_POST
def annexe_hand(request: HttpRequest, participant: str) -> HttpResponse:
    """« Je la prends », « Confier »."""
    asked = _asked(HandForm(request.POST))
    return _decide(request, participant, lambda group: group_work.hand_annexe(group=group, **asked))


@same_origin_only
@require_POST
def annexes_swap(request: HttpRequest, participant: str) -> HttpResponse:
    """« Échanger » two annexes."""
    asked = _asked(SwapForm(request.POST))
    return _decide(request, participant, lambda group: group_work.swap_annexes(group=group, **asked))


def _asked(form: forms.Form) -> dict[str, Any]:
    if not form.is_valid():
        raise BadRequest("form")
    return form.cleaned_data


def _page(person: Participant) -> tuple[StudentPage, Group]:
    """Of this participant's own group: no address names another one."""
    page = student_page(person, steady.now())
    if page.group is None:
        raise Http404
    return page, page.group


def _decide(request: HttpRequest, public_id: str, decision: Callable[[Group], None]) -> HttpResponse:
    """What one member asks for, told to all of them; after the bell nothing changes any more."""
    page, group = _page(participant_of(request, public_id))
    if page.time and page.time.is_open:
        try:
            with transaction.atomic():
                decision(group)
        except group_work.NotInGroup as error:
            raise Http404 from error
        live.tell_group(group.pk)
        live.board_changed(page.run.pk)
    return redirect(reverse("lessons:student-read", args=[public_id]) + "#groupe")
