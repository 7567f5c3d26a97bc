"""来源: from where a request comes, for the acts log; set by the middleware, empty in commands and jobs."""

import hashlib
import logging
import uuid
from contextvars import ContextVar
from dataclasses import dataclass
from ipaddress import ip_address

from django.conf import settings


@dataclass(frozen=True, slots=True)
class Origin:
    """Network address, a short hash that tells browsers apart without describing them, and the request's own number."""

    ip: str | None = None
    agent: str = ""
    request_id: uuid.UUID | None = None


NOWHERE = Origin()
current: ContextVar[Origin] = ContextVar("origin", default=NOWHERE)


def client_address(peer: str, forwarded: str) -> str | None:
    """The address of the browser: that of the peer, or what trusted proxies say of it.

    A proxy appends to X-Forwarded-For the address that it has seen; what stands before the entries of our own proxies
    is only what the browser says of itself.
    """
    found = None
    # A peer without an address came through a socket file, which only our own web server can open.
    peers = [peer] if peer or not settings.PROXIES else []
    for written in [*peers, *reversed(forwarded.split(","))]:
        try:
            address = ip_address(written.strip())
        except ValueError:
            return found
        found = str(address)
        if not any(address in network for network in settings.PROXIES):
            return found
    return found


def fingerprint(user_agent: str) -> str:
    """The first 16 hexadecimal digits of the browser's SHA-256."""
    return hashlib.sha256(user_agent.encode()).hexdigest()[:16] if user_agent else ""


class RequestNumberFilter(logging.Filter):
    """Give each line of the log the number of the request in which it was written: an error page shows that number."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_number = current.get().request_id or "-"
        return True
