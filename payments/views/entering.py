"""补录银行缴费: what a household paid at the bank in time, entered from its slip by a supervisor."""

from collections.abc import Collection
from datetime import datetime
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from common.decision import Refusal
from households.access import household_within
from households.models import Household
from offices.access import for_supervisors, found_first
from payments.counter.reading import coverage_year, moment_at, open_desk
from payments.forms import DeskForm
from payments.money.forms import EntryForm
from payments.services import TakenPayment, enter_slip


@for_supervisors
@never_cache
@require_http_methods(["GET", "POST"])
@found_first("household_id", household_within)
def enter(request: HttpRequest, found: Household) -> HttpResponse:
    """The slip, and for whom it is; `look` (htmx: any change) only shows who is due as at the slip's moment."""
    at = moment_at(found.office, staff=request.user)
    if request.method == "GET":
        return _show(request, found, EntryForm(initial={"key": uuid4()}), at=at)
    form, applying = EntryForm(request.POST, request.FILES), _applying(request)
    is_whole, moment = form.is_valid(), form.moment
    if request.htmx or "look" in request.GET:
        return _show(request, found, EntryForm(initial=request.POST.dict()), at=at, moment=moment, applying=applying)
    if is_whole and moment and (taken := _entered(form, found, request, moment, at)):
        entered = "" if taken.repeated else f"已补录{moment:%Y-%m-%d %H:%M}的银行缴费。"
        messages.add_message(request, messages.WARNING if taken.voided else messages.SUCCESS, entered + taken.sentence)
        return redirect("receipt", taken.receipt_id)
    return _show(request, found, form, at=at, moment=moment, applying=applying, status=422)


def _entered(
    form: EntryForm, found: Household, request: HttpRequest, moment: datetime, at: datetime
) -> TakenPayment | None:
    """The payment, or None with the reasons in the form."""
    try:
        return enter_slip(
            household_id=found.pk,
            coverage_year=coverage_year(found.office, at=moment),
            key=form.cleaned_data["key"],
            slip=form.draft(),
            paid_at=moment,
            reason=form.cleaned_data["reason"],
            by=request.user,
            at=at,
            applying=_applying(request),
        )
    except Refusal as refusal:
        form.refuse(refusal)
        return None


def _show(
    request: HttpRequest,
    found: Household,
    form: EntryForm,
    *,
    at: datetime,
    moment: datetime | None = None,
    applying: Collection[int] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page, or for htmx its members; as at the slip's moment where that is known and over."""
    paid_at = moment if moment and moment < at else None
    form.focus()
    context = {
        "form": form,
        "household": found,
        "ruleset": {"code": found.office.ruleset_code},
        "desk": open_desk(found, staff=request.user, at=paid_at or at, applying=applying),
        "paid_at": paid_at,
    }
    template = "payments/_entry_members.html" if request.htmx else "payments/entry.html"
    return render(request, template, context, status=status)


def _applying(request: HttpRequest) -> tuple[int, ...]:
    form = DeskForm(request.POST)
    form.full_clean()
    return form.cleaned_data["applying"]
