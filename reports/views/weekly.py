"""周报的页面: the county's towns in a week, a town's own report, and the same as workbook and paper."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from common.dates import local_day
from common.decision import Refusal
from common.tables import XLSX
from enrollment.rules.progress import week_name
from offices.access import for_overseers, for_supervisors, has_role
from offices.clock import is_demo_time
from offices.models import Staff
from reports.bases import divisions_in
from reports.services import make_weekly_report, weekly_report_now
from reports.weekly import CountyWeek, as_frozen, county_week, is_first, time_told, weeks_of
from reports.weekly_files import weekly_pdf, weekly_xlsx
from rosters.place import Chosen, choose


def _week(request: HttpRequest, chosen: Chosen | None) -> tuple[Chosen, list[date], CountyWeek]:
    """The week that was asked for; else the latest. The county's table is for all its towns: it is published."""
    weeks = weeks_of(chosen.ruleset, chosen.year, at=chosen.at) if chosen else []
    if chosen is None or not weeks:
        raise Http404
    wanted = next((each for each in weeks if each.isoformat() == request.GET.get("week")), weeks[0])
    return chosen, weeks, county_week(chosen.county, chosen.period, chosen.ruleset, wanted, at=chosen.at)


@never_cache
@require_safe
@for_overseers
def reports(request: HttpRequest) -> HttpResponse:
    """The towns of the county in a week, ranked; a supervisor sends in the own town's here."""
    chosen = choose(request.GET, staff=request.user)
    weeks = weeks_of(chosen.ruleset, chosen.year, at=chosen.at) if chosen else []
    if chosen is None or not weeks:
        return render(request, "reports/weekly.html", {"chosen": chosen})
    _, _, found = _week(request, chosen)
    own = request.user.division_scope if has_role(request.user, Staff.Role.SUPERVISOR) else ""
    context = {
        "chosen": chosen,
        "weeks": [(each, week_name(each)) for each in weeks],
        "found": found,
        "week_name": week_name(found.week),
        "own": own,
        "may_make": bool(own) and any(row.code == own and row.report is None for row in found.rows),
        "rule": chosen.ruleset.weekly_report,
        "target": chosen.ruleset.target,
        "code": chosen.ruleset.code,
    }
    return render(request, "reports/weekly.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@for_supervisors
def make(request: HttpRequest) -> HttpResponse:
    """报送本镇（街道）的周报: what would be frozen is shown first; what is confirmed is what was shown."""
    asked = request.POST if request.method == "POST" else request.GET
    chosen, week = choose(asked, staff=request.user), _monday(asked.get("week", ""))
    if chosen is None:
        raise Http404
    if week is None:
        messages.error(request, "没有这一周，请从列表中重新选择。")
        return redirect("weekly-reports")
    given = {"period_id": chosen.period.pk, "week": week, "by": request.user, "at": chosen.at}
    back = f"{reverse('weekly-reports')}?{chosen.query}&week={week}"
    changed = ""
    try:
        if request.method == "POST":
            made = make_weekly_report(**given, expected=request.POST.get("expected", ""))
            late = "，已过期限，记为逾期" if made.is_late else ""
            messages.success(
                request, f"已报送{made.division_name}{week_name(week)}周报，参保 {made.enrolled} 人{late}。"
            )
            return redirect(back)
    except Refusal as refusal:
        if refusal.code != "CHANGED":
            messages.error(request, str(refusal))
            return redirect(back)
        changed = str(refusal)
    return _confirm(request, chosen, given, back=back, changed=changed)


def _confirm(request: HttpRequest, chosen: Chosen, given: dict[str, Any], *, back: str, changed: str) -> HttpResponse:
    """The row as it would be frozen now, and what day it is; after a change once more, with the new figures."""
    try:
        draft = weekly_report_now(**given)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect(back)
    context = {
        "chosen": chosen,
        "row": as_frozen(draft, is_first=is_first(draft.week, chosen.ruleset, chosen.year)),
        "draft": draft,
        "time": time_told(draft),
        "is_early": draft.due_on is not None and local_day(draft.made_at) < draft.due_on,
        "week_name": week_name(draft.week),
        "target": chosen.ruleset.target,
        "back": back,
        "changed": changed,
    }
    return render(request, "reports/weekly_confirm.html", context, status=422 if changed else 200)


def _monday(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@never_cache
@require_safe
@for_overseers
def workbook(request: HttpRequest) -> HttpResponse:
    """The week as a workbook."""
    chosen, _, found = _week(request, choose(request.GET, staff=request.user))
    response = HttpResponse(weekly_xlsx(_county(chosen), chosen.year, found), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="weekly-{found.week}.xlsx"'
    return response


@never_cache
@require_safe
@for_overseers
def paper(request: HttpRequest) -> HttpResponse:
    """The week on A4."""
    chosen, _, found = _week(request, choose(request.GET, staff=request.user))
    demo = is_demo_time(request.user.office) or any(each.made_by.is_demo for each in found.reports)
    content = weekly_pdf(_county(chosen), chosen.year, found, at=chosen.at, demo=demo)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="weekly-{found.week}.pdf"'
    return response


def _county(chosen: Chosen) -> str:
    return divisions_in(chosen.county, at=chosen.at).get(chosen.county, chosen.county)
