"""会话: how long one lasts, who is in now, and ending them.

A session ends after some minutes without a click (a page that only renews itself is no click), and some hours after the
password was given, whatever happens (`CANBAO_SESSION_HOURS`). The key stays in the database: pages know a session by a
digest of it.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from offices import origin
from offices.models import LoginSession, Staff

BEGAN, ADDRESS, SEEN = "began", "address", "seen"
UNATTENDED = "Canbao-Unattended"


@dataclass(frozen=True, slots=True)
class Shown:
    """A session for a page."""

    handle: str
    staff: Staff
    began_at: datetime | None
    seen_at: datetime
    address: str
    is_own: bool


def begin(request: HttpRequest) -> None:
    """Note in the session of somebody who has just logged in when and where that was."""
    request.session[BEGAN] = request.session[SEEN] = timezone.now().timestamp()
    request.session[ADDRESS] = origin.current.get().ip
    LoginSession.objects.filter(expire_date__lt=timezone.now()).delete()


def is_over(request: HttpRequest) -> bool:
    """Whether the session has lasted as long as any may."""
    began = moment_of(request.session.get(BEGAN))
    return began is not None and timezone.now() - began >= timedelta(hours=settings.SESSION_HOURS)


def keep_alive(request: HttpRequest) -> None:
    """Let the idle time begin anew; written once in a while only, and not for what a page does by itself."""
    if request.headers.get(UNATTENDED):
        return
    now = timezone.now().timestamp()
    request.session.setdefault(BEGAN, now)
    # Last seen in the future: the clock was set back, and the session must not last until then.
    if abs(now - request.session.get(SEEN, 0)) >= min(60, settings.SESSION_COOKIE_AGE / 30):
        request.session[SEEN] = now


def moment_of(stamp: float | None) -> datetime | None:
    """A moment as a session keeps it."""
    return None if stamp is None else datetime.fromtimestamp(stamp, UTC)


def shown(staff: QuerySet[Staff], *, own_key: str | None) -> list[Shown]:
    """Who of these is in now, whoever was seen last first."""
    now = timezone.now()
    idle = timedelta(seconds=settings.SESSION_COOKIE_AGE)
    rows = LoginSession.objects.filter(staff__in=staff, expire_date__gt=now).select_related("staff__office")
    return [
        Shown(
            handle=handle_of(row.session_key),
            staff=row.staff,
            began_at=row.began_at,
            seen_at=row.expire_date - idle,
            address=row.address or "",
            is_own=row.session_key == kept_as(own_key),
        )
        for row in rows.order_by("-expire_date")
    ]


def kept_as(key: str | None) -> str:
    """What the table keeps of a session's key: whoever reads the table, or a copy of it, cannot come in by it."""
    return salted_hmac("session.kept", key, algorithm="sha256").hexdigest()[:40] if key else ""


def handle_of(key: str) -> str:
    """What pages call a session."""
    return salted_hmac("session.handle", key, algorithm="sha256").hexdigest()[:24]


def end(staff: QuerySet[Staff], handle: str) -> Staff | None:
    """End one session of these; its owner, or None where it is over already."""
    for row in LoginSession.objects.filter(staff__in=staff).select_related("staff"):
        if handle_of(row.session_key) == handle:
            row.delete()
            return row.staff
    return None


def end_all(staff: Staff, *, but: str | None = None) -> int:
    """End all sessions of one person, but for one; how many."""
    return LoginSession.objects.filter(staff=staff).exclude(session_key=kept_as(but)).delete()[0]
