"""留意: what of the rosters and lists waits for the supervisor, for the start page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from offices.access import for_supervisors
from rosters.waiting import lists_waiting, rosters_waiting


@for_supervisors
@never_cache
@require_safe
def rosters_told(request: HttpRequest) -> HttpResponse:
    """待上报、待入库, each with its count and the way there."""
    context = {"rosters": rosters_waiting(request.user), "lists": lists_waiting(request.user)}
    return render(request, "rosters/_waiting.html", context)
