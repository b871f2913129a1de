"""The teacher's board: what it shows, and its buttons."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lessons import live
from lessons.actions import clock as clock_actions
from lessons.actions import participants, runs, video
from lessons.forms.clock import ClockForm, ExtraTimeForm
from lessons.forms.screen import ScreenForm, VideoForm
from lessons.models import ClassRun, SetAside
from lessons.queries.board import Here, board
from lessons.queries.clock import milliseconds
from lessons.queries.late_texts import late_texts
from lessons.queries.screens import moved, stage_now, zoomed
from lessons.rules import clock
from lessons.views.doors import member_of, run_of, teacher_only, way_back
from metroloco_site.kit import steady

NOT_NOW = "Ce bouton n’avait plus d’effet : l’horloge avait déjà changé. Voici où elle en est."
GROUPS_FIRST = "Cette partie se fait en groupes. Formez d’abord les groupes."
WRITING_S = 30.0  # a save so many seconds ago counts as writing: people stop to think
DISCREET = "discreet"  # in the teacher's session: no cookie of its own, and another device keeps its own


def is_discreet(request: HttpRequest) -> bool:
    return bool(request.session.get(DISCREET))


def _here(run: ClassRun) -> Here:
    seen = live.presence
    return Here(seen.present(run.pk), seen.writing(run.pk, WRITING_S), seen.gone(run.pk))


def _context(request: HttpRequest, public_id: str) -> dict[str, Any]:
    run = run_of(request, public_id)
    now = steady.now()
    discreet = is_discreet(request)
    chosen = request.GET.get("eleve", "")
    return {
        "board": board(run, now, _here(run), discreet=discreet, chosen=chosen),
        "run": run,
        "now": milliseconds(now),
        "token": live.token_for(run, "tableau"),
    }


@teacher_only
@require_safe
def board_read(request: HttpRequest, run: str) -> HttpResponse:
    """The whole page, or what board.js asks for after one of its buttons sent it here."""
    by_script = "X-Fragment" in request.headers
    template = "lessons/_board_fragment.html" if by_script else "lessons/board.html"
    return render(request, template, _context(request, run))


@teacher_only
@require_safe
def board_fragment(request: HttpRequest, run: str) -> HttpResponse:
    return render(request, "lessons/_board_fragment.html", _context(request, run))


@teacher_only
@require_POST
def clock_act(request: HttpRequest, run: str) -> HttpResponse:
    found = run_of(request, run)
    form = ClockForm(request.POST)
    phase = found.phases.filter(part__number=form.cleaned_data["part"]).first() if form.is_valid() else None
    if phase is None:
        raise Http404
    try:
        with live.announcing(found):
            clock_actions.act(phase=phase, now=steady.now(), **form.event())
    except clock.NotPossible as error:
        messages.warning(request, GROUPS_FIRST if isinstance(error, clock.NoGroups) else NOT_NOW)
    return redirect("lessons:board-read", run=run)


@teacher_only
@require_POST
def screen_set(request: HttpRequest, run: str) -> HttpResponse:
    """What the projector shows, one screen on or back, or the size of its text."""
    found = run_of(request, run)
    form = ScreenForm(request.POST)
    if form.is_valid():
        with live.announcing(found):
            _show(found, form)
    if card := request.POST.get("fiche"):  # from « Ils font autrement », which stays where it is
        asked = QueryDict(request.POST.get("recherche", "")).urlencode()  # nothing but a query of that page
        listed = reverse("lessons:cases-list", args=[run])
        return redirect(f"{listed}{'?' if asked else ''}{asked}#{slugify(card)}")
    return redirect("lessons:board-read", run=run)


def _show(run: ClassRun, form: ScreenForm) -> None:
    if chosen := form.chosen():
        return runs.show(run=run, screen=chosen[0], ref=chosen[1])
    stage = stage_now(run, steady.now())
    if form.cleaned_data["zoom"]:
        percent, page = zoomed(stage, form.cleaned_data["zoom"])
        return runs.zoom(run=run, percent=percent, page=page)
    there = moved(stage, form.cleaned_data["move"] or 0)
    return runs.show(run=run, screen=there.screen, ref=there.ref, page=there.page)


@teacher_only
@require_POST
def extra_give(request: HttpRequest, run: str, participant: str) -> HttpResponse:
    """Extra time from a tile; the participant's page gives it in more detail."""
    person = member_of(run_of(request, run), participant)
    form = ExtraTimeForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        with live.announcing(person.run):
            clock_actions.set_extra_time(participant=person, unit=data["unit"], amount=data["amount"])
        live.tell_participant(person)
        messages.success(request, "Le temps supplémentaire est enregistré.")
    return redirect("lessons:board-read", run=run)


@teacher_only
@require_POST
def discreet_set(request: HttpRequest) -> HttpResponse:
    """« Mode discret » for this session, on this device."""
    request.session[DISCREET] = request.POST.get("discret") == "1"
    return redirect(way_back(request) or "lessons:runs-list")


@teacher_only
@require_http_methods(["GET", "POST"])
def video_edit(request: HttpRequest, run: str) -> HttpResponse:
    """The video of the activité: a file, with subtitles."""
    found = run_of(request, run)
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = VideoForm(*sent, too_big=bool(getattr(request, "upload_too_big", False)))
    if form.is_valid():
        with live.announcing(found):
            video.set_video(run=found, suffix=form.suffix or "", **form.cleaned_data)
        messages.success(request, "La vidéo est prête : elle s’affichera avec son annexe.")
        return redirect("lessons:board-read", run=run)
    status = 422 if form.is_bound else 200
    return render(request, "lessons/video.html", {"run": found, "form": form}, status=status)


@teacher_only
@require_POST
def video_act(request: HttpRequest, run: str) -> HttpResponse:
    """Play, pause or start again on the projector; or take the file away."""
    found = run_of(request, run)
    act = request.POST.get("act", "")
    if act in ("lire", "pause", "debut"):
        live.screen_command(found.pk, act)
    elif act == "remove":
        with live.announcing(found):
            video.remove_video(run=found)
    return redirect("lessons:board-read", run=run)


@teacher_only
@require_safe
def late_list(request: HttpRequest, run: str) -> HttpResponse:
    found = run_of(request, run)
    return render(request, "lessons/late.html", {"run": found, "rows": late_texts(found)})


@teacher_only
@require_POST
def late_decide(request: HttpRequest, run: str, late: int) -> HttpResponse:
    found = run_of(request, run)
    text = SetAside.objects.filter(
        pk=late, reason=SetAside.Reason.LATE, answer__sitting__phase__run=found
    ).first()
    if text is None:
        raise Http404
    with live.announcing(found):
        participants.decide_late(late=text, accept="accept" in request.POST, now=steady.now())
    return redirect("lessons:late-list", run=run)
