"""遮住的号码: how a page shows a number that nobody need read whole, with the way to see it."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from common.idcard import mask
from common.phone import mask_phone

PLACE = SafeString('<span class="reveal-place"></span>')


def masked(kind: str, value: str) -> str:
    """A number of a kind (households.revealing.WHAT) as a page shows it."""
    return mask_phone(value) if kind.endswith("phone") else mask(value)


def hidden(kind: str, pk: int, value: str | None) -> SafeString:
    """A number masked, with the way to see it whole: for a reason, for a minute. A dash where there is none."""
    if not value:
        return SafeString("—")
    way = _way(kind, str(pk), "显示")
    return format_html(
        '<span class="masked" id="masked-{}-{}">{} {}{}</span>', kind, pk, masked(kind, value), way, PLACE
    )


def hidden_all(kind: str, pks: Iterable[int], label: str) -> SafeString:
    """The way to see all numbers of a page at once, for one reason."""
    keys = "-".join(str(pk) for pk in pks)
    if not keys:
        return SafeString("")
    return format_html('<span class="masked">{}{}</span>', _way(kind, keys, label), PLACE)


def _way(kind: str, keys: str, label: str) -> SafeString:
    href = reverse("reveal", args=[kind, keys])
    return format_html(
        '<a class="reveal" href="{0}" hx-get="{0}" hx-target="next .reveal-place" hx-swap="innerHTML">{1}</a>',
        href,
        label,
    )
