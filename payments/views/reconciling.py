"""银行对账: statements, what was read, what matches and what does not, matching by hand."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.decision import Refusal
from households import vault
from offices.access import for_managers, for_overseers, found_first, has_role
from offices.acts import record
from offices.asking import Asked, ask_why
from offices.clock import moment
from offices.models import Staff
from offices.paging import page_of
from offices.taking import Copy, asks_why
from payments.bank import reconciled
from payments.bank.forms import SlipChoiceForm, StatementForm
from payments.bank.job import ask_statement
from payments.models import BankStatement, StatementMark, StatementMatch, StatementRow
from payments.services import mark_row, match_row, rematch, take_statement, undo_mark, undo_match, withdraw_statement

MANAGERS = (Staff.Role.SUPERVISOR, Staff.Role.ADMINISTRATOR)


def statement_within(pk: int, *, staff: Staff) -> BankStatement:
    """A statement within the scope; otherwise it does not exist."""
    rows = BankStatement.objects.visible_to(staff).select_related("office", "by", "withdrawn_by")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _moment(request: HttpRequest, found: BankStatement) -> datetime:
    return moment(request.user.office or found.office)


@for_overseers
@never_cache
@require_http_methods(["GET", "POST"])
def statement_list(request: HttpRequest) -> HttpResponse:
    """Every statement, the latest first; a supervisor or an administrator takes one in here."""
    may_act = has_role(request.user, *MANAGERS)
    rows = BankStatement.objects.visible_to(request.user)
    form = None
    if may_act:
        initial = _initial(rows, request.GET.get("again", ""))
        form = StatementForm(request.POST or None, request.FILES or None, by=request.user, initial=initial)
        if request.method == "POST" and form.is_valid():
            answer = _taken_in(request, form)
            if answer:
                return answer
    elif request.method == "POST":
        raise Http404
    context = {
        "form": form,
        "page": reconciled.with_elsewhere(page_of(reconciled.listed(rows), request.GET.get("page"))),
        "accounts": rows.order_by("account").values_list("account", flat=True).distinct()[:50],
    }
    return render(request, "payments/statements.html", context, status=422 if form and form.errors else 200)


def _initial(rows: QuerySet[BankStatement], again: str) -> dict[str, Any]:
    """The account of the statement that is taken in again with its columns named, else of the latest one."""
    wanted = rows.filter(pk=again).first() if again.isascii() and again.isdigit() and len(again) < 19 else None
    last = wanted or rows.filter(withdrawn_at__isnull=True).order_by("-at").first()
    return {"account": last.account, "step": last.step} if last else {}


def _taken_in(request: HttpRequest, form: StatementForm) -> HttpResponse | None:
    """The way on after a statement that is taken in, or by a job will be; None where it is refused."""
    by, at = request.user, moment(request.user.office)
    try:
        if form.is_large:
            return redirect("job", ask_statement(**form.upload(), by=by, at=at).pk)
        return redirect("statement", take_statement(draft=form.draft(), by=by, at=at).pk)
    except Refusal as refusal:
        form.refuse(refusal)
        return None


@for_overseers
@never_cache
@require_safe
def statement(request: HttpRequest, pk: int) -> HttpResponse:
    """One statement beside our slips."""
    found = statement_within(pk, staff=request.user)
    context = {
        "statement": found,
        "found": None if found.withdrawn_at else reconciled.reconciled(found),
        "count": found.rows.count(),
        "may_act": has_role(request.user, *MANAGERS) and not found.withdrawn_at,
        "may_import": has_role(request.user, *MANAGERS),
    }
    return render(request, "payments/statement.html", context)


@for_managers
@require_POST
def statement_rematch(request: HttpRequest, pk: int) -> HttpResponse:
    """重新核对."""
    found = statement_within(pk, staff=request.user)
    try:
        count = rematch(statement_id=found.pk, by=request.user, at=_moment(request, found))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"又核对上{count}笔。" if count else "没有新核对上的。")
    return redirect("statement", pk)


@for_managers
@never_cache
@require_http_methods(["GET", "POST"])
def row_match(request: HttpRequest, pk: int) -> HttpResponse:
    """One line of the bank's and the slips of the same sum: a person decides."""
    row = StatementRow.objects.filter(pk=pk).first()
    if row is None:
        raise Http404
    row.statement = statement_within(row.statement_id, staff=request.user)
    form = SlipChoiceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            match_row(row_id=pk, slip_id=form.cleaned_data["slip"], by=request.user, at=_moment(request, row.statement))
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"{row.day} 的 {row.amount:,.2f} 元已核对。")
            return redirect("statement", row.statement_id)
    context = {"row": row, "form": form, "choices": reconciled.choices_for(row)}
    return render(request, "payments/statement_row.html", context, status=422 if form.errors else 200)


