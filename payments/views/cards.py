"""病历和医保卡: handing them out and again, taking them back, the register, who has none yet."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from common.dates import local_day
from common.decision import Refusal
from households.access import household_within
from households.models import Household, Membership
from households.models.person import TOWN_DIGITS
from offices.access import for_clerks, has_role
from offices.clock import moment
from offices.models import Staff
from offices.paging import page_of
from offices.spans import on
from payments.cards.fees import Member, members_of
from payments.cards.forms import CardsForm, ReplaceForm, TakeBackForm
from payments.cards.shown import issues_of, member_rows, register, still_open, total_of, unissued, unknown_fee, villages
from payments.counter.reading import moment_at
from payments.models import CardIssue
from payments.services import WantedCard, issue_cards, take_back_card


@never_cache
@require_http_methods(["GET", "POST"])
def household(request: HttpRequest, household_id: int) -> HttpResponse:
    """One household: who has card and book; numbers typed here are handed out, with one receipt for the fee."""
    found = household_within(household_id, staff=request.user)
    at = moment_at(found.office, staff=request.user)
    try:
        members = members_of(found, at=at)
    except Refusal as refusal:
        return render(request, "payments/cards.html", {"household": found, "refusal": refusal})
    if request.method == "POST":
        return _issue(request, found, members)
    head = next((member.person.name for member in members.values()), "")
    return _page(request, found, members, CardsForm(members=members, initial={"receiver": head}))


@for_clerks
def _issue(request: HttpRequest, found: Household, members: dict[int, Member]) -> HttpResponse:
    form = CardsForm(request.POST, members=members)
    wanted = form.wanted()
    counted = still_open(members, wanted)
    total = total_of(members, counted)
    if "preview" in request.POST:
        form.preview(total)
        return render(request, "payments/_cards_due.html", {"form": form, "due": total, "pieces": len(counted)})
    if form.is_valid():
        at = moment_at(found.office, staff=request.user)
        try:
            done = issue_cards(household_id=found.pk, wanted=wanted, **form.money(), by=request.user, at=at)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, done.sentence)
            return redirect("workmanship-receipt", done.receipt.pk) if done.receipt else redirect(request.path)
    form.preview(total)
    return _page(request, found, members, form, due=total, pieces=len(counted), status=422)


def _page(
    request: HttpRequest,
    found: Household,
    members: dict[int, Member],
    form: CardsForm,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    context = {
        "household": found,
        "form": form,
        "rows": member_rows(members, form.data),
        "issues": issues_of(found),
        "unknown_fee": unknown_fee(members),
        "ruleset": found.office.ruleset_code,
        "may_act": has_role(request.user, Staff.Role.CLERK, Staff.Role.SUPERVISOR),
        "due": 0,
        "pieces": 0,
    }
    return render(request, "payments/cards.html", context | more, status=status)


@for_clerks
@require_http_methods(["GET", "POST"])
def replace(request: HttpRequest, household_id: int, issue_id: int) -> HttpResponse:
    """补发: another card or book for one that was lost or damaged; the old number holds no longer."""
    found = household_within(household_id, staff=request.user)
    at = moment_at(found.office, staff=request.user)
    living = Membership.objects.filter(on(local_day(at)), household=found)
    # Whoever split off or moved here brings along what was handed out there.
    mine = Q(household=found) | Q(person__in=living.values("person"))
    issue = get_object_or_404(CardIssue.objects.valid().filter(mine), pk=issue_id)
    try:
        member = members_of(found, at=at).get(issue.person_id)
    except Refusal as refusal:
        return render(request, "payments/cards.html", {"household": found, "refusal": refusal})
    fee = member.fees.get(issue.item) if member else None
    due = fee.amount if fee and fee.amount is not None else Decimal(0)
    form = ReplaceForm(request.POST or None, initial={"receiver": issue.name, "previewed": due})
    if form.is_valid():
        typed = form.cleaned_data
        wanted = [WantedCard(issue.person_id, issue.item, typed["number"].strip(), typed["cause"])]
        try:
            done = issue_cards(household_id=found.pk, wanted=wanted, **form.money(), by=request.user, at=at)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"{done.sentence}原编号 {issue.number} 失效。")
            if done.receipt:
                return redirect("workmanship-receipt", done.receipt.pk)
            return redirect("household-cards", found.pk)
    if form.errors:
        form.preview(due)
    context = {"household": found, "issue": issue, "form": form, "fee": fee, "due": due}
    return render(request, "payments/card_replace.html", context, status=422 if form.errors else 200)


@for_clerks
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def take_back(request: HttpRequest, household_id: int, issue_id: int) -> HttpResponse:
    """收回 by a supervisor what was entered by mistake and cost nothing."""
    found = household_within(household_id, staff=request.user)
    issue = get_object_or_404(CardIssue.objects.select_related("by"), household=found, pk=issue_id)
    form = TakeBackForm(request.POST if request.method == "POST" else None, request=request)
    if form.is_valid():
        at = moment(request.user.office or found.office)
        try:
            take_back_card(issue_id=issue.pk, reason=form.cleaned_data["reason"], by=form.supervisor, at=at)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"{issue}已收回，编号可以重新录入。")
            return redirect("household-cards", found.pk)
    about = f"{issue.name}的{issue}，{local_day(issue.issued_at)}由{issue.by.name}发放。"
    context = {"form": form, "issue": issue, "household": found, "about": about}
    return render(request, "payments/card_take_back.html", context, status=422 if form.errors else 200)


@never_cache
@require_safe
def register_list(request: HttpRequest) -> HttpResponse:
    """发放登记: every card and book handed out, the latest first."""
    places, village = _village(request)
    page = page_of(register(request.user, village=village), request.GET.get("page"))
    context = {"page": page, "villages": places, "village": village, "query": f"village={village}"}
    return render(request, "payments/card_register.html", context)


@never_cache
@require_safe
def unissued_list(request: HttpRequest) -> HttpResponse:
    """未发: who is covered and has no card or no book, by village; above a town one village at a time."""
    places, village = _village(request)
    one_village = len(request.user.division_scope) < TOWN_DIGITS
    if one_village and not village and places:
        village = places[0].code
    rows = unissued(request.user, at=moment(request.user.office), village=village)
    context = {"page": page_of(rows, request.GET.get("page")), "villages": places, "village": village}
    context |= {"query": f"village={village}", "one_village": one_village}
    return render(request, "payments/cards_unissued.html", context)


def _village(request: HttpRequest) -> tuple[list[Any], str]:
    """The villages to choose from, and the one that is chosen ("" for all)."""
    places = villages(request.user)
    wanted = request.GET.get("village", "")
    return places, wanted if wanted in {place.code for place in places} else ""
