"""接受邀请: whoever holds a slip chooses login name and password, and is in."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from common.decision import Refusal
from offices.clock import moment
from offices.doors.entering import come_in
from offices.forms import WelcomeForm
from offices.inviting import VOID, invitation_of, take_up
from offices.models import Invitation


@login_not_required
@sensitive_post_parameters("code", "new", "again")
@never_cache
@csrf_protect
@require_http_methods(["GET", "POST"])
def welcome(request: HttpRequest) -> HttpResponse:
    """Ask for the code, then for name and password."""
    code = request.POST.get("code", "")
    invitation = invitation_of(code) if code else None
    if invitation is not None:
        return _choose(request, invitation, code)
    error = VOID if request.method == "POST" else ""
    context = {"error": error, "code": code}
    return render(request, "offices/welcome_code.html", context, status=422 if error else 200)


def _choose(request: HttpRequest, invitation: Invitation, code: str) -> HttpResponse:
    known = invitation.staff.username if invitation.staff else ""
    form = WelcomeForm(request.POST if "new" in request.POST else None, known=known)
    if form.is_valid():
        try:
            staff = take_up(invitation_id=invitation.pk, **form.values(), by=None, at=moment(invitation.office))
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return come_in(request, staff, to=reverse("home"))
    context = {"form": form, "invitation": invitation, "code": code, "known": known}
    return render(request, "offices/welcome.html", context, status=422 if form.is_bound else 200)
