"""A lesson edited in the application: each save is a version, and no class sees it but the next ones."""

from typing import Any

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lessons.models import Lesson
from lessons.views.doors import teacher_only
from metroloco_site.kit import steady
from metroloco_site.ops.actions.editing import Overtaken, copy_lesson, edit_file
from metroloco_site.ops.queries.editing import file_groups, file_item, file_preview
from metroloco_site.ops.rules.pack import PackErrors
from metroloco_site.ops.rules.pack.editing import Values, fields, file_of, path_of, posted, values_of
from metroloco_site.ops.views.packs import lesson_of


@teacher_only
@require_safe
def lesson_read(request: HttpRequest, lesson: str) -> HttpResponse:
    found = lesson_of(lesson)
    return render(request, "ops/lesson.html", {"lesson": found, "groups": file_groups(found)})


@teacher_only
@require_POST
def lesson_copy(request: HttpRequest, lesson: str) -> HttpResponse:
    found = lesson_of(lesson)
    title = request.POST.get("title", "").strip() or f"{found.title} (copie)"
    try:
        with transaction.atomic():
            made = copy_lesson(lesson=found, title=title, now=steady.now()).lesson
    except PackErrors as broken:
        messages.error(request, f"Rien n’a été copié : {broken.errors[0].message}")
        return redirect("ops:lesson-read", lesson=lesson)
    messages.success(request, f"Leçon copiée : « {made.title} ».")
    return redirect("ops:lesson-read", lesson=made.slug)


def _opened(lesson: str, kind: str, name: str) -> tuple[Lesson, Values]:
    """The newest version and what it says in this file; 404 where there is none."""
    found = lesson_of(lesson)
    item = file_item(found, kind, name)
    if item is None:
        raise Http404
    return found, values_of(kind, item)


@teacher_only
@require_http_methods(["GET", "HEAD", "POST"])
def file_edit(request: HttpRequest, lesson: str, kind: str, name: str) -> HttpResponse:
    found, values = _opened(lesson, kind, name)
    if request.method != "POST":
        return _form(request, found, kind, name, values)
    values = posted(kind, request.POST, values)
    if "preview" in request.POST:
        return _form(request, found, kind, name, values)
    try:
        with transaction.atomic():
            _save(request, found, path_of(kind, name), file_of(kind, values))
    except PackErrors as broken:
        return _form(request, found, kind, name, values, status=422, errors=broken.errors)
    except (Overtaken, IntegrityError):
        return _form(request, lesson_of(lesson), kind, name, values, status=409, overtaken=True)
    return redirect("ops:lesson-read", lesson=lesson)


def _save(request: HttpRequest, lesson: Lesson, path: str, data: bytes) -> None:
    base = request.POST.get("base", "")
    seen = int(base) if base.isascii() and base.isdigit() else 0
    loaded = edit_file(lesson=lesson, base=seen, path=path, data=data, now=steady.now())
    version = loaded.lesson.version
    told = f"Enregistré : c’est la version {version}." if loaded.created else "Rien n’a changé."
    messages.success(request, told)


def _form(
    request: HttpRequest,
    lesson: Lesson,
    kind: str,
    name: str,
    values: Values,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    preview = file_preview(lesson, kind, name, file_of(kind, values))
    context = {"errors": (), "overtaken": False, "lesson": lesson, "kind": kind, "name": name}
    context |= {"fields": fields(kind, values), "preview": preview, **more}
    return render(request, "ops/file_edit.html", context, status=status)


@teacher_only
@require_POST
def file_preview_read(request: HttpRequest, lesson: str, kind: str, name: str) -> HttpResponse:
    found, values = _opened(lesson, kind, name)
    data = file_of(kind, posted(kind, request.POST, values))
    return render(request, "ops/_preview.html", {"preview": file_preview(found, kind, name, data)})
