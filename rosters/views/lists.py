"""资助名单的页面: what came in, what it would do, and the second look before it counts."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.decision import Refusal
from offices.access import for_managers, for_overseers, for_supervisors, has_role
from offices.jobs_shown import jobs_of, may_act_on
from offices.models import Job, Staff
from offices.paging import page_of
from payments.funding.place import moment_in
from rosters.lists.comparing import ENDED, compare, compare_for, ended_of, lines_of, paid_for
from rosters.lists.forms import ColumnsForm, ListForm, WithdrawForm, WordsForm
from rosters.lists.importing import choose_words, withdraw_list
from rosters.lists.job import IMPORT, ask_apply, ask_import, ask_read_again, ask_revoke, ask_settle, job_of
from rosters.lists.revoking import Revoked, told_of
from rosters.models import FunderList
from rosters.place import choose

MANAGERS = (Staff.Role.SUPERVISOR, Staff.Role.ADMINISTRATOR)
Act = Callable[..., Any]


def _list_within(pk: int, *, staff: Staff) -> FunderList:
    rows = FunderList.objects.visible_to(staff).select_related("imported_by", "applied_by", "withdrawn_by")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@for_overseers
@never_cache
@require_http_methods(["GET", "POST"])
def lists(request: HttpRequest) -> HttpResponse:
    """Every list of the county, the latest first; supervisors and administrators import here."""
    chosen = choose(request.GET, staff=request.user)
    may_import = chosen is not None and has_role(request.user, *MANAGERS)
    if request.method == "POST" and not may_import:
        raise Http404
    form = None
    if chosen and may_import:
        initial = {"month": f"{chosen.at:%Y-%m}"}
        form = ListForm(request.POST or None, request.FILES or None, chosen=chosen, initial=initial)
        if request.method == "POST" and form.is_valid():
            try:
                return _came(request, ask_import(draft=form.draft(), by=request.user, at=chosen.at))
            except Refusal as refusal:
                form.refuse(refusal)
    rows = FunderList.objects.visible_to(request.user).select_related("imported_by")
    if chosen:
        rows = rows.filter(division_code__startswith=chosen.county)
    coming = jobs_of(request.user).filter(kind=IMPORT, finished_at=None)
    context = {"chosen": chosen, "form": form, "page": page_of(rows, request.GET.get("page")), "coming": coming}
    return render(request, "rosters/lists.html", context, status=422 if form and form.errors else 200)


@for_overseers
@never_cache
@require_safe
def funder_list(request: HttpRequest, list_id: int) -> HttpResponse:
    """One list beside what is registered."""
    return _page(request, _list_within(list_id, staff=request.user))


def _came(request: HttpRequest, made: FunderList | Job, said: str = "") -> HttpResponse:
    """Go to the list, or to the job that will make it."""
    if isinstance(made, Job):
        return redirect("job", made.pk)
    if said:
        messages.success(request, said)
    return redirect("funder-list", made.pk)


def _page(request: HttpRequest, found: FunderList, **forms: Any) -> HttpResponse:
    compared = compare_for(found, staff=request.user)
    shown = compared.shown
    asked = request.GET.get("state", "")
    state = asked if asked in {each for each, _, _ in shown} else _first(shown)
    own = request.user.covers(found.division_code)
    may_act = own and found.waits and has_role(request.user, *MANAGERS)
    job = job_of(found)
    under_way = bool(job and job.finished_at is None)
    rows = ended_of(found, staff=request.user) if state == ENDED else lines_of(found, state, staff=request.user)
    categories = paid_for(found)
    context = {
        "list": found,
        "compared": compared,
        "state": state,
        "label": compared.labels.get(state, ""),
        "is_ended": state == ENDED,
        "is_support": found.kind == FunderList.Kind.SUPPORT,
        "ended": compared.counts.get(ENDED, 0),
        "unread": compared.counts.get("wrong", 0),
        "fresh": compared.counts.get("new", 0) + compared.counts.get("changed", 0),
        "page": page_of(rows, request.GET.get("page")),
        "query": f"state={state}",
        "labels": {each.code: each.name for each in categories},
        "may_act": may_act and not under_way,
        "may_revoke": own and _is_in_force(found) and not under_way and has_role(request.user, *MANAGERS),
        "revoked": told_of(found),
        "job": job,
        "may_act_on_job": bool(job and may_act_on(job, request.user)),
        "may_settle": not found.withdrawn_at and not under_way and has_role(request.user, Staff.Role.SUPERVISOR),
        "words": WordsForm(words=compared.unexplained, categories=categories) if compared.unexplained else None,
        "columns": ColumnsForm(initial={field: column for _, column, _, field, _ in found.columns}),
        "withdraw": WithdrawForm(),
    } | forms
    return render(request, "rosters/list.html", context, status=422 if forms else 200)


def _is_in_force(found: FunderList) -> bool:
    return bool(found.applied_at) and found.superseded_at is None


def _first(shown: list[tuple[str, str, int]]) -> str:
    """What should be looked at first: what stands in the way, else what is new."""
    return next((state for state, _, _ in shown), "new")


@for_managers
@require_POST
def words(request: HttpRequest, list_id: int) -> HttpResponse:
    """选定名称对照."""
    found = _list_within(list_id, staff=request.user)
    form = WordsForm(request.POST, words=compare(found).unexplained, categories=paid_for(found))
    if form.is_valid() and form.chosen():
        return _do(request, found, choose_words, "名称已对照，以后照此认。", chosen=form.chosen())
    messages.error(request, "还没有选，请为每个名称选一个类别。")
    return redirect("funder-list", list_id)


@for_managers
@require_POST
def columns(request: HttpRequest, list_id: int) -> HttpResponse:
    """改正栏目: the file is read anew as a list of its own."""
    found = _list_within(list_id, staff=request.user)
    form = ColumnsForm(request.POST)
    if form.is_valid():
        try:
            made = ask_read_again(list_id=list_id, mapping=form.mapping(), by=request.user, at=_now(request, found))
            return _came(request, made, "已按改正的栏目重新读取，以后同样的表头照此读。")
        except Refusal as refusal:
            form.refuse(refusal)
    return _page(request, found, columns=form)


@for_managers
@require_POST
def apply(request: HttpRequest, list_id: int) -> HttpResponse:
    """入库."""
    found = _list_within(list_id, staff=request.user)
    typed = request.POST.get("seen", "")
    seen = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 9 else -1
    try:
        made = ask_apply(list_id=list_id, seen=seen, by=request.user, at=_now(request, found))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        if isinstance(made, FunderList):
            _say_taken_in(request, made)
    return redirect("funder-list", list_id)


def _say_taken_in(request: HttpRequest, made: FunderList) -> None:
    unread = made.counts.get("wrong", 0)
    if unread:
        messages.warning(request, f"名单已入库，读不出的 {unread} 行除外。")
    else:
        messages.success(request, "名单已入库。")


@for_supervisors
@require_POST
def settle(request: HttpRequest, list_id: int) -> HttpResponse:
    """The agency's list: do what can be done."""
    found = _list_within(list_id, staff=request.user)
    try:
        made = ask_settle(list_id=list_id, by=request.user, at=_now(request, found))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        if isinstance(made, Job):
            return redirect("funder-list", list_id)
        done, left = made
        rest = f"，还有 {left} 人要人工办理，原因写在各行" if left else ""
        messages.success(request, f"已处理 {done} 人{rest}。")
    return redirect("funder-list", list_id)


