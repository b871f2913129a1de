"""Pages one click from everywhere, without signing in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from lessons.views.doors import participant_here
from metroloco_site.ops import queries


@require_safe
def data_read(request: HttpRequest) -> HttpResponse:
    person = participant_here(request)
    context = {"person": person, "models": queries.your_data(person)}
    return render(request, "ops/your_data.html", context)


@require_safe
def transparency_read(request: HttpRequest) -> HttpResponse:
    return render(request, "ops/transparency.html", {"figures": queries.figures()})


@require_safe
def accessibility_read(request: HttpRequest) -> HttpResponse:
    return render(request, "ops/accessibility.html")
