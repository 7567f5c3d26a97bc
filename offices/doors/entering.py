"""进门: what happens when somebody has shown to be who she says, whichever door she came through."""

from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from offices.doors import duties, lockout, passwords, sessions
from offices.models import Staff
from offices.services import note_login

BACKEND = "offices.auth.StaffBackend"


def enter(request: HttpRequest, response: HttpResponse, staff: Staff, *, at_once: bool = True) -> None:
    """Begin the session, note what is to be settled first, and mark the browser; `response` is what the browser gets.

    `at_once` is false for a password given under a page that waits: that page may still be sent.
    """
    login(request, staff, backend=BACKEND)
    sessions.begin(request)
    duties.impose(request, staff, at_once=at_once)
    note_login(staff=staff)
    days = passwords.days_left(staff, now=timezone.now())
    if at_once and days is not None:
        messages.warning(request, f"口令还有 {days} 天到期，请在右上角自己的姓名下更改。")
    lockout.remember(request, response, staff.username)
