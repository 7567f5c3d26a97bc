"""时钟: the one place where the application gets the time; everything else gets it as an argument."""

from datetime import datetime

from django.conf import settings
from django.utils import timezone

from common.dates import SHANGHAI
from offices.models import Office


def moment(office: Office | None) -> datetime:
    """Now, in Asia/Shanghai: the server's clock, or in demonstration mode the office's own, which runs on."""
    return own_moment(office if settings.DEMO else None)


def own_moment(office: Office | None) -> datetime:
    """Now as an office of a demonstration has it, whoever asks: for commands beside the server that store nothing."""
    now = timezone.now()
    if office is not None and office.demo_moment is not None:
        now = office.demo_moment + (now - office.demo_set_at)
    return now.astimezone(SHANGHAI)


def is_demo_time(office: Office | None) -> bool:
    """Whether the office lives in a time of its own, so that the page must say so."""
    return bool(settings.DEMO and office is not None and office.demo_moment is not None)
