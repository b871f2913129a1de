"""The way into a demonstration."""

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from lessons.models import ClassRun
from metroloco_site.ops.actions import demo_link


@require_GET
def demo_open(request: HttpRequest, token: str) -> HttpResponse:
    """The link that `make demo` prints: signs in once, and leads to the board ever after."""
    if not settings.DEMO:
        raise Http404
    if user := demo_link.spend(token):
        login(request, user)
    elif not request.user.is_authenticated:
        return render(request, "ops/demo_spent.html", status=410)
    run = ClassRun.objects.owned_by(request.user).earliest("created_at")
    return redirect("lessons:board-read", run=run.public_id)
