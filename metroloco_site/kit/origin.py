"""Who may send: exact Origin for those without a session, and the French page for a refusal."""

from collections.abc import Callable
from functools import wraps
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt

from metroloco_site.kit.reach import is_ours

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


def is_same_origin(request: HttpRequest) -> bool:
    """True if the browser says that the request comes from a page of ours (Origin, else Referer)."""
    ours = f"{request.scheme}://{request.get_host()}"
    origin = request.headers.get("Origin")
    if origin is not None:
        return is_ours(origin, ours)
    referer = urlsplit(request.headers.get("Referer", ""))
    return is_ours(f"{referer.scheme}://{referer.netloc}", ours)


def refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 as a page that says what to do; `reason` is for Django's CSRF middleware, never shown."""
    return render(request, "403.html", status=403)


def same_origin_only(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """For joining, sign-in and participants: no CSRF token (it would need a cookie), exact Origin instead."""

    @csrf_exempt
    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if request.method not in SAFE_METHODS and not is_same_origin(request):
            return refused(request)
        return view(request, *args, **kwargs)

    guarded.origin_checked = True  # type: ignore[attr-defined]  # read by the house tests
    return guarded
