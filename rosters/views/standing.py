"""资助对象: enrolled of listed, who is missing, and where lists and money differ."""

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from offices.access import for_overseers
from offices.paging import page_of
from offices.taking import Copy, asks_why
from rosters.exporting import ListedMissing
from rosters.lists.standing import MISMATCHES, MOST, UNREAD, Missing, by_village, mismatches, standing
from rosters.place import Chosen, choose
from rosters.views.handed_out import handed_out


def _asked(request: HttpRequest, chosen: Chosen) -> dict[str, str]:
    """The department and category that were asked for, where the rule set knows them, and the lists' month."""
    funder, category, month = (request.GET.get(each, "") for each in ("funder", "category", "month"))
    return {
        "funder": funder if funder in {each.code for each in chosen.ruleset.funders} else "",
        "category": category if category in {UNREAD, *(each.code for each in chosen.ruleset.categories)} else "",
        "month": _month(month),
    }


def _month(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return ""


@for_overseers
@never_cache
@require_safe
def coverage(request: HttpRequest) -> HttpResponse:
    """By department and category, by village, and by name: enrolled of listed."""
    chosen = choose(request.GET, staff=request.user)
    if chosen is None:
        return render(request, "rosters/coverage.html", {"chosen": None})
    asked = _asked(request, chosen)
    lines = standing(chosen)
    villages = by_village(chosen, **asked)
    page = page_of(Missing(chosen, **asked), request.GET.get("page"), size=20)
    context = {
        "chosen": chosen,
        "lines": [(each, urlencode(each.asked), each.asked == asked) for each in lines],
        "listed": sum(each.listed for each in lines),
        "enrolled": sum(each.enrolled for each in lines),
        "missing": sum(each.missing for each in lines),
        "asked": asked,
        "villages": [(code, listed, enrolled, listed - enrolled) for code, listed, enrolled in villages],
        "page": page,
        "phoned": [row.line_id for row in page.rows if row.phone],
        "names": chosen.names(),
        "query": f"{chosen.query}&{urlencode(asked)}",
        "asked_query": urlencode(asked),
        "clauses": [chosen.ruleset.clauses[key] for key in ("S-9-4",) if key in chosen.ruleset.clauses],
    }
    return render(request, "rosters/coverage.html", context)


@for_overseers
@never_cache
@require_http_methods(["GET", "POST"])
@asks_why("导出未参保的资助对象")
def coverage_file(request: HttpRequest, *, copy: Copy) -> HttpResponse:
    """Who is missing, to be taken to the villages."""
    chosen = choose(request.GET, staff=request.user)
    if chosen is None:
        raise Http404
    asked_for = ListedMissing({**chosen.asked, **_asked(request, chosen)}, by=request.user)
    return handed_out(asked_for, copy=copy, by=request.user, at=chosen.at)


@for_overseers
@never_cache
@require_safe
def mismatch(request: HttpRequest) -> HttpResponse:
    """严禁超范围资助: where lists and money differ."""
    chosen = choose(request.GET, staff=request.user)
    if chosen is None:
        return render(request, "rosters/mismatches.html", {"chosen": None})
    found = {kind: mismatches(chosen, kind) for kind in MISMATCHES}
    asked = request.GET.get("kind", "")
    kind = asked if asked in MISMATCHES else next((each for each, rows in found.items() if rows), "beyond")
    context = {
        "chosen": chosen,
        "kinds": [(each, label, len(found[each])) for each, (label, _) in MISMATCHES.items()],
        "kind": kind,
        "page": page_of(found[kind], request.GET.get("page")),
        "most": MOST,
        "names": chosen.names(),
        "query": f"{chosen.query}&kind={kind}",
    }
    return render(request, "rosters/mismatches.html", context)
