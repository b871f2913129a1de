"""« Vos données »: the page, the file of a student's own rows, and what they ask about them."""

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from lessons.models import Participant
from lessons.views.doors import participant_here, participant_of
from metroloco_site.kit import steady
from metroloco_site.kit.origin import same_origin_only
from metroloco_site.privacy.actions import data_requests
from metroloco_site.privacy.queries.data_requests import own_requests
from metroloco_site.privacy.queries.own_file import own_file
from metroloco_site.privacy.queries.your_data import your_data


@require_safe
def data_read(request: HttpRequest) -> HttpResponse:
    return render(request, "privacy/your_data.html", data_context(participant_here(request)))


def data_context(person: Participant | None) -> dict[str, object]:
    """What « Vos données » shows; `error` and `typed`: a request that could not be taken."""
    return {
        "person": person,
        "data": your_data(person),
        "requests": own_requests(person) if person else (),
        "register": settings.REGISTER,
        "most": data_requests.MOST_TEXT,
        "error": "",
        "typed": "",
    }


@require_safe
def rows_download(request: HttpRequest, participant: str) -> HttpResponse:
    person = participant_of(request, participant)
    return JsonResponse(
        own_file(person, now=steady.now()),
        headers={"Content-Disposition": 'attachment; filename="mes-donnees.json"'},
        json_dumps_params={"ensure_ascii": False, "indent": 1},
    )


@same_origin_only
@require_POST
def request_make(request: HttpRequest, participant: str) -> HttpResponse:
    """A correction or an erasure, or taking one back."""
    person = participant_of(request, participant)
    kind, text = request.POST.get("kind", ""), request.POST.get("text", "")
    try:
        with transaction.atomic():
            if "annuler" in request.POST:
                data_requests.withdraw(participant=person, kind=kind)
            else:
                data_requests.ask(participant=person, kind=kind, text=text, now=steady.now())
    except data_requests.CannotAsk as error:
        context = {**data_context(person), "error": str(error), "typed": text}
        return render(request, "privacy/your_data.html", context, status=422)
    return redirect(reverse("privacy:data-read") + "#demandes")
