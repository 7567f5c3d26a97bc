"""How long something takes, over many goes."""

import time
from collections.abc import Callable, Sequence
from typing import Any


def p95(seconds: Sequence[float]) -> float:
    """The time within which 95 of 100 are done."""
    return sorted(seconds)[max(0, -(-len(seconds) * 95 // 100) - 1)]


def each(work: Callable[[Any], Any], arguments: Sequence[Any]) -> list[float]:
    """Seconds of each call."""
    found = []
    for argument in arguments:
        started = time.perf_counter()
        work(argument)
        found.append(time.perf_counter() - started)
    return found


def ms(seconds: float) -> str:
    """2.31 ms."""
    return f"{seconds * 1000:.3g} ms"
