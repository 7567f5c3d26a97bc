"""表格打印: the registration form, blank and filled, the checklist of papers, a sheet of photos."""

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from households import vault
from households.access import handles, household_within
from households.models import Household, Person
from households.services import photos_of
from offices.access import for_clerks, found_first
from offices.acts import record
from offices.clock import moment
from offices.taking import Copy, asks_why
from payments.counter.reading import moment_at
from payments.paper.checklist import checklist
from payments.paper.checklist_sheet import checklist_pdf, photos_pdf
from payments.paper.form_sheet import form_pdf
from payments.paper.form_shown import blank_form, filled_form

PRINTS = 2  # of each photo, as many as are handed in


@for_clerks
@require_safe
def blank(request: HttpRequest) -> HttpResponse:
    """A blank form of the clerk's own office, to be filled in while one waits."""
    office = request.user.office
    if office is None:
        raise Http404
    return _pdf(lambda: form_pdf(blank_form(office, at=moment(office))), "registration-form")


@for_clerks
@never_cache
@require_http_methods(["GET", "POST"])
@found_first("household_id", household_within)
@asks_why("打印参保登记表", in_tab=True)
def filled(request: HttpRequest, found: Household, *, copy: Copy) -> HttpResponse:
    """The household's form with whole ID numbers, for signature; that it was printed, and why, is logged."""
    at = moment_at(found.office, staff=request.user)
    document = filled_form(found, at=at)
    answer = _pdf(
        lambda: form_pdf(document, mark=copy.line(len(document.members))), f"registration-form-{document.number}"
    )
    detail = {"members": len(document.members)} | copy.detail(len(document.members))
    record(by=request.user, at=at, verb="print_form", subject=found, detail=detail)
    return answer


@never_cache
@require_safe
def papers(request: HttpRequest, household_id: int) -> HttpResponse:
    """What of the household's papers was seen and copied, by whom and when."""
    found = household_within(household_id, staff=request.user)
    return render(request, "payments/checklist.html", {"household": found, "items": checklist(found)})


@never_cache
@require_safe
def papers_paper(request: HttpRequest, household_id: int) -> HttpResponse:
    """The checklist as a PDF."""
    found = household_within(household_id, staff=request.user)
    printed = f"打印时间 {moment_at(found.office, staff=request.user):%Y-%m-%d %H:%M}"
    items = checklist(found)
    return _pdf(
        lambda: checklist_pdf(items, office=found.office.name, number=found.number, printed=printed),
        f"papers-{found.number}",
    )


@for_clerks
@never_cache
@require_safe
def photos(request: HttpRequest, household_id: int) -> HttpResponse:
    """The stored photos of the present members, as often as prints are handed in; for the office that handles them.

    Whoever sees the household from above sees one photo for a reason (`households.views.files`).
    """
    found = household_within(household_id, staff=request.user)
    if not handles(request.user, found):
        raise PermissionDenied(f"照片由{found.office.name}保管和打印。如需办理，请与其联系。")
    names = dict(
        Person.objects.filter(memberships__household=found, memberships__ends_on=None).values_list("pk", "name")
    )
    rows = photos_of(list(names)).items()
    read = [(names[pk], vault.get(row.name, sha256=row.sha256)) for pk, row in rows]
    shown = [(name, data) for name, data in read if data]
    office, number = found.office.name, found.number
    return _pdf(lambda: photos_pdf(shown, office=office, number=number, prints=PRINTS), f"photos-{number}")


def _pdf(draw: Callable[[], bytes], name: str) -> HttpResponse:
    """The drawn paper; of a character that no typeface here draws `config.middleware.PaperMiddleware` tells."""
    response = HttpResponse(draw(), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return response
