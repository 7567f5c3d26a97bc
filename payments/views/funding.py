"""资助与补助: what was claimed by payer, who cannot be claimed, making a sheet."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.dates import local_day
from common.decision import Refusal
from enrollment.models import ContributionPeriod
from offices.access import for_administrators, for_overseers, has_role
from offices.models import Staff
from offices.paging import LAST_PAGE, SIZE, Page, page_of
from payments.funding.forms import RateForm, SubsidyClaimForm
from payments.funding.overview import barred_persons, claim_rows, overview_of
from payments.funding.place import FundingPlace, moment_in
from payments.funding.unenrolled import Unenrolled
from payments.models import SubsidyRate
from payments.services import (
    confirm_subsidy_rate,
    end_subsidy_rate,
    fill_subsidy_rate,
    make_funder_claim,
    make_subsidy_claim,
)


def _place(request: HttpRequest) -> tuple[FundingPlace, list[ContributionPeriod], ContributionPeriod | None]:
    place = FundingPlace(request.POST if request.method == "POST" else request.GET, staff=request.user)
    periods = place.periods()
    return place, periods, place.chosen(periods)


def _address(name: str, place: FundingPlace, period: ContributionPeriod | None) -> str:
    return f"{reverse(name)}?division={place.county}&period={period.pk if period else ''}"


@never_cache
@require_safe
@for_overseers
def overview(request: HttpRequest) -> HttpResponse:
    """By payer: sponsored, claimed, not claimed yet, not claimable, came in, still owed; and the sheets."""
    place, periods, period = _place(request)
    context = {"place": place, "periods": periods, "period": period}
    if period:
        found = overview_of(period, division=place.division)
        context |= {
            "found": found,
            "claims": claim_rows(
                period, division=place.division, today=local_day(moment_in(place.county, staff=request.user))
            ),
            "may_claim": found.whole and has_role(request.user, Staff.Role.ADMINISTRATOR),
            "ruleset": period.ruleset,
            "query": f"division={place.county}&period={period.pk}",
        }
    return render(request, "payments/funding.html", context)


@require_POST
@for_administrators
def funder_claim(request: HttpRequest) -> HttpResponse:
    """编制资助请款单 of one department."""
    place, _, period = _place(request)
    at = moment_in(place.county, staff=request.user)
    try:
        claim = make_funder_claim(
            period_id=period.pk if period else 0,
            division=place.county,
            funder=request.POST.get("payer", ""),
            by=request.user,
            at=at,
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect(_address("funding", place, period))
    messages.success(request, f"请款单 {claim.full_number} 已编制，须由另一人复核后送出。")
    return redirect("funding-claim", claim.pk)


@require_http_methods(["GET", "POST"])
@for_administrators
def subsidy_claim(request: HttpRequest) -> HttpResponse:
    """编制补助请款单 of one budget."""
    place, _, period = _place(request)
    at = moment_in(place.county, staff=request.user)
    initial = {"counted_on": local_day(at), "payer": request.GET.get("payer", "")}
    form = SubsidyClaimForm(request.POST if request.method == "POST" else None, initial=initial)
    if period and form.is_valid():
        given = {"period_id": period.pk, "division": place.county, "by": request.user, "at": at}
        try:
            claim = make_subsidy_claim(**form.values(), **given)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"请款单 {claim.full_number} 已编制，须由另一人复核后送出。")
            return redirect("funding-claim", claim.pk)
    context = {"form": form, "place": place, "period": period, "back": _address("funding", place, period)}
    return render(request, "payments/subsidy_claim.html", context, status=422 if form.errors else 200)


@never_cache
@require_safe
@for_overseers
def barred(request: HttpRequest) -> HttpResponse:
    """不予请款: for whom a department would pay and who stands on no list, each with the clause."""
    place, _, period = _place(request)
    asked = request.GET.get("page", "1")
    number = min(max(int(asked), 1), LAST_PAGE) if asked.isdecimal() and len(asked) < 6 else 1
    rows = barred_persons(period, division=place.division, page=number, size=SIZE) if period else ()
    context = {
        "page": Page(rows[:SIZE], number, len(rows) > SIZE),
        "period": period,
        "ruleset": period.ruleset if period else None,
        "back": _address("funding", place, period),
        "query": f"division={place.county}&period={period.pk if period else ''}",
    }
    return render(request, "payments/funding_barred.html", context)


@never_cache
@require_safe
@for_overseers
def unenrolled_list(request: HttpRequest) -> HttpResponse:
    """名单上还没有参保的人, to be called on; the aim is an empty page."""
    place, _, period = _place(request)
    if period is None:
        raise Http404
    rows = Unenrolled(period, division=place.division, day=local_day(moment_in(place.county, staff=request.user)))
    context = {
        "page": page_of(rows, request.GET.get("page")),
        "count": len(rows),
        "is_anybody_listed": rows.is_anybody_listed,
        "period": period,
        "back": _address("funding", place, period),
        "query": f"division={place.county}&period={period.pk}",
    }
    return render(request, "payments/funding_unenrolled.html", context)


@never_cache
@require_safe
@for_overseers
def rates(request: HttpRequest) -> HttpResponse:
    """补助标准 of a county and year, those taken out of use below."""
    place, _, period = _place(request)
    rows = SubsidyRate.objects.filter(period=period, division_code=place.county)
    rows = rows.select_related("filled_by", "confirmed_by", "ended_by").order_by("ended_at", "payer", "category", "-pk")
    context = {
        "rows": rows,
        "place": place,
        "period": period,
        "may_fill": has_role(request.user, Staff.Role.ADMINISTRATOR) and len(request.user.division_scope) <= 6,
        "back": _address("funding", place, period),
        "query": f"division={place.county}&period={period.pk if period else ''}",
    }
    return render(request, "payments/subsidy_rates.html", context)


@require_http_methods(["GET", "POST"])
@for_administrators
def rate_fill(request: HttpRequest) -> HttpResponse:
    """填写补助标准."""
    place, _, period = _place(request)
    if period is None:
        raise Http404
    form = RateForm(request.POST if request.method == "POST" else None, period=period)
    if form.is_valid():
        given = {"period_id": period.pk, "division": place.county, "by": request.user}
        try:
            rate = fill_subsidy_rate(**form.values(), **given, at=moment_in(place.county, staff=request.user))
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"已填写{rate.payer} {rate.amount} 元，须由另一位管理员复核后使用。")
            return redirect(_address("subsidy-rates", place, period))
    context = {"form": form, "place": place, "period": period, "back": _address("subsidy-rates", place, period)}
    return render(request, "payments/subsidy_rate_fill.html", context, status=422 if form.errors else 200)


@require_POST
@for_administrators
def rate_change(request: HttpRequest, rate_id: int, act: str) -> HttpResponse:
    """复核 or 停用 a rate."""
    rate = SubsidyRate.objects.filter(pk=rate_id, division_code__startswith=request.user.division_scope[:6]).first()
    if rate is None:
        raise Http404
    acts = {"confirm": (confirm_subsidy_rate, "已复核"), "end": (end_subsidy_rate, "已停用")}
    service, done = acts[act]
    try:
        service(rate_id=rate_id, by=request.user, at=moment_in(rate.division_code, staff=request.user))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{rate.payer}的补助标准{done}。")
    return redirect(f"{reverse('subsidy-rates')}?division={rate.division_code}&period={rate.period_id}")
