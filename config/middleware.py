"""请求的门槛: what no page can use is refused before it is seen, and no refusal goes out without words."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, QueryDict

from config.errors import method_not_allowed

# What a browser would otherwise lend to a script of any page; the page that photographs gets the camera back.
DEVICES = (
    *("accelerometer", "bluetooth", "camera", "display-capture", "geolocation", "gyroscope", "hid", "idle-detection"),
    *("local-fonts", "magnetometer", "microphone", "midi", "payment", "publickey-credentials-get"),
    *("screen-wake-lock", "serial", "usb", "window-management", "xr-spatial-tracking"),
)
NO_DEVICE = ", ".join(f"{device}=()" for device in DEVICES)
CAMERA_ONLY = NO_DEVICE.replace("camera=()", "camera=(self)")


class PermissionsMiddleware:
    """Says with every page that none of the computer's devices is for it, but for the camera where a photo is taken."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        page = request.resolver_match.view_name if request.resolver_match else ""
        response.headers["Permissions-Policy"] = CAMERA_ONLY if page in settings.CAMERA_PAGES else NO_DEVICE
        return response


class PlainRequestMiddleware:
    """Refuses the NUL character, which PostgreSQL keeps nowhere, and explains an address that takes only forms."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path_info:
            raise Http404
        if _has_nul(request.GET) or _has_nul(request.POST):
            raise BadRequest("送来的内容里有空字符（NUL），没有保存任何改动。请删去粘贴来的内容，重新录入。")
        response = self.get_response(request)
        return method_not_allowed(request, response) if response.status_code == 405 else response


def _has_nul(data: QueryDict) -> bool:
    return any("\0" in text for name, values in data.lists() for text in (name, *values))
