"""登录锁定: how often a name, an address, or both together may fail; asked before any password is hashed.

A try is written down as failed before it is judged, under a lock, and taken back when it succeeds: twenty tries at once
count as twenty. What is refused because of a lock does not count, so that nobody can keep a lock shut for ever.

Locking a name is a weapon too. A browser from which a name has come in before carries a signed mark for it; from there
only its own failures count (the "device cookies" of OWASP). Whoever fails from elsewhere with a clerk's name on purpose
locks himself out, and in the end all unknown browsers, but not the PC at which she works every day.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.core import signing
from django.db import connection, transaction
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from offices import origin
from offices.doors.models import LoginFailure

PAIR, PAIR_SPAN = 5, timedelta(minutes=15)  # one name from one place
NAME, ADDRESS, SPAN = 20, 60, timedelta(hours=1)  # one name from all unknown places; one address, all names
COOKIE_DAYS, NAMES_OF_A_BROWSER = 90, 20
SALT = "canbao.browser"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a try comes from: an address, or a browser that the name has come in from before."""

    name: str
    is_known: bool


def digest_of(name: str, *, kind: str = "password") -> str:
    """The name as it is kept here; failures of each kind of secret count apart."""
    return salted_hmac(f"login.{kind}", name.strip().lower(), algorithm="sha256").hexdigest()[:32]


def place_of(request: HttpRequest | None, name: str) -> Place:
    """Where the request comes from, for a try with this name."""
    browser = _browser(request)
    if digest_of(name) in browser["names"]:
        return Place(f"browser {browser['id']}", is_known=True)
    return here()


def here() -> Place:
    """The address that the request comes from, whatever is tried."""
    return Place(address_of(origin.current.get().ip), is_known=False)


def address_of(ip: str | None) -> str:
    """The address as it is counted: one household has 2⁶⁴ addresses of IPv6, which are one here."""
    if ip is None:
        return ""
    address = ip_address(ip)
    return str(ip_network((address, 64), strict=False)) if isinstance(address, IPv6Address) else str(address)


def begin(digest: str, place: Place) -> int | None:
    """Write down a try; None where none is allowed now. Waits for a try with the same name or from the same place."""
    now = timezone.now()
    with transaction.atomic():
        for each in (digest, place.name):
            _wait_for(each)
        if is_locked(digest, place, at=now):
            return None
        row = LoginFailure(name_digest=digest, place=place.name, is_known=place.is_known, at=now)
        row.save(force_insert=True)
    return row.pk


def succeed(digest: str, place: Place) -> None:
    """Forget what the name has failed with from this place, and whatever counts no longer."""
    LoginFailure.objects.filter(name_digest=digest, place=place.name).delete()
    LoginFailure.objects.filter(at__lt=timezone.now() - SPAN).delete()


def is_locked(digest: str, place: Place, *, at: datetime) -> bool:
    """Whether one more try with the name from the place is one too many."""
    counts = LoginFailure.objects.filter(Q(name_digest=digest) | Q(place=place.name), at__gt=at - SPAN).aggregate(
        pair=Count("pk", filter=Q(name_digest=digest, place=place.name, at__gt=at - PAIR_SPAN)),
        name=Count("pk", filter=Q(name_digest=digest, is_known=False)),
        address=Count("pk", filter=Q(place=place.name)),
    )
    if place.is_known:
        return counts["pair"] >= PAIR
    return counts["pair"] >= PAIR or counts["name"] >= NAME or counts["address"] >= ADDRESS


def locked_names(names: list[str]) -> set[str]:
    """Which of these names cannot come in from at least one place."""
    now = timezone.now()
    names_of = {digest_of(name, kind=kind): name for name in names for kind in ("password", "code")}
    rows = (
        LoginFailure.objects.filter(name_digest__in=names_of, at__gt=now - SPAN)
        .order_by()
        .values("name_digest", "place")
        .annotate(late=Count("pk", filter=Q(at__gt=now - PAIR_SPAN)), unknown=Count("pk", filter=Q(is_known=False)))
    )
    unknown: dict[str, int] = {}
    found = set()
    for row in rows:
        digest = row["name_digest"]
        unknown[digest] = unknown.get(digest, 0) + row["unknown"]
        if row["late"] >= PAIR or unknown[digest] >= NAME:
            found.add(names_of[digest])
    return found


def locked_addresses() -> list[str]:
    """The addresses from which no unknown browser can come in now."""
    rows = LoginFailure.objects.filter(is_known=False, at__gt=timezone.now() - SPAN).order_by("place").values("place")
    return [row["place"] for row in rows.annotate(count=Count("pk")).filter(count__gte=ADDRESS)]


def unlock_name(name: str) -> None:
    """Forget all failures with the name."""
    digests = [digest_of(name, kind=kind) for kind in ("password", "code")]
    LoginFailure.objects.filter(name_digest__in=digests).delete()


def unlock_address(address: str) -> int:
    """Forget all failures from the address; how many there were."""
    return LoginFailure.objects.filter(place=address, is_known=False).delete()[0]


def remember(request: HttpRequest, response: HttpResponse, name: str) -> None:
    """Mark the browser as one from which the name has come in."""
    browser = _browser(request)
    names = [each for each in browser["names"] if each != digest_of(name)]
    value = signing.dumps(
        {"id": browser["id"], "names": [*names, digest_of(name)][-NAMES_OF_A_BROWSER:]}, salt=SALT, compress=True
    )
    response.set_cookie(
        settings.BROWSER_COOKIE_NAME,
        value,
        max_age=COOKIE_DAYS * 86_400,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _browser(request: HttpRequest | None) -> dict:
    """What the browser's mark says; a new mark where there is none that we have signed."""
    written = request.COOKIES.get(settings.BROWSER_COOKIE_NAME, "") if request else ""
    try:
        return signing.loads(written, salt=SALT, max_age=COOKIE_DAYS * 86_400)
    except signing.BadSignature:
        return {"id": secrets.token_hex(8), "names": []}


def _wait_for(what: str) -> None:
    number = int.from_bytes(sha256(f"login {what}".encode()).digest()[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])
