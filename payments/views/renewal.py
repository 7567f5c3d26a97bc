"""续保: the households of last year, by village, ready for this year's window."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from common.decision import Refusal
from offices.access import for_clerks
from offices.clock import moment
from payments.counter import coverage_year
from payments.renewal import STATES, renewal_of, villages_of

PER_PAGE = 50


@for_clerks
@never_cache
@require_safe
def renewal(request: HttpRequest) -> HttpResponse:
    """One village: who may simply pay again, who has something to be looked at first, who has paid."""
    office, at = request.user.office, moment(request.user.office)
    villages = villages_of(request.user, office)
    try:
        year = coverage_year(office, at=at)
    except Refusal as refusal:
        return render(request, "payments/renewal.html", {"refusal": str(refusal)})
    village = next((each for each in villages if each.code == request.GET.get("village")), None)
    village = village or next(iter(villages), None)
    state = request.GET.get("state", "")
    state = state if state in dict(STATES) else ""
    found = renewal_of(office, village=village.code, staff=request.user, year=year, at=at) if village else None
    rows = found.standing(state) if found else []
    asked = request.GET.get("page", "1")
    pages = max(1, -(-len(rows) // PER_PAGE))
    number = min(max(int(asked), 1), pages) if asked.isdecimal() and len(asked) < 6 else 1
    context = {
        "year": year,
        "villages": villages,
        "village": village,
        "state": state,
        "found": found,
        "rows": rows[(number - 1) * PER_PAGE : number * PER_PAGE],
        "page": {
            "number": number,
            "previous": number - 1 if number > 1 else None,
            "next": number + 1 if number < pages else None,
        },
        "query": f"village={village.code}&state={state}" if village else "",
    }
    return render(request, "payments/renewal.html", context)
