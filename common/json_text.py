"""JSON as statements send it to the database; orjson, because a queue waits for it."""

from typing import Any

import orjson


def json_text(value: Any) -> str:
    """The value without blanks, Chinese as it is; a TypeError for what JSON does not know (a Decimal is no number)."""
    return orjson.dumps(value).decode()
