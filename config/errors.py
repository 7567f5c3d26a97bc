"""出错页: what went wrong, why, what to do, and the request's number for whoever looks into it."""

import logging
import sys
from typing import Any

from django.contrib.sessions.exceptions import SessionInterrupted
from django.core.exceptions import (
    BadRequest,
    DisallowedHost,
    PermissionDenied,
    RequestDataTooBig,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.db import InterfaceError, OperationalError
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponseForbidden,
    HttpResponseNotFound,
    HttpResponseServerError,
    UnreadablePostError,
)
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import requires_csrf_token

from offices import origin
from offices.room import is_disk_full

logger = logging.getLogger("canbao.errors")

TOO_MUCH = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)
READ_AT_MOST, CHUNK = 200_000_000, 1_000_000
LOGGED_OUT = "您的登录已经结束，也许刚在另一个窗口退出了。请重新登录；收款前先查找这一户，看是否已办成。"
DISK_FULL = "已保存的资料和已开的收据都在。请马上告诉管理员腾出磁盘空间；腾出之后就能接着办理，不必重新启动。"
# The classes of PostgreSQL's codes that say that nobody is there: connection lost, server ended or not ready yet.
DATABASE_GONE = ("08", "57P")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: what the browser sent cannot be read; 413: it is more than a page may send."""
    if isinstance(exception, TOO_MUCH):
        return _too_much(request)
    if isinstance(exception, SessionInterrupted):
        return _session_not_saved(request, exception)
    why = str(exception) if isinstance(exception, BadRequest) else ""
    return HttpResponseBadRequest(_page("400.html", request, why=why))


def _session_not_saved(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The work is done but its session could not be kept: the database went away, or she has logged out elsewhere."""
    from offices.middleware import unauthorized, wants_fragment  # the log is set up, with its filter, before the models

    chain = exception.__context__
    while chain is not None:
        if _is_database_gone(chain):
            return _away(request)
        chain = chain.__context__
    if wants_fragment(request):
        return unauthorized("required")
    if request.path == reverse("login"):  # ended while it began: once more
        return redirect(request.get_full_path())
    return HttpResponseBadRequest(_page("400.html", request, why=LOGGED_OUT))


def _too_much(request: HttpRequest) -> HttpResponse:
    """Read the rest and throw it away first: a browser that is cut off while it sends shows no page at all."""
    left = READ_AT_MOST
    try:
        while left > 0 and (read := request.read(CHUNK)):
            left -= len(read)
    except (UnreadablePostError, OSError):
        logger.warning("the browser went away while it sent too much")
    return HttpResponse(_page("413.html", request), status=413)


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
    """500: our fault; 503: no database or no room. Drawn without database and session, which may be what failed."""
    error = sys.exception()
    if is_disk_full(error):
        return _away(request, what="服务器的磁盘满了，这一步没有完成", why=DISK_FULL)
    if _is_database_gone(error):
        return _away(request)
    return HttpResponseServerError(_page("500.html", request))


def _away(request: HttpRequest, **words: str) -> HttpResponse:
    return HttpResponse(_page("503.html", request, **words), status=503, headers={"Retry-After": "5"})


class DatabaseGoneFilter(logging.Filter):
    """A database that is away is said in one line of the log: pages of traces would hide who brings it back."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if error and _is_database_gone(error):
            said = " ".join(str(error).split())
            record.msg, record.args = f"{record.getMessage()}（数据库连不上：{said:.200}）", ()
            record.exc_info = None
        return True


def _is_database_gone(error: BaseException | None) -> bool:
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    code = getattr(error.__cause__, "sqlstate", None)
    return code is None or code.startswith(DATABASE_GONE)


def _page(template: str, request: HttpRequest, **context: Any) -> str:
    return render_to_string(template, context | _number() | {"back": _back(request)})


def _number() -> dict[str, Any]:
    """The beginning of the request's number, short enough to be copied by hand, and the moment: they find its lines."""
    number = origin.current.get().request_id
    return {"number": str(number)[:8] if number else "", "at": timezone.localtime()}


def _back(request: HttpRequest) -> str:
    """The page the browser came from, if it is ours and another one than this."""
    came_from = request.META.get("HTTP_REFERER", "")
    try:
        host = request.get_host()
    except DisallowedHost:
        return ""
    ours = url_has_allowed_host_and_scheme(came_from, allowed_hosts={host}, require_https=request.is_secure())
    return came_from if ours else ""
