"""开办的页面: from an empty installation to a counter that works, step by step; left and resumed at will."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from common.decision import Refusal
from enrollment.models import RuleSet
from offices import founding
from offices.access import for_administrators
from offices.asking import Asked, ask_why
from offices.clock import moment
from offices.doors.entering import come_in
from offices.forms import RefusableForm
from offices.inviting import open_invitations
from offices.models import Division, Staff
from offices.paging import page_of
from offices.staffing import offices_under, staff_under
from payments.books.forms import BookForm
from payments.models import ReceiptBook
from payments.services import receive_book
from upkeep.start.divisions import correct_division, end_division
from upkeep.start.forms import DivisionNameForm, DivisionsForm, FounderForm, OfficeForm, RuleSetForm
from upkeep.start.steps import choose_ruleset, steps

SHOWN = 12
LONGEST = 60  # of what a division is looked for by


@login_not_required
@sensitive_post_parameters("new", "again")
@never_cache
@csrf_protect
@require_http_methods(["GET", "POST"])
def setup(request: HttpRequest) -> HttpResponse:
    """The first administrator, by the token of the terminal; after that the steps."""
    if request.user.is_authenticated:
        return _overview(request)
    if not founding.wants_founding():
        return redirect(f"{reverse('login')}?next={reverse('setup')}")
    if founding.token_holds(request.GET.get("token", "")):
        request.session["setup"] = request.GET["token"]
        return redirect("setup")
    if not founding.token_holds(request.session.get("setup", "")):
        return render(request, "upkeep/start/closed.html", status=403)
    return _first(request)


def _first(request: HttpRequest) -> HttpResponse:
    form = FounderForm(request.POST or None)
    if form.is_valid():
        try:
            staff = founding.found_administrator(**form.values(), by=None, at=moment(None))
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            founding.withdraw_token()
            return come_in(request, staff, to=reverse("setup"))
    return render(request, "upkeep/start/founder.html", {"form": form}, status=422 if form.is_bound else 200)


@for_administrators
def _overview(request: HttpRequest) -> HttpResponse:
    found = steps(request.user)
    context = {"steps": found, "next": next((step for step in found if not step.done), None)}
    return render(request, "upkeep/start/overview.html", context)


# What has to be there before a step can be done.
NEEDS = {"setup-office": "setup-divisions", "setup-rules": "setup-office", "setup-books": "setup-office"}


@never_cache
@require_safe
@for_administrators
def told(request: HttpRequest) -> HttpResponse:
    """The one line of it for the start page, while something is still to do."""
    left = [step for step in steps(request.user) if not step.done]
    return render(request, "upkeep/start/_told.html", {"left": left})


@never_cache
@require_http_methods(["GET", "POST"])
@for_administrators
def divisions(request: HttpRequest) -> HttpResponse:
    """Codes and names of towns and villages."""

    def save(**values: Any) -> str:
        count = founding.add_divisions(**values)
        return f"已登记 {count} 个区划。" if count else "这些区划都已登记过了。"

    form = DivisionsForm(request.POST or None, request.FILES or None)
    asked = request.GET.get("q", "").strip()[:LONGEST]
    rows = Division.objects.within(request.user.division_scope).named(asked)
    page = page_of(rows, request.GET.get("page"), size=SHOWN)
    context = {"count": rows.count(), "page": page, "asked": asked, "query": urlencode({"q": asked})}
    return _step(request, "setup-divisions", form, save, context)


def _division_within(pk: int, *, staff: Staff) -> Division:
    """A division within the scope; otherwise it does not exist."""
    found = Division.objects.within(staff.division_scope).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@never_cache
@require_http_methods(["GET", "POST"])
@for_administrators
def division_name(request: HttpRequest, pk: int) -> HttpResponse:
    """更正名称."""
    found = _division_within(pk, staff=request.user)
    form = DivisionNameForm(request.POST or None, initial={"name": found.name})
    if form.is_valid():
        try:
            made = correct_division(division_id=pk, **form.values(), by=request.user, at=moment(request.user.office))
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"{made.prefix} 的名称已更正为“{made.name}”。")
            return redirect("setup-divisions")
    context = {"form": form, "division": found}
    return render(request, "upkeep/start/division_name.html", context, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "POST"])
@for_administrators
def division_end(request: HttpRequest, pk: int) -> HttpResponse:
    """停用, with the reason."""
    found = _division_within(pk, staff=request.user)
    asked = Asked(
        word="停用区划",
        what=f"{found.name}（{found.prefix}）",
        then="停用以后登记时不能再选它；已印的纸张照旧。还有户、机构、人员、花名册的不能停用。以后又要用的，再登记一次，启用日期填那一天。",
        done=f"{found.name}（{found.prefix}）已停用。",
    )

    def act(reason: str) -> object:
        return end_division(division_id=pk, reason=reason, by=request.user, at=moment(request.user.office))

    return ask_why(request, asked, act, back=reverse("setup-divisions"))


@never_cache
@require_http_methods(["GET", "POST"])
@for_administrators
def office(request: HttpRequest) -> HttpResponse:
    """Offices, one after another."""

    def save(**values: Any) -> str:
        return f"{founding.open_office(**values)}已登记。"

    form = OfficeForm(request.POST or None, by=request.user)
    return _step(request, "setup-office", form, save, {"rows": offices_under(request.user)})


@never_cache
@require_http_methods(["GET", "POST"])
@for_administrators
def rules(request: HttpRequest) -> HttpResponse:
    """Which rule set each office works under."""

    def save(**values: Any) -> str:
        chosen = choose_ruleset(**values)
        return f"{chosen}按“{RuleSet.objects.get(code=chosen.ruleset_code).name}”办理。"

    form = RuleSetForm(request.POST or None, by=request.user)
    known = dict(RuleSet.objects.values_list("code", "name"))
    rows = [(each, known.get(each.ruleset_code, "")) for each in offices_under(request.user)]
    rulesets = form.fields["ruleset"].queryset
    return _step(request, "setup-rules", form, save, {"rows": rows, "rulesets": rulesets})


@never_cache
@require_http_methods(["GET", "POST"])
@for_administrators
def books(request: HttpRequest) -> HttpResponse:
    """The receipts that came from the finance office."""

    def save(**values: Any) -> str:
        return f"{receive_book(**values)}已入库。"

    form = BookForm(request.POST or None, staff=request.user)
    rows = ReceiptBook.objects.filter(office__in=offices_under(request.user)).select_related("office")
    return _step(request, "setup-books", form, save, {"rows": rows})


@never_cache
@require_safe
@for_administrators
def people(request: HttpRequest) -> HttpResponse:
    """Who is there and who is invited; slips are printed on their own page."""
    context = {
        "steps": steps(request.user),
        "here": "setup-staff",
        "rows": staff_under(request.user).select_related("office"),
        "invitations": open_invitations(request.user),
    }
    return render(request, "upkeep/start/staff.html", context)


def _step(
    request: HttpRequest, page: str, form: RefusableForm, save: Callable[..., str], context: dict[str, Any]
) -> HttpResponse:
    """A page that adds one thing after another, until one goes on to the next step."""
    if form.is_valid():
        try:
            said = save(**form.values(), by=request.user, at=moment(request.user.office))
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, said)
            return redirect(page)
    found = steps(request.user)
    places = [step.page for step in found]
    first = next((step for step in found if step.page == NEEDS.get(page) and not step.done), None)
    more = {"form": form, "steps": found, "here": page, "after": places[places.index(page) + 1], "first": first}
    template = f"upkeep/start/{page.removeprefix('setup-')}.html"
    return render(request, template, context | more, status=422 if form.is_bound else 200)
