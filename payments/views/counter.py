"""收款台: find a household, look, take the money."""

from dataclasses import replace
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.dates import local_day
from common.decision import Refusal
from enrollment.services import lift_refusal
from households.access import household_within
from households.models import Household
from households.services import draft_of
from offices.access import for_clerks
from offices.clock import moment
from payments.counter.desk import Desk
from payments.counter.reading import coverage_year, has_closed, moment_at, note_papers, open_desk, today_of
from payments.counter.registration import people_in
from payments.forms import CancelForm, DeskForm, OverrideForm, PaymentForm
from payments.services import TakenPayment, cancel_sponsored, take_payment


@never_cache
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """The counter with nobody at it."""
    draft = draft_of(staff=request.user)
    context = {"today": today_of(request.user), "draft": draft, "typed": people_in(draft) if draft else 0}
    return render(request, "payments/counter.html", context)


@never_cache
@require_safe
def household(request: HttpRequest, household_id: int) -> HttpResponse:
    """One household: members, papers, the money story."""
    found = household_within(household_id, staff=request.user)
    return show(request, open_desk(found, staff=request.user, at=moment_at(found.office, staff=request.user)))


@require_POST
def assess(request: HttpRequest, household_id: int) -> HttpResponse:
    """The same page after a tick: what it costs if these members take part."""
    found = household_within(household_id, staff=request.user)
    at = moment_at(found.office, staff=request.user)
    return show(request, open_desk(found, staff=request.user, at=at, applying=_applying(request)))


@for_clerks
@require_POST
def papers(request: HttpRequest, household_id: int) -> HttpResponse:
    """Tick one paper, or all that are missing (F7)."""
    found = household_within(household_id, staff=request.user)
    at = moment_at(found.office, staff=request.user)
    applying = _applying(request)
    note_papers(found, keys=request.POST.getlist("seen"), applying=applying, by=request.user, at=at)
    if not request.htmx:
        return redirect("household", found.pk)
    return show(request, open_desk(found, staff=request.user, at=at, applying=applying))


@for_clerks
@require_POST
def pay(request: HttpRequest, household_id: int) -> HttpResponse:
    """Take the money and show the receipt; a mistake or a refusal shows the same page with what is wrong."""
    found = household_within(household_id, staff=request.user)
    at = moment_at(found.office, staff=request.user)
    form = PaymentForm(request.POST)
    taken = _taken(form, found, request, at)
    if taken is None:
        desk = open_desk(found, staff=request.user, at=at, applying=_applying(request))
        return show(request, _sent_back(desk, form), status=422)
    if not request.htmx:
        return redirect("household", found.pk)
    return show(request, replace(open_desk(found, staff=request.user, at=at), taken=taken))


def _taken(form: PaymentForm, found: Household, request: HttpRequest, at: datetime) -> TakenPayment | None:
    """The payment, or None with the reasons in the form."""
    if not form.is_valid():
        return None
    typed = form.cleaned_data
    try:
        return take_payment(
            household_id=found.pk,
            coverage_year=coverage_year(found.office, at=at),
            key=typed["key"],
            expected_total=typed["previewed"],
            tendered=typed["tendered"],
            means=typed["means"],
            by=request.user,
            at=at,
            applying=typed["applying"],
        )
    except Refusal as refusal:
        form.add_error("tendered", str(refusal))
        return None


def _sent_back(desk: Desk, form: PaymentForm) -> Desk:
    """The page with what was typed and what was wrong with it."""
    errors = [sentence for field in form.errors.values() for sentence in field]
    means = form.data.get("means", "")
    return replace(
        desk,
        tendered=form.data.get("tendered", ""),
        tendered_error="".join(errors),
        means=means if means in dict(desk.means_choices) else desk.means,
    )


@for_clerks
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def override(request: HttpRequest, household_id: int, code: str) -> HttpResponse:
    """主管放行: a supervisor lifts a refusal, here or by name and password at the clerk's desk."""
    found = household_within(household_id, staff=request.user)
    at = moment_at(found.office, staff=request.user)
    form = OverrideForm(request.POST if request.method == "POST" else None, request=request)
    if form.is_valid():
        try:
            lift_refusal(
                household_id=found.pk,
                coverage_year=coverage_year(found.office, at=at),
                code=code,
                reason=form.cleaned_data["reason"],
                by=form.supervisor,
                at=at,
            )
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return changed(request, found, at=at, ticks_stay=True)
    context = {"form": form, "household": found, "code": code}
    return render(request, "payments/override.html", context, status=422 if form.errors else 200)


@for_clerks
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def cancel(request: HttpRequest, household_id: int) -> HttpResponse:
    """撤销 enrolments without a receipt, by a supervisor, here or by name and password at the clerk's desk."""
    found = household_within(household_id, staff=request.user)
    at = moment_at(found.office, staff=request.user)
    year = coverage_year(found.office, at=at)
    form = CancelForm(request.POST if request.method == "POST" else None, request=request)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            cancel_sponsored(household_id=found.pk, coverage_year=year, reason=reason, by=form.supervisor, at=at)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return changed(request, found, at=at)
    context = {"form": form, "household": found, "year": year}
    return render(request, "payments/cancel.html", context, status=422 if form.errors else 200)


def changed(request: HttpRequest, found: Household, *, at: datetime, ticks_stay: bool = False) -> HttpResponse:
    """After a dialog: the household's page anew, in the place of the old one."""
    if not request.htmx:
        return redirect("household", found.pk)
    applying = _applying(request) if ticks_stay else None
    response = show(request, open_desk(found, staff=request.user, at=at, applying=applying))
    response["HX-Retarget"], response["HX-Reswap"] = "#desk", "outerHTML"
    return response


def show(request: HttpRequest, desk: Desk, *, status: int = 200) -> HttpResponse:
    """The desk alone for htmx, the whole page otherwise."""
    template = "payments/_desk.html" if request.htmx else "payments/household.html"
    context = {"desk": desk, "day_closed": lambda: has_closed(request.user, on=local_day(moment(request.user.office)))}
    return render(request, template, context, status=status)


def _applying(request: HttpRequest) -> tuple[int, ...]:
    form = DeskForm(request.POST)
    form.full_clean()
    return form.cleaned_data["applying"]
