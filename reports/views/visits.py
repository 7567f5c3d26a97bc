"""督查记录和责任表的页面: what visits found and whether it was mended; who answers for which village."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from common.dates import local_day
from common.decision import Refusal
from offices.access import for_administrators, for_managers, for_overseers, for_supervisors, has_role, visible
from offices.models import Staff
from payments.funding.place import moment_in
from reports.bases import divisions_in
from reports.forms import DutyForm, MendForm, VisitForm
from reports.models import Duty, Visit
from reports.standing import progress_of
from reports.visit_services import assign_village, finish_visit, record_visit
from rosters.place import choose, choose_for_form, query_of

Role = Staff.Role


@never_cache
@require_safe
@for_overseers
def visits(request: HttpRequest) -> HttpResponse:
    """The visits of the year, the latest first, but before them what is still to be mended; what is late is marked."""
    chosen = choose(request.GET, staff=request.user)
    if chosen is None:
        return redirect("progress")
    rows = Visit.objects.filter(coverage_year=chosen.year, division_code__startswith=chosen.division)
    found = visible(rows, request.user).select_related("made_by", "done_by")
    rows = sorted(found, key=lambda row: not row.due_on or row.done_at is not None)
    day = local_day(chosen.at)
    context = {
        "chosen": chosen,
        "rows": [(row, bool(row.due_on and not row.done_at and row.due_on < day)) for row in rows],
        "may_record": has_role(request.user, Role.ADMINISTRATOR),
        "may_finish": has_role(request.user, Role.SUPERVISOR, Role.ADMINISTRATOR),
    }
    return render(request, "reports/visits.html", context)


@require_http_methods(["GET", "POST"])
@for_administrators
def visit_record(request: HttpRequest) -> HttpResponse:
    """登记督查."""
    chosen = choose_for_form(request.GET.dict(), request.POST.dict(), staff=request.user)
    if chosen is None:
        raise Http404
    divisions = divisions_in(chosen.county, at=chosen.at)
    divisions = {code: name for code, name in divisions.items() if request.user.covers(code)}
    form = VisitForm(request.POST if request.method == "POST" else None, divisions=divisions)
    back = f"{reverse('visits')}?division={chosen.county}&period={chosen.period.pk}"
    if form.is_valid():
        try:
            made = record_visit(**form.values(), coverage_year=chosen.year, by=request.user, at=chosen.at)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"已登记{made.division_name}{made.visited_on}的督查。")
            return redirect(back)
    context = {"form": form, "chosen": chosen, "back": back, "title": "登记督查", "button": "登记"}
    return render(request, "reports/small_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@for_managers
def visit_finish(request: HttpRequest, visit_id: int) -> HttpResponse:
    """登记整改."""
    row = get_object_or_404(visible(Visit.objects.all(), request.user), pk=visit_id)
    form = MendForm(request.POST if request.method == "POST" else None)
    back = f"{reverse('visits')}?{query_of(row.division_code, row.coverage_year, staff=request.user)}"
    if form.is_valid():
        try:
            at = moment_in(row.division_code[:6], staff=request.user)
            finish_visit(visit_id=row.pk, **form.values(), by=request.user, at=at)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"已登记{row.division_name}的整改。")
            return redirect(back)
    context = {"form": form, "back": back, "title": f"{row.division_name}整改", "lead": row.found, "button": "登记"}
    return render(request, "reports/small_form.html", context, status=422 if form.errors else 200)


@never_cache
@require_safe
@for_overseers
def duties(request: HttpRequest) -> HttpResponse:
    """Every village of a town, who answers for it, and how far it is."""
    chosen = choose(request.GET, staff=request.user)
    if chosen is None:
        return redirect("progress")
    rows = Duty.objects.filter(coverage_year=chosen.year, division_code__startswith=chosen.division, ended_at=None)
    known = {row.division_code: row for row in rows.select_related("staff")}
    names = divisions_in(chosen.division, at=chosen.at)
    found = {}
    for town in [code for code in names if len(code) == 9] or [chosen.division[:9]]:
        progress = progress_of(town, chosen.year, at=chosen.at, target=chosen.ruleset.target)
        found |= {row.code: row for row in progress.parts}
    villages = [(row, known.get(code)) for code, row in sorted(found.items()) if code.startswith(chosen.division)]
    may_assign = has_role(request.user, Role.SUPERVISOR)
    context = {"chosen": chosen, "rows": villages, "target": chosen.ruleset.target, "may_assign": may_assign}
    return render(request, "reports/duties.html", context)


@require_http_methods(["GET", "POST"])
@for_supervisors
def duty_assign(request: HttpRequest) -> HttpResponse:
    """指定责任人."""
    chosen = choose(request.POST if request.method == "POST" else request.GET, staff=request.user)
    if chosen is None or len(chosen.division) != 12:
        return redirect("duties")  # where the village is chosen
    form = DutyForm(request.POST if request.method == "POST" else None, office=request.user.office)
    back = f"{reverse('duties')}?period={chosen.period.pk}"
    if form.is_valid():
        given = {"division": chosen.division, "coverage_year": chosen.year}
        try:
            made = assign_village(**given, **form.values(), by=request.user, at=chosen.at)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"{made.division_name}由{made.staff.name}负责。")
            return redirect(back)
    name = divisions_in(chosen.division, at=chosen.at).get(chosen.division, chosen.division)
    context = {"form": form, "chosen": chosen, "back": back, "title": f"{name}的责任人", "button": "指定"}
    return render(request, "reports/small_form.html", context, status=422 if form.errors else 200)
