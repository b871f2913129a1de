"""Documents of a lesson moved and deleted, and the history of its versions."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from lessons.views.doors import teacher_only
from metroloco_site.kit import steady
from metroloco_site.packs.actions.editing import (
    InUse,
    Moved,
    NotThere,
    Overtaken,
    delete_version,
    move_file,
    remove_file,
    restore_version,
)
from metroloco_site.packs.queries.editing import label_of, still_needed
from metroloco_site.packs.queries.packs import stored_pack
from metroloco_site.packs.queries.versions import changes, versions
from metroloco_site.packs.rules import PackErrors
from metroloco_site.packs.views.editing import base_of, form_of, opened
from metroloco_site.packs.views.packs import lesson_of

OVERTAKEN = (
    "Rien n’a changé : quelqu’un d’autre vient de modifier ce document. Regardez-le, puis recommencez."
)


@contextmanager
def _changing(request: HttpRequest) -> Iterator[None]:
    """One transaction; what came in between is said, and what is not there is not found."""
    try:
        with transaction.atomic():
            yield
    except NotThere as error:
        raise Http404 from error
    except (Overtaken, IntegrityError):
        messages.error(request, OVERTAKEN)


@teacher_only
@require_POST
def file_move(request: HttpRequest, lesson: str, kind: str, name: str) -> HttpResponse:
    found, base, by = lesson_of(lesson), base_of(request), -1 if "up" in request.POST else 1
    with _changing(request):
        moved = move_file(lesson=found, base=base, kind=kind, name=name, by=by, now=steady.now())
        _tell_moved(request, moved)
    return redirect("packs:lesson-read", lesson=lesson)


def _tell_moved(request: HttpRequest, moved: Moved) -> None:
    new = f"Déplacé : c’est la version {moved.loaded.lesson.version}."
    still = "Rien n’a changé : ce document est déjà au bout de sa partie."
    messages.success(request, new if moved.loaded.created else still)
    _tell_mentions(request, moved, "une annexe par son numéro")


def _tell_mentions(request: HttpRequest, moved: Moved, what: str) -> None:
    labels = [label_of(*held) for held in moved.mentions]
    if labels:
        told = "\u202f; ".join(f"« {label} »" for label in labels)
        messages.warning(request, f"Ces textes nomment {what}, relisez-les : {told}.")


@teacher_only
@require_POST
def file_delete(request: HttpRequest, lesson: str, kind: str, name: str) -> HttpResponse:
    """A document, or a picture; what still needs it is told, and nothing is deleted."""
    found, base, lots = lesson_of(lesson), base_of(request), "lots" in request.POST
    place = {"kind": kind, "name": name, "from_lots": lots}
    try:
        with _changing(request):
            gone = remove_file(lesson=found, base=base, now=steady.now(), **place)  # type: ignore[arg-type]
            _tell_gone(request, gone)
    except PackErrors as broken:
        return _kept(request, lesson, kind, name, broken)
    return redirect("packs:lesson-read", lesson=lesson)


def _tell_gone(request: HttpRequest, gone: Moved) -> None:
    done = f"Supprimé : c’est la version {gone.loaded.lesson.version}. L’historique garde les précédentes."
    hole = " Les autres annexes gardent leur numéro." if gone.gone else ""
    messages.success(request, done + hole)
    _tell_mentions(request, gone, f"l’annexe {gone.gone}")


def _kept(request: HttpRequest, lesson: str, kind: str, name: str, broken: PackErrors) -> HttpResponse:
    lots, pack = "lots" in request.POST, stored_pack(lesson_of(lesson))
    told = still_needed(pack, broken.errors, of=kind, from_lots=lots)
    if kind == "picture":
        messages.error(request, "Rien n’est supprimé. " + " ".join(told))
        return redirect("packs:lesson-read", lesson=lesson)
    file = opened(lesson, kind, name)
    return form_of(request, file, status=422, errors=told, verb="supprimé")


@teacher_only
@require_safe
def version_read(request: HttpRequest, lesson: str, version: int) -> HttpResponse:
    """What changed since another version: that of `?avec=`, else the one before."""
    assert request.user.is_authenticated
    found, rows = lesson_of(lesson, version), versions(lesson, request.user)
    numbers = [row.row.number for row in rows]
    earlier = [number for number in numbers if number < version]
    asked = request.GET.get("avec", "")
    other = next((n for n in numbers if str(n) == asked), earlier[0] if earlier else 0)
    context = {
        "lesson": found,
        "other": other,
        "others": [number for number in numbers if number != version],
        "changes": changes(lesson_of(lesson, other), found) if other else (),
    }
    return render(request, "packs/version.html", context)


@teacher_only
@require_POST
def version_restore(request: HttpRequest, lesson: str, version: int) -> HttpResponse:
    found = lesson_of(lesson, version)
    with _changing(request):
        loaded = restore_version(lesson=found, now=steady.now())
        new = f"Le texte de la version {version} est de nouveau le dernier : c’est la version {loaded.lesson.version}."
        messages.success(
            request, new if loaded.created else "Rien n’a changé : c’est déjà la dernière version."
        )
    return redirect("packs:lesson-read", lesson=lesson)


@teacher_only
@require_POST
def version_delete(request: HttpRequest, lesson: str, version: int) -> HttpResponse:
    found = lesson_of(lesson, version)
    try:
        with transaction.atomic():
            delete_version(lesson=found)
    except (InUse, IntegrityError):  # the second: an activité took it at that instant
        messages.error(request, f"La version {version} reste : une activité la garde, ou c’est la dernière.")
    else:
        messages.success(request, f"La version {version} est supprimée.")
    return redirect("packs:lessons-list")
