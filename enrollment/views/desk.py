"""规则台: the administrator's desk, where next year's rates are drafted, compared, submitted and published."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.dates import local_day
from common.decision import Refusal
from enrollment import amending, draft_words, drafting
from enrollment.draft_forms import AmendmentForm, ImportForm, TextForm
from enrollment.draft_impact import ask_impact, ask_paid_impacts, impacts_of, paid_impacts_of, paid_years
from enrollment.draft_year import YearForm
from enrollment.models import RuleSet, RuleSetDraft
from enrollment.paid_impact import ask_paid_impact
from enrollment.rules.ruleset import RuleSet as Compiled
from enrollment.rules.source import RuleSetError, read_ruleset
from offices.access import for_administrators
from offices.clock import moment


def _row(code: str) -> RuleSet:
    return get_object_or_404(RuleSet.objects.select_related("current_edition"), code=code)


def _draft(row: RuleSet) -> RuleSetDraft | None:
    people = ("based_on", "made_by", "edited_by", "submitted_by")
    return row.drafts.open().select_related(*people).first()


def _pair(row: RuleSet, draft: RuleSetDraft | None) -> tuple[Compiled | None, Compiled | None]:
    """The rule set in force and the draft, read."""
    current = read_ruleset(row.current_edition.source) if row.current_edition else None
    return current, read_ruleset(draft.source) if draft else None


def _compared(request: HttpRequest, row: RuleSet, draft: RuleSetDraft) -> dict[str, Any]:
    """What a page says about a draft: what it changes, and what it would mean for those who have paid."""
    current, new = _pair(row, draft)
    assert new is not None  # noqa: S101 - a draft was given
    sheet = draft_words.side_by_side(current, new)
    on = local_day(moment(request.user.office))
    return {
        "row": row,
        "draft": draft,
        "new": new,
        "changes": draft_words.changes(current, new),
        "impacts": impacts_of(draft, request.user),
        "is_same": current is not None and row.current_edition.source == draft.source,
        "drafted_years": [column.coverage_year for column in sheet.columns if column.drafted],
        "touched_years": amending.touched_years(ruleset=row, old=current, new=new, on=on) if current else [],
        "paid_impacts": paid_impacts_of(draft, request.user),
        "paid_years": paid_years(row).items(),
    }


def _gone(request: HttpRequest, code: str) -> HttpResponse:
    messages.info(request, "这份规则现在没有草稿。请先起草。")
    return redirect("ruleset-desk", code=code)


def _act(request: HttpRequest, code: str, service: Callable[..., object], done: str, **given: Any) -> HttpResponse:
    """Run a service that needs no form; its no is told on the desk."""
    try:
        service(code=code, by=request.user, at=moment(request.user.office), **given)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    except RuleSetError as error:
        messages.error(request, f"草稿不合规则集的写法：{error}")
    else:
        messages.success(request, done)
    return redirect("ruleset-desk", code=code)


@require_safe
@for_administrators
def desk(request: HttpRequest, code: str) -> HttpResponse:
    """The years side by side, the draft's tinted, and what may be done next."""
    row = _row(code)
    draft = _draft(row)
    current, new = _pair(row, draft)
    context = _compared(request, row, draft) if draft else {"row": row}
    context["sheet"] = draft_words.side_by_side(current, new)
    context["mine"] = bool(draft and request.user.pk in draft.writers)
    context["past"] = row.drafts.exclude(published_at__isnull=True, discarded_at__isnull=True).select_related(
        "made_by", "published_by", "discarded_by", "edition"
    )[:8]
    return render(request, "enrollment/desk.html", context)


@require_POST
@for_administrators
def start(request: HttpRequest, code: str) -> HttpResponse:
    """Start a draft from the edition in force, or with last year copied into the next."""
    next_year = request.POST.get("how") == "next_year"
    done = "已把最后一个年度复制为下一年度，日期顺延一年。请逐项核对标准和日期。" if next_year else "已从现行版起草。"
    return _act(request, code, drafting.start_draft, done, next_year=next_year)


@require_POST
@for_administrators
def discard(request: HttpRequest, code: str) -> HttpResponse:
    """Give the draft up."""
    return _act(request, code, drafting.discard_draft, "草稿已废弃，现行规则不变。")


@require_POST
@for_administrators
def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    """Take the draft back, or send it back, to be edited."""
    return _act(request, code, drafting.withdraw_draft, "草稿已退回修改。")


@require_POST
@for_administrators
def impact(request: HttpRequest, code: str, coverage_year: int) -> HttpResponse:
    """Have the impact of the draft on one year computed; its page shows how far it has come."""
    row = _row(code)
    draft = _draft(row)
    if draft is None:
        return _gone(request, code)
    try:
        at = moment(request.user.office)
        job = ask_impact(ruleset=row, draft=draft, coverage_year=coverage_year, by=request.user, at=at)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("ruleset-desk", code=code)
    return redirect("job", job_id=job.pk)


@require_POST
@for_administrators
def paid_impact(request: HttpRequest, code: str, coverage_year: int) -> HttpResponse:
    """Have those who paid for a year assessed again under the draft."""
    draft = _draft(_row(code))
    if draft is None:
        return _gone(request, code)
    try:
        at = moment(request.user.office)
        job = ask_paid_impact(draft=draft, coverage_year=coverage_year, by=request.user, at=at)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("ruleset-desk", code=code)
    return redirect("job", job_id=job.pk)


