"""个人账户: how the yearly credits stand, the run, one person's ledger, the reversal of a mistake."""

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.dates import local_day
from common.decision import Refusal
from enrollment import library
from enrollment.account_services import credit_accounts, credit_again, reverse_entry
from enrollment.accounts import account_of, credits_of, due_now, ledger_of, reversed_of, to_take_back, with_credit
from enrollment.forms import AccountYearForm, ReversalForm
from enrollment.models import AccountEntry, Change
from households import identity
from households.models import Person
from offices.access import for_managers, for_supervisors, has_role, visible
from offices.clock import moment
from offices.models import Staff
from offices.paging import page_of

REVERSED_SHOWN = 100


@never_cache
@require_safe
def account_list(request: HttpRequest) -> HttpResponse:
    """The credits of one year: who is due, by when, what was made."""
    at = moment(request.user.office)
    form = AccountYearForm(request.GET, staff=request.user, at=at)
    code, year = form.chosen()
    context = {"form": form, "code": code, "year": year, "today": local_day(at)}
    if code:
        ruleset = library.current(code)
        rows = with_credit(request.user, ruleset_code=code, coverage_year=year)
        # Who moved away is credited where they paid; the account has gone with them.
        is_here = Q(person__division_code__startswith=request.user.division_scope)
        due = due_now(rows, today=local_day(at)).select_related("person", "household").order_by("due_by", "pk")
        due = due.annotate(is_here=is_here)
        context |= {
            "ruleset": ruleset,
            "accounts": account_of(ruleset, year),
            "credits": credits_of(rows, today=local_day(at)),
            "back": to_take_back(request.user, ruleset_code=code, coverage_year=year).count(),
            "reversals": reversed_of(rows, staff=request.user).annotate(is_here=is_here)[:REVERSED_SHOWN],
            "page": page_of(due, request.GET.get("page")),
            "query": f"ruleset={code}&year={year}",
            "may_run": has_role(request.user, Staff.Role.SUPERVISOR, Staff.Role.ADMINISTRATOR),
            "may_credit_again": has_role(request.user, Staff.Role.SUPERVISOR),
        }
    return render(request, "enrollment/accounts.html", context)


@for_managers
@require_POST
def account_credit(request: HttpRequest) -> HttpResponse:
    """Run the credit for everyone due within the scope."""
    at = moment(request.user.office)
    form = AccountYearForm(request.POST, staff=request.user, at=at)
    code, year = form.chosen()
    try:
        made = credit_accounts(ruleset_code=code, coverage_year=year, by=request.user, at=at)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        done = f"已为 {made.persons} 人划入个人账户，共 {made.amount:,.2f} 元。"
        back = f"另有 {made.taken_back} 人参保已撤销，划入已收回。" if made.taken_back else ""
        messages.success(request, (done if made.persons else "没有应划而未划的人。") + back)
    return redirect(f"{reverse('accounts')}?ruleset={code}&year={year}")


@never_cache
@require_safe
def account(request: HttpRequest, person_id: int) -> HttpResponse:
    """One person's ledger with the balance after each entry."""
    person = visible(Person.objects.all(), request.user).filter(pk=person_id).first()
    if person is None:
        raise Http404
    ledger = ledger_of(person_id, staff=request.user)
    membership = person.memberships.order_by("-starts_on").first()
    balance = ledger[-1][1] if ledger else 0
    grounds = Change.objects.standing().filter(person=person, kind__in=[Change.Kind.DEATH, Change.Kind.MOVE_OUT])
    context = {
        "refundable": grounds.first() if balance else None,
        "person": person,
        "masked_id": identity.masked(person),
        "ledger": ledger,
        "balance": balance,
        "household_id": membership.household_id if membership else None,
        "may_reverse": has_role(request.user, Staff.Role.SUPERVISOR),
    }
    return render(request, "enrollment/account.html", context)


@for_supervisors
@require_http_methods(["GET", "POST"])
def entry_reverse(request: HttpRequest, entry_id: int) -> HttpResponse:
    """冲正 one entry, with a reason."""
    entry = AccountEntry.objects.visible_to(request.user).select_related("person").filter(pk=entry_id).first()
    if entry is None:
        raise Http404
    form = ReversalForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            at = moment(request.user.office)
            reverse_entry(entry_id=entry_id, reason=form.cleaned_data["reason"], by=request.user, at=at)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "已冲正；原来的流水和冲正都留在账上。")
            return redirect("account", entry.person_id)
    status = 422 if form.errors else 200
    return render(request, "enrollment/reverse.html", {"form": form, "entry": entry}, status=status)


@for_supervisors
@require_POST
def entry_again(request: HttpRequest, entry_id: int) -> HttpResponse:
    """重新划入 a credit that was reversed."""
    entry = AccountEntry.objects.visible_to(request.user).filter(pk=entry_id).first()
    if entry is None:
        raise Http404
    try:
        made = credit_again(entry_id=entry_id, by=request.user, at=moment(request.user.office))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"已重新划入 {made.amount:,.2f} 元；原来的划入和冲正都留在账上。")
    return redirect("account", entry.person_id)
