"""进度: the dashboard of a division, and the names behind its figures."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from common.dates import local_day
from enrollment.rules.progress import stages_of
from offices.access import for_overseers
from offices.paging import page_of
from reports import charts
from reports.bases import divisions_in
from reports.names import KINDS, persons_of
from reports.place import Chosen, choose
from reports.standing import Progress, progress_of


@never_cache
@require_safe
@for_overseers
def dashboard(request: HttpRequest) -> HttpResponse:
    """How far a county, town or village is today, against its target, and how it came there."""
    chosen = choose(request.GET, staff=request.user)
    if chosen is None:
        return render(request, "reports/progress.html", {"chosen": None})
    found = progress_of(chosen.division, chosen.year, at=chosen.at, target=chosen.ruleset.target)
    day = local_day(chosen.at)
    context = {
        "chosen": chosen,
        "progress": found,
        "trend": _trend(chosen, found),
        "parts": [_bar(each) for each in found.parts],
        "line": _line(chosen),
        "funders": _funders(found),
        "stages": [(each, each.is_running(day)) for each in stages_of(chosen.ruleset.stages, chosen.year)],
        "today": day,
        "fresh": found.fresh(day, day),
        "crumbs": _crumbs(chosen, request.user.division_scope),
        "code": chosen.ruleset.code,
    }
    return render(request, "reports/progress.html", context)


def _trend(chosen: Chosen, found: Progress) -> charts.Trend | None:
    window = chosen.ruleset.window(chosen.year)
    if window is None:
        return None
    days = {"first": local_day(window.opens), "last": local_day(window.pay_until), "today": local_day(chosen.at)}
    base = found.whole.base
    wanted = found.target.wanted(base) if found.target and base else None
    return charts.trend(found.trend(), **days, wanted=wanted)


# A bar of 200 units is 120 % of the base, so that who is beyond it shows.
BAR, FULL = 200, 120


def _bar(part: Any) -> dict[str, Any]:
    return {"row": part, "bar": charts.length(part.count.enrolled * 100, (part.base or 0) * FULL, wide=BAR)}


def _line(chosen: Chosen) -> int | None:
    target = chosen.ruleset.target
    return charts.length(target.percent, FULL, wide=BAR) if target else None


def _funders(found: Progress) -> list[dict[str, Any]]:
    """Who pays: the persons themselves and each department, with a bar of its share."""
    whole = found.figures.whole
    rows = [("个人缴费", whole.paid, whole.payable_amount)]
    named = sorted(found.figures.funders.items(), key=lambda item: (-item[1].sponsored_amount, item[0]))
    rows += [(name, count.sponsored, count.sponsored_amount) for name, count in named if name]
    total = int(whole.amount * 100)
    return [
        {"name": name, "persons": persons, "amount": amount, "bar": charts.length(int(amount * 100), total, wide=BAR)}
        for name, persons, amount in rows
    ]


def _crumbs(chosen: Chosen, scope: str) -> list[tuple[str, str]]:
    """The divisions above, as far as the scope reaches."""
    above = [chosen.division[:digits] for digits in (6, 9) if len(scope) <= digits < len(chosen.division)]
    names = divisions_in(chosen.county, at=chosen.at) if above else {}
    return [(code, names.get(code, code)) for code in above]


@never_cache
@require_safe
@for_overseers
def names(request: HttpRequest) -> HttpResponse:
    """The persons behind a figure, within the reader's divisions."""
    chosen, kind = choose(request.GET, staff=request.user), request.GET.get("kind", "enrolled")
    if chosen is None or kind not in KINDS:
        raise Http404
    rows = persons_of(kind, chosen.division, chosen.year, target=chosen.ruleset.target, staff=request.user)
    divisions = divisions_in(chosen.division, at=chosen.at)
    context = {
        "chosen": chosen,
        "kind": kind,
        "name": KINDS[kind],
        "kinds": KINDS if chosen.ruleset.target else {key: KINDS[key] for key in ("enrolled", "missing")},
        "page": page_of(rows, request.GET.get("page")),
        "divisions": divisions,
        "place": divisions.get(chosen.division, chosen.division),
        "query": f"{chosen.query}&kind={kind}",
    }
    return render(request, "reports/names.html", context)
