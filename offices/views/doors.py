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
from offices.doors import duties, lockout, second_factor
from offices.doors.duties import next_page
from offices.doors.entering import code_holds, come_in, enter
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
        return come_in(request, form.get_user(), to=next_page(request))
    if form.is_bound:
        _note_failure(request, form)
    context = {
        "form": form,
        "next": next_page(request),
        "logins": demo_logins() if settings.DEMO else [],
        "factor": settings.SECOND_FACTOR,
    }
    return render(request, "offices/login.html", context, status=422 if form.is_bound else 200)


@login_not_required
@sensitive_post_parameters("password", "code")
@never_cache
@require_POST
def log_in_again(request: HttpRequest) -> JsonResponse:
    """Log the same person in again under a page that waits, and hand it a fresh token for its next request."""
    form = LoginForm(request, request.POST)
    staff = form.get_user() if form.is_valid() else None
    if staff and second_factor.must_have(staff) and not second_factor.has(staff):
        return _refused("您还没有绑定动态码。请另开一个窗口登录并绑定，再回到这里输入口令和动态码。")
    if staff and second_factor.has(staff) and not code_holds(request, staff, request.POST.get("code", "")):
        note_failed_login(username=staff.username, locked=False)
        return _refused(second_factor.WRONG_CODE, asks_code=True)
    if staff is None:
        _note_failure(request, form)
        return _refused(WRONG)
    response = JsonResponse({})
    enter(request, response, staff, at_once=False)
    response.content = json.dumps({"csrf_token": get_token(request), "staff": staff.pk})
    return response


def _refused(sentence: str, **more: bool) -> JsonResponse:
    return JsonResponse({"error": sentence} | more, status=422, json_dumps_params={"ensure_ascii": False})


@duties.while_bound
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
