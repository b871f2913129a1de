"""« Documents à télécharger »: asked for, followed, stopped, downloaded."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.views.decorators.http import require_POST, require_safe

from evaluations.actions import exports
from evaluations.exports.real_names import sheets_with_names
from evaluations.queries.downloads import documents, job_of, seats_of
from evaluations.rules.downloads import KINDS
from evaluations.rules.roster import MOST_BYTES, BadRoster, names_of
from lessons.models import ClassRun
from lessons.views.doors import run_of, teacher_only
from metroloco_site.kit import pdf, steady, worker


@teacher_only
@require_safe
def downloads_list(request: HttpRequest, run: str) -> HttpResponse:
    """The whole page, or its list for a script that follows the progress."""
    page = documents(run_of(request, run))
    whole, part = "evaluations/downloads.html", "evaluations/_downloads.html"
    context = {"page": page, "faults": (), "sacoche": ()}
    return render(request, part if "fragment" in request.GET else whole, context)


@teacher_only
@require_POST
def download_act(request: HttpRequest, run: str, kind: str) -> HttpResponse:
    """« Préparer » or « Arrêter »."""
    found = run_of(request, run)
    if kind not in KINDS:
        raise Http404
    if request.POST.get("act") == "cancel":
        exports.cancel(run=found, kind=kind)
    else:
        _prepare(request, found, kind)
    return redirect("evaluations:downloads-list", run=run)


@teacher_only
@require_safe
def download_fetch(request: HttpRequest, run: str, kind: str) -> HttpResponse:
    """The last one that was made whole, even while a newer one is being made."""
    found = run_of(request, run)
    job = job_of(found, kind)
    try:
        content = job.path.read_bytes() if job and job.file else b""
    except FileNotFoundError:  # a backup holds none; or a newer one has just taken its place
        content = b""
    if not content:
        raise Http404
    name = f"{kind}-{slugify(found.label) or 'classe'}.{KINDS[kind].suffix}"
    disposition = str(content_disposition_header(as_attachment=True, filename=name))
    headers = {"Content-Disposition": disposition}
    return HttpResponse(content, content_type=KINDS[kind].content_type, headers=headers)


@teacher_only
@require_POST
def names_print(request: HttpRequest, run: str) -> HttpResponse:
    """The sheets with the names of a list that is read, used and forgotten within this request."""
    found = run_of(request, run)
    try:
        names = names_of(file_sent(request, "liste"), seats_of(found))
    except BadRoster as bad:
        return refused(request, found, faults=bad.sentences)
    return pdf.respond_with(
        request, lambda: sheets_with_names(found, names), filename="fiches-nominatives.pdf"
    )


def refused(
    request: HttpRequest, run: ClassRun, *, faults: Sequence[str] = (), sacoche: Sequence[str] = ()
) -> HttpResponse:
    """The page again, with what is wrong in the file that was sent."""
    context = {"page": documents(run), "faults": faults, "sacoche": sacoche}
    return render(request, "evaluations/downloads.html", context, status=422)


def file_sent(request: HttpRequest, name: str) -> bytes:
    """At most one byte more than a list, or SACoche's file, may have; nothing if none was sent."""
    sent = request.FILES.get(name)
    if getattr(request, "upload_too_big", False):
        return b" " * (MOST_BYTES + 1)
    return sent.read(MOST_BYTES + 1) if sent else b""


def _prepare(request: HttpRequest, run: ClassRun, kind: str) -> None:
    """A second click finds it in the queue already, and changes nothing."""
    item = next(item for item in documents(run).items if item.kind.slug == kind)
    if not item.possible:
        messages.info(request, item.kind.empty)
    elif exports.ask(run=run, kind=kind, now=steady.now()):
        worker.wake()
