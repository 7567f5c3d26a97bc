"""显示: the name of a division by its code, as the pages of 进度 know it."""

from collections.abc import Mapping

from django import template

register = template.Library()


@register.filter
def place_name(divisions: Mapping[str, str], code: str) -> str:
    """The village's name; the code where it has none."""
    return divisions.get(code, code)
