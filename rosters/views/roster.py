"""一份名册: its steps, its figures, every row with its verdict; the file handed in, read otherwise, checked again."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from common.decision import Reason, Refusal
from offices import jobs
from offices.access import for_clerks, has_role
from offices.clock import moment
from offices.models import Staff
from payments.models import PrintRun
from rosters.forms import AgreeForm, DepositForm, FileForm, TakeForm
from rosters.models import Roster, RosterFile
from rosters.rows_shown import FILTERS, dress, page_of_rows, rows_of
from rosters.services import check_again, hand_in
from rosters.services.depositing import not_in_time
from rosters.services.opening import AT_THE_COUNTER
from rosters.stage import Steps, job_of, steps_of, taking_job_of
from rosters.sums import by_funder, by_rate, newcomers_of, sums_of


def roster_within(pk: int, *, staff: Staff) -> Roster:
    """A roster within the scope; otherwise it does not exist."""
    rows = Roster.objects.visible_to(staff).select_related("office", "period__ruleset", "created_by", "withdrawn_by")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def at_of(request: HttpRequest, roster: Roster) -> datetime:
    return moment(request.user.office or roster.office)


def file_of(roster: Roster) -> RosterFile:
    """The file that counts."""
    found = roster.files.filter(superseded_at=None).first()
    if found is None:
        raise Http404
    found.roster = roster
    return found


@never_cache
@require_safe
def roster(request: HttpRequest, pk: int) -> HttpResponse:
    """One roster."""
    return page(request, roster_within(pk, staff=request.user))


def page(request: HttpRequest, found: Roster, *, status: int = 200, **forms: Any) -> HttpResponse:
    """The page of a roster, with whatever form was refused."""
    steps = steps_of(found)
    stage = steps.stage.code
    may_act = has_role(request.user, *AT_THE_COUNTER) and not found.withdrawn_at
    context: dict[str, Any] = {
        "roster": found,
        "ruleset": found.period.ruleset,
        "steps": steps,
        "may_act": may_act,
        "may_submit": has_role(request.user, Staff.Role.SUPERVISOR) and not found.withdrawn_at,
        "may_enter": has_role(request.user, Staff.Role.ADMINISTRATOR),
        "may_print": _may_print(steps, request.user),
        "print_form": PrintRun.Form.HALF,
        "file_form": forms.get("file_form") or FileForm(),
        "agree_form": forms.get("agree_form") or (AgreeForm() if stage == "checked" else None),
        "slip_form": forms.get("slip_form") or (DepositForm(initial=_slip(steps)) if stage == "agreed" else None),
        "stale": _stale(request, found, steps) if stage == "agreed" and not forms else None,
        "take_form": forms.get("take_form") or (_take_form(steps, request.user) if may_act else None),
        "taking_job": taking_job_of(found) if stage == "deposited" else None,
        "job": job_of(steps.file) if steps.file and not steps.file.checked_at else None,
    }
    template = "rosters/roster.html"
    if steps.file and steps.file.checked_at:
        context |= _rows(request, steps.file)
        if request.headers.get("HX-Target") == "rows":
            template = "rosters/_rows.html"
    response = render(request, template, context, status=status)
    response.headers["Vary"] = "HX-Request, HX-Target, Cookie"
    return response


def _may_print(steps: Steps, staff: Staff) -> bool:
    """A clerk prints the receipts that she issued, a supervisor those of the office."""
    if steps.taking is None:
        return False
    return has_role(staff, Staff.Role.SUPERVISOR) or (
        has_role(staff, Staff.Role.CLERK) and steps.taking.by_id == staff.pk
    )


def _take_form(steps: Steps, staff: Staff) -> TakeForm | None:
    return TakeForm(steps=steps, by=staff) if steps.stage.code == "deposited" else None


def _slip(steps: Steps) -> dict[str, str]:
    return {"amount": f"{steps.agreement.payable:.2f}"} if steps.agreement else {}


def _stale(request: HttpRequest, found: Roster, steps: Steps) -> Reason | None:
    """Why what agrees could not be taken if it were deposited now: told before anybody goes to the bank."""
    return not_in_time(found, steps.agreement, at_of(request, found)) if steps.agreement else None


def _rows(request: HttpRequest, file: RosterFile) -> dict[str, Any]:
    sums, newcomers = sums_of(file), newcomers_of(file)
    show = request.GET.get("show", "")
    if show not in FILTERS:
        show = "wrong" if sums.wrong else "all"
    rows = page_of_rows(rows_of(file, show), after=request.GET.get("after"), before=request.GET.get("before"))
    dress(rows.rows)
    counts = {"all": sums.rows, "wrong": sums.wrong, "ok": sums.persons, "new": newcomers.persons, "aside": sums.aside}
    filters = [(code, word, counts[code]) for code, (word, _) in FILTERS.items()]
    return {
        "sums": sums,
        "newcomers": newcomers,
        "funders": by_funder(file),
        "rates": by_rate(file),
        "rows": rows,
        "show": show,
        "is_school": file.roster.channel == Roster.Channel.SCHOOL,
        "filters": filters,
    }


@for_clerks
@require_POST
def roster_file(request: HttpRequest, pk: int) -> HttpResponse:
    """交表; what is refused leaves nothing behind."""
    found = roster_within(pk, staff=request.user)
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return page(request, found, status=422, file_form=form)
    file = form.cleaned_data["file"]
    try:
        made = hand_in(roster_id=pk, data=file.read(), filename=file.name, by=request.user, at=at_of(request, found))
    except Refusal as refusal:
        form.refuse(refusal)
        return page(request, found, status=422, file_form=form)
    return received(request, made)


def received(request: HttpRequest, made: RosterFile) -> HttpResponse:
    """Say what came of the file, and go where the next thing is to be done."""
    if made.checked_at:
        wrong = made.persons - made.accepted
        told = f"有{wrong}人待处理。" if wrong else "全部通过。"
        say = messages.warning if wrong else messages.success
        say(request, f"读出{made.persons}人，通过{made.accepted}人，{told}")
    elif job_of(made) is None:
        messages.warning(request, "没有找到表头。请指明哪一列是姓名、哪一列是身份证号；以后同样的表不必再指。")
        return redirect("roster-columns", made.roster_id)
    return redirect("roster", made.roster_id)


@for_clerks
@require_POST
def roster_again(request: HttpRequest, pk: int) -> HttpResponse:
    """重新核对."""
    found = roster_within(pk, staff=request.user)
    try:
        made = check_again(file_id=file_of(found).pk, by=request.user, at=at_of(request, found))
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("roster", pk)
    return received(request, made)


@never_cache
@require_safe
def roster_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the check of a large file has come; the page once it is over."""
    found = roster_within(pk, staff=request.user)
    file = file_of(found)
    job = None if file.checked_at else job_of(file)
    if job is None or job.finished_at:
        response = HttpResponse(status=204)
        response.headers["HX-Redirect"] = reverse("roster", args=[pk])
        return response
    return render(request, "rosters/_progress.html", {"job": job, "roster": found, "may_act": True})


@for_clerks
@require_POST
def roster_stop(request: HttpRequest, pk: int) -> HttpResponse:
    """取消 the check of a large file."""
    found = roster_within(pk, staff=request.user)
    job = job_of(file_of(found))
    if job:
        jobs.cancel(job_id=job.pk, by=request.user, at=at_of(request, found))
    return redirect("roster", pk)
