"""Pages one click from everywhere, without signing in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from lessons.views.doors import participant_here
from metroloco_site.kit.doors import same_origin_only
from metroloco_site.ops import queries

WORD = 40  # characters that come back


@require_safe
def data_read(request: HttpRequest) -> HttpResponse:
    person = participant_here(request)
    context = {"person": person, "data": queries.your_data(person)}
    return render(request, "ops/your_data.html", context)


@require_safe
def transparency_read(request: HttpRequest) -> HttpResponse:
    context = {"figures": queries.figures(), "weight": 0}
    page = render(request, "ops/transparency.html", context)
    context["weight"] = queries.page_weight(page.content.decode())  # the figure itself weighs as much
    return render(request, "ops/transparency.html", context)


@require_safe
def accessibility_read(request: HttpRequest) -> HttpResponse:
    return render(request, "ops/accessibility.html")


@same_origin_only
@require_http_methods(["GET", "HEAD", "POST"])
def connection_read(request: HttpRequest) -> HttpResponse:
    """What is sent comes back on the page and is kept nowhere."""
    context = {"now": timezone.now(), "received": request.POST.get("mot", "")[:WORD]}
    return render(request, "ops/connection.html", context)
