"""A clerk's browser and the server it talks to, without a screen: what the benches and the fault tests share."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlencode

HOST = "127.0.0.1"
PASSWORD = "bench-only"  # noqa: S105 - of invented clerks in a scratch database
SERVER = "from config.serve import Application, Server; Server(Application('127.0.0.1:{port}')).run()"
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_HIDDEN = re.compile(r'<input type="hidden" name="(key|previewed|applying|means)" value="([^"]*)"')
_FORM = "application/x-www-form-urlencoded"

Fields = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, and after how many seconds."""

    status: int
    headers: Message
    text: str
    seconds: float


class Browser:
    """One person's cookies; each request has a connection of its own."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cookies: dict[str, str] = {}

    def log_in(self, login: str, password: str = PASSWORD) -> None:
        token = TOKEN.search(self.get("/login/").text)
        fields = [("username", login), ("password", password), ("csrfmiddlewaretoken", token[1] if token else "")]
        answer = self.post("/login/", fields)
        if answer.status != 302:
            raise RuntimeError(f"no login: {answer.status}")

    def get(self, path: str) -> Answer:
        return self._ask("GET", path)

    def post(self, path: str, fields: Fields, *, htmx: bool = False) -> Answer:
        return self._ask("POST", path, urlencode(fields).encode(), self._posting(htmx=htmx))

    def post_body(self, path: str, body: bytes, content_type: str) -> Answer:
        """Any bytes, as of a form with files."""
        return self._ask("POST", path, body, self._posting() | {"Content-Type": content_type})

    def send_and_leave(self, path: str, fields: Fields) -> None:
        """Send a form and go away before there is an answer."""
        connection = HTTPConnection(HOST, self.port, timeout=60)
        connection.request("POST", path, urlencode(fields).encode(), self._cookie() | self._posting(htmx=True))
        connection.close()

    def _posting(self, *, htmx: bool = False) -> dict[str, str]:
        headers = {"Content-Type": _FORM, "X-CSRFToken": self.cookies.get("csrftoken", "")}
        return headers | ({"HX-Request": "true"} if htmx else {})

    def _cookie(self) -> dict[str, str]:
        return {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}

    def _ask(self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Answer:
        connection = HTTPConnection(HOST, self.port, timeout=60)
        started = time.perf_counter()
        try:
            connection.request(method, path, body, self._cookie() | dict(headers or {}))
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        seconds = time.perf_counter() - started
        for line in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return Answer(answer.status, answer.headers, content.decode(errors="replace"), seconds)


def payment_fields(page: str) -> list[tuple[str, str]]:
    """The form 收款 as the household's page shows it, paid in cash."""
    return list(dict.fromkeys([*_HIDDEN.findall(page), ("means", "cash")]))


def free_port() -> int:
    with socket.socket() as free:
        free.bind((HOST, 0))
        return int(free.getsockname()[1])


@contextmanager
def serving() -> Iterator[int]:
    """gunicorn with the application, as many workers as `make run` starts; its port."""
    port = free_port()
    environment = os.environ | {"CANBAO_DEMO": "1", "CANBAO_HTTPS": "0"}
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER.format(port=port)], env=environment, stdout=subprocess.DEVNULL
    )
    try:
        wait_until_served(port)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=30)


def wait_until_served(port: int, *, seconds: float = 120) -> None:
    """Wait until the application and its database answer."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with suppress(OSError, HTTPException):
            if Browser(port).get("/healthz/").status == 200:
                return
        time.sleep(0.1)
    raise SystemExit("the server did not answer")
