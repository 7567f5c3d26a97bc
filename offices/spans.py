"""Spans of days in the database: first and last day both included, an open end is null. 起止日期."""

from django.contrib.postgres.fields import DateRangeField, RangeBoundary
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Func, Q


def span(starts: str = "starts_on", ends: str = "ends_on") -> Func:
    """The span as a PostgreSQL range, for exclusion constraints."""
    bounds = RangeBoundary(inclusive_lower=True, inclusive_upper=True)
    return Func(F(starts), F(ends), bounds, function="DATERANGE", output_field=DateRangeField())


def forward(name: str, starts: str = "starts_on", ends: str = "ends_on") -> models.CheckConstraint:
    """The constraint that a span does not end before it starts."""
    return models.CheckConstraint(
        name=name,
        condition=Q(**{f"{starts}__isnull": True}) | Q(**{f"{ends}__isnull": True}) | Q(**{f"{ends}__gte": F(starts)}),
        violation_error_message="截止日期早于开始日期，请核对两个日期。",
    )


def refuse_reversed(row: models.Model, starts: str = "starts_on", ends: str = "ends_on") -> None:
    """Refuse reversed dates in `clean()`: PostgreSQL answers a reversed range with an error, not with a refusal."""
    first, last = getattr(row, starts), getattr(row, ends)
    if first and last and last < first:
        raise ValidationError({ends: "截止日期早于开始日期，请核对两个日期。"})


def on(day: object, starts: str = "starts_on", ends: str = "ends_on") -> Q:
    """The condition that a span holds on `day`; an open start counts as always."""
    begun = Q(**{f"{starts}__isnull": True}) | Q(**{f"{starts}__lte": day})
    return begun & (Q(**{f"{ends}__isnull": True}) | Q(**{f"{ends}__gte": day}))
