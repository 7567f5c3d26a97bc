"""监控的页面: for machines. What they say in detail is for whoever has the token; without one they say yes or no."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from upkeep.monitoring.figures import exposition
from upkeep.monitoring.readiness import points

TEXT = "text/plain; charset=utf-8"


@login_not_required
@never_cache
@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """The process answers; nothing else is asked, so that a database that is away restarts no server."""
    return HttpResponse("ok\n", content_type=TEXT)


@login_not_required
@never_cache
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """Pages can be served: 200, else 503. With the token point by point."""
    held = list(points())
    is_ready = all(point.is_well for point in held if point.must)
    lines = [f"{point.name} {'ok' if point.is_well else 'not'}" for point in held] if _has_token(request) else []
    said = ["ok" if is_ready else "not", *lines]
    return HttpResponse("".join(f"{line}\n" for line in said), status=200 if is_ready else 503, content_type=TEXT)


@login_not_required
@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """What Prometheus reads; without the token there is no such page."""
    if not _has_token(request):
        raise Http404
    return HttpResponse(exposition(), content_type=CONTENT_TYPE_LATEST)


def _has_token(request: HttpRequest) -> bool:
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return bool(settings.METRICS_TOKEN) and constant_time_compare(given, settings.METRICS_TOKEN)
