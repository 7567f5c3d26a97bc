"""每一页: all pages of the URL map that want no argument, as each role of the county opens them; the slowest are told.

Opened twice within this process, without a server; the second time counts. A page that fails stops the run.
"""

import logging
import time
from collections.abc import Iterable, Iterator
from operator import itemgetter
from typing import Any

from bench.result import Result, Size
from bench.timing import p95

COUNTY = "530127"
AT_THE_COUNTER, ABOVE = ("clerk", "supervisor"), ("administrator", "auditor")
ROLES = {"small": ("administrator",), "full": (*AT_THE_COUNTER, *ABOVE)}
SLOW = 1.0  # seconds
NAMED = 3


def measure(size: Size) -> list[Result]:
    """A row for each role: the slowest page."""
    from django.conf import settings
    from django.test import Client

    logging.getLogger("django.request").setLevel(logging.CRITICAL)  # of pages that are not a role's
    settings.DEMO, settings.ALLOWED_HOSTS = True, ["testserver"]
    names = sorted(_names())
    results = []
    for role, staff in _people(ROLES[size]):
        client = Client()
        client.force_login(staff)
        taken = sorted(((_seconds(client, name), name) for name in names), key=itemgetter(0), reverse=True)
        seconds = [each for each, _ in taken]
        slowest = ", ".join(f"{name} {each:.2f} s" for each, name in taken[:NAMED])
        above = sum(each > SLOW for each in seconds)
        note = f"ratio: seconds; {above} above {SLOW:.0f} s; {slowest}; p95 {p95(seconds) * 1000:.0f} ms"
        where = "a town" if role in AT_THE_COUNTER else "the county"
        job = f"slowest of {len(names)} pages, {role} of {where}"
        results.append(Result(job, f"{seconds[0]:.2f} s", "", seconds[0], note=note))
    return results


def _names() -> set[str]:
    """Every page by its name, of which the address wants nothing."""
    from django.urls import URLPattern, get_resolver

    def walk(patterns: list[Any]) -> Iterator[str]:
        for each in patterns:
            if not isinstance(each, URLPattern):
                yield from walk(each.url_patterns)
            elif each.name and "<" not in str(each.pattern):
                yield each.name

    return set(walk(get_resolver().url_patterns)) - {"logout"}


def _people(roles: Iterable[str]) -> Iterator[tuple[str, Any]]:
    """Somebody of each of the roles: of a town's office those at the counter, the others without one."""
    from offices import scope
    from offices.models import Office, Staff

    with scope.everywhere("the bench looks as each role"):
        town = Office.objects.filter(code__startswith=f"SM-{COUNTY}").order_by("pk").first()
        for role in roles:
            office = town if role in AT_THE_COUNTER else None
            division = town.division_code if office else COUNTY
            given = {"name": "看页", "role": role, "office": office, "division_scope": division, "is_demo": True}
            staff, _ = Staff.objects.get_or_create(username=f"look-{role}", defaults=given)
            yield role, staff


def _seconds(client: Any, name: str) -> float:
    """The second time it is opened."""
    from django.urls import reverse

    for _ in range(2):
        started = time.perf_counter()
        answer = client.get(reverse(name))
        size = sum(map(len, answer)) if answer.streaming else len(answer.content)
        taken = time.perf_counter() - started
        if answer.status_code >= 500 or size < 0:
            raise SystemExit(f"{name} answers {answer.status_code}")
    return taken
