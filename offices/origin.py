"""来源: from where a request comes, for the acts log; set by the middleware, empty in commands and jobs."""

import hashlib
import logging
import uuid
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Origin:
    """Network address, a short hash that tells browsers apart without describing them, and the request's own number."""

    ip: str | None = None
    agent: str = ""
    request_id: uuid.UUID | None = None


NOWHERE = Origin()
current: ContextVar[Origin] = ContextVar("origin", default=NOWHERE)


def fingerprint(user_agent: str) -> str:
    """The first 16 hexadecimal digits of the browser's SHA-256."""
    return hashlib.sha256(user_agent.encode()).hexdigest()[:16] if user_agent else ""


class RequestNumberFilter(logging.Filter):
    """Give each line of the log the number of the request in which it was written: an error page shows that number."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_number = current.get().request_id or "-"
        return True
