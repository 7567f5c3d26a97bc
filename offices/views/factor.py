"""动态码的页面: asked for after the password, set up for oneself, taken from somebody who has lost it."""

import segno
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.safestring import mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from common.decision import Refusal
from offices.access import for_administrators
from offices.clock import moment
from offices.doors import duties, second_factor
from offices.doors.duties import next_page
from offices.doors.entering import code_holds, enter, pending
from offices.forms import FactorResetForm
from offices.services import note_failed_login
from offices.staffing import staff_under


@login_not_required
@sensitive_post_parameters("code")
@never_cache
@csrf_protect
@require_http_methods(["GET", "POST"])
def login_code(request: HttpRequest) -> HttpResponse:
    """Ask for the code of whoever has given the right password."""
    staff = pending(request)
    if staff is None:
        return redirect("login")
    error = ""
    if request.method == "POST":
        if code_holds(request, staff, request.POST.get("code", "")):
            response = redirect(next_page(request))
            enter(request, response, staff)
            return response
        note_failed_login(username=staff.username, locked=False)
        error = second_factor.WRONG_CODE
    context = {"error": error, "next": next_page(request)}
    return render(request, "offices/login_code.html", context, status=422 if error else 200)


@duties.while_bound
@sensitive_post_parameters("code")
@never_cache
@require_http_methods(["GET", "POST"])
def own_factor(request: HttpRequest) -> HttpResponse:
    """One's own second factor: set up with a first code, new recovery codes, switched off where that is allowed."""
    if second_factor.has(request.user):
        return _kept(request)
    if request.method == "POST":
        try:
            found = second_factor.switch_on(
                code=request.POST.get("code", ""), by=request.user, at=moment(request.user.office)
            )
        except Refusal as refusal:
            return _set_up(request, error=str(refusal))
        request.session["asks_code"] = True
        duties.settle(request, "factor")
        return _codes(request, found)
    return _set_up(request, error="")


def _set_up(request: HttpRequest, *, error: str) -> HttpResponse:
    factor = second_factor.begin(request.user)
    drawn = segno.make(second_factor.address_of(factor), error="m", micro=False)
    secret = factor.secret
    context = {
        "qr": mark_safe(drawn.svg_inline(omitsize=True, border=2, svgclass="qr", lineclass=None)),  # noqa: S308 - our own drawing
        "secret": " ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
        "error": error,
        "next": request.POST.get("next") or request.GET.get("next", ""),
        "is_due": request.session.get(duties.KEY) == "factor",
        "is_open_demo": settings.DEMO and not settings.SECOND_FACTOR,
    }
    return render(request, "offices/factor_set_up.html", context, status=422 if error else 200)


def _kept(request: HttpRequest) -> HttpResponse:
    error = ""
    if request.method == "POST":
        act = _with_codes if request.POST.get("do") == "codes" else _without
        if code_holds(request, request.user, request.POST.get("code", "")):
            return act(request)
        error = second_factor.WRONG_CODE
    context = {
        "left": second_factor.codes_left(request.user),
        "may_stop": not second_factor.must_have(request.user),
        "error": error,
    }
    return render(request, "offices/factor.html", context, status=422 if error else 200)


def _with_codes(request: HttpRequest) -> HttpResponse:
    return _codes(request, second_factor.renew_codes(by=request.user, at=moment(request.user.office)))


def _without(request: HttpRequest) -> HttpResponse:
    try:
        second_factor.switch_off(by=request.user, at=moment(request.user.office))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        request.session["asks_code"] = False
        messages.success(request, "动态码已停用，以后只用口令登录。")
    return redirect("own-factor")


def _codes(request: HttpRequest, found: list[str]) -> HttpResponse:
    return render(request, "offices/factor_codes.html", {"codes": found, "next": next_page(request)})


@require_http_methods(["GET", "POST"])
@for_administrators
def staff_factor(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the second factor from somebody who has lost it, for a reason."""
    staff = get_object_or_404(staff_under(request.user), pk=pk)
    form = FactorResetForm(request.POST or None)
    if form.is_valid():
        try:
            second_factor.reset_second_factor(
                staff_id=pk, **form.values(), by=request.user, at=moment(request.user.office)
            )
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"{staff.name}的动态码已重置，下次登录时重新绑定。")
            return redirect("staff")
    context = {"form": form, "staff": staff}
    return render(request, "offices/staff_factor.html", context, status=422 if form.is_bound else 200)
