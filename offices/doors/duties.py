"""先办的事: what somebody who has logged in must settle before anything else; then the way leads on."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from offices.doors import passwords, second_factor
from offices.models import Staff

View = Callable[..., HttpResponse]
KEY, AT_ONCE = "duty", "duty_at_once"
PAGES = {"password": "own-password", "factor": "own-factor"}


def impose(request: HttpRequest, staff: Staff, *, at_once: bool) -> None:
    """Note in the new session what its owner must settle.

    Somebody who has given the password under a half-filled page (not `at_once`) may still send that page.
    """
    if passwords.is_expired(staff, now=timezone.now()):
        request.session[KEY], request.session[AT_ONCE] = "password", at_once
    elif second_factor.must_have(staff) and not second_factor.has(staff):
        request.session[KEY], request.session[AT_ONCE] = "factor", True


def settle(request: HttpRequest, duty: str) -> None:
    """The duty is done."""
    if request.session.get(KEY) == duty:
        del request.session[KEY], request.session[AT_ONCE]


def while_bound(view: View) -> View:
    """Mark a view as open to somebody who has a duty to settle."""
    view.while_bound = True  # type: ignore[attr-defined]
    return view


def page_first(request: HttpRequest, view: Callable[..., Any], *, opens_a_page: bool) -> str | None:
    """The page to settle a duty on, if this request has to wait for it."""
    duty = request.session.get(KEY) if SESSION_KEY in request.session else None
    if duty is None or getattr(view, "while_bound", False) or not (request.session[AT_ONCE] or opens_a_page):
        return None
    target = f"?{urlencode({'next': request.get_full_path()})}" if opens_a_page else ""
    return reverse(PAGES[duty]) + target


def next_page(request: HttpRequest, *, otherwise: str = settings.LOGIN_REDIRECT_URL) -> str:
    """Where to go afterwards: only ever a page of ours."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if safe else otherwise
