"""续保: the households of last year, by village, ready for this year's window."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.decision import Refusal
from common.tables import XLSX
from households.serving import made
from offices.access import for_clerks
from offices.clock import moment
from offices.models import Division
from offices.paging import page_of
from offices.taking import Copy, asks_why
from payments.counter.prepared import ask_prepared, prepared_of
from payments.counter.reading import coverage_year
from payments.counter.renewal import STATES, STATES_OF_ALL, counts_of, in_all_villages, renewal_of, rows_of, villages_of
from payments.counter.renewal_job import AT_ONCE_HOUSEHOLDS, ask_list, count_of, list_file, name_of, note_list


@for_clerks
@never_cache
@require_safe
def renewal(request: HttpRequest) -> HttpResponse:
    """All villages with their numbers, or one: who may pay again, who has something to be looked at, who has paid."""
    office, at = request.user.office, moment(request.user.office)
    try:
        year = coverage_year(office, at=at)
    except Refusal as refusal:
        return render(request, "payments/renewal.html", {"refusal": str(refusal)})
    villages = villages_of(request.user, office)
    village = next((each for each in villages if each.code == request.GET.get("village")), None)
    if village is None and len(villages) == 1:
        village = villages[0]
    context: dict[str, Any] = {"year": year, "villages": villages, "village": village}
    if village:
        context |= _one_village(request, village, year=year, at=at)
    elif villages:
        context |= _all_villages(request, villages, year=year, at=at)
    return render(request, "payments/renewal.html", context)


@for_clerks
@never_cache
@require_http_methods(["GET", "POST"])
@asks_why("导出续保名单")
def renewal_list(request: HttpRequest, *, copy: Copy) -> HttpResponse:
    """All villages as a workbook, a long list by way of a job; taking it is an act."""
    by, at = request.user, moment(request.user.office)
    try:
        year = coverage_year(by.office, at=at)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("renewal")
    asked = {"year": year, "households": count_of(year=year, by=by), "copy": copy, "by": by, "at": at}
    if asked["households"] > AT_ONCE_HOUSEHOLDS:
        return redirect("job", ask_list(**asked).pk)
    data = list_file(year=year, copy=copy, by=by, at=at)
    note_list(**asked)
    return made(data, content=XLSX, name=name_of(year))


@for_clerks
@require_POST
def renewal_prepare(request: HttpRequest) -> HttpResponse:
    """预核 of all villages, by a job."""
    by, at = request.user, moment(request.user.office)
    try:
        year = coverage_year(by.office, at=at)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("renewal")
    return redirect("job", ask_prepared(year=year, by=by, at=at).pk)


def _one_village(request: HttpRequest, village: Division, *, year: int, at: datetime) -> dict[str, Any]:
    state = _state(request, STATES)
    found = renewal_of(request.user.office, village=village.code, staff=request.user, year=year, at=at)
    page = page_of(found.standing(state), request.GET.get("page"))
    query = f"village={village.code}&state={state}"
    return {"found": found, "states": found.counted(), "state": state, "page": page, "rows": page.rows, "query": query}


def _all_villages(request: HttpRequest, villages: list[Division], *, year: int, at: datetime) -> dict[str, Any]:
    office, staff, state = request.user.office, request.user, _state(request, STATES_OF_ALL)
    counts = counts_of(office, villages, staff=staff, year=year)
    total, paid = sum(each.households for each in counts), sum(each.paid for each in counts)
    page = page_of(in_all_villages(office, staff=staff, year=year, state=state), request.GET.get("page"))
    return {
        "prepared": prepared_of(office, staff=staff, year=year),
        "counts": counts,
        "total": {"households": total, "paid": paid, "open": total - paid},
        "states": [(value, word, paid if value == "paid" else total - paid) for value, word in STATES_OF_ALL],
        "state": state,
        "page": page,
        "rows": rows_of(page.rows, year=year, at=at),
        "village_names": {each.code: each.name for each in villages},
        "query": f"state={state}",
    }


def _state(request: HttpRequest, states: tuple[tuple[str, str], ...]) -> str:
    asked = request.GET.get("state", "")
    return asked if asked in dict(states) else ""
