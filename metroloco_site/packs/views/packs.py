"""« Leçons »: what this installation can teach, out as ZIP files and in again."""

from tempfile import TemporaryFile
from typing import BinaryIO, cast

from django.contrib import messages
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from lessons.models import Lesson
from lessons.views.doors import teacher_only
from metroloco_site.kit import steady
from metroloco_site.kit.data_folder import why
from metroloco_site.packs.actions.loading import load_zip
from metroloco_site.packs.queries.packs import lesson_rows, stored_pack
from metroloco_site.packs.rules import PackErrors
from metroloco_site.packs.rules.writing import pack_files
from metroloco_site.packs.rules.zips import write_zip


def lesson_of(slug: str, version: int = 0) -> Lesson:
    """This version, or the newest; 404 where there is none."""
    versions = Lesson.objects.filter(slug=slug).order_by("-version").select_related("collection")
    lesson = (versions.filter(version=version) if version else versions).first()
    if lesson is None:
        raise Http404
    return lesson


@teacher_only
@require_safe
def lessons_list(request: HttpRequest) -> HttpResponse:
    assert request.user.is_authenticated
    return render(request, "packs/lessons.html", {"lessons": lesson_rows(request.user)})


@teacher_only
@require_POST
def pack_load(request: HttpRequest) -> HttpResponse:
    assert request.user.is_authenticated
    file = request.FILES.get("paquet")
    if file is None:
        messages.error(request, "Choisissez le fichier ZIP d’un paquet, de 12 Mo au plus.")
        return redirect("packs:lessons-list")
    try:
        with transaction.atomic():
            loaded = load_zip(file=cast("BinaryIO", file), size=file.size or 0, now=steady.now())
    except PackErrors as broken:
        context = {"lessons": lesson_rows(request.user), "errors": broken.errors}
        return render(request, "packs/lessons.html", context, status=422)
    messages.success(request, loaded.told)
    return redirect("packs:lessons-list")


@teacher_only
@require_safe
def pack_download(request: HttpRequest, lesson: str, version: int) -> FileResponse | HttpResponse:
    found = lesson_of(lesson, version)
    out = TemporaryFile()  # noqa: SIM115 - the answer closes it, once it is sent
    try:
        write_zip(pack_files(stored_pack(found)), found.slug, out)
    except BaseException as error:
        out.close()
        if not isinstance(error, OSError):  # a video that is gone, a full disk
            raise
        messages.error(request, f"Le paquet n’a pas pu être écrit : {why(error)}.")
        return redirect("packs:lessons-list")
    out.seek(0)
    return FileResponse(out, as_attachment=True, filename=f"{found.slug}-{found.version}.zip")
