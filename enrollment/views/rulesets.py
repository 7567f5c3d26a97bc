"""规则与条款: rule sets and their clauses, for anyone in an office to read."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from common.decision import Refusal
from enrollment import library, presentation, presentation_sections
from enrollment.forms import FeeForm
from enrollment.models import Clause, RuleSet
from enrollment.open_figures import fill_workmanship_fee
from offices.access import for_administrators, has_role
from offices.clock import moment
from offices.models import Office, Staff


@require_safe
def ruleset_list(request: HttpRequest) -> HttpResponse:
    """Every rule set that is in force, and the offices that live under it."""
    rows = list(RuleSet.objects.filter(current_edition__isnull=False).select_related("current_edition"))
    offices = list(Office.objects.order_by("code").values_list("ruleset_code", "name"))
    shelves = [
        (
            row,
            library.compiled(edition_id=row.current_edition.pk, sha256=row.current_edition.sha256),
            [name for code, name in offices if code == row.code],
        )
        for row in rows
    ]
    return render(request, "enrollment/rulesets.html", {"shelves": shelves})


@require_safe
def ruleset(request: HttpRequest, code: str) -> HttpResponse:
    """One rule set whole: rates, windows, people, papers, and the document's articles with our summaries."""
    row = get_object_or_404(RuleSet.objects.select_related("current_edition"), code=code, current_edition__isnull=False)
    compiled = library.compiled(edition_id=row.current_edition.pk, sha256=row.current_edition.sha256)
    clauses = list(row.clauses.filter(key__in=compiled.clauses))
    context = {
        "row": row,
        "ruleset": compiled,
        "document": presentation.document(compiled),
        "rates": presentation.rate_rows(compiled),
        "years": presentation.years(compiled),
        "sections": presentation_sections.sections(compiled),
        "articles": presentation.articles(clauses),
        "sources": {key: each.source for key, each in compiled.clauses.items() if each.source},
        "may_fill": has_role(request.user, Staff.Role.ADMINISTRATOR),
    }
    return render(request, "enrollment/ruleset.html", context)


@require_safe
def clause(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """One clause: our summary and the article's own words; the bare piece for the panel, a page otherwise."""
    found = get_object_or_404(Clause.objects.select_related("ruleset"), ruleset__code=code, key=key)
    try:
        registered = library.current(code).clauses.get(key)
    except Refusal:
        registered = None
    asked_by_script = request.headers.get("HX-Request") or request.headers.get("Sec-Fetch-Dest") == "empty"
    template = "enrollment/_clause.html" if asked_by_script else "enrollment/clause.html"
    response = render(request, template, {"clause": found, "source": registered.source if registered else ""})
    response.headers["Vary"] = "HX-Request, Sec-Fetch-Dest, Cookie"
    return response


@require_http_methods(["GET", "POST"])
@for_administrators
def workmanship_fee(request: HttpRequest, code: str) -> HttpResponse:
    """Fill in the workmanship fee, which the document leaves to the price authority."""
    row = get_object_or_404(RuleSet, code=code, current_edition__isnull=False)
    form = FeeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            loaded = fill_workmanship_fee(code=code, **form.values(), by=request.user, at=moment(request.user.office))
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"工本费已填写，规则现为{loaded.edition}。")
            return redirect(f"{reverse('ruleset', args=[code])}#other")
    return render(request, "enrollment/fee.html", {"form": form, "row": row}, status=422 if form.errors else 200)
