"""How this session reads copies: shuffled with the names hidden, until the teacher wants them."""

import secrets

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from evaluations.queries import Look
from lessons.views.board import is_discreet
from lessons.views.doors import run_of, teacher_only

NAMED = "copies_named"  # in the teacher's session: names, in the order of the list
SEED = "copies_seed"


def look_of(request: HttpRequest) -> Look:
    """The order stays the same for the whole session."""
    discreet = is_discreet(request)
    if request.session.get(NAMED):
        return Look(discreet=discreet)
    return Look(request.session.setdefault(SEED, secrets.token_hex(8)), discreet)


@teacher_only
@require_POST
def names_set(request: HttpRequest, run: str) -> HttpResponse:
    """Names shown in the list's order, or hidden and shuffled, for this session."""
    found = run_of(request, run)
    request.session[NAMED] = request.POST.get("noms") == "1"
    back = request.POST.get("retour", "")
    if url_has_allowed_host_and_scheme(back, allowed_hosts=None) and back.startswith("/prof/"):
        return redirect(back)
    return redirect("evaluations:sheets-list", run=found.public_id)
