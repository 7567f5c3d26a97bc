"""内存: work in bulk without the collector, which would go through all that it makes again and again."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """For work that makes very many values and no rings of them: what is not used any more goes without the collector.

    It is the process that stops collecting; as a decorator or for a block.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
