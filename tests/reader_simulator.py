"""读卡服务的模拟器: a card reader's local service, by HTTP or by WebSocket, that reads invented cards.

`python -m tests.reader_simulator http 18088` or `websocket 18089`: one card after the other, a new one at each request
or, by WebSocket, at each line typed into the terminal. For training, and for trying a browser's policies.
"""

import argparse
import json
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any

from websockets.sync.server import ServerConnection, serve

from common.idcard import check_digit

HOST = "127.0.0.1"
Answer = Callable[[], str]


def cards() -> Iterator[tuple[str, str]]:
    """Invented numbers and names without end."""
    for place in count():
        born = date(1960, 1, 1) + timedelta(days=37 * place)
        first = f"320705{born:%Y%m%d}{place % 1000:03d}"
        yield first + check_digit(first), f"试{'一二三四五六七八九十'[place % 10]}"


def as_json(number: str, name: str) -> str:
    """An answer in one of the shapes in which such services give it."""
    return json.dumps({"resultFlag": 0, "resultContent": {"partyName": name, "certNumber": number}}, ensure_ascii=False)


@contextmanager
def over_http(answer: Answer, *, port: int = 0) -> Iterator[str]:
    """Serve `answer` at each request; gives the address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = answer().encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Access-Control-Allow-Origin", "*")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer((HOST, port), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://{HOST}:{server.server_port}/read"
    finally:
        server.shutdown()
        server.server_close()


class Pusher:
    """Sends a text to every page that listens."""

    def __init__(self) -> None:
        self.pages: set[ServerConnection] = set()
        self.heard: list[str] = []
        self.answer: Answer | None = None

    def __call__(self, page: ServerConnection) -> None:
        self.pages.add(page)
        try:
            for message in page:
                self.heard.append(str(message))
                if self.answer:
                    page.send(self.answer())
        finally:
            self.pages.discard(page)

    def push(self, text: str) -> None:
        for page in list(self.pages):
            page.send(text)


@contextmanager
def over_websocket(pusher: Pusher, *, port: int = 0) -> Iterator[str]:
    """Serve a pusher; gives the address."""
    with serve(pusher, HOST, port) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"ws://{HOST}:{server.socket.getsockname()[1]}/"
        server.shutdown()


def main() -> None:
    """Run one of the services until Ctrl-C."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("way", choices=("http", "websocket"))
    parser.add_argument("port", type=int)
    asked = parser.parse_args()
    deck = cards()
    if asked.way == "http":
        with over_http(lambda: as_json(*next(deck)), port=asked.port) as address:
            print(f"{address}  (Ctrl-C 结束)", flush=True)
            threading.Event().wait()
    pusher = Pusher()
    pusher.answer = lambda: as_json(*next(deck))
    with over_websocket(pusher, port=asked.port) as address:
        print(f"{address}  (每按一次回车送一张证，Ctrl-C 结束)", flush=True)
        for _ in sys.stdin:
            pusher.push(as_json(*next(deck)))


if __name__ == "__main__":
    main()
