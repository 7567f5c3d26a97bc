"""约束: the database's refusals in the words that the models give them."""

from functools import cache

from django.apps import apps
from django.db import IntegrityError
from django.db.models.constraints import BaseConstraint

from common.decision import Reason, Refusal


def refusal_of(error: IntegrityError) -> Refusal | None:
    """The clerk's sentence for a broken constraint, or None if nobody has written one."""
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
    text = _sentences().get(name)
    return Refusal(Reason(str(name), text)) if text else None


def sentence(name: str) -> str:
    """The sentence that a model gives its constraint of this name."""
    return _sentences()[name]


@cache
def _sentences() -> dict[str | None, str]:
    """From each model's constraints, and from `refusals`: what its triggers say, by the constraint that they name."""
    said: dict[str | None, str] = {
        constraint.name: str(constraint.violation_error_message)
        for model in apps.get_models()
        for constraint in model._meta.constraints
        if constraint.violation_error_message != BaseConstraint.default_violation_error_message
    }
    for model in apps.get_models():
        said |= getattr(model, "refusals", {})
    return said
