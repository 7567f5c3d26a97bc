"""录入和退回: what the county does with the rows of a submitted roster, and what the town answers."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.decision import Refusal
from households.models import Membership
from offices.access import for_administrators, for_clerks, has_role
from offices.asking import Asked
from offices.models import Staff
from offices.paging import page_of
from rosters.models import Roster, RosterEntry
from rosters.rows_shown import dress, only, page_of_rows, with_entries
from rosters.services import answer_return, enter_rows, return_row, undo_entry
from rosters.services.opening import AT_THE_COUNTER
from rosters.stage import steps_of
from rosters.views.roster import at_of, roster_within
from rosters.views.steps import asked, row_within

KINDS = {"open": "待录入", "entered": "已录入", "returned": "已退回", "all": "全部"}


@never_cache
@require_safe
def roster_entry(request: HttpRequest, pk: int) -> HttpResponse:
    """The rows of a submitted roster with what the county did with each."""
    found = roster_within(pk, staff=request.user)
    steps = steps_of(found)
    if steps.submission is None or steps.agreement is None:
        raise Http404
    rows = with_entries(steps.agreement.file.rows.counted().order_by("position"), steps.submission.pk)
    show = request.GET.get("show", "open")
    show = show if show in KINDS else "open"
    shown = page_of_rows(only(rows, show), after=request.GET.get("after"), before=request.GET.get("before"))
    dress(shown.rows)
    standing = RosterEntry.objects.standing().filter(row__in=[row.pk for row in shown.rows])
    entries = {entry.row_id: entry for entry in standing}
    for row in shown.rows:
        row.entry = entries.get(row.pk)
    open_count = steps.submission.rows - steps.entered - steps.returned
    counts = {"open": open_count, "entered": steps.entered, "returned": steps.returned, "all": steps.submission.rows}
    context = {
        "roster": found,
        "steps": steps,
        "rows": shown,
        "row_ids": [row.pk for row in shown.rows],
        "show": show,
        "open_count": open_count,
        "filters": [(code, word, counts[code]) for code, word in KINDS.items()],
        "may_enter": has_role(request.user, Staff.Role.ADMINISTRATOR),
        "may_answer": has_role(request.user, *AT_THE_COUNTER),
    }
    return render(request, "rosters/entry.html", context)


@for_administrators
@require_POST
def rows_enter(request: HttpRequest, pk: int) -> HttpResponse:
    """录入 the rows that were ticked, or all that are open."""
    found = roster_within(pk, staff=request.user)
    ticked = [int(each) for each in request.POST.getlist("row") if each.isascii() and each.isdigit()]
    try:
        count = enter_rows(
            roster_id=pk,
            row_ids=None if "all" in request.POST else ticked,
            by=request.user,
            at=at_of(request, found),
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"已录入{count}人。")
    return redirect("roster-entry", pk)


@for_administrators
@never_cache
@require_http_methods(["GET", "POST"])
def row_return(request: HttpRequest, pk: int) -> HttpResponse:
    """退回 one row to the town."""
    row, found = row_within(request, pk)
    about = Asked(
        word="退回这一行",
        what=f"第{row.row_number}行 {row.name}",
        then="退回之后，镇里看到事由，处理后再交县里录入；收据和参保登记不变。",
    )

    def act(reason: str) -> object:
        return return_row(roster_id=found.pk, row_id=pk, reason=reason, by=request.user, at=at_of(request, found))

    return asked(request, found, about, act, back="roster-entry")


def _entry_within(request: HttpRequest, pk: int) -> tuple[RosterEntry, Roster]:
    entry = RosterEntry.objects.select_related("submission", "row").filter(pk=pk).first()
    if entry is None:
        raise Http404
    return entry, roster_within(entry.submission.roster_id, staff=request.user)


@for_administrators
@require_POST
def entry_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """撤销 an entry or a return."""
    _, found = _entry_within(request, pk)
    try:
        entry = undo_entry(entry_id=pk, by=request.user, at=at_of(request, found))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"第{entry.row.row_number}行重新待录入。")
    return redirect("roster-entry", found.pk)


@for_clerks
@never_cache
@require_http_methods(["GET", "POST"])
def entry_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """处理 a returned row: say what was done, and the county sees it once more."""
    entry, found = _entry_within(request, pk)
    about = Asked(
        word="处理退回",
        label="怎样处理的",
        what=f"第{entry.row.row_number}行 {entry.row.name}，县里退回：{entry.reason}",
        then="先在户里更正，再写明怎样处理的；之后县里重新录入这一行。",
    )

    def act(reason: str) -> object:
        return answer_return(entry_id=pk, answer=reason, by=request.user, at=at_of(request, found))

    return asked(request, found, about, act, back="roster-entry")


@never_cache
@require_safe
def roster_returns(request: HttpRequest) -> HttpResponse:
    """退回: every returned row within the scope that the town has not dealt with, the oldest first."""
    rows = RosterEntry.objects.standing().filter(
        outcome="returned",
        submission__withdrawn_at=None,
        submission__roster__in=Roster.objects.visible_to(request.user),
    )
    rows = rows.select_related("row", "submission__roster__office", "by").order_by("at", "pk")
    page = page_of(rows, request.GET.get("page"))
    numbers = [each.row.id_no for each in page.rows]
    homes = Membership.objects.filter(person__id_no__in=numbers, ends_on=None)
    found = dict(homes.values_list("person__id_no", "household"))
    for each in page.rows:
        each.household = found.get(each.row.id_no)
    context = {"page": page, "may_answer": has_role(request.user, *AT_THE_COUNTER)}
    return render(request, "rosters/returns.html", context)
