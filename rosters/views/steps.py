"""名册的步骤: rows set aside, agreed, deposited, submitted, and each taken back while the next one does not stand."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.decision import Refusal
from common.listing import listed
from households import vault
from households.serving import stored
from offices.access import for_clerks, for_supervisors
from offices.asking import Asked, ask_why
from rosters.forms import AgreeForm, DepositForm
from rosters.models import Roster, RosterDeposit, RosterRow
from rosters.services import (
    agree,
    deposit,
    enter_deposit,
    put_back,
    set_aside,
    submit_roster,
    withdraw_agreement,
    withdraw_deposit,
    withdraw_roster,
    withdraw_submission,
)
from rosters.stage import steps_of
from rosters.views.roster import at_of, page, roster_within

# Step → its word, what it is that goes, what follows, the service.
BACK: dict[str, tuple[str, str, Callable[..., Any]]] = {
    "roster": ("撤销名册", "撤销之后不能再办理；交来的文件留存备查。", withdraw_roster),
    "agreement": ("撤回核对", "撤回之后可以换文件、剔出或放回，再重新核对。", withdraw_agreement),
    "deposit": ("撤回缴存", "撤回之后重新登记银行回单；原来的回单留存备查。", withdraw_deposit),
    "submission": ("撤回上报", "撤回之后县里不再看到这份名册，可以重新上报。", withdraw_submission),
}


@for_clerks
@require_POST
def roster_agree(request: HttpRequest, pk: int) -> HttpResponse:
    """核对: paper, file and cash."""
    found = roster_within(pk, staff=request.user)
    form = AgreeForm(request.POST)
    if form.is_valid():
        try:
            agree(roster_id=pk, by=request.user, at=at_of(request, found), **form.cleaned_data)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "核对相符。请缴存银行，再登记回单。")
            return redirect("roster", pk)
    return page(request, found, status=422, agree_form=form)


@for_clerks
@require_POST
def roster_deposit(request: HttpRequest, pk: int) -> HttpResponse:
    """缴存 with the bank's slip, also one entered afterwards; without one where nobody pays anything."""
    found = roster_within(pk, staff=request.user)
    agreement = steps_of(found).agreement
    is_free = agreement is not None and not agreement.payable
    form = DepositForm(request.POST, request.FILES)
    if is_free or form.is_valid():
        try:
            told = _deposited(form, found, request, is_free=is_free)
        except Refusal as refusal:
            form.is_valid()
            form.refuse(refusal)
        else:
            messages.success(request, told)
            return redirect("roster", pk)
    return page(request, found, status=422, slip_form=form)


def _deposited(form: DepositForm, found: Roster, request: HttpRequest, *, is_free: bool) -> str:
    """Register or enter what the form says; what to tell of it."""
    done: dict[str, Any] = {"roster_id": found.pk, "by": request.user, "at": at_of(request, found)}
    if is_free:
        deposit(slip=None, **done)
        return "全部由部门资助，没有现款要缴存。"
    if form.is_entry:
        enter_deposit(slip=form.draft(), paid_at=form.moment, reason=form.cleaned_data["reason"], **done)
        return f"已补录{form.moment:%Y-%m-%d %H:%M}的缴存，按那一刻入账。"
    deposit(slip=form.draft(), **done)
    return "缴存已登记。"


@for_supervisors
@require_POST
def roster_submit(request: HttpRequest, pk: int) -> HttpResponse:
    """上报."""
    found = roster_within(pk, staff=request.user)
    try:
        made = submit_roster(roster_id=pk, by=request.user, at=at_of(request, found))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"已上报{made.rows}人，等待县里录入。")
    return redirect("roster", pk)


@for_clerks
@never_cache
@require_http_methods(["GET", "POST"])
def roster_back(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """撤回 one step, with a reason."""
    if step not in BACK:
        raise Http404
    found = roster_within(pk, staff=request.user)
    word, then, service = BACK[step]

    def act(reason: str) -> object:
        return service(roster_id=pk, reason=reason, by=request.user, at=at_of(request, found))

    return asked(request, found, Asked(word, found.title, then), act)


def asked(
    request: HttpRequest, found: Roster, about: Asked, act: Callable[[str], object], *, back: str = "roster"
) -> HttpResponse:
    """Ask for the reason, do it, and lead back to the roster, or to another of its pages."""
    return ask_why(request, about, act, back=reverse(back, args=[found.pk]))


def row_within(request: HttpRequest, pk: int) -> tuple[RosterRow, Roster]:
    """A row of a roster within the scope; otherwise it does not exist."""
    row = RosterRow.objects.select_related("file").filter(pk=pk).first()
    if row is None:
        raise Http404
    return row, roster_within(row.file.roster_id, staff=request.user)


@for_clerks
@never_cache
@require_http_methods(["GET", "POST"])
def row_aside(request: HttpRequest, pk: int) -> HttpResponse:
    """剔出 the household of a row."""
    row, found = row_within(request, pk)
    names = listed(
        list(row.file.rows.filter(household=row.household).values_list("name", flat=True)), most=8, unit="人"
    )
    about = Asked(
        word="剔出这一户",
        what=f"第{row.row_number}行起：{names}",
        then="整户剔出本名册，请同时在纸质名册上划去；改好后另交一份名册，或到收款台办理。",
    )

    def act(reason: str) -> object:
        return set_aside(row_id=pk, reason=reason, by=request.user, at=at_of(request, found))

    return asked(request, found, about, act)


@for_clerks
@require_POST
def row_back(request: HttpRequest, pk: int) -> HttpResponse:
    """放回."""
    _, found = row_within(request, pk)
    try:
        rows = put_back(row_id=pk, by=request.user, at=at_of(request, found))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"已放回{len(rows)}人。")
    return redirect("roster", found.pk)


@never_cache
@require_safe
def roster_scan(request: HttpRequest, pk: int) -> HttpResponse:
    """The scan of a deposit's bank slip."""
    found = roster_within(pk, staff=request.user)
    made = RosterDeposit.objects.filter(agreement__roster=found, withdrawn_at=None).select_related("slip").first()
    slip = made.slip if made else None
    data = vault.get(slip.name, sha256=slip.sha256) if slip and slip.name else None
    if slip is None or data is None:
        raise Http404
    return stored(data, content=slip.content, name=f"slip-{slip.pk}")