@for_managers
@never_cache
@require_http_methods(["GET", "POST"])
def match_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """取消核对, with a reason."""
    found = StatementMatch.objects.select_related("row", "slip").filter(pk=pk).first()
    if found is None:
        raise Http404
    under = statement_within(found.row.statement_id, staff=request.user)
    about = Asked(
        word="取消核对",
        what=f"{found.row.day} {found.row.amount:,.2f} 元，回单 {found.slip.number}",
        then="取消之后两边都重新列为未核对，系统不再自动核对这一对。",
    )

    def act(reason: str) -> object:
        return undo_match(match_id=pk, reason=reason, by=request.user, at=_moment(request, under))

    return _asked(request, under, about, act)


@for_managers
@never_cache
@require_http_methods(["GET", "POST"])
def row_mark(request: HttpRequest, pk: int) -> HttpResponse:
    """另记: the line is known and not ours, with what it is."""
    row = StatementRow.objects.filter(pk=pk).first()
    if row is None:
        raise Http404
    under = statement_within(row.statement_id, staff=request.user)
    about = Asked(
        word="另记这一笔",
        what=f"{row.day} {row.amount:,.2f} 元 {row.text} {row.party}",
        then="利息、手续费这类不是我方的款：写明是什么，以后不再列为未核对。是上缴款的，请登记回单后核对。",
    )

    def act(reason: str) -> object:
        return mark_row(row_id=pk, reason=reason, by=request.user, at=_moment(request, under))

    return _asked(request, under, about, act)


@for_managers
@never_cache
@require_http_methods(["GET", "POST"])
def mark_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """取消另记, with a reason."""
    found = StatementMark.objects.select_related("row").filter(pk=pk).first()
    if found is None:
        raise Http404
    under = statement_within(found.row.statement_id, staff=request.user)
    about = Asked(word="取消另记", what=str(found), then="取消之后这一笔重新列为未核对。")

    def act(reason: str) -> object:
        return undo_mark(mark_id=pk, reason=reason, by=request.user, at=_moment(request, under))

    return _asked(request, under, about, act)


@for_overseers
@never_cache
@require_http_methods(["GET", "POST"])
@found_first("pk", statement_within)
@asks_why("下载银行对账单")
def statement_file(request: HttpRequest, found: BankStatement, *, copy: Copy) -> HttpResponse:
    """The file as it was uploaded, to the byte, as an attachment: only the log says who took it, and why."""
    data = vault.get(found.stored, sha256=found.sha256) if found.stored else None
    if data is None:
        raise Http404
    detail, at = copy.detail(found.rows.count()), _moment(request, found)
    record(by=request.user, at=at, verb="fetch_statement_file", subject=found, detail=detail)
    response = HttpResponse(data, content_type="application/octet-stream")
    response["Content-Disposition"] = content_disposition_header(True, found.name)
    return response


@for_managers
@never_cache
@require_http_methods(["GET", "POST"])
def statement_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """撤回 a statement that was taken in by mistake."""
    found = statement_within(pk, staff=request.user)
    about = Asked(
        word="撤回对账单",
        what=str(found),
        then="撤回之后，据它作的核对一并取消；同一文件可以重新导入。本单留存备查。",
    )

    def act(reason: str) -> object:
        return withdraw_statement(statement_id=pk, reason=reason, by=request.user, at=_moment(request, found))

    return _asked(request, found, about, act)


def _asked(request: HttpRequest, found: BankStatement, about: Asked, act: Callable[[str], object]) -> HttpResponse:
    return ask_why(request, about, act, back=reverse("statement", args=[found.pk]))
