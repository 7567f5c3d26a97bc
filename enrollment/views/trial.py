"""试算: describe a household, see the decision and why; what is described is posted, never part of an address."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.dates import SHANGHAI
from common.decision import Refusal
from enrollment import library
from enrollment.case_writing import LETTERS, MOST
from enrollment.cases import CaseError, read_case
from enrollment.facts import read_household
from enrollment.models import SavedTrial
from enrollment.rules.decision import HouseholdDecision
from enrollment.rules.on_sale import year_on_sale
from enrollment.trial import Difference, State, case_of, differences, state_from, state_of, state_of_case, text_of
from enrollment.trial_certificates import CertificatesForm
from enrollment.trial_files import CaseFileForm
from enrollment.trial_forms import MemberForm, QuestionForm, filled, member_forms, opening
from enrollment.trial_saving import save_trial
from households.access import household_within
from offices.clock import moment

LOST = "送来的描述不完整，没有存下。请重新填写后再试算。"


@never_cache
@require_http_methods(["GET", "POST"])
def trial(request: HttpRequest) -> HttpResponse:
    """The description, the decision beside it, and what changed since the one before."""
    if request.method == "POST":
        return _sent(request)
    return _page(request, *_blank(request), {})


def _blank(request: HttpRequest) -> tuple[QuestionForm, list[MemberForm]]:
    question = QuestionForm(initial=_usual(request))
    return question, [MemberForm(prefix="m0", ruleset=question.compiled)]


def _sent(request: HttpRequest) -> HttpResponse:
    question = QuestionForm(request.POST)
    rows = member_forms(request.POST, ruleset=question.compiled)
    before = state_of(request.POST.get("was", ""))
    kept = {"kept": text_of(before) if before else ""}
    if not rows or any(name in request.POST for name in ("add", "drop", "turn")):
        return _page(request, *_again(request, question, rows), kept)
    if not all([question.is_valid(), *[row.is_valid() for row in rows]]):
        return _page(request, question, rows, kept, status=422)
    state = question.state(rows)
    context = _decided(state, before)
    if "decision" not in context:
        return _page(request, question, rows, kept | context, status=422)
    return _page(request, *filled(state), context)


def _shown(request: HttpRequest, state: State, **more: Any) -> HttpResponse:
    """The page of a description that came from elsewhere: a link, a file, the counter."""
    context = _decided(state, None) | more
    if "decision" not in context:
        return _page(request, *_blank(request), context, status=422)
    return _page(request, *filled(state), context)


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
    if "add" in request.POST:
        shown[-1].fields["birth_date"].widget.attrs["autofocus"] = True
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
    found: dict[str, Any] = {"decision": decision, "ruleset": ruleset, "case": case, "kept": text_of(state)}
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


@require_POST
def trial_case(request: HttpRequest) -> HttpResponse:
    """The described household as a case for `manage.py assess`."""
    state = state_of(request.POST.get("state", ""))
    if state is None:
        messages.error(request, LOST)
        return redirect("trial")
    response = JsonResponse({"cases": [case_of(state)]}, json_dumps_params={"ensure_ascii": False, "indent": 2})
    response["Content-Disposition"] = 'attachment; filename="trial-case.json"'
    return response


@require_POST
def trial_save(request: HttpRequest) -> HttpResponse:
    """Keep the described household under a link that can be passed on."""
    state = state_of(request.POST.get("state", ""))
    if state is None:
        messages.error(request, LOST)
        return redirect("trial")
    try:
        saved = save_trial(state=state, by=request.user, at=moment(request.user.office))
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("trial")
    return redirect("trial-saved", token=saved.token)


@never_cache
@require_safe
def trial_saved(request: HttpRequest, token: str) -> HttpResponse:
    """What somebody has passed on, decided by the rules in force now."""
    saved = get_object_or_404(SavedTrial.objects.select_related("by"), token=token)
    return _shown(request, saved.described, saved=saved, link=request.build_absolute_uri())


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
    return _shown(request, state)


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
        state = state_of(text_of(state_of_case(form.case)))
    except (CaseError, Refusal, ValueError, TypeError) as problem:
        messages.error(request, f"案例“{form.title or '（无编号）'}”读不懂：{problem}")
        return redirect("trial")
    if state is None:
        messages.error(request, "这个案例太大，或含有不能显示的字符，试算打不开。请核对文件。")
        return redirect("trial")
    if form.others:
        messages.info(request, f"文件里有{form.others + 1}个案例，打开的是“{form.title or '第一个'}”。")
    return _shown(request, state)
