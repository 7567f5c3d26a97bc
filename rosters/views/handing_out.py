"""模板的页面: the rosters that villages, schools and departments take home."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from common.decision import Refusal
from enrollment import library
from offices.access import for_clerks
from offices.clock import moment
from offices.models import Job, Office
from offices.taking import Copy, asks_why
from payments.counter.renewal import villages_of
from rosters.checks import Terms
from rosters.outgoing.department import department_list
from rosters.outgoing.job import (
    ask_school,
    ask_village,
    is_large,
    is_large_school,
    note,
    school_workbook,
    terms_for,
    village_workbook,
)
from rosters.outgoing.places import groups_of, schools_of, sizes_of
from rosters.views.handed_out import attachment

Made = tuple[bytes, int]  # the file, and how many rows it has


def _terms(request: HttpRequest, channel: str) -> Terms:
    """Of the clerk's office and the year it is busy with; a Refusal outside the window."""
    return terms_for(request.user, channel, at=moment(request.user.office))


@for_clerks
@never_cache
@require_safe
def templates(request: HttpRequest) -> HttpResponse:
    """Every village with its size, every school, every department."""
    office = request.user.office
    try:
        terms = _terms(request, "village")
    except Refusal as refusal:
        return render(request, "rosters/templates.html", {"refusal": str(refusal)})
    sizes = sizes_of(office, terms)
    villages = [(each, *sizes.get(each.code, (0, 0))) for each in villages_of(request.user, office)]
    village = next((each for each, _, _ in villages if each.code == request.GET.get("village")), None)
    context = {
        "terms": terms,
        "villages": villages,
        "village": village,
        "groups": groups_of(office, village.code) if village else [],
        "schools": schools_of(office, terms),
        "funders": terms.ruleset.funders,
    }
    return render(request, "rosters/templates.html", context)


@for_clerks
@never_cache
@require_http_methods(["GET", "POST"])
@asks_why("下载村（社区）花名册")
def village_file(request: HttpRequest, *, copy: Copy) -> HttpResponse:
    """The roster of a village, or of one of its groups."""
    villages = villages_of(request.user, request.user.office)
    village = next((each for each in villages if each.code == request.GET.get("village")), None)
    if village is None:
        messages.error(request, "请从列表中选择管辖范围内的村（社区）。")
        return redirect("roster-templates")
    group = request.GET.get("group", "")[:12]

    def make(terms: Terms) -> Made | Job:
        if is_large(village, terms, group=group):
            at = moment(request.user.office)
            return ask_village(village=village, group=group, copy=copy, by=request.user, at=at)
        return village_workbook(village, terms, group=group, copy=copy)

    return _handed_out(request, copy, "village", make, f"roster-{village.code}")


@for_clerks
@never_cache
@require_http_methods(["GET", "POST"])
@asks_why("下载学生名册")
def school_file(request: HttpRequest, *, copy: Copy) -> HttpResponse:
    """The class list of a school."""
    school = request.GET.get("school", "").strip()[:80]
    if not school:
        messages.error(request, "请从列表中选择学校。")
        return redirect("roster-templates")

    def make(terms: Terms) -> Made | Job:
        if is_large_school(school, terms):
            return ask_school(school=school, copy=copy, by=request.user, at=moment(request.user.office))
        return school_workbook(school, terms, copy=copy)

    return _handed_out(request, copy, "school", make, f"pupils-{request.user.office.division_code}")


@for_clerks
@never_cache
@require_http_methods(["GET", "POST"])
@asks_why("下载资助对象名单")
def department_file(request: HttpRequest, *, copy: Copy) -> HttpResponse:
    """Whom a department pays for by what is registered, for it to go through."""
    funder = request.GET.get("funder", "")
    office: Office = request.user.office
    at = moment(office)
    if funder not in {each.code for each in library.current(office.ruleset_code).funders}:
        messages.error(request, "请从列表中选择资助部门。")
        return redirect("roster-templates")

    def make(terms: Terms) -> Made:
        return department_list(funder, terms, at=at, copy=copy)

    return _handed_out(request, copy, "department", make, f"listed-{office.division_code}")


def _handed_out(
    request: HttpRequest, copy: Copy, channel: str, make: Callable[[Terms], Made | Job], name: str
) -> HttpResponse:
    try:
        terms = _terms(request, channel)
        made = make(terms)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("roster-templates")
    if isinstance(made, Job):
        return redirect("job", made.pk)
    content, rows = made
    note(name=name, rows=rows, copy=copy, by=request.user, at=moment(request.user.office))
    return attachment(content, f"{name}-{terms.coverage_year}.xlsx")
