"""请款单: one sheet with its lines and money, on paper and as a workbook; its confirmation, withdrawal, payments."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.dates import local_day
from common.decision import Refusal
from enrollment.frozen import reason_of
from offices.access import for_administrators, for_managers, for_overseers, found_first, has_role
from offices.asking import Asked, ask_why
from offices.models import Staff
from offices.paging import page_of
from offices.taking import Copy, asks_why
from payments.counter.desk import Why
from payments.funding.forms import ReceivedForm
from payments.funding.overview import category_sums, claim_row, with_money
from payments.funding.place import moment_in
from payments.funding.sheet_job import TYPES, ask_sheet, is_long, is_part, name_of, note_sheet, sheet_file
from payments.models import FunderClaimLine, FundingClaim, FundingPayment
from payments.services import confirm_claim, record_funding, reverse_funding, withdraw_claim

Role = Staff.Role


def claim_within(claim_id: int, *, staff: Staff) -> Any:
    """A sheet within the scope, with its money; otherwise it does not exist."""
    rows = with_money(FundingClaim.objects.seen_by(staff))
    found = (
        rows.select_related("period__ruleset", "made_by", "confirmed_by", "withdrawn_by").filter(pk=claim_id).first()
    )
    if found is None:
        raise Http404
    return found


@never_cache
@require_safe
@for_overseers
def claim(request: HttpRequest, claim_id: int) -> HttpResponse:
    """One sheet: its sums, its lines with why and the way to each household, what came in."""
    found = claim_within(claim_id, staff=request.user)
    part = is_part(request.user)
    lines = found.lines.visible_to(request.user)
    shown = lines.select_related("enrollment__receipt_line__receipt").order_by("position")
    page = page_of(shown, request.GET.get("page"))
    context = {
        "row": claim_row(found, today=local_day(moment_in(found.division_code, staff=request.user))),
        "claim": found,
        "ruleset": found.period.ruleset,
        "part": part,
        "long": {form for form in TYPES if is_long(found, form, by=request.user)},
        "sums": category_sums(lines),
        "page": page,
        "lines": [(line, _why(line, found)) for line in page.rows],
        "heads": found.heads.visible_to(request.user).select_related("rate_row"),
        "payments": () if part else found.payments.select_related("recorded_by", "reversed_by").order_by("pk"),
        "may_confirm": not part and has_role(request.user, Role.SUPERVISOR, Role.ADMINISTRATOR),
        "may_act": not part and has_role(request.user, Role.ADMINISTRATOR),
        "is_own": found.made_by_id == request.user.pk,
    }
    return render(request, "payments/funding_claim.html", context)


def _why(line: FunderClaimLine, claim: FundingClaim) -> Why:
    """The amount of a line, with what was told when it was paid."""
    reasons = [reason_of(each) for each in line.enrollment.reasons]
    told = [each for code in ("SPONSORED", "CATEGORY") for each in reasons if each.code == code]
    return Why(f"line-{line.pk}", f"{line.amount:,.2f}", tuple(told), claim.period.ruleset.code)


@never_cache
@require_http_methods(["GET", "POST"])
@for_overseers
@found_first("claim_id", claim_within)
@asks_why("打印请款单", in_tab=True)
def paper(request: HttpRequest, found: FundingClaim, *, copy: Copy) -> HttpResponse:
    """The sheet as a PDF."""
    return _file(request, found, "pdf", "inline", copy)


@never_cache
@require_http_methods(["GET", "POST"])
@for_overseers
@found_first("claim_id", claim_within)
@asks_why("导出请款单")
def workbook(request: HttpRequest, found: FundingClaim, *, copy: Copy) -> HttpResponse:
    """The sheet as a workbook."""
    return _file(request, found, "xlsx", "attachment", copy)


def _file(request: HttpRequest, found: FundingClaim, form: str, how: str, copy: Copy) -> HttpResponse:
    if is_long(found, form, by=request.user):
        messages.info(request, "这张请款单的行数多，请在本页点按钮，在后台生成文件。")
        return redirect("funding-claim", found.pk)
    response = HttpResponse(sheet_file(found, form, copy=copy, by=request.user), content_type=TYPES[form])
    response["Content-Disposition"] = f'{how}; filename="{name_of(found, form)}"'
    at = moment_in(found.division_code, staff=request.user)
    note_sheet(claim=found, form=form, copy=copy, by=request.user, at=at)
    return response


@never_cache
@require_http_methods(["GET", "POST"])
@for_overseers
@found_first("claim_id", claim_within)
@asks_why("导出请款单")
def sheet(request: HttpRequest, found: FundingClaim, form: str, *, copy: Copy) -> HttpResponse:
    """A file of a sheet with many rows, in the background."""
    if form not in TYPES:
        raise Http404
    at = moment_in(found.division_code, staff=request.user)
    return redirect("job", ask_sheet(claim=found, form=form, copy=copy, by=request.user, at=at).pk)


@require_POST
@for_managers
def confirm(request: HttpRequest, claim_id: int) -> HttpResponse:
    """复核."""
    found = claim_within(claim_id, staff=request.user)
    try:
        confirm_claim(claim_id=claim_id, by=request.user, at=moment_in(found.division_code, staff=request.user))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"请款单 {found.full_number} 已复核，可以送出；到账后在这里登记。")
    return redirect("funding-claim", claim_id)


@require_http_methods(["GET", "POST"])
@for_administrators
def withdraw(request: HttpRequest, claim_id: int) -> HttpResponse:
    """撤回, with a reason."""
    found = claim_within(claim_id, staff=request.user)
    asked = Asked(
        word="撤回请款单",
        what=f"{found.full_number}，{found.payer} {found.amount:,.2f} 元",
        then="撤回后批次号保留，单上的人可以重新请款；已经到账的不能撤回。",
        done=f"请款单 {found.full_number} 已撤回，其中的人可以重新请款。",
    )

    def act(reason: str) -> object:
        at = moment_in(found.division_code, staff=request.user)
        return withdraw_claim(claim_id=claim_id, reason=reason, by=request.user, at=at)

    return ask_why(request, asked, act, back=reverse("funding-claim", args=[claim_id]))


@require_http_methods(["GET", "POST"])
@for_administrators
def receive(request: HttpRequest, claim_id: int) -> HttpResponse:
    """登记到账."""
    found = claim_within(claim_id, staff=request.user)
    at = moment_in(found.division_code, staff=request.user)
    row = claim_row(found, today=local_day(at))
    initial = {"amount": row.owed, "received_on": local_day(at)}
    form = ReceivedForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        try:
            paid = record_funding(claim_id=claim_id, **form.values(), by=request.user, at=at)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"已登记 {abs(paid.amount):,.2f} 元，凭证号 {paid.voucher_number}。")
            return redirect("funding-claim", claim_id)
    context = {"form": form, "claim": found, "row": row}
    return render(request, "payments/funding_receive.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@for_administrators
def reverse_payment(request: HttpRequest, payment_id: int) -> HttpResponse:
    """冲正 a payment that was recorded by mistake."""
    payment = FundingPayment.objects.filter(pk=payment_id).first()
    if payment is None:
        raise Http404
    found = claim_within(payment.claim_id, staff=request.user)
    asked = Asked(
        word="冲正到账",
        what=f"{found.full_number}，{payment.received_on} {payment.amount:,.2f} 元，凭证号 {payment.voucher_number}",
        then="冲正后另记一笔相反的金额，原来的登记保留。",
        done="已冲正；原来的登记和冲正都留在账上。",
    )

    def act(reason: str) -> object:
        at = moment_in(found.division_code, staff=request.user)
        return reverse_funding(payment_id=payment_id, reason=reason, by=request.user, at=at)

    return ask_why(request, asked, act, back=reverse("funding-claim", args=[found.pk]))
