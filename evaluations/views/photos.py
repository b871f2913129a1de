"""Photographs of a copie papier: the teacher of the class alone adds, reads and takes them away."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from evaluations import actions
from evaluations.forms import PhotoForm
from evaluations.models import CopyPhoto
from lessons.models import Participant
from lessons.views.doors import member_of, run_of, teacher_only
from metroloco_site.kit import steady, storage


@teacher_only
@require_POST
def photo_add(request: HttpRequest, run: str, participant: str) -> HttpResponse:
    """What the file would have told of place and device is forgotten, as everything else in it."""
    person = member_of(run_of(request, run), participant)
    form = PhotoForm(request.POST, request.FILES, too_big=bool(getattr(request, "upload_too_big", False)))
    if error := _kept(person, form):
        messages.error(request, error)
    else:
        messages.success(request, "La photographie est à côté de la grille, pour vous seul.")
    return redirect("evaluations:sheet-grade", run=run, participant=participant)


def _kept(person: Participant, form: PhotoForm) -> str:
    """Why it was not; "" if it was."""
    if not form.is_valid():
        return form.first_error()
    try:
        with storage.atomic():
            actions.add_photo(participant=person, picture=form.cleaned_data["image"], now=steady.now())
    except actions.CannotKeep as refused:
        return str(refused)
    return ""


@teacher_only
@require_safe
def photo_read(request: HttpRequest, run: str, participant: str, photo: str) -> HttpResponse:
    """Never stored by a browser (kit.headers)."""
    found = _photo(member_of(run_of(request, run), participant), photo)
    try:
        with found.file.open("rb") as file:
            return HttpResponse(file.read(), content_type="image/jpeg")
    except FileNotFoundError as error:
        raise Http404 from error


@teacher_only
@require_POST
def photo_remove(request: HttpRequest, run: str, participant: str, photo: str) -> HttpResponse:
    """Its file goes with it."""
    person = member_of(run_of(request, run), participant)
    with transaction.atomic():
        _photo(person, photo).delete()
    messages.success(request, "La photographie est effacée.")
    return redirect("evaluations:sheet-grade", run=run, participant=participant)


def _photo(person: Participant, public_id: str) -> CopyPhoto:
    found = person.copy_photos.filter(public_id=public_id).first()
    if found is None:
        raise Http404
    return found
