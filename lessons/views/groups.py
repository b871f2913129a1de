"""« Groupes », for the teacher: the page, and each of its buttons."""

import random
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from lessons import live
from lessons.actions import group_work, groups
from lessons.forms.groups import NEW, MoveForm, PinForm, ReadersForm, SeparateForm
from lessons.models import ClassRun, Group
from lessons.queries.groups import groups_page
from lessons.views.board import is_discreet
from lessons.views.doors import member_of, press_of, run_of, teacher_only
from metroloco_site.kit import steady

DRAWN = "Les groupes sont tirés au sort, les annexes et les rôles répartis."
NOT_SURE = "Des affiches sont commencées : confirmez le tirage, les groupes formés seraient dissous."


@teacher_only
@require_safe
def groups_read(request: HttpRequest, run: str) -> HttpResponse:
    """The page, or what groups.js asks for: the same without the shell."""
    found = run_of(request, run)
    number = request.GET.get("groupe", "")
    page = groups_page(
        found,
        steady.now(),
        discreet=is_discreet(request),
        person=request.GET.get("eleve", ""),
        group=int(number) if number.isdecimal() else 0,
    )
    context = {"run": found, "page": page, "token": live.token_for(found, "tableau")}
    alone = "fragment" in request.GET or "X-Fragment" in request.headers
    return render(request, "lessons/_groups_fragment.html" if alone else "lessons/groups.html", context)


@teacher_only
@require_POST
def groups_draw(request: HttpRequest, run: str) -> HttpResponse:
    found = run_of(request, run)
    seen, sure = request.POST.get("vu", ""), request.POST.get("sur") == "1"
    return _change(
        request, found, DRAWN,
        lambda: groups.draw(run=found, rng=random.SystemRandom(), now=steady.now(), seen=seen, sure=sure),
    )  # fmt: skip


@teacher_only
@require_POST
def groups_repair(request: HttpRequest, run: str) -> HttpResponse:
    """« Appliquer » what is proposed: that, or nothing."""
    found = run_of(request, run)
    return _change(
        request, found, "La réparation est appliquée. Aucun travail n’est perdu.",
        lambda: groups.apply_repair(run=found, seen=request.POST.get("vu", ""), now=steady.now()),
    )  # fmt: skip


@teacher_only
@require_POST
def group_create(request: HttpRequest, run: str) -> HttpResponse:
    """A new group of these students."""
    found = run_of(request, run)
    people = [member_of(found, public_id) for public_id in request.POST.getlist("participant")]
    return _change(
        request, found, "Le groupe est formé.",
        lambda: groups.form(run=found, participants=people, now=steady.now(), once=press_of(request)),
    )  # fmt: skip


@teacher_only
@require_POST
def member_move(request: HttpRequest, run: str) -> HttpResponse:
    found = run_of(request, run)
    asked = _asked(MoveForm(request.POST))
    person, now, once = member_of(found, asked["participant"]), steady.now(), press_of(request)
    if asked["group"] == NEW:
        move: Callable[..., object] = partial(groups.form, participants=[person], once=once)
    else:
        move = partial(groups.move, participant=person, number=int(asked["group"]))
    return _change(request, found, "", lambda: move(run=found, now=now))


@teacher_only
@require_POST
def member_pin(request: HttpRequest, run: str) -> HttpResponse:
    found = run_of(request, run)
    asked = _asked(PinForm(request.POST))
    person = member_of(found, asked["participant"])
    return _change(request, found, "", lambda: groups.pin(participant=person, pinned=asked["pinned"]))


@teacher_only
@require_POST
def separation_set(request: HttpRequest, run: str) -> HttpResponse:
    """Two students whom the draw keeps apart, or no longer."""
    found = run_of(request, run)
    asked = _asked(SeparateForm(request.POST))
    one, other = (member_of(found, asked[name]) for name in ("one", "other"))
    return _change(
        request, found, "", lambda: groups.separate(one=one, other=other, separated=asked["separated"])
    )


@teacher_only
@require_POST
def group_act(request: HttpRequest, run: str, group: int) -> HttpResponse:
    """Buttons of one group (ACTS)."""
    found = run_of(request, run)
    act = ACTS.get(request.POST.get("act", ""))
    if act is None:
        raise BadRequest
    return _change(request, found, "", lambda: act(request, found, group))


@teacher_only
@require_POST
def readers_set(request: HttpRequest, run: str, group: int) -> HttpResponse:
    """Who reads which annexe in this group."""
    found = run_of(request, run)
    readers = {n: member_of(found, public_id) for n, public_id in ReadersForm(request.POST).readers().items()}
    return _change(
        request, found, "Les annexes sont réparties.",
        lambda: groups.give_annexes(run=found, number=group, readers=readers),
    )  # fmt: skip


def _rotate(request: HttpRequest, run: ClassRun, number: int) -> None:
    seen = request.POST.get("tour", "")
    if seen.isdecimal():
        group_work.rotate_roles(group=_stored(run, number), seen=int(seen))
        groups.changed(run=run)


def _share_device(run: ClassRun, number: int, *, shared: bool) -> None:
    group_work.share_device(group=_stored(run, number), shared=shared)
    groups.changed(run=run)


def _stored(run: ClassRun, number: int) -> Group:
    found = Group.objects.filter(run=run, number=number, dissolved_at=None).first()
    if found is None:
        raise groups.CannotGroup(groups.GONE)
    return found


ACTS: dict[str, Callable[[HttpRequest, ClassRun, int], None]] = {
    "dissolve": lambda _, run, number: groups.dissolve(run=run, number=number, now=steady.now()),
    "rotate": _rotate,
    "one_device": lambda _, run, number: _share_device(run, number, shared=True),
    "own_devices": lambda _, run, number: _share_device(run, number, shared=False),
    "share": lambda _, run, number: groups.share_again(run=run, number=number),
}


def _asked(form: forms.Form) -> Mapping[str, Any]:
    """What a button of ours sends; anything else was not sent by our page."""
    if not form.is_valid():
        raise BadRequest
    return form.cleaned_data


def _change(request: HttpRequest, run: ClassRun, said: str, do: Callable[[], object]) -> HttpResponse:
    """Does it and tells every open page; or says why not."""
    try:
        with live.announcing(run):
            do()
    except groups.NotSure:
        messages.warning(request, NOT_SURE)
    except groups.CannotGroup as error:
        messages.error(request, str(error))
    else:
        for group in run.groups.values_list("pk", flat=True):  # those who left one follow, too
            live.tell_group(group)
        if said:
            messages.success(request, said)
    return redirect(_back(request, run))


def _back(request: HttpRequest, run: ClassRun) -> str:
    """The page, with the panel that was open."""
    panel = {name: request.POST[name] for name in ("eleve", "groupe") if request.POST.get(name)}
    address = reverse("lessons:groups-read", args=[run.public_id])
    return f"{address}?{urlencode(panel)}" if panel else address
