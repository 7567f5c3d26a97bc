"""试算: describe a household, see the decision and why; the description is the address, so it can be passed on."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.dates import SHANGHAI
from common.decision import Refusal
from enrollment import library
from enrollment.case_writing import LETTERS, MOST
from enrollment.cases import CaseError, read_case
from enrollment.facts import read_household
from enrollment.rules.decision import HouseholdDecision
from enrollment.rules.on_sale import year_on_sale
from enrollment.trial import (
    LONGEST,
    Difference,
    State,
    case_of,
    differences,
    state_from,
    state_of,
    state_of_case,
    token_of,
)
from enrollment.trial_certificates import CertificatesForm
from enrollment.trial_files import CaseFileForm
from enrollment.trial_forms import MemberForm, QuestionForm, filled, member_forms, opening
from households.access import household_within
from offices.clock import moment

LOST = "这个试算链接不完整或已损坏，请重新填写，或请对方再发一次完整的链接。"


@never_cache
@require_http_methods(["GET", "POST"])
def trial(request: HttpRequest) -> HttpResponse:
    """The description, the decision beside it, and what changed since the one before."""
    if request.method == "POST":
        return _sent(request)
    token = request.GET.get("s", "")
    state = state_of(token)
    context: dict[str, Any] = {"lost": LOST if token and state is None else "", "token": token if state else ""}
    if state:
        context |= _decided(state, state_of(request.GET.get("was", "")))
    if "decision" not in context:
        return _page(request, *_blank(request), context)
    return _page(request, *filled(state or {}), context)


def _blank(request: HttpRequest) -> tuple[QuestionForm, list[MemberForm]]:
    question = QuestionForm(initial=_usual(request))
    return question, [MemberForm(prefix="m0", ruleset=question.compiled)]


def _sent(request: HttpRequest) -> HttpResponse:
    question = QuestionForm(request.POST)
    rows = member_forms(request.POST, ruleset=question.compiled)
    was = request.POST.get("was", "")
    if not rows or any(name in request.POST for name in ("add", "drop", "turn")):
        return _page(request, *_again(request, question, rows), {"token": was})
    if not all([question.is_valid(), *[row.is_valid() for row in rows]]):
        return _page(request, question, rows, {"token": was}, status=422)
    token = token_of(question.state(rows))
    if len(token) > LONGEST:
        question.add_error(None, "填写的内容太多，放不进一个链接。请去掉几个成员后再试。")
        return _page(request, question, rows, {"token": was}, status=422)
    return redirect(f"{reverse('trial')}?s={token}" + (f"&was={was}" if len(was) <= LONGEST else ""))


def _again(
    request: HttpRequest, question: QuestionForm, rows: list[MemberForm]
) -> tuple[QuestionForm, list[MemberForm]]:
    """The same description with a row more or less, or under another rule set; what was typed stays."""
    asked = _typed(question)
    if "turn" in request.POST and question.compiled:
        asked |= opening(question.compiled, asked, now=moment(request.user.office))
    typed = [_typed(row) for row in rows]
    typed += [{}] if "add" in request.POST or not rows else []
    shown = [
        MemberForm(initial=values, prefix=f"m{place}", ruleset=question.compiled)
        for place, values in enumerate(typed[:MOST])
    ]
    return QuestionForm(initial=asked), shown


def _typed(form: CertificatesForm) -> dict[str, Any]:
    return {name: form[name].value() for name in form.fields} | {"certificates": [{}] * form.slots}


def _usual(request: HttpRequest) -> dict[str, Any]:
    """The office's own rule set and moment, or the server's."""
    at = moment(request.user.office)
    usual: dict[str, Any] = {"as_of": f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"}
    if request.user.office:
        try:
            ruleset = library.current(request.user.office.ruleset_code)
        except Refusal:
            return usual
        usual |= {"ruleset": ruleset.code, "coverage_year": year_on_sale(ruleset, at)}
    return usual


def _decided(state: State, before: State | None) -> dict[str, Any]:
    """The decision with its rule set, and the differences from the one before; or the sentence why there is none."""
    try:
        case = read_case(case_of(state))
        ruleset = library.current(case.ruleset)
        decision = case.assess(ruleset)
    except (CaseError, Refusal, ValueError, TypeError) as error:
        return {"wrong": str(error) or LOST}
    found: dict[str, Any] = {"decision": decision, "ruleset": ruleset, "case": case}
    if before:
        found["changed"] = _changed(before, decision)
    return found


def _changed(before: State, now: HouseholdDecision) -> list[Difference] | None:
    """What came out differently, or None where the one before cannot be decided any more."""
    try:
        case = read_case(case_of(before))
        return differences(case.assess(library.current(case.ruleset)), now)
    except (CaseError, Refusal, ValueError, TypeError):
        return None


def _page(
    request: HttpRequest, question: QuestionForm, rows: list[MemberForm], context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    lettered = [(LETTERS[place], place, row) for place, row in enumerate(rows)]
    context |= {"question": question, "rows": lettered, "count": len(rows), "may_add": len(rows) < MOST}
    return render(request, "enrollment/trial.html", context, status=status)


@require_safe
def trial_case(request: HttpRequest) -> HttpResponse:
    """The described household as a case for `manage.py assess`."""
    state = state_of(request.GET.get("s", ""))
    if state is None:
        raise Http404
    response = JsonResponse({"cases": [case_of(state)]}, json_dumps_params={"ensure_ascii": False, "indent": 2})
    response["Content-Disposition"] = 'attachment; filename="trial-case.json"'
    return response


@require_safe
def trial_of_household(request: HttpRequest, household_id: int) -> HttpResponse:
    """A registered household's facts as a trial; nothing is written, and no name goes along."""
    found = household_within(household_id, staff=request.user)
    at = moment(request.user.office or found.office)
    try:
        year = year_on_sale(library.current(found.office.ruleset_code), at)
        facts = read_household(household_id, coverage_year=year or at.year, at=at)
        state = state_from(facts, at=at) if facts else None
    except (Refusal, ValueError) as problem:
        messages.error(request, _why_not(problem))
        return redirect("trial")
    if state is None:
        raise Http404
    return redirect(f"{reverse('trial')}?s={token_of(state)}")


def _why_not(problem: Exception) -> str:
    return str(problem) if isinstance(problem, Refusal) else f"这一户超过{MOST}人，试算放不下。请在收款台上核定。"


@require_POST
def trial_open(request: HttpRequest) -> HttpResponse:
    """A case file as a trial: its first case, or the one that is named."""
    form = CaseFileForm(request.POST, request.FILES)
    if not form.is_valid():
        for error in (error for errors in form.errors.values() for error in errors):
            messages.error(request, error)
        return redirect("trial")
    try:
        token = token_of(state_of_case(form.case))
    except (CaseError, Refusal, ValueError, TypeError) as problem:
        messages.error(request, f"案例“{form.title or '（无编号）'}”读不懂：{problem}")
        return redirect("trial")
    if len(token) > LONGEST:
        messages.error(request, "这个案例太大，放不进试算。请用 manage.py assess 核定。")
        return redirect("trial")
    if form.others:
        messages.info(request, f"文件里有{form.others + 1}个案例，打开的是“{form.title or '第一个'}”。")
    return redirect(f"{reverse('trial')}?s={token}")
