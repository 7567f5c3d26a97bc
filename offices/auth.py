"""登录校验: a locked name is not tried; demonstration users, whose passwords are public, only in demonstrations."""

from typing import Any

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest

from offices import scope
from offices.doors import lockout
from offices.models import Staff


class StaffBackend(ModelBackend):
    """Checks name and password; asked at login and again at every request of the session.

    Whatever the reason of a refusal, exactly one password is hashed: time does not tell which names exist.
    """

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **_: Any
    ) -> Staff | None:
        if username is None or password is None:
            return None
        digest, place = lockout.digest_of(username), lockout.place_of(request, username)
        if lockout.begin(digest, place) is None:
            make_password(password)
            return None
        staff = super().authenticate(request, username=username, password=password)
        if staff is not None:
            lockout.succeed(digest, place)
        return staff

    def get_user(self, user_id: int) -> Staff | None:
        """Who is logged in; the statement that reads the member of staff opens the session's divisions as well."""
        staff = Staff.objects.select_related("office").annotate(**scope.OPENING).filter(pk=user_id).first()
        if staff is None:
            return None
        scope.was_opened(staff.office_scope)
        return staff if self.user_can_authenticate(staff) else None

    def user_can_authenticate(self, user: Any) -> bool:
        return super().user_can_authenticate(user) and (settings.DEMO or not user.is_demo)
