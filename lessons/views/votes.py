"""The gallery of posters and the vote: the teacher's page and buttons, the students' two pages."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lessons import live
from lessons.actions import votes
from lessons.forms.votes import VoteForm
from lessons.models import Participant, Poster
from lessons.queries.gallery import gallery
from lessons.queries.votes import StudentVote, ballots_page, may_vote_here, student_vote, turnout
from lessons.views.doors import participant_of, run_of, teacher_only
from metroloco_site.kit import steady
from metroloco_site.kit.origin import same_origin_only


@teacher_only
@require_safe
def vote_read(request: HttpRequest, run: str) -> HttpResponse:
    """« Galerie et vote »: the whole page, or what its script asks for again."""
    found = run_of(request, run)
    template = "lessons/_ballots.html" if "fragment" in request.GET else "lessons/ballots.html"
    context = {"run": found, "page": ballots_page(found), "token": live.token_for(found, "tableau")}
    return render(request, template, context)


@teacher_only
@require_POST
def gallery_set(request: HttpRequest, run: str) -> HttpResponse:
    found = run_of(request, run)
    try:
        with live.announcing(found):
            votes.set_gallery(run=found, opened=request.POST.get("ouvrir") == "1", now=steady.now())
    except votes.CannotVote as why:
        messages.warning(request, str(why))
    return _back(request, run)


@teacher_only
@require_POST
def poster_hide(request: HttpRequest, run: str, group: int) -> HttpResponse:
    """« Masquer partout » and back, at once on every screen."""
    found = run_of(request, run)
    posters = Poster.objects.select_related("group__run")
    poster = get_object_or_404(posters, group__run=found, group__number=group, group__dissolved_at=None)
    with live.announcing(found):
        votes.hide_poster(poster=poster, hidden=request.POST.get("masquer") == "1", now=steady.now())
    return redirect("lessons:vote-read", run=run)


@teacher_only
@require_POST
def ballot_act(request: HttpRequest, run: str) -> HttpResponse:
    """« Ouvrir le vote », « Fermer le vote »."""
    found = run_of(request, run)
    act = {"open": votes.open_ballot, "close": votes.close_ballot}.get(request.POST.get("act", ""))
    try:
        if act is not None:
            with live.announcing(found):
                act(run=found, now=steady.now())
    except votes.CannotVote as why:
        messages.warning(request, str(why))
    return _back(request, run)


def _back(request: HttpRequest, run: str) -> HttpResponse:
    return redirect("lessons:board-read" if "tableau" in request.POST else "lessons:vote-read", run=run)


@require_safe
def gallery_read(request: HttpRequest, participant: str) -> HttpResponse:
    """The posters of all groups, one or all; back to the student's page while it is not open."""
    person = participant_of(request, participant)
    if person.run.gallery_opened_at is None:
        return redirect("lessons:student-read", participant=participant)
    page = gallery(person.run, request.GET.get("affiche", ""), "../images/")
    context = {"participant": person, "page": page, "vote": student_vote(person), "token": _token(person)}
    return render(request, "lessons/gallery.html", context)


@same_origin_only
@require_http_methods(["GET", "HEAD", "POST"])
def vote_cast(request: HttpRequest, participant: str) -> HttpResponse:
    """The student's vote, and its result once it is closed."""
    person = participant_of(request, participant)
    page = student_vote(person)
    if page.vote is None:
        return redirect("lessons:student-read", participant=participant)
    errors = _cast(person, page, request) if request.method == "POST" else []
    if request.method == "POST" and not errors:
        return redirect("lessons:vote-cast", participant=participant)
    context = {"participant": person, "page": page, "errors": errors, "token": _token(person)}
    return render(request, "lessons/vote.html", context, status=409 if errors else 200)


def _cast(person: Participant, page: StudentVote, request: HttpRequest) -> list[str]:
    """Sentences that say why nothing was counted; none if the vote is taken."""
    form = VoteForm(page, request.POST)
    voter = may_vote_here(person, form.cleaned_data["votant"]) if form.is_valid() else None
    if page.vote is None or voter is None:
        return form.said() or ["Choisissez qui vote parmi les membres de votre groupe."]
    number, elsewhere = form.cleaned_data["affiche"], live.presence.present(person.run_id) - {person.pk}
    try:
        with transaction.atomic():
            votes.cast(ballot=page.vote.ballot, voter=voter, number=number, elsewhere=elsewhere)
    except votes.CannotVote as why:
        return [str(why)]
    now = turnout(page.vote.ballot)
    live.voted(person.run_id, f"{now.voted} {now.entitled}")
    return []


def _token(person: Participant) -> str:
    return live.token_for(person.run, "eleve", person)
