"""变更的页面: which changes there are, each with its effect said before it is done; a person's life; undoing."""

from hashlib import sha256

from django.contrib import messages
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from common.dates import local_day
from common.decision import Refusal
from enrollment import library
from enrollment.accounts import balance_of
from enrollment.change_forms import ChangeForm, UndoForm
from enrollment.change_plan import OF_HOUSEHOLD, OF_PERSON, Kind, Plan, kinds_for, names_heir, papers_of, plan
from enrollment.change_services import refund_later, register_change, rehearse_change
from enrollment.change_undoing import came_back, undo_change
from enrollment.forms import RefundForm
from enrollment.life import changes_of_household, changes_of_person, homes_of, run_of, years_of
from enrollment.models import Change
from households import identity
from households.access import household_within
from households.models import Household, Membership, Person
from offices.access import for_clerks, for_supervisors, has_role, visible
from offices.clock import moment
from offices.constraints import refusal_of
from offices.models import Division, Staff

COVER_ONLY = "待遇恢复到原来的日期；此人已重新登记在户中，现在的户不变"


@never_cache
@require_safe
def household_changes(request: HttpRequest, household_id: int) -> HttpResponse:
    """The kinds of change, for the household and for each member; and what was changed so far."""
    found = household_within(household_id, staff=request.user)
    try:
        ruleset = library.current(found.office.ruleset_code)
    except Refusal:
        raise Http404 from None
    context = {
        "household": found,
        "members": _members(found),
        "of_household": [] if found.closed_at else kinds_for(ruleset, OF_HOUSEHOLD),
        "of_person": kinds_for(ruleset, OF_PERSON),
        "changes": changes_of_household(found),
        "may_act": has_role(request.user, Staff.Role.CLERK, Staff.Role.SUPERVISOR),
        "may_undo": has_role(request.user, Staff.Role.SUPERVISOR),
        "is_supervisor": has_role(request.user, Staff.Role.SUPERVISOR),
    }
    return render(request, "enrollment/changes.html", context)


def _members(found: Household) -> list[Membership]:
    return list(found.memberships.filter(ends_on=None).select_related("person").order_by("pk"))


@for_clerks
@never_cache
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, household_id: int, kind: str, person_id: int | None = None) -> HttpResponse:
    """One change: first what it would do, then, confirmed, done. Nothing is done whose effect was not shown."""
    found = household_within(household_id, staff=request.user)
    at = moment(request.user.office or found.office)
    membership = _membership(found, person_id)
    wanted = _kind(kind, found, person_id)
    ruleset = library.current(found.office.ruleset_code)
    papers = papers_of(ruleset, wanted)
    form = ChangeForm(
        request.POST or None,
        kind=wanted,
        household=found,
        membership=membership,
        papers=papers,
        villages=_villages(found, at),
        today=local_day(at),
        names_heir=names_heir(ruleset, wanted, person_id),
    )
    planned = None
    if form.is_valid():
        try:
            shown = plan(form.wish(), household=found, at=at)
            if request.POST.get("seen") == _mark(shown):
                planned = shown
                done = register_change(wish=form.wish(), by=request.user, at=at)
                messages.success(request, f"{done.get_kind_display()}已办理。")
                return redirect(_after(done))
            rehearse_change(wish=form.wish(), by=request.user, at=at)
            planned = shown
        except Refusal as refusal:
            form.refuse(refusal)
        except IntegrityError as error:
            form.refuse(_told(error))
    context = {
        "form": form,
        "household": found,
        "membership": membership,
        "kind": wanted,
        "planned": planned,
        "mark": _mark(planned) if planned else "",
        "ruleset": found.office.ruleset_code,
        "masked_id": identity.masked(membership.person) if membership else "",
    }
    return render(request, "enrollment/change.html", context, status=422 if form.errors else 200)


def _told(error: IntegrityError) -> Refusal:
    refusal = refusal_of(error)
    if refusal is None:
        raise error
    return refusal


