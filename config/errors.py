"""出错页: what went wrong, why, what to do, and the request's number for whoever looks into it."""

import logging
from typing import Any

from django.core.exceptions import BadRequest, DisallowedHost, PermissionDenied
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponseForbidden,
    HttpResponseNotFound,
    HttpResponseServerError,
)
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import requires_csrf_token

from offices import origin

logger = logging.getLogger("canbao.errors")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: what the browser sent cannot be read."""
    why = str(exception) if isinstance(exception, BadRequest) else ""
    return HttpResponseBadRequest(_page("400.html", request, why=why))


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: the page belongs to other roles; the view's own sentence says to which."""
    why = str(exception) if isinstance(exception, PermissionDenied) else ""
    return HttpResponseForbidden(_page("403.html", request, why=why))


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: no such page, or not within the scope. The address is not repeated."""
    return HttpResponseNotFound(_page("404.html", request))


def method_not_allowed(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """405: an address that only takes forms, typed or reloaded; the view's own answer gets words."""
    response.content = _page("405.html", request)
    response["Content-Type"] = "text/html; charset=utf-8"
    return response


@requires_csrf_token
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form's token is not the browser's; with the way back to the page where the form stands."""
    logger.warning("csrf: %s", reason)
    return HttpResponseForbidden(_page("403_csrf.html", request))


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our fault. Drawn without database and session, which may be what failed."""
    return HttpResponseServerError(_page("500.html", request))


def _page(template: str, request: HttpRequest, **context: Any) -> str:
    return render_to_string(template, context | {"number": _number(), "back": _back(request)})


def _number() -> str:
    number = origin.current.get().request_id
    return str(number) if number else ""


def _back(request: HttpRequest) -> str:
    """The page the browser came from, if it is ours and another one than this."""
    came_from = request.META.get("HTTP_REFERER", "")
    try:
        host = request.get_host()
    except DisallowedHost:
        return ""
    ours = url_has_allowed_host_and_scheme(came_from, allowed_hosts={host}, require_https=request.is_secure())
    return came_from if ours else ""
