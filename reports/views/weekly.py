"""周报的页面: the county's towns in a week, a town's own report, and the same as workbook and paper."""

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from common.decision import Refusal
from common.tables import XLSX
from enrollment.rules.progress import week_name
from offices.access import for_overseers, for_supervisors, has_role
from offices.clock import is_demo_time
from offices.models import Staff
from reports.bases import divisions_in
from reports.place import Chosen, choose
from reports.services import make_weekly_report
from reports.weekly import CountyWeek, county_week, weeks_of
from reports.weekly_files import weekly_pdf, weekly_xlsx


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


@require_POST
@for_supervisors
def make(request: HttpRequest) -> HttpResponse:
    """报送本镇（街道）的周报."""
    chosen = choose(request.POST, staff=request.user)
    if chosen is None:
        raise Http404
    try:
        week = date.fromisoformat(request.POST.get("week", ""))
        made = make_weekly_report(period_id=chosen.period.pk, week=week, by=request.user, at=chosen.at)
    except ValueError:
        messages.error(request, "没有这一周，请从列表中重新选择。")
        return redirect("weekly-reports")
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        late = "，已过期限，记为逾期" if made.is_late else ""
        messages.success(request, f"已报送{made.division_name}{week_name(week)}周报，参保 {made.enrolled} 人{late}。")
    return redirect(f"{reverse('weekly-reports')}?{chosen.query}&week={week}")


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
