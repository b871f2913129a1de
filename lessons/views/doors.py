"""Who may enter: the teacher who owns the activité, the participant who holds the cookie."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

from lessons.actions.joining import Token, kept_place
from lessons.live.tokens import COOKIE, COOKIE_AGE_S, COOKIE_SALT, read_cookie
from lessons.models import ClassRun, ClassRunQuerySet, Participant
from lessons.queries.student import with_clock
from metroloco_site.kit import steady
from metroloco_site.kit.once import Press, press

teacher_only: Callable[[Callable[..., HttpResponseBase]], Callable[..., HttpResponseBase]] = login_required


def run_of(request: HttpRequest, public_id: str) -> ClassRun:
    """The teacher's own activité, with its phases; 404 for everybody else's."""
    return _found(ClassRun.objects.owned_by(request.user), public_id)


def run_to_erase(request: HttpRequest, public_id: str) -> ClassRun:
    """The same, also once its date has come: then there is nothing else to do with it."""
    return _found(ClassRun.objects.owned_or_due(request.user), public_id)


def _found(runs: ClassRunQuerySet, public_id: str) -> ClassRun:
    run = runs.select_related("lesson").prefetch_related("phases__part").filter(public_id=public_id).first()
    if run is None:
        raise Http404
    return run


def member_of(run: ClassRun, public_id: str) -> Participant:
    """A participant of this activité, removed or not; 404 otherwise."""
    participant = run.participants.filter(public_id=public_id).first()
    if participant is None:
        raise Http404
    participant.run = run
    return participant


def token_of(request: HttpRequest) -> Token | None:
    """What the signed cookie says; whether it still holds is tested against the database."""
    return read_cookie(request.COOKIES.get(COOKIE, ""))


def participant_of(request: HttpRequest, public_id: str) -> Participant:
    """The participant at this address, if the cookie is theirs and still holds; 404 otherwise."""
    token = token_of(request)
    participant = with_clock().filter(public_id=public_id, left_at=None).first()
    if token is None or participant is None:
        raise Http404
    if token != Token(participant.pk, participant.token_version):
        raise Http404
    return participant


def participant_here(request: HttpRequest) -> Participant | None:
    """Who holds this browser's cookie, if it still holds."""
    token = token_of(request)
    if token is None:
        return None
    here = Participant.objects.shown().filter(left_at=None)
    return here.filter(pk=token.participant, token_version=token.version).first()


def moved_here(request: HttpRequest, public_id: str) -> Participant | None:
    """The place into which the one at this address was merged, if this browser holds the cookie of either."""
    former = Participant.objects.shown().filter(public_id=public_id).exclude(merged_into=None).first()
    kept = kept_place(former)
    if former is None or kept is None:
        return None
    keys = [Token(place.pk, place.token_version) for place in (former, kept)]
    return kept if token_of(request) in keys else None


def welcome(request: HttpRequest, participant: Participant) -> HttpResponse:
    """To the participant's page, with their cookie."""
    response = redirect("lessons:student-read", participant=participant.public_id)
    let_in(response, participant, secure=request.is_secure())
    return response


def let_in(response: HttpResponse, participant: Participant, *, secure: bool) -> None:
    """Gives the participant's one cookie."""
    value: Any = signing.dumps([participant.pk, participant.token_version], salt=COOKIE_SALT)
    response.set_cookie(COOKIE, value, max_age=COOKIE_AGE_S, httponly=True, samesite="Lax", secure=secure)


def let_out(response: HttpResponse) -> None:
    response.delete_cookie(COOKIE, samesite="Lax")


def press_of(request: HttpRequest) -> Press | None:
    """A teacher's form that makes something: sent twice, it makes one thing (kit.once)."""
    return press(request, steady.now(), by=str(request.user.pk))


def way_back(request: HttpRequest) -> str:
    """The teacher's page that a form names as the one it stands on; "" where it names none of ours."""
    back = request.POST.get("retour", "")
    ours = url_has_allowed_host_and_scheme(back, allowed_hosts=None) and back.startswith("/prof/")
    return back if ours else ""
