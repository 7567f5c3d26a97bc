"""登录、退出: the doors of the application."""

import json

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from offices.demo import demo_logins
from offices.doors import duties, lockout
from offices.doors.duties import next_page
from offices.doors.entering import enter
from offices.forms import WRONG, LoginForm
from offices.services import note_failed_login, note_logout


def _note_failure(request: HttpRequest, form: LoginForm) -> None:
    name = form.cleaned_data.get("username", "")
    locked = lockout.is_locked(lockout.digest_of(name), lockout.place_of(request, name), at=now())
    note_failed_login(username=name, locked=locked)


@login_not_required
@sensitive_post_parameters("password")
@never_cache
@csrf_protect
@require_http_methods(["GET", "POST"])
def log_in(request: HttpRequest) -> HttpResponse:
    """Ask for name and password, and go on to where the browser wanted to go."""
    if request.method == "GET" and request.user.is_authenticated:
        return redirect(next_page(request))
    form = LoginForm(request, request.POST or None)
    if form.is_valid():
        response = redirect(next_page(request))
        enter(request, response, form.get_user())
        return response
    if form.is_bound:
        _note_failure(request, form)
    context = {"form": form, "next": next_page(request), "logins": demo_logins() if settings.DEMO else []}
    return render(request, "offices/login.html", context, status=422 if form.is_bound else 200)


@login_not_required
@sensitive_post_parameters("password")
@never_cache
@require_POST
def log_in_again(request: HttpRequest) -> JsonResponse:
    """Log the same person in again under a page that waits, and hand it a fresh token for its next request."""
    form = LoginForm(request, request.POST)
    if not form.is_valid():
        _note_failure(request, form)
        return JsonResponse({"error": WRONG}, status=422, json_dumps_params={"ensure_ascii": False})
    response = JsonResponse({})
    enter(request, response, form.get_user(), at_once=False)
    response.content = json.dumps({"csrf_token": get_token(request), "staff": form.get_user().pk})
    return response


@never_cache
@require_safe
def session(request: HttpRequest) -> HttpResponse:
    """Say that the session still holds: a page asks before it sends a form that an expired one would lose."""
    return HttpResponse(status=204)


@login_not_required
@duties.while_bound
@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    if request.user.is_authenticated:
        note_logout(staff=request.user)
    logout(request)
    return redirect("login")
