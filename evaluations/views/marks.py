"""What a grading page has changed, of copies and of posters: saved at each click."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_POST

from evaluations import actions
from evaluations.forms import Change, PosterForm, SheetForm, as_sent, group_of, read_changes
from evaluations.queries.poster_grading import numbered_groups, people_of
from evaluations.queries.report import grid_of, poster_criteria
from evaluations.rules.marks import Put
from lessons.models import ClassRun, Criterion, Group, Participant
from lessons.views.doors import run_of, teacher_only
from metroloco_site.kit import steady
from metroloco_site.kit.french import clock_time


@teacher_only
@require_POST
def marks_save(request: HttpRequest, run: str) -> JsonResponse:
    """What changed, of one copy or several. {"saved_at": "10 h 42 min 07 s", "results": [{"copy", "name", …}]}."""
    found = run_of(request, run)
    sent = read_changes(request.POST.get("changes", ""))
    with transaction.atomic():
        results = _put_all(found, sent, steady.now())
    return JsonResponse({"saved_at": clock_time(steady.now()), "results": results})


def _put_all(run: ClassRun, sent: Mapping[str, Sequence[Change]], now: datetime) -> list[dict[str, str]]:
    """In one order whoever sends: two pages never wait for each other's rows."""
    people = _people(run, sent)
    groups = numbered_groups(run, {number for copy in sent if (number := group_of(copy))})
    grid = grid_of(run) if people else []
    poster_grid = poster_criteria(run) if groups else []
    results = []
    for copy in sorted(sent):
        if person := people.get(copy):
            results += _on_copy(person, sent[copy], grid, now)
        elif group := groups.get(group_of(copy)):
            results += _on_poster(group, sent[copy], poster_grid, now)
        else:
            results += [_result(one, "refused", error="Cette copie n’existe plus.") for one in sent[copy]]
    return results


def _people(run: ClassRun, names: Iterable[str]) -> dict[str, Participant]:
    wanted = [name for name in names if not group_of(name)]
    if not wanted:
        return {}
    people = {person.public_id: person for person in run.participants.filter(public_id__in=wanted)}
    for person in people.values():
        person.run = run
    return people


def _on_copy(
    person: Participant, changes: Sequence[Change], criteria: Sequence[Criterion], now: datetime
) -> list[dict[str, str]]:
    form = SheetForm(as_sent(changes), criteria=criteria)
    form.is_valid()
    puts = actions.put_marks(participant=person, marks=form.marks(), now=now, criteria=criteria)
    return _became(changes, form, puts)


def _on_poster(
    group: Group, changes: Sequence[Change], criteria: Sequence[Criterion], now: datetime
) -> list[dict[str, str]]:
    form = PosterForm(as_sent(changes), criteria=criteria, people=people_of(group))
    form.is_valid()
    puts = actions.grade_poster(
        group=group, criteria=criteria, marks=form.marks(), own=form.own_of_members(), now=now
    )
    return _became(changes, form, puts)


def _became(changes: Sequence[Change], form: SheetForm, puts: Iterable[Put]) -> list[dict[str, str]]:
    """What became of each change: saved, clash (with what is stored), or refused (with a French sentence)."""
    by_name = {put.mark.name: put for put in puts}
    return [_one(change, form.refusal(change.name), by_name.get(change.name)) for change in changes]


def _one(change: Change, refusal: str, put: Put | None) -> dict[str, str]:
    if refusal:
        return _result(change, "refused", error=refusal)
    if put is None:  # sent as it was shown: nothing to write
        return _result(change, "saved", stored=change.value)
    return _result(change, "clash" if put.clash else "saved", stored=str(put.stored or ""))


def _result(change: Change, outcome: str, **more: str) -> dict[str, str]:
    return {"copy": change.copy, "name": change.name, "outcome": outcome, **more}
