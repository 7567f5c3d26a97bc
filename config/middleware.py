"""请求的门槛: what no page can use is refused before it is seen, and no refusal goes out without words."""

import codecs
from collections.abc import Callable

from csp.constants import SELF
from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.utils.cache import add_never_cache_headers

from config.errors import bad_request, method_not_allowed
from payments.paper.fonts import Undrawable

# What a browser would otherwise lend to a script of any page; the page that photographs gets the camera back.
DEVICES = (
    *("accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "hid", "idle-detection"),
    *("local-fonts", "magnetometer", "microphone", "midi", "payment", "publickey-credentials-get"),
    *("screen-wake-lock", "serial", "usb", "window-management", "xr-spatial-tracking"),
)
NO_DEVICE = ", ".join(f"{device}=()" for device in DEVICES)
PDF = "application/pdf"
UTF_8 = "utf-8"
CAMERA_ONLY = NO_DEVICE.replace("camera=()", "camera=(self)")


class HeadersMiddleware:
    """Says with every page that no cache keeps it, that no other site may use it, and which of the computer's devices
    are for it: none, but for the camera where a photo is taken. Scripts and styles bring their own word on caching.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        page = request.resolver_match.view_name if request.resolver_match else ""
        response.headers["Permissions-Policy"] = CAMERA_ONLY if page in settings.CAMERA_PAGES else NO_DEVICE
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        if not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response


class PaperMiddleware:
    """Lets our own pages frame a PDF, to print it in place; nothing else may be framed by anyone. One that cannot be
    drawn is refused in words.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.get("Content-Type") == PDF:
            response.headers["X-Frame-Options"] = "SAMEORIGIN"
            response._csp_replace = {"frame-ancestors": [SELF]}
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A paper with a character that no typeface here draws: told, whichever paper it is, and nothing is printed."""
        return bad_request(request, BadRequest(str(exception))) if isinstance(exception, Undrawable) else None


class PlainRequestMiddleware:
    """Refuses what PostgreSQL keeps nowhere, and explains an address that takes only forms.

    The NUL character; and forms in another encoding than ours, which no browser sends: some hold half a character.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path_info:
            raise Http404
        if codecs.lookup(request.encoding or UTF_8).name != UTF_8:
            raise BadRequest("送来的内容不是 UTF-8 编码，没有保存任何改动。请用浏览器重新打开本页后再办。")
        if _has_nul(request.GET) or _has_nul(request.POST):
            raise BadRequest("送来的内容里有空字符（NUL），没有保存任何改动。请删去粘贴来的内容，重新录入。")
        response = self.get_response(request)
        return method_not_allowed(request, response) if response.status_code == 405 else response


def _has_nul(data: QueryDict) -> bool:
    return any("\0" in text for name, values in data.lists() for text in (name, *values))