@require_http_methods(["GET", "POST"])
@for_administrators
def year(request: HttpRequest, code: str, coverage_year: int) -> HttpResponse:
    """One year of the draft, field by field."""
    row = _row(code)
    draft = _draft(row)
    if draft is None:
        return _gone(request, code)
    ruleset = read_ruleset(draft.source)
    if coverage_year not in ruleset.periods:
        raise Http404
    data = request.POST if request.method == "POST" else None
    form = YearForm(data, source=draft.source, ruleset=ruleset, coverage_year=coverage_year)
    if form.is_valid() and _saved(request, code, form):
        messages.success(request, f"{coverage_year}年度已存入草稿。")
        return redirect("ruleset-desk", code=code)
    context = {"row": row, "draft": draft, "form": form, "coverage_year": coverage_year}
    context["seen"] = drafting.digest_of(draft.source)
    return render(request, "enrollment/desk_year.html", context, status=422 if form.errors else 200)


def _saved(request: HttpRequest, code: str, form: YearForm | TextForm) -> bool:
    """Save the form's text; what is wrong stands in the form, and nothing typed is lost."""
    try:
        text = form.text() if isinstance(form, YearForm) else form.cleaned_data["text"]
        at, seen = moment(request.user.office), request.POST.get("seen")
        drafting.save_draft(code=code, text=text, by=request.user, at=at, seen=seen)
    except Refusal as refusal:
        form.refuse(refusal)
    except RuleSetError as error:
        form.explain(error)
    return not form.errors


@require_http_methods(["GET", "POST"])
@for_administrators
def text(request: HttpRequest, code: str) -> HttpResponse:
    """The draft's whole text."""
    row = _row(code)
    draft = _draft(row)
    if draft is None:
        return _gone(request, code)
    form = TextForm(request.POST if request.method == "POST" else None, initial={"text": draft.source})
    if form.is_valid() and _saved(request, code, form):
        messages.success(request, "全文已存入草稿。")
        return redirect("ruleset-desk", code=code)
    context = {"row": row, "draft": draft, "form": form, "seen": drafting.digest_of(draft.source)}
    return render(request, "enrollment/desk_text.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@for_administrators
def submit(request: HttpRequest, code: str) -> HttpResponse:
    """Hand the draft to a second administrator, with an amendment where money was taken already."""
    row = _row(code)
    draft = _draft(row)
    if draft is None:
        return _gone(request, code)
    context = _compared(request, row, draft)
    form = AmendmentForm(request.POST if request.method == "POST" else None, clauses=context["new"].clauses)
    if form.is_valid():
        try:
            at = moment(request.user.office)
            sent = drafting.submit_draft(code=code, amendment=form.amendment(), by=request.user, at=at)
            ask_paid_impacts(draft=sent, by=request.user, at=at)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "草稿已送审，请另一位管理员核对并发布。")
            return redirect("ruleset-desk", code=code)
    context["form"] = form
    return render(request, "enrollment/desk_submit.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@for_administrators
def publish(request: HttpRequest, code: str) -> HttpResponse:
    """One paragraph on what will happen and from when; the second administrator publishes."""
    row = _row(code)
    draft = _draft(row)
    if draft is None:
        return _gone(request, code)
    refused = ""
    if request.method == "POST":
        try:
            sha256 = request.POST.get("sha256", "")
            loaded = drafting.publish_draft(code=code, sha256=sha256, by=request.user, at=moment(request.user.office))
        except Refusal as refusal:
            refused = str(refusal)
        else:
            messages.success(request, f"已发布，现行规则为{loaded.edition}。")
            return redirect("ruleset-desk", code=code)
    context = _compared(request, row, draft) | {
        "refused": refused,
        "sha256": drafting.digest_of(draft.source),
        "mine": request.user.pk in draft.writers,
        "next_number": row.editions.count() + 1,
        "now": moment(request.user.office),
    }
    return render(request, "enrollment/desk_publish.html", context, status=422 if refused else 200)


@require_safe
@for_administrators
def download(request: HttpRequest, code: str, which: str) -> HttpResponse:
    """The text in force or the draft's, byte by byte, as a file."""
    row = _row(code)
    found = {"edition": row.current_edition, "draft": _draft(row)}.get(which)
    if found is None:
        raise Http404
    response = HttpResponse(found.source.encode(), content_type="application/toml")
    response.headers["Content-Disposition"] = f'attachment; filename="{code}-{which}.toml"'
    return response


@require_http_methods(["GET", "POST"])
@for_administrators
def import_file(request: HttpRequest) -> HttpResponse:
    """Make a draft of a rule set's file."""
    form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
    if form.is_valid():
        try:
            text, at = form.cleaned_data["file"], moment(request.user.office)
            draft = drafting.import_draft(text=text, by=request.user, at=at)
        except Refusal as refusal:
            form.refuse(refusal)
        except RuleSetError as error:
            form.explain(error)
        else:
            messages.success(request, "已导入为草稿，尚未生效。请核对改动后送审。")
            return redirect("ruleset-desk", code=draft.ruleset.code)
    return render(request, "enrollment/desk_import.html", {"form": form}, status=422 if form.errors else 200)
