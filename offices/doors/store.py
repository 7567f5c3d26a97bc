"""会话的存放: Django's sessions in a table of our own, which says whose a session is (settings: SESSION_ENGINE)."""

from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone

from offices.doors.sessions import ADDRESS, BEGAN, kept_as, moment_of


class SessionStore(DatabaseStore):
    """Writes the owner, the beginning and the address of a session beside what it holds; of its key, a digest."""

    @classmethod
    def get_model_class(cls) -> Any:
        from offices.models import LoginSession

        return LoginSession

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        row = super().create_model_instance(data)
        row.session_key = kept_as(row.session_key)
        row.staff_id = data.get(SESSION_KEY)
        row.began_at = moment_of(data.get(BEGAN))
        row.address = data.get(ADDRESS)
        return row

    def exists(self, session_key: str) -> bool:
        """Whether there is a session with the key."""
        return super().exists(kept_as(session_key))

    def delete(self, session_key: str | None = None) -> None:
        """End the session, or that of the key."""
        if key := session_key or self.session_key:
            super().delete(kept_as(key))

    def _get_session_from_db(self) -> Any:
        found = self.model.objects.filter(session_key=kept_as(self.session_key), expire_date__gt=timezone.now()).first()
        if found is None:
            self._session_key = None
        return found
