"""A lesson edited in the application: each save is a version, and no class sees it but the next ones."""

from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from annexes.queries import pictures
from lessons.models import Lesson
from lessons.views.doors import press_of, teacher_only
from metroloco_site.kit import steady
from metroloco_site.kit.once import made_by
from metroloco_site.packs.actions.editing import Overtaken, copy_lesson, edit_file
from metroloco_site.packs.forms import NewPicture, Refused, picture_of, video_of
from metroloco_site.packs.queries.editing import NEW_LABELS, Preview, file_groups, file_preview, label_of
from metroloco_site.packs.queries.packs import stored_pack
from metroloco_site.packs.queries.versions import versions
from metroloco_site.packs.rules import Pack, PackErrors
from metroloco_site.packs.rules import changing as pack_changes
from metroloco_site.packs.rules.changing import Changes
from metroloco_site.packs.rules.editing import Values, fields, file_of, path_of, posted, told, values_of
from metroloco_site.packs.views.packs import lesson_of

NEW = "_"  # in an address: a file that has no name yet; no file can bear that one


@teacher_only
@require_safe
def lesson_read(request: HttpRequest, lesson: str) -> HttpResponse:
    assert request.user.is_authenticated
    found = lesson_of(lesson)
    context = {
        "lesson": found,
        "groups": file_groups(stored_pack(found)),
        "pictures": pictures(found.collection_id),
        "versions": versions(lesson, request.user),
    }
    return render(request, "packs/lesson.html", context)


@teacher_only
@require_POST
def lesson_copy(request: HttpRequest, lesson: str) -> HttpResponse:
    found = lesson_of(lesson)
    title = request.POST.get("title", "").strip() or f"{found.title} (copie)"
    try:
        with transaction.atomic():
            press = press_of(request)
            made = copy_lesson(lesson=found, title=title, now=steady.now(), once=press).lesson
    except PackErrors as broken:
        messages.error(request, f"Rien n’a été copié : {broken.errors[0].message}")
        return redirect("packs:lesson-read", lesson=lesson)
    messages.success(request, f"Leçon copiée : « {made.title} ».")
    return redirect("packs:lesson-read", lesson=made.slug)


@dataclass(frozen=True)
class Opened:
    """One file of the newest version, or a new one (`item` is None); `values` are what its form holds."""

    lesson: Lesson
    pack: Pack
    kind: str
    name: str
    item: Any
    values: Values

    @property
    def path(self) -> str:
        return path_of(self.kind, self.name)

    @property
    def data(self) -> bytes:
        return file_of(self.kind, self.values)

    @property
    def address(self) -> str:
        """The name that its address has."""
        return self.name if self.item else NEW

    @property
    def changes(self) -> Changes:
        """What saving it changes in the pack."""
        if self.item:
            return {self.path: self.data}
        return pack_changes.added(self.pack, self.kind, self.name, self.values)


def opened(slug: str, kind: str, name: str, sent: QueryDict | None = None) -> Opened:
    """404 where there is no such file. A form that was sent is taken as it is."""
    lesson = lesson_of(slug)
    pack = stored_pack(lesson)
    if name == NEW and kind in pack_changes.ADDABLE:
        return _new(lesson, pack, kind, sent)
    item = pack_changes.found(pack, kind, name)
    if item is None:
        raise Http404
    values = values_of(kind, item)
    return Opened(lesson, pack, kind, name, item, values if sent is None else posted(kind, sent, values))


def _new(lesson: Lesson, pack: Pack, kind: str, sent: QueryDict | None) -> Opened:
    parts = {str(part.number): part.number for part in pack.parts}
    part = parts.get(sent.get("partie", "") if sent else "", pack.parts[0].number)
    start = pack_changes.new_values(kind)
    typed = start if sent is None else posted(kind, sent, start)
    name, values = pack_changes.named(pack, kind, typed, part)
    return Opened(lesson, pack, kind, name, None, values)


@teacher_only
@require_http_methods(["GET", "HEAD", "POST"])
def file_add(request: HttpRequest, lesson: str, kind: str) -> HttpResponse:
    return _file(request, opened(lesson, kind, NEW, _sent(request)))


@teacher_only
@require_http_methods(["GET", "HEAD", "POST"])
def file_edit(request: HttpRequest, lesson: str, kind: str, name: str) -> HttpResponse:
    return _file(request, opened(lesson, kind, name, _sent(request)))


