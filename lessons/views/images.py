"""Images of posters: a member adds and removes them; who may, reads their bytes."""

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from lessons import live
from lessons.actions import images
from lessons.actions.documents import NoPoster
from lessons.actions.joining import Token
from lessons.forms.posters import ImageForm
from lessons.models import Participant, PosterImage
from lessons.queries.images import images_for, images_of, images_on_show
from lessons.queries.poster_sheet import poster_sheet, zones_of
from lessons.queries.posters_page import own_poster
from lessons.queries.student import student_page
from lessons.views.doors import participant_of, run_of, teacher_only
from lessons.views.screen import run_at
from metroloco_site.kit import steady, storage
from metroloco_site.kit.origin import same_origin_only


@same_origin_only
@require_POST
def image_add(request: HttpRequest, participant: str) -> HttpResponse:
    """Answers what the file would have told: it is said here and kept nowhere, so it is no redirect."""
    person = participant_of(request, participant)
    sent = request.POST, request.FILES  # read now: only then is it known that too much was announced
    too_big = bool(getattr(request, "upload_too_big", False))
    form = ImageForm(*sent, zones=zones_of(person.run), too_big=too_big)
    error = "" if form.is_valid() else form.first_error()
    try:
        image = None if error else _add(person, form)
    except images.CannotAdd as refused:
        image, error = None, str(refused)
    picture = form.cleaned_data["image"] if image else None
    context = {"participant": person, "picture": picture, "error": error}
    template = "lessons/_image_told.html" if "X-Fragment" in request.headers else "lessons/image_told.html"
    return render(request, template, context, status=422 if error else 200)


def _add(person: Participant, form: ImageForm) -> PosterImage:
    try:
        with storage.atomic():
            image = images.add_image(
                token=Token(person.pk, person.token_version),
                block=form.cleaned_data["bloc"],
                picture=form.cleaned_data["image"],
                now=steady.now(),
            )
    except NoPoster as error:
        raise Http404 from error
    _tell(image)
    return image


@require_safe
def images_read(request: HttpRequest, participant: str) -> HttpResponse:
    """The sheet and its images alone, which an open page asks for again when one came or went."""
    person = participant_of(request, participant)
    poster = own_poster(person)
    if poster is None:
        raise Http404
    context = {
        "sheet": poster_sheet(poster, images_at=f"/s/{person.public_id}/images/"),
        "participant": person,
        "open": student_page(person, steady.now()).types,
        "form_id": "affiche",
    }
    return render(request, "lessons/_poster_sheet_and_images.html", context)


@same_origin_only
@require_POST
def image_remove(request: HttpRequest, participant: str, image: str) -> HttpResponse:
    person = participant_of(request, participant)
    found = _one(images_for(person), image)
    try:
        with transaction.atomic():
            images.remove_image(token=Token(person.pk, person.token_version), image=image, now=steady.now())
        _tell(found)
    except NoPoster as error:
        raise Http404 from error
    except images.CannotAdd as refused:
        context = {"participant": person, "picture": None, "error": str(refused)}
        return render(request, "lessons/image_told.html", context, status=422)
    return redirect(reverse("lessons:student-read", args=[participant]) + "#feuille")


def _tell(image: PosterImage) -> None:
    live.tell_group(image.poster.group_id)
    live.board_changed(image.poster.group.run_id)


@require_safe
def image_read(request: HttpRequest, participant: str, image: str) -> HttpResponse:
    return _bytes(images_for(participant_of(request, participant)), image)


@require_safe
def screen_image_read(request: HttpRequest, key: str, image: str) -> HttpResponse:
    return _bytes(images_on_show(run_at(key)), image)


@teacher_only
@require_safe
def run_image_read(request: HttpRequest, run: str, image: str) -> HttpResponse:
    """Hidden ones too: the teacher sees what they hid."""
    return _bytes(images_of(run_of(request, run)), image)


@teacher_only
@require_POST
def image_hide(request: HttpRequest, run: str, image: str) -> HttpResponse:
    """Gone from every screen at once, or shown again."""
    found = run_of(request, run)
    picture = _one(images_of(found), image)
    with live.announcing(found):
        images.hide_image(image=picture, hidden=request.POST.get("masquer") == "1", now=steady.now())
    live.tell_group(picture.poster.group_id)
    return redirect(reverse("lessons:posters-list", args=[run]) + f"#groupe-{picture.poster.group.number}")


def _one(images_there: QuerySet[PosterImage], public_id: str) -> PosterImage:
    found = images_there.filter(public_id=public_id).first()
    if found is None:
        raise Http404
    return found


def _bytes(images_there: QuerySet[PosterImage], public_id: str) -> HttpResponse:
    """Never stored by a browser (kit.headers): once hidden, it is gone."""
    held = _one(images_there, public_id).file
    try:
        with held.open("rb") as file:
            return HttpResponse(file.read(), content_type="image/jpeg")
    except FileNotFoundError as error:
        raise Http404 from error
