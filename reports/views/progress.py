"""进度: the dashboard of a division, and the names behind its figures."""

from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from common.dates import local_day
from common.tables import XLSX
from enrollment.rules.progress import monday
from offices.access import for_overseers
from offices.clock import is_demo_time
from offices.paging import page_of
from reports import shown
from reports.bases import divisions_in
from reports.figures import VILLAGE
from reports.names import KINDS, persons_of
from reports.progress_files import progress_pdf, progress_xlsx
from reports.standing import Progress, progress_of
from rosters.place import Chosen, choose


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
        "trend": shown.trend_of(found, chosen.ruleset, chosen.year, at=chosen.at),
        "parts": shown.parts_of(found.parts),
        "line": shown.line_of(found),
        "funders": shown.payers_of(found),
        "stages": shown.stretches_of(chosen.ruleset, chosen.year, day),
        "today": day,
        "fresh": found.fresh(day, day),
        "crumbs": _crumbs(chosen, request.user.division_scope),
        "code": chosen.ruleset.code,
    }
    return render(request, "reports/progress.html", context)


@never_cache
@require_safe
@for_overseers
def wall(request: HttpRequest) -> HttpResponse:
    """The same for a screen on the wall; it asks for itself every minute."""
    chosen, found = _asked(request)
    day = local_day(chosen.at)
    stages = shown.stretches_of(chosen.ruleset, chosen.year, day)
    context = {
        "chosen": chosen,
        "progress": found,
        "trend": shown.trend_of(found, chosen.ruleset, chosen.year, at=chosen.at),
        "tiles": sorted(shown.parts_of(found.parts), key=lambda each: each.row.code),
        "line": shown.line_of(found),
        "funders": shown.payers_of(found),
        "running": next((each for each in stages if each.days_left), None),
        "days_left": shown.days_left(chosen.ruleset, chosen.year, at=chosen.at),
        "fresh": found.fresh(day, day),
        "week": found.fresh(monday(day), day),
    }
    return render(request, "reports/wall.html", context)


def _asked(request: HttpRequest) -> tuple[Chosen, Progress]:
    chosen = choose(request.GET, staff=request.user)
    if chosen is None:
        raise Http404
    return chosen, progress_of(chosen.division, chosen.year, at=chosen.at, target=chosen.ruleset.target)


@never_cache
@require_safe
@for_overseers
def workbook(request: HttpRequest) -> HttpResponse:
    """The progress as a workbook."""
    chosen, found = _asked(request)
    response = HttpResponse(progress_xlsx(found, chosen.year, at=chosen.at), content_type=XLSX)
    name = f"progress-{chosen.division}-{local_day(chosen.at)}.xlsx"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@never_cache
@require_safe
@for_overseers
def paper(request: HttpRequest) -> HttpResponse:
    """The progress on A4."""
    chosen, found = _asked(request)
    content = progress_pdf(found, chosen.year, at=chosen.at, demo=is_demo_time(request.user.office))
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="progress-{chosen.division}.pdf"'
    return response


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
    group = request.GET.get("group") if len(chosen.division) == VILLAGE else None
    given = {"target": chosen.ruleset.target, "staff": request.user, "group": group}
    rows = persons_of(kind, chosen.division, chosen.year, **given)
    divisions = divisions_in(chosen.division, at=chosen.at)
    context = {
        "chosen": chosen,
        "kind": kind,
        "name": KINDS[kind],
        "kinds": KINDS if chosen.ruleset.target else {key: KINDS[key] for key in ("enrolled", "missing")},
        "page": page_of(rows, request.GET.get("page")),
        "divisions": divisions,
        "place": divisions.get(chosen.division, chosen.division),
        "group": group,
        "query": f"{chosen.query}&{urlencode({'kind': kind} | ({'group': group} if group is not None else {}))}",
    }
    return render(request, "reports/names.html", context)
