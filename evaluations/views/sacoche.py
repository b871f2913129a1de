"""SACoche's file: sent, told who is who, filled in and given back. It is never written down here."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.views.decorators.http import require_POST

from evaluations.forms.sacoche import SacocheForm, blank_of
from evaluations.queries.sacoche import Scores, scores
from evaluations.rules.roster import BadRoster, names_of
from evaluations.rules.sacoche import BadBlank, read
from evaluations.views.downloads import file_sent, refused
from lessons.views.board import is_discreet
from lessons.views.doors import run_of, teacher_only


@teacher_only
@require_POST
def scores_match(request: HttpRequest, run: str) -> HttpResponse:
    """Which pupil is which copy, which item is which row: proposed, for the teacher to correct."""
    found = scores(run_of(request, run), discreet=is_discreet(request))
    try:
        blank, names = read(file_sent(request, "fichier")), _names_sent(request, found)
    except (BadBlank, BadRoster) as bad:
        return refused(request, found.run, sacoche=bad.sentences)
    form = SacocheForm(None, blank=blank, scores=found, names=names)
    return render(request, "evaluations/sacoche.html", {"form": form, "run": found.run})


@teacher_only
@require_POST
def scores_fill(request: HttpRequest, run: str) -> HttpResponse:
    """The file with the levels, at once; or the choices again, with what is wrong."""
    found = scores(run_of(request, run), discreet=is_discreet(request))
    try:
        form = SacocheForm(
            request.POST, blank=blank_of(request.POST.get("fichier", "")), scores=found, names={}
        )
    except BadBlank as bad:
        return refused(request, found.run, sacoche=bad.sentences)
    if not form.is_valid():
        return render(request, "evaluations/sacoche.html", {"form": form, "run": found.run}, status=422)
    name = f"sacoche-{slugify(found.run.label) or 'classe'}.csv"
    disposition = str(content_disposition_header(as_attachment=True, filename=name))
    content = form.blank.filled(form.codes())
    return HttpResponse(content, content_type="text/csv", headers={"Content-Disposition": disposition})


def _names_sent(request: HttpRequest, found: Scores) -> dict[int, str]:
    """The teacher's own list of names, if they sent one. Raises BadRoster."""
    content = file_sent(request, "liste")
    try:
        return names_of(content, [copy.seat for copy in found.copies]) if content else {}
    except BadRoster as bad:  # the other file has lines and columns too
        raise BadRoster(*(f"Liste des noms\u00a0: {sentence}" for sentence in bad.sentences)) from None
