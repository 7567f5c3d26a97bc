"""计量: each request counted and timed under its page's name, and told to the log in one line that names nobody."""

import logging
import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from prometheus_client import Counter, Histogram

logger = logging.getLogger("canbao.requests")

REQUESTS = Counter("canbao_requests", "Requests answered.", ["view", "method", "status"])
SECONDS = Histogram(
    "canbao_request_seconds",
    "How long an answer took to make.",
    ["view"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
METHODS = frozenset({"GET", "HEAD", "POST"})


class MeteringMiddleware:
    """Counts what passes. The address is not noted: it may hold what someone typed; the page's name says enough."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.monotonic()
        response = self.get_response(request)
        seconds = time.monotonic() - started
        view = (request.resolver_match.view_name if request.resolver_match else "") or "none"
        method = request.method if request.method in METHODS else "other"
        REQUESTS.labels(view, method, response.status_code).inc()
        SECONDS.labels(view).observe(seconds)
        told = {"view": view, "status": response.status_code, "ms": round(seconds * 1000), "staff": _staff_of(request)}
        logger.info("%s %s %s %s ms", method, view, response.status_code, told["ms"], extra={"told": told})
        return response


def _staff_of(request: HttpRequest) -> int | None:
    """Who asked, where the page wanted to know; asking the database for the log alone would be too dear."""
    staff = getattr(request, "_cached_user", None)
    return staff.pk if staff else None
