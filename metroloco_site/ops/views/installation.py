"""Pages one click from everywhere, without signing in."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from metroloco_site.kit.browsers import OLDEST
from metroloco_site.kit.origin import same_origin_only
from metroloco_site.ops.queries.installation import figures, page_weight

WORD = 40  # characters that come back


@require_safe
def icon_read(request: HttpRequest) -> HttpResponse:
    """Asked for by a browser that shows a document without a page around it: a PDF."""
    return redirect(static("img/favicon.svg"), permanent=True)


@require_safe
def transparency_read(request: HttpRequest) -> HttpResponse:
    context = {"figures": figures(), "weight": 0, "register": settings.REGISTER}
    page = render(request, "ops/transparency.html", context)
    context["weight"] = page_weight(page.content.decode())  # the figure itself weighs as much
    return render(request, "ops/transparency.html", context)


@require_safe
def accessibility_read(request: HttpRequest) -> HttpResponse:
    return render(request, "ops/accessibility.html")


@same_origin_only
@require_http_methods(["GET", "HEAD", "POST"])
def connection_read(request: HttpRequest) -> HttpResponse:
    """What is sent comes back on the page and is kept nowhere."""
    received = request.POST.get("mot", "")[:WORD]
    context = {"now": timezone.now(), "received": received, "browsers": OLDEST}
    return render(request, "ops/connection.html", context)
