"""备份的页面: when the data were last saved and when that was last proved, for whoever answers for them."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from offices.access import for_administrators_and_auditors
from upkeep.standing import standing

SHOWN = 60


@never_cache
@require_safe
@for_administrators_and_auditors
def backups(request: HttpRequest) -> HttpResponse:
    """Every backup that was made, newest first, and what its proof saw."""
    now = standing()
    return render(request, "upkeep/backups.html", {"now": now, "rows": now.rows(SHOWN)})


@never_cache
@require_safe
@for_administrators_and_auditors
def backups_told(request: HttpRequest) -> HttpResponse:
    """The one line of it for the start page."""
    return render(request, "upkeep/_told.html", {"now": standing()})
