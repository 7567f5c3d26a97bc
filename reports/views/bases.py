"""基数人口的页面: what is in force, what waits for the second person, and every figure before it."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.decision import Refusal
from offices.access import for_administrators, for_overseers, has_role, visible
from offices.models import Staff
from payments.funding.place import moment_in
from reports.bases import bases_in, divisions_in
from reports.forms import BaseForm
from reports.models import BasePopulation
from reports.services import confirm_base_population, fill_base_population
from rosters.place import choose, choose_for_form, query_of


@never_cache
@require_safe
@for_overseers
def base_list(request: HttpRequest) -> HttpResponse:
    """Every figure of the year, those in force marked."""
    chosen = choose(request.GET, staff=request.user)
    if chosen is None:
        return redirect("progress")
    rows = BasePopulation.objects.filter(coverage_year=chosen.year, division_code__startswith=chosen.division)
    rows = rows.select_related("filled_by", "confirmed_by").order_by("division_code", "-pk")
    in_force = {row.pk for row in bases_in(chosen.division, chosen.year, at=chosen.at).values()}
    latest = {row.division_code: row.pk for row in reversed(rows)}
    context = {
        "chosen": chosen,
        "rows": [(row, row.pk in in_force, latest[row.division_code] == row.pk) for row in rows],
        "may_fill": has_role(request.user, Staff.Role.ADMINISTRATOR),
    }
    return render(request, "reports/bases.html", context)


@require_http_methods(["GET", "POST"])
@for_administrators
def base_fill(request: HttpRequest) -> HttpResponse:
    """填写基数人口."""
    chosen = choose_for_form(request.GET.dict(), request.POST.dict(), staff=request.user)
    if chosen is None:
        raise Http404
    divisions = divisions_in(chosen.county, at=chosen.at)
    divisions = {code: name for code, name in divisions.items() if request.user.covers(code)}
    form = BaseForm(request.POST if request.method == "POST" else None, divisions=divisions)
    back = f"{reverse('base-population')}?division={chosen.county}&period={chosen.period.pk}"
    if form.is_valid():
        try:
            made = fill_base_population(**form.values(), coverage_year=chosen.year, by=request.user, at=chosen.at)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"已填写{made.division_name} {made.persons} 人，须由另一位管理员复核后使用。")
            return redirect(back)
    context = {"form": form, "chosen": chosen, "back": back}
    return render(request, "reports/base_fill.html", context, status=422 if form.errors else 200)


@require_POST
@for_administrators
def base_confirm(request: HttpRequest, base_id: int) -> HttpResponse:
    """复核基数人口."""
    row = get_object_or_404(visible(BasePopulation.objects.all(), request.user), pk=base_id)
    try:
        at = moment_in(row.division_code[:6], staff=request.user)
        confirm_base_population(base_id=row.pk, by=request.user, at=at)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"已复核{row.division_name} {row.persons} 人，从现在起按它计算参保率。")
    return redirect(
        f"{reverse('base-population')}?{query_of(row.division_code, row.coverage_year, staff=request.user)}"
    )