def _mark(planned: Plan) -> str:
    """What was shown: another effect, another mark."""
    wish = planned.wish
    shown = (wish.kind, wish.person_id, wish.happened_on, sorted(map(str, wish.values.items())))
    return sha256(repr((shown, [str(reason) for reason in planned.reasons])).encode()).hexdigest()[:32]


def _membership(found: Household, person_id: int | None) -> Membership | None:
    if person_id is None:
        return None
    rows = found.memberships.filter(ends_on=None).select_related("person")
    return get_object_or_404(rows, person=person_id)


def _kind(text: str, found: Household, person_id: int | None) -> Kind:
    kinds = OF_HOUSEHOLD if person_id is None else OF_PERSON
    known = kinds_for(library.current(found.office.ruleset_code), kinds)
    if text not in known:
        raise Http404
    return Kind(text)


def _villages(found: Household, at: object) -> list[tuple[str, str]]:
    rows = Division.objects.at(local_day(at)).filter(
        code__startswith=found.office.division_code, level=Division.Level.VILLAGE
    )
    pairs = list(rows.order_by("code").values_list("code", "name"))
    return sorted(pairs, key=lambda pair: pair[0] != found.division_code)


def _after(done: Change) -> str:
    """Where the clerk looks next: the person's page, or the household's changes."""
    if done.person_id:
        return reverse("person-life", args=[done.person_id])
    return reverse("household-changes", args=[done.household_id])


@never_cache
@require_safe
def person_life(request: HttpRequest, person_id: int) -> HttpResponse:
    """Everything that happened to a person: years of cover, changes, households."""
    person = get_object_or_404(visible(Person.objects.all(), request.user), pk=person_id)
    homes, years = homes_of(person), years_of(person)
    context = {
        "person": person,
        "masked_id": identity.masked(person),
        "homes": homes,
        "present": next((home for home in homes if home.ends_on is None), None),
        "years": years,
        "run": run_of(person, years, homes[0].household.office) if homes else None,
        "changes": changes_of_person(person, homes[0].household.office) if homes else [],
        "covers": person.other_covers.order_by("-pk"),
        "may_undo": has_role(request.user, Staff.Role.SUPERVISOR),
    }
    return render(request, "enrollment/person_life.html", context)


@for_clerks
@never_cache
@require_http_methods(["GET", "POST"])
def refund(request: HttpRequest, change_id: int) -> HttpResponse:
    """Pay out a balance that came after the change."""
    rows = visible(Change.objects.select_related("household", "person"), request.user)
    found = get_object_or_404(rows, pk=change_id, person__isnull=False)
    form = RefundForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        at = moment(request.user.office or found.office)
        try:
            refund_later(change_id=found.pk, by=request.user, at=at, **form.cleaned_data)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "余额已退还，请打印退款单交领取人签字。")
            return redirect("account", found.person_id)
    context = {"form": form, "change": found, "balance": balance_of(found.person_id)}
    return render(request, "enrollment/refund.html", context, status=422 if form.errors else 200)


@for_supervisors
@never_cache
@require_http_methods(["GET", "POST"])
def undo(request: HttpRequest, change_id: int) -> HttpResponse:
    """Take a wrong change back, with a reason."""
    rows = visible(Change.objects.select_related("household", "person"), request.user)
    found = get_object_or_404(rows, pk=change_id)
    form = UndoForm(request.POST if request.method == "POST" else None)
    what = COVER_ONLY if came_back(found) else "人、户和待遇恢复为变更前的情况"
    if form.is_valid():
        at = moment(request.user.office or found.office)
        try:
            undo_change(change_id=found.pk, reason=form.cleaned_data["reason"], by=request.user, at=at)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"{found.get_kind_display()}已撤销，{what}。")
            return redirect(_after(found))
    context = {"form": form, "change": found, "what": what}
    return render(request, "enrollment/change_undo.html", context, status=422 if form.errors else 200)
