"""新连接: what the database is told of a session as it is opened."""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

# One plan for each prepared statement, whatever it is asked (`offices/prepared.py`).
PLAN_ONCE = "SET plan_cache_mode = force_generic_plan"


def prepare_session(connection: BaseDatabaseWrapper, **_: Any) -> None:
    """Tell a new session how it works; called as each connection is opened (`offices/apps.py`)."""
    with connection.cursor() as cursor:
        cursor.execute(PLAN_ONCE)
