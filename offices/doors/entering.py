"""进门: what happens when somebody has shown to be who she says, whichever door she came through."""

from datetime import timedelta

from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.http import urlencode

from offices.doors import duties, lockout, passwords, second_factor, sessions
from offices.models import Staff
from offices.services import note_login

BACKEND = "offices.auth.StaffBackend"
PENDING, PATIENCE = "pending", timedelta(minutes=5)


def come_in(request: HttpRequest, staff: Staff, *, to: str) -> HttpResponse:
    """Let somebody in whose password was right, or ask for the code first."""
    if second_factor.has(staff):
        request.session[PENDING] = {
            "staff": staff.pk,
            "at": timezone.now().timestamp(),
            "password": staff.get_session_auth_hash(),
        }
        return redirect(f"{reverse('login-code')}?{urlencode({'next': to})}")
    response = redirect(to)
    enter(request, response, staff)
    return response


def pending(request: HttpRequest) -> Staff | None:
    """Whoever has just given the right password, which still is the right one, and owes the code."""
    found = request.session.get(PENDING)
    if not found or timezone.now().timestamp() - found["at"] > PATIENCE.total_seconds():
        return None
    staff = Staff.objects.filter(pk=found["staff"], is_active=True).first()
    return staff if staff and constant_time_compare(found["password"], staff.get_session_auth_hash()) else None


def code_holds(request: HttpRequest, staff: Staff, code: str) -> bool:
    """Whether the code is right; tries are counted as those of a password are."""
    digest, place = lockout.digest_of(staff.username, kind="code"), lockout.place_of(request, staff.username)
    if lockout.begin(digest, place) is None or not second_factor.holds(staff, code):
        return False
    lockout.succeed(digest, place)
    return True


def enter(request: HttpRequest, response: HttpResponse, staff: Staff, *, at_once: bool = True) -> None:
    """Begin the session, note what is to be settled first, and mark the browser; `response` is what the browser gets.

    `at_once` is false for a password given under a page that waits: that page may still be sent.
    """
    request.session.pop(PENDING, None)
    login(request, staff, backend=BACKEND)
    sessions.begin(request)
    duties.impose(request, staff, at_once=at_once)
    request.session["asks_code"] = second_factor.has(staff)
    note_login(staff=staff)
    days = passwords.days_left(staff, now=timezone.now())
    if at_once and days is not None:
        messages.warning(request, f"口令还有 {days} 天到期，请在右上角自己的姓名下更改。")
    lockout.remember(request, response, staff.username)
