"""新连接: what the database is told of a session as it is opened."""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

# One plan for each prepared statement, whatever it is asked (`offices/prepared.py`).
PLAN_ONCE = "SET plan_cache_mode = force_generic_plan"
# pgtrigger asks a setting in each trigger, and where nobody has set it catches an error: that costs each of a payment's
# dozen triggers, and the end of the block goes through all triggers that wait for the commit, so that in a roster ten
# times the rows would take a hundred times as long. Set to nothing, all triggers run as ever.
ALL_TRIGGERS = "SET pgtrigger.ignore = '{}'"


def prepare_session(connection: BaseDatabaseWrapper, **_: Any) -> None:
    """Tell a new session how it works; called as each connection is opened (`offices/apps.py`)."""
    with connection.cursor() as cursor:
        cursor.execute(f"{PLAN_ONCE}; {ALL_TRIGGERS}")
