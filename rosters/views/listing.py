"""花名册的列表: every batch with its stage and what is to be done next; a new one."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from common.dates import local_day
from common.decision import Refusal
from enrollment import library
from enrollment.rules.on_sale import year_on_sale
from offices.access import for_clerks, has_role
from offices.clock import moment
from offices.models import Division, Staff
from offices.paging import page_of
from rosters.forms import RosterForm
from rosters.models import Roster
from rosters.services import open_roster
from rosters.services.opening import AT_THE_COUNTER
from rosters.stage import STAGES, filtered, stage_of, with_steps


@never_cache
@require_safe
def rosters(request: HttpRequest) -> HttpResponse:
    """Every roster within the scope, the latest first."""
    rows = Roster.objects.visible_to(request.user).select_related("office")
    years = list(rows.order_by("-coverage_year").values_list("coverage_year", flat=True).distinct())
    year, stage = request.GET.get("year", ""), request.GET.get("stage", "")
    rows = with_steps(rows.filter(coverage_year=int(year)) if year in map(str, years) else rows)
    rows = filtered(rows, stage) if stage else rows.filter(withdrawn_at__isnull=True)
    page = page_of(rows, request.GET.get("page"))
    for row in page.rows:
        row.stage = stage_of(row)
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "page": page,
        "query": query.urlencode(),
        "years": years,
        "year": year,
        "stage": stage,
        "stages": [(code, word) for code, (word, _, _) in STAGES.items()],
        "may_add": has_role(request.user, *AT_THE_COUNTER),
    }
    return render(request, "rosters/rosters.html", context)


@for_clerks
@never_cache
@require_http_methods(["GET", "POST"])
def roster_add(request: HttpRequest) -> HttpResponse:
    """新名册."""
    form = RosterForm(request.POST or None, **_choices(request.user))
    if form.is_valid():
        try:
            made = open_roster(draft=form.draft(), by=request.user, at=moment(request.user.office))
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"{made.title}已建立，请交来电子名册。")
            return redirect("roster", made.pk)
    return render(request, "rosters/roster_form.html", {"form": form}, status=422 if form.errors else 200)


def _choices(staff: Staff) -> dict[str, Any]:
    """The villages of the office, and the years of its rule set, the one on sale first chosen."""
    office = staff.office
    at = moment(office)
    villages = Division.objects.at(local_day(at)).within(office.division_code).filter(level=Division.Level.VILLAGE)
    ruleset = library.current(office.ruleset_code)
    years = [(year, f"{year}年度") for year in sorted(ruleset.periods, reverse=True)]
    initial = {"coverage_year": year_on_sale(ruleset, at)}
    choices = [(each.code, each.name) for each in villages.order_by("code")]
    return {"villages": choices, "years": years, "initial": initial}
