"""The teacher's side: what students ask about their data, the answer, the erasure of one student."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lessons.views.doors import member_of, run_of, teacher_only
from metroloco_site.kit import steady
from metroloco_site.privacy.actions import data_requests, erasure
from metroloco_site.privacy.models import DataRequest
from metroloco_site.privacy.queries.data_requests import requests_of


@teacher_only
@require_safe
def requests_list(request: HttpRequest, run: str) -> HttpResponse:
    found = run_of(request, run)
    return render(request, "privacy/requests.html", {"run": found, "rows": requests_of(found)})


@teacher_only
@require_POST
def request_answer(request: HttpRequest, run: str, asked: int) -> HttpResponse:
    found = run_of(request, run)
    done, text = request.POST.get("faite") == "1", request.POST.get("text", "")
    try:
        with transaction.atomic():
            rows = DataRequest.objects.select_for_update().filter(participant__run=found, pk=asked)
            data_requests.answer(asked=_one(list(rows)), done=done, text=text, now=steady.now())
        messages.success(request, "Votre réponse est enregistrée : l’élève la lit sur « Vos données ».")
    except data_requests.CannotAnswer as error:
        messages.error(request, str(error))
    return redirect("privacy:requests-list", run=run)


@teacher_only
@require_http_methods(["GET", "HEAD", "POST"])
def participant_erase(request: HttpRequest, run: str, participant: str) -> HttpResponse:
    """Asked once more, then for good."""
    person = member_of(run_of(request, run), participant)
    if request.method != "POST":
        return render(request, "privacy/participant_erase.html", {"run": person.run, "person": person})
    erasure.erase_student(participant=person, today=timezone.localdate())
    messages.success(
        request, "Cet élève est effacé. Le texte de son affiche reste à son groupe, sans auteur."
    )
    return redirect("lessons:participants-list", run=run)


def _one(rows: list[DataRequest]) -> DataRequest:
    if not rows:
        raise Http404
    return rows[0]
