"""操作日志: one row per act, written in the transaction of the act itself."""

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from datetime import datetime
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import pghistory
from django.db import IntegrityError, models, transaction

from offices import origin, scope
from offices.constraints import refusal_of
from offices.models import Act, Office, Staff

NOBODY = "the machine itself, or somebody who is about to log in for the first time, has no divisions"
P = ParamSpec("P")
R = TypeVar("R")


def record(
    *,
    by: Staff | None,
    at: datetime,
    verb: str,
    subject: models.Model,
    office: Office | None = None,
    detail: Mapping[str, Any] | None = None,
) -> Act:
    """Write who did what, when, on what, from where: one INSERT. `by` is None for the machine itself.

    Without `office` the act belongs to the subject's office, or else to that of the member of staff.
    `detail` is plain JSON and holds no ID number.
    """
    source = origin.current.get()
    return Act.objects.create(
        by=by,
        at=at,
        verb=verb,
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        office_id=office.pk if office else getattr(subject, "office_id", None) or (by.office_id if by else None),
        division_code=getattr(subject, "division_code", "") or (by.division_scope if by else ""),
        detail=dict(detail or {}),
        ip=source.ip,
        agent=source.agent,
        request_id=source.request_id,
    )


def accountable(service: Callable[P, R]) -> Callable[P, R]:
    """Run a service in one transaction; let the rows' history know its `by` and `at`; refuse in words.

    A constraint that another clerk's transaction made us break is a Refusal with the constraint's own sentence.
    """

    @wraps(service)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        by, at = kwargs["by"], kwargs["at"]
        seen = nullcontext() if by else scope.everywhere(NOBODY)
        try:
            with seen, transaction.atomic(), pghistory.context(staff=by.pk if by else None, at=at.isoformat()):
                return service(*args, **kwargs)
        except IntegrityError as error:
            refusal = refusal_of(error)
            if refusal is None:
                raise
            raise refusal from error

    return run
