"""运行日志: lines for people, or one JSON object a line for programs (CANBAO_LOG); each with its request's number."""

import json
import logging
from datetime import UTC, datetime

from config.scrubbing import scrubbed

PLAIN, JSON = "plain", "json"


class JsonFormatter(logging.Formatter):
    """One object a line. `request` is the number whose beginning the error page shows."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "process": record.process,
            "request": str(getattr(record, "request_number", "-")),
            "message": scrubbed(record.getMessage()),
            **getattr(record, "told", {}),
        }
        if record.exc_info:
            line["error"] = scrubbed(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)


def logging_settings(form: str) -> dict[str, object]:
    """Django's LOGGING. A line for each request is for programs: in a terminal it would bury what matters."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {
            "request": {"()": "offices.origin.RequestNumberFilter"},
            "gone": {"()": "config.errors.DatabaseGoneFilter"},
        },
        "formatters": {
            PLAIN: {
                "()": "config.scrubbing.ScrubbedFormatter",
                "format": "%(asctime)s %(levelname)s %(name)s [%(request_number)s]: %(message)s",
            },
            JSON: {"()": "config.logs.JsonFormatter"},
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": form, "filters": ["request", "gone"]}},
        "root": {"handlers": ["stderr"], "level": "INFO"},
        "loggers": {
            "django": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
            "canbao.requests": {"level": "INFO" if form == JSON else "WARNING"},
            "procrastinate": {"level": "WARNING"},  # what becomes of a job stands in its own row
            "psycopg.pool": {"level": "ERROR"},
        },
    }
