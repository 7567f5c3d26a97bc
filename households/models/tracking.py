"""历史: every row of this application keeps its former states, written by the database itself."""

from collections.abc import Callable, Sequence
from typing import Any

import pghistory
import pgtrigger


def keep_history(*, exclude: Sequence[str] = ()) -> Callable[[Any], Any]:
    """Keep each row's states in an append-only event table; `exclude` names columns that are merely derived."""
    return pghistory.track(
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(),
        pghistory.DeleteEvent(),
        exclude=list(exclude) or None,
        append_only=True,
        level=pgtrigger.Statement,
    )
