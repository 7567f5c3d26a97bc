"""登录校验: demonstration users, whose passwords are public, exist only in demonstration mode."""

from typing import Any

from django.conf import settings
from django.contrib.auth.backends import ModelBackend


class StaffBackend(ModelBackend):
    """Checks name and password; asked at login and again at every request of the session."""

    def user_can_authenticate(self, user: Any) -> bool:
        return super().user_can_authenticate(user) and (settings.DEMO or not user.is_demo)
