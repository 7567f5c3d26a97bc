"""工作站: which card reader stands at this computer. Its browser keeps that, signed: it belongs to nobody."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse

KEYBOARD, HTTP, WEBSOCKET = "keyboard", "http", "websocket"
WAYS = (
    (KEYBOARD, "键盘式：读卡器像键盘一样把号码打进来"),
    (HTTP, "本机服务（HTTP）：厂家的读卡程序，由网页去问"),
    (WEBSOCKET, "本机服务（WebSocket）：厂家的读卡程序，刷卡时自己送来"),
)
SCHEMES = {HTTP: frozenset({"http"}), WEBSOCKET: frozenset({"ws"})}
THIS_COMPUTER = frozenset({"127.0.0.1", "localhost"})
KEPT_SECONDS = 400 * 24 * 3600  # as long as browsers keep a cookie


@dataclass(frozen=True, slots=True)
class CardReader:
    """How this computer's reader is asked. `send` is what a WebSocket service wants to hear before it reads."""

    way: str = KEYBOARD
    address: str = ""
    send: str = ""

    @property
    def is_service(self) -> bool:
        """Whether a program on the computer is asked, rather than keys heard."""
        return self.way != KEYBOARD

    @property
    def source(self) -> str:
        """The service's scheme, host and port, as a Content-Security-Policy names them."""
        parts = urlsplit(self.address)
        return f"{parts.scheme}://{parts.netloc}"


def is_on_this_computer(address: str, *, way: str) -> bool:
    """Whether a service's address is of the way's kind and leads nowhere but to the computer itself."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return False
    plain = not (parts.username or parts.password or parts.fragment) and not set(address) & set(" \t\r\n;,'\"\\")
    return plain and parts.scheme in SCHEMES[way] and parts.hostname in THIS_COMPUTER and port != 0


def card_reader(request: HttpRequest) -> CardReader:
    """The reader that this browser was told of; a keyboard unless it was."""
    kept = request.get_signed_cookie(_cookie(), default=None, max_age=KEPT_SECONDS)
    if not kept:
        return CardReader()
    reader = CardReader(**json.loads(kept))
    known = reader.way in SCHEMES and is_on_this_computer(reader.address, way=reader.way)
    return reader if known else CardReader()


def keep_card_reader(response: HttpResponse, reader: CardReader) -> None:
    """Have the browser remember its reader; in ASCII, since no header carries a Chinese word."""
    response.set_signed_cookie(
        _cookie(),
        json.dumps(asdict(reader)),
        max_age=KEPT_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )


def _cookie() -> str:
    return "__Host-canbao-reader" if settings.SESSION_COOKIE_SECURE else "canbao-reader"


class WorkstationMiddleware:
    """Knows the computer's reader, and lets the page's script talk to its service: to that and to nothing else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        reader = card_reader(request)
        request.card_reader = reader  # type: ignore[attr-defined] - for the page
        response: Any = self.get_response(request)
        if reader.is_service:
            response._csp_update = {"connect-src": [reader.source]}
        return response
