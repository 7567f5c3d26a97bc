"""权限: who may do what, and within which divisions. Whoever is outside the scope gets 404, never 403."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse

from common.decision import Reason, Refusal
from offices.models import Staff

M = TypeVar("M", bound=Model)
View = Callable[..., HttpResponse]
Role = Staff.Role


def visible(rows: QuerySet[M], staff: Staff, *, field: str = "division_code") -> QuerySet[M]:
    """The rows that lie in the divisions of a member of staff; `field` leads to the row's division code."""
    return rows.filter(**{f"{field}__startswith": staff.division_scope})


def has_role(staff: Staff, *roles: str) -> bool:
    """Whether the member of staff has one of the roles."""
    return staff.role in roles


def require_role(staff: Staff, *roles: str) -> None:
    """Refuse an act that belongs to other roles; services call this, views use the decorators below."""
    if staff.role not in roles:
        wanted = "、".join(Role(role).label for role in roles)
        raise Refusal(Reason("role", f"这项操作只能由{wanted}办理，请与其联系。"))


def _only(*roles: str) -> Callable[[View], View]:
    wanted = "、".join(Role(role).label for role in roles)

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if getattr(request.user, "role", None) not in roles:
                raise PermissionDenied(f"本页供{wanted}使用。如需办理，请与其联系。")
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def found_first(argument: str, find: Callable[..., Any]) -> Callable[[View], View]:
    """Find what the address names, by its key `argument` and within the scope, before anything else is asked."""

    def decorate(view: View) -> View:
        @wraps(view)
        def finding(request: HttpRequest, **kwargs: Any) -> HttpResponse:
            found = find(kwargs.pop(argument), staff=request.user)
            return view(request, found, **kwargs)

        return finding

    return decorate


# Login itself is required of every view by the middleware.
for_clerks = _only(Role.CLERK, Role.SUPERVISOR)
for_supervisors = _only(Role.SUPERVISOR)
for_auditors = _only(Role.AUDITOR)
for_administrators = _only(Role.ADMINISTRATOR)
for_managers = _only(Role.SUPERVISOR, Role.ADMINISTRATOR)
for_overseers = _only(Role.SUPERVISOR, Role.ADMINISTRATOR, Role.AUDITOR)
for_administrators_and_auditors = _only(Role.ADMINISTRATOR, Role.AUDITOR)