@for_managers
@require_POST
def withdraw(request: HttpRequest, list_id: int) -> HttpResponse:
    """撤回, before the list was taken in or while it is in force."""
    found = _list_within(list_id, staff=request.user)
    form = WithdrawForm(request.POST)
    if form.is_valid() and found.applied_at:
        return _revoke(request, found, form.cleaned_data["reason"])
    if form.is_valid():
        return _do(request, found, withdraw_list, "名单已撤回。", reason=form.cleaned_data["reason"])
    return _page(request, found, withdraw=form)


def _revoke(request: HttpRequest, found: FunderList, reason: str) -> HttpResponse:
    try:
        done = ask_revoke(list_id=found.pk, reason=reason, by=request.user, at=_now(request, found))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        if isinstance(done, Revoked):
            messages.success(request, f"名单已撤回：{done.told(found.kind)}")
    return redirect("funder-list", found.pk)


def _do(request: HttpRequest, found: FunderList, act: Act, said: str, **more: Any) -> HttpResponse:
    try:
        made = act(list_id=found.pk, by=request.user, at=_now(request, found), **more)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        if not isinstance(made, Job):
            messages.success(request, said)
    return redirect("funder-list", found.pk)


def _now(request: HttpRequest, found: FunderList) -> Any:
    return moment_in(found.division_code[:6], staff=request.user)
