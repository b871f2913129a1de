"""Pages one click from everywhere, without signing in."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from lessons.models import Participant
from lessons.views.doors import participant_here
from metroloco_site.kit.doors import same_origin_only
from metroloco_site.ops import queries
from metroloco_site.ops.actions.data_requests import MOST_TEXT
from metroloco_site.ops.queries.requests import own_requests

WORD = 40  # characters that come back


@require_safe
def icon_read(request: HttpRequest) -> HttpResponse:
    """Asked for by a browser that shows a document without a page around it: a PDF."""
    return redirect(static("img/favicon.svg"), permanent=True)


@require_safe
def data_read(request: HttpRequest) -> HttpResponse:
    return render(request, "ops/your_data.html", data_context(participant_here(request)))


def data_context(person: Participant | None) -> dict[str, object]:
    """What « Vos données » shows; `error` and `typed`: a request that could not be taken."""
    return {
        "person": person,
        "data": queries.your_data(person),
        "requests": own_requests(person) if person else (),
        "register": settings.REGISTER,
        "most": MOST_TEXT,
        "error": "",
        "typed": "",
    }


@require_safe
def transparency_read(request: HttpRequest) -> HttpResponse:
    context = {"figures": queries.figures(), "weight": 0, "register": settings.REGISTER}
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
