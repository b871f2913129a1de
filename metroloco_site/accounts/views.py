"""Signing in and out, the first account, changing one's password."""

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from metroloco_site.accounts import actions
from metroloco_site.accounts.forms import FirstAccountForm, PasswordChangeForm, SignInForm
from metroloco_site.accounts.models import User
from metroloco_site.kit.network import is_this_machine
from metroloco_site.kit.origin import same_origin_only

WRONG = "Le nom de compte et le mot de passe ne vont pas ensemble. Vérifiez l’un et l’autre."
WAIT = "Trop d’essais pour ce compte. Attendez un moment (dix secondes le plus souvent), puis recommencez."


@same_origin_only
@require_http_methods(["GET", "POST"])
def session_open(request: HttpRequest) -> HttpResponse:
    form = SignInForm(request.POST or None)
    if form.is_valid() and (user := _sign_in(request, form)) is not None:
        login(request, user)  # the session key changes here
        return redirect(_next(request))
    return render(request, "accounts/sign_in.html", {"form": form}, status=422 if form.is_bound else 200)


def _sign_in(request: HttpRequest, form: SignInForm) -> User | None:
    username, here = form.cleaned_data["username"], is_this_machine(request.META.get("REMOTE_ADDR", ""))
    with transaction.atomic():
        allowed = actions.may_sign_in(username=username, now=timezone.now(), here=here)
    if not allowed:
        form.add_error(None, WAIT)
        return None
    user = authenticate(request, username=username, password=form.cleaned_data["password"])
    if not isinstance(user, User):
        form.add_error(None, WRONG)
        return None
    with transaction.atomic():
        actions.sign_in_succeeded(username=username, here=here)
    return user


@require_safe
def administration_sign_in(request: HttpRequest) -> HttpResponse:
    """The administration's door is ours too, so that wrong passwords wait there as well."""
    query = urlencode({"next": request.GET.get("next", "/admin/")})
    return redirect(f"{resolve_url('accounts:session-open')}?{query}")


def _next(request: HttpRequest) -> str:
    wanted = request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if safe else resolve_url("lessons:runs-list")


@login_required
@require_POST
def session_close(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("/")


@same_origin_only
@require_http_methods(["GET", "POST"])
def account_first(request: HttpRequest, token: str) -> HttpResponse:
    """The one-time link that `make serve` prints while there is no account."""
    if not actions.is_first_link(token):
        raise Http404
    form = FirstAccountForm(request.POST or None)
    if not form.is_valid():
        return render(request, "accounts/first.html", {"form": form}, status=422 if form.is_bound else 200)
    with transaction.atomic():
        user = actions.create_first_account(
            username=form.cleaned_data["username"], password=form.cleaned_data["password"]
        )
    login(request, user)
    return redirect("lessons:runs-list")


@login_required
@require_http_methods(["GET", "POST"])
def password_change(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, User)
    form = PasswordChangeForm(request.user, request.POST or None)
    if not form.is_valid():
        return render(request, "accounts/password.html", {"form": form}, status=422 if form.is_bound else 200)
    update_session_auth_hash(request, form.save())
    messages.success(request, "Votre mot de passe est changé.")
    return redirect("lessons:runs-list")
