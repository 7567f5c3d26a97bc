"""中间件: where a request comes from, who must log in first, and what a page gets when its session has run out."""

import uuid
from collections.abc import Callable
from typing import Any

import pghistory
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.contrib.sessions.middleware import SessionMiddleware as DjangoSessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve
from django.utils.http import url_has_allowed_host_and_scheme

from offices import origin, scope
from offices.doors import duties, sessions

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
LOGIN_HEADER = "Canbao-Login"
STAFF_HEADER = "Canbao-Staff"


def wants_fragment(request: HttpRequest) -> bool:
    """Whether a script asks, so that a login page in the answer would land inside another page."""
    return bool(
        request.headers.get("HX-Request")
        or request.headers.get("X-Requested-With")
        or request.headers.get("Sec-Fetch-Dest") == "empty"
        or "text/html" not in request.headers.get("Accept", "text/html,*/*")
    )


class OriginMiddleware:
    """Note where the request comes from and give it its number, for the acts log, the log and the error pages.

    Outside the session's middleware: where a session cannot be kept, the page and the log tell the number too.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id = uuid.uuid4()
        agent = origin.fingerprint(request.headers.get("User-Agent", ""))
        forwarded = request.headers.get("X-Forwarded-For", "")
        address = origin.client_address(request.META.get("REMOTE_ADDR", ""), forwarded)
        token = origin.current.set(origin.Origin(address, agent, request_id))
        try:
            response = self.get_response(request)
        finally:
            origin.current.reset(token)
        response.headers["Canbao-Request"] = str(request_id)
        return response


class HistoryMiddleware:
    """Tell the rows' history who changes them, from which page and in which request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in SAFE_METHODS:
            return self.get_response(request)
        staff, number = request.user, origin.current.get().request_id
        with pghistory.context(
            request=str(number), page=_page(request), staff=staff.pk, office=getattr(staff, "office_id", None)
        ):
            return self.get_response(request)


class ScopeMiddleware:
    """The database shows the divisions of whoever is logged in, and nothing to anybody else, until the answer is out.

    Closed with the answer, not before: one that is streamed still reads.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        scope.close()  # where an answer before was never sent to its end
        if not request.user.is_authenticated:
            scope.close()  # somebody who may no longer log in was read
        response = self.get_response(request)
        response._resource_closers.append(scope.close)
        return response


def _page(request: HttpRequest) -> str:
    """The page's name rather than its address, which may name a person."""
    try:
        return resolve(request.path_info).view_name
    except Resolver404:
        return ""


class SessionMiddleware(DjangoSessionMiddleware):
    """Leaves the cookie of a session that has run out where it is.

    Django takes it back with the answer. Where several requests were on their way when the session ended, the last
    refusal would take back the cookie of whoever has given the password again meanwhile.
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        return response if response.status_code == 401 else super().process_response(request, response)


class LoginMiddleware(LoginRequiredMiddleware):
    """Every view wants a login unless it says otherwise.

    A script of a page whose session has run out, or whose browser has been logged in as somebody else meanwhile
    (the page sends its own staff number in Canbao-Staff), gets 401 and a header; the page then asks for the password.
    """

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., HttpResponse], view_args: Any, view_kwargs: Any
    ) -> HttpResponse | None:
        page_of = request.headers.get(STAFF_HEADER)
        if (
            page_of
            and request.user.is_authenticated
            and page_of != str(request.user.pk)
            and getattr(view_func, "login_required", True)
        ):
            return unauthorized("other")
        if request.user.is_authenticated:
            if sessions.is_over(request):
                logout(request)
                scope.close()
            else:
                sessions.keep_alive(request)
        opens_a_page = request.method in SAFE_METHODS and not wants_fragment(request)
        if first := duties.page_first(request, view_func, opens_a_page=opens_a_page):
            return (
                HttpResponse(status=403, headers={"HX-Redirect": first}) if wants_fragment(request) else redirect(first)
            )
        return super().process_view(request, view_func, view_args, view_kwargs)

    def handle_no_permission(self, request: HttpRequest, view_func: Callable[..., HttpResponse]) -> HttpResponse:
        if wants_fragment(request):
            return unauthorized("required")
        return redirect_to_login(_return_to(request), self.get_login_url(view_func), "next")


def unauthorized(why: str) -> HttpResponse:
    """401 for a script, which then has the password given: `required` where the session is over, or `other`.

    It asks once more what it asked before. What was done before the session ended is not done again: forms carry a key.
    """
    sentence = "登录已超时，请重新输入口令。" if why == "required" else "本浏览器已换了登录人，请重新输入口令。"
    return HttpResponse(sentence, status=401, content_type="text/plain; charset=utf-8", headers={LOGIN_HEADER: why})


def _return_to(request: HttpRequest) -> str:
    """The page to open after login: a form that was sent cannot be sent again, so the page it stood on."""
    if request.method in SAFE_METHODS:
        return request.get_full_path()
    referer = request.headers.get("Referer", "")
    safe = url_has_allowed_host_and_scheme(
        referer, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return referer if safe else "/"
