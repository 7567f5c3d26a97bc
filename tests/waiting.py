"""Wait until something is so; fail in words rather than hang."""

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")


def wait_for(found: Callable[[], Found], *, so_that: str, seconds: float = 60, every: float = 0.02) -> Found:
    """Ask again and again until there is something to give (not false, none, empty or 0); it is given back.

    Raises AssertionError, with `so_that` for what it did not come to, after so many seconds.
    """
    end = time.monotonic() + seconds
    while not (it := found()):
        assert time.monotonic() < end, f"within {seconds:g} s it did not come to this: {so_that}"
        time.sleep(every)
    return it