def _sent(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _file(request: HttpRequest, file: Opened) -> HttpResponse:
    if request.method != "POST" or "preview" in request.POST:
        return form_of(request, file)
    try:
        return _saved_before(request, file) or _saved(request, file)
    except Refused as refused:
        return form_of(request, file, status=422, errors=(str(refused),))
    except PackErrors as broken:
        return form_of(request, file, status=422, errors=told(broken.errors, file.path))
    except (Overtaken, IntegrityError):
        again = opened(file.lesson.slug, file.kind, file.address, request.POST)
        return form_of(request, again, status=409, overtaken=True)


def _saved_before(request: HttpRequest, file: Opened) -> HttpResponse | None:
    """Pressed again, on a lesson that has this file already."""
    first = made_by(Lesson, press_of(request))
    if first is None:
        return None
    messages.success(request, f"Enregistré\u00a0: c’est la version {first.version}.")
    return redirect("packs:lesson-read", lesson=file.lesson.slug)


def _saved(request: HttpRequest, file: Opened) -> HttpResponse:
    picture = picture_of(request.FILES, request.POST.get("alt", ""))
    file, more = _with_files(request, file, picture)
    seen, changes = base_of(request), more | file.changes
    with transaction.atomic():
        loaded = edit_file(
            lesson=file.lesson, base=seen, path=file.path, changes=changes,
            now=steady.now(), once=press_of(request),
        )  # fmt: skip
    said = f"Enregistré : c’est la version {loaded.lesson.version}." if loaded.created else "Rien n’a changé."
    messages.success(request, f"{said} {_told(picture)}".strip())
    if more:  # to see it where it is, and to put its line where it belongs
        return redirect("packs:file-edit", lesson=file.lesson.slug, kind=file.kind, name=file.name)
    return redirect("packs:lesson-read", lesson=file.lesson.slug)


def _with_files(request: HttpRequest, file: Opened, picture: NewPicture | None) -> tuple[Opened, Changes]:
    """The picture and the video that came with the form, in the pack and in the file that shows them."""
    values, more = file.values, Changes()
    if picture:
        values, more = pack_changes.with_picture(file.pack, file.name, values, picture.data, picture.alt)
    if file.kind == "annexe" and (video := video_of(request.FILES)):
        values, films = pack_changes.with_video(file.pack, values, video.blob, video.suffix, video.subtitles)
        more |= films
    elif file.kind == "annexe" and "video_gone" in request.POST:
        more |= pack_changes.without_video(file.pack, file.item)
        values |= {"video": ""}
    return replace(file, values=values), more


def _told(picture: NewPicture | None) -> str:
    """What the picture's file gave away: kinds alone, for a message lies in the session until it is read."""
    if picture is None:
        return ""
    where = "L’image est à la fin du texte : déplacez sa ligne où vous voulez."
    kinds = ", ".join(dict.fromkeys(trace.label.lower() for trace in picture.traces))
    return f"{where} Son fichier disait aussi : {kinds} ; rien n’en est gardé." if kinds else where


def base_of(request: HttpRequest) -> int:
    """The version that a form was made from."""
    base = request.POST.get("base", "")
    return int(base) if base.isascii() and base.isdigit() and len(base) < len("1000000000") else 0


def form_of(request: HttpRequest, file: Opened, *, status: int = 200, **more: object) -> HttpResponse:
    context = {
        "opened": file,
        "label": label_of(file.kind, file.item) if file.item else NEW_LABELS[file.kind],
        "fields": fields(file.kind, file.values),
        "parts": file.pack.parts if not file.item and file.kind in pack_changes.ORDERED else (),
        "lots": pack_changes.lots_with(file.pack, file.item) if file.item and file.kind == "annexe" else (),
        "deletable": file.item and file.kind in pack_changes.ADDABLE,
        "pictures": pictures(file.lesson.collection_id),
        "preview": _previewed(file, blank=not file.item and request.method != "POST"),
    }
    more = {"errors": (), "overtaken": False, "verb": "enregistré"} | more
    return render(request, "packs/file_edit.html", context | more, status=status)


def _previewed(file: Opened, *, blank: bool) -> Preview:
    """A form that nobody has filled in yet has nothing to be blamed for."""
    preview = file_preview(file.lesson, file.kind, file.name, file.data)
    return replace(preview, errors=()) if blank else preview


@teacher_only
@require_POST
def file_preview_read(request: HttpRequest, lesson: str, kind: str, name: str) -> HttpResponse:
    file = opened(lesson, kind, name, request.POST)
    preview = file_preview(file.lesson, kind, file.name, file.data)
    return render(request, "packs/_preview.html", {"preview": preview})
