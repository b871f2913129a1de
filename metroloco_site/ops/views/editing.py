"""A lesson edited in the application: each save is a version, and no class sees it but the next ones."""

from dataclasses import dataclass

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lessons.models import Lesson
from lessons.views.doors import teacher_only
from metroloco_site.kit import steady
from metroloco_site.ops.actions.editing import Overtaken, copy_lesson, edit_file
from metroloco_site.ops.queries.editing import file_groups, file_item, file_preview, label_of
from metroloco_site.ops.rules.pack import PackErrors
from metroloco_site.ops.rules.pack.editing import Values, fields, file_of, path_of, posted, told, values_of
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


@dataclass(frozen=True)
class Opened:
    """One file of the newest version; `values` are what its form holds."""

    lesson: Lesson
    kind: str
    name: str
    item: object
    values: Values

    @property
    def path(self) -> str:
        return path_of(self.kind, self.name)

    @property
    def data(self) -> bytes:
        return file_of(self.kind, self.values)


def _opened(request: HttpRequest, slug: str, kind: str, name: str) -> Opened:
    """404 where there is no such file. A form that was sent is taken as it is."""
    lesson = lesson_of(slug)
    item = file_item(lesson, kind, name)
    if item is None:
        raise Http404
    values = values_of(kind, item)
    sent = posted(kind, request.POST, values) if request.method == "POST" else values
    return Opened(lesson, kind, name, item, sent)


@teacher_only
@require_http_methods(["GET", "HEAD", "POST"])
def file_edit(request: HttpRequest, lesson: str, kind: str, name: str) -> HttpResponse:
    opened = _opened(request, lesson, kind, name)
    if request.method != "POST" or "preview" in request.POST:
        return _form(request, opened)
    try:
        with transaction.atomic():
            _save(request, opened)
    except PackErrors as broken:
        return _form(request, opened, status=422, errors=told(broken.errors, opened.path))
    except (Overtaken, IntegrityError):
        return _form(request, _opened(request, lesson, kind, name), status=409, overtaken=True)
    return redirect("ops:lesson-read", lesson=lesson)


def _save(request: HttpRequest, opened: Opened) -> None:
    base = request.POST.get("base", "")
    seen = int(base) if base.isascii() and base.isdigit() else 0
    loaded = edit_file(lesson=opened.lesson, base=seen, path=opened.path, data=opened.data, now=steady.now())
    said = f"Enregistré : c’est la version {loaded.lesson.version}." if loaded.created else "Rien n’a changé."
    messages.success(request, said)


def _form(request: HttpRequest, opened: Opened, *, status: int = 200, **more: object) -> HttpResponse:
    context = {
        "opened": opened,
        "label": label_of(opened.kind, opened.item),
        "fields": fields(opened.kind, opened.values),
        "preview": file_preview(opened.lesson, opened.kind, opened.name, opened.data),
    }
    more = {"errors": (), "overtaken": False} | more
    return render(request, "ops/file_edit.html", context | more, status=status)


@teacher_only
@require_POST
def file_preview_read(request: HttpRequest, lesson: str, kind: str, name: str) -> HttpResponse:
    opened = _opened(request, lesson, kind, name)
    preview = file_preview(opened.lesson, kind, name, opened.data)
    return render(request, "ops/_preview.html", {"preview": preview})
