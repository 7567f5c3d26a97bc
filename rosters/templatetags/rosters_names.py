"""花名册页面的过滤器."""

from collections.abc import Mapping
from datetime import date, timedelta

from django import template

from rosters.models import Roster
from rosters.place import village_told

register = template.Library()


@register.filter
def village_name(names: Mapping[str, str], code: str) -> str:
    """The village's name, or that none is registered."""
    return village_told(names, code)


@register.filter
def named(labels: Mapping[str, str], code: str) -> str:
    """The name of a code, or empty."""
    return labels.get(code, "")


@register.filter
def roster_of(families: Mapping[int, Roster], household_id: int) -> Roster | None:
    """The roster on which others of a household stand."""
    return families.get(household_id)


@register.filter
def eve(day: date) -> date:
    """The day before."""
    return day - timedelta(days=1)
