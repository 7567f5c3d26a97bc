"""日结、冲正: closing a day, what was closed, and giving back the money of a settled receipt."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import HttpResponseClientRedirect

from common.decision import Refusal
from offices.access import for_clerks, has_role
from offices.clock import moment
from offices.models import Staff
from offices.paging import page_of
from payments.counter.reading import moment_at
from payments.models import Reversal, Settlement
from payments.money.day_end import open_days, takings, unsettled
from payments.money.forms import DayEndForm, ReversalForm
from payments.money.papers import number_ranges, reversal_slip, settlement_slip
from payments.money.pdf import MoneySlip, money_slip
from payments.services import reverse_receipt, settle_day
from payments.views.receipts import receipt_within

Role = Staff.Role


@for_clerks
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def day_end(request: HttpRequest) -> HttpResponse:
    """What is to be settled, the count, and who of the office has not settled yet."""
    clerk = _clerk(request)
    at = moment(request.user.office)
    days = open_days(office_id=request.user.office_id, clerk_id=clerk.pk)
    day = _day(request, days, at.date())
    found = takings(office_id=request.user.office_id, clerk_id=clerk.pk, day=day)
    absent = clerk != request.user
    initial = {"day": day, "previewed": found.total}
    form = DayEndForm(request.POST or None, request=request, absent=absent, initial=initial)
    if form.is_valid():
        whose = {"office_id": request.user.office_id, "clerk_id": clerk.pk}
        try:
            settlement = settle_day(**whose, **form.values(), by=request.user, at=at)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(
                request, f"{settlement.day} 已日结，合计 {found.total:,.2f} 元。请打印日结单，连同款项交主管。"
            )
            return redirect("settlement", settlement.pk)
    may_see_others = has_role(request.user, Role.SUPERVISOR)
    context = {
        "form": form,
        "found": found,
        "clerk": clerk,
        "absent": absent,
        "days": days,
        "today": at.date(),
        "others": unsettled(request.user.office, today=at.date()) if may_see_others else (),
        "recent": settlements_of(request.user)[:8],
    }
    return render(request, "payments/day_end.html", context, status=422 if form.errors else 200)


def _clerk(request: HttpRequest) -> Staff:
    """Whose day it is: one's own, or for a supervisor that of a clerk named in the address."""
    wanted = request.GET.get("clerk", "")
    if not wanted or wanted == str(request.user.pk):
        return request.user
    if not has_role(request.user, Role.SUPERVISOR) or not (wanted.isascii() and wanted.isdigit()):
        raise Http404
    found = Staff.objects.filter(pk=wanted).first()
    if found is None or not open_days(office_id=request.user.office_id, clerk_id=found.pk):
        raise Http404
    return found


def _day(request: HttpRequest, days: list[date], today: date) -> date:
    """The day to close: the one in the address, or else the earliest that is open."""
    try:
        wanted = date.fromisoformat(request.POST.get("day") or request.GET.get("day", ""))
    except ValueError:
        return min(days[0], today) if days else today
    return min(wanted, today)


def settlements_of(staff: Staff) -> QuerySet[Settlement]:
    """The settlements of an office, or of a clerk herself, the latest first, with their sums."""
    rows = Settlement.objects.visible_to(staff).select_related("clerk", "office")
    if staff.office_id:
        rows = rows.filter(office=staff.office_id)
    if has_role(staff, Role.CLERK):
        rows = rows.filter(clerk=staff)
    return rows.annotate(total=Sum("lines__amount"), receipts=Sum("lines__receipts")).order_by("-day", "-pk")


@never_cache
@require_safe
def settlement_list(request: HttpRequest) -> HttpResponse:
    """Every settlement within the scope, the latest first."""
    page = page_of(settlements_of(request.user), request.GET.get("page"))
    return render(request, "payments/settlements.html", {"page": page})


def settlement_within(pk: int, *, staff: Staff) -> Settlement:
    """A settlement within the scope; otherwise it does not exist."""
    rows = Settlement.objects.visible_to(staff).select_related("clerk", "office", "by", "approved_by")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@never_cache
@require_safe
def settlement(request: HttpRequest, pk: int) -> HttpResponse:
    """One settlement: its sums, its cash, its receipts by number, and where its money went."""
    found = settlement_within(pk, staff=request.user)
    lines = found.lines.select_related("period", "remittance__office").order_by("pk")
    expected, counted = found.expected, found.counted
    context: dict[str, Any] = {
        "settlement": found,
        "lines": lines,
        "total": sum(line.amount for line in lines),
        "means": [(label, expected[code], counted[code], counted[code] - expected[code]) for code, label in _MEANS],
        "ranges": number_ranges(found),
        "differs": expected != counted,
    }
    return render(request, "payments/settlement.html", context)


_MEANS = (("cash", "现金"), ("card", "刷卡"), ("transfer", "转账"), ("qr", "扫码"))


@never_cache
@require_safe
def settlement_paper(request: HttpRequest, pk: int) -> HttpResponse:
    """日结单 as a PDF."""
    return paper(settlement_slip(settlement_within(pk, staff=request.user)), f"settlement-{pk}")


def paper(slip: MoneySlip, name: str) -> HttpResponse:
    """A slip of the money's way, to be shown in the browser."""
    response = HttpResponse(money_slip(slip), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return response


@for_clerks
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def reverse_(request: HttpRequest, receipt_id: int) -> HttpResponse:
    """冲正: give back the money of a settled receipt; a supervisor who did not take it approves."""
    found = receipt_within(receipt_id, staff=request.user)
    form = ReversalForm(request.POST or None, request=request)
    form.fields["payee"].initial = found.payer
    found_at = reverse("receipt", args=[found.pk])
    if form.is_valid():
        values = {name: form.cleaned_data[name] for name in ("reason", "payee", "means")}
        at = moment_at(found.office, staff=request.user)
        try:
            made = reverse_receipt(receipt_id=found.pk, clerk=request.user, by=form.supervisor, at=at, **values)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(
                request, f"收据 {found.full_number} 已冲正，请退还 {made.amount:,.2f} 元，打印退费单请收款人签字。"
            )
            # The slip for the payee's signature is printed there.
            return HttpResponseClientRedirect(found_at) if request.htmx else redirect(found_at)
    context = {"form": form, "receipt": found}
    return render(request, "payments/reverse.html", context, status=422 if form.errors else 200)


@never_cache
@require_safe
def reversal_paper(request: HttpRequest, pk: int) -> HttpResponse:
    """冲正退费单 as a PDF."""
    rows = Reversal.objects.filter(division_code__startswith=request.user.division_scope)
    found = rows.select_related("receipt", "fee", "by", "clerk").filter(pk=pk).first()
    if found is None:
        raise Http404
    return paper(reversal_slip(found), f"reversal-{pk}")
