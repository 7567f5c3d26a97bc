"""会话的存放: Django's sessions in a table of our own, which says whose a session is (settings: SESSION_ENGINE)."""

from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from offices.doors.sessions import ADDRESS, BEGAN, moment_of


class SessionStore(DatabaseStore):
    """Writes the owner, the beginning and the address of a session beside what it holds."""

    @classmethod
    def get_model_class(cls) -> Any:
        from offices.models import LoginSession

        return LoginSession

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        row = super().create_model_instance(data)
        row.staff_id = data.get(SESSION_KEY)
        row.began_at = moment_of(data.get(BEGAN))
        row.address = data.get(ADDRESS)
        return row
