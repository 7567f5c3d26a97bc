"""显示: how amounts, numbers and days are written on every page."""

from datetime import date, datetime
from decimal import Decimal

from django import template

from common.idcard import group, mask, mask_written
from common.phone import mask_phone
from offices.hiding import hidden, hidden_all

register = template.Library()
register.simple_tag(hidden)
register.simple_tag(hidden_all)

WEEKDAYS = "一二三四五六日"


@register.filter
def yuan(amount: Decimal | None) -> str:
    """1,050.00; a dash where there is no amount."""
    return "—" if amount is None else f"{amount:,.2f}"


@register.filter
def masked_id(number: str) -> str:
    """320706********0014; nothing for nobody."""
    return mask(number) if number else ""


@register.filter
def masked_written_id(text: str) -> str:
    """The same of a number that could not be read: 320706*******0014（17位）, or only（9位）."""
    return mask_written(text) if text else ""


@register.filter
def grouped_id(number: str) -> str:
    """320706 19600101 0018, for comparing with the paper."""
    return group(number) if number else ""


@register.filter
def masked_phone(digits: str) -> str:
    """138****8888; nothing for nobody."""
    return mask_phone(digits) if digits else ""


@register.filter
def pieces(number: str) -> list[str]:
    """A whole ID number in its parts, so that it is read like the card and copied without gaps."""
    return [number[:6], number[6:14], number[14:]] if len(number) == 18 else [number]


@register.filter
def weekday(day: date | datetime) -> str:
    """周四."""
    return f"周{WEEKDAYS[day.weekday()]}"


@register.filter
def span(starts_on: date, ends_on: date) -> str:
    """2008-01-01 至 12-31; the year of the end only where it is another one."""
    end = f"{ends_on:%m-%d}" if ends_on.year == starts_on.year else f"{ends_on:%Y-%m-%d}"
    return f"{starts_on:%Y-%m-%d} 至 {end}"
