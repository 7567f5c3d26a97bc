"""查找: the box on every page. By POST, so that no name and no number stands in an address or a log."""

import re
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from common.decision import Refusal
from common.idcard import IdNumberError, clean_id_number, parse_id_number
from common.typed import halfwidth
from enrollment.models import Enrollment
from households.search import Found, Hit, search
from offices.clock import moment
from offices.limits import SEARCHES, spend
from offices.models import Staff
from payments.counter.reading import coverage_year
from payments.models import Receipt

# What the QR code of a receipt says: the book's code and the number as printed.
_RECEIPT = re.compile(r"(?P<book_code>.+)\.(?P<printed_number>[0-9]+)")
# Longer than any telephone number.
_LIKE_ID = re.compile(r"[0-9]{13,}[0-9X]")


@dataclass(frozen=True, slots=True)
class HitShown:
    """A hit, and whether the person has paid for the year that the counter sells."""

    hit: Hit
    is_paid: bool


@require_POST
def find(request: HttpRequest) -> HttpResponse:
    """One hit opens its household; several are listed; none offers to register."""
    typed = request.POST.get("q", "").strip()[:60]
    if receipt := _scanned(typed, request.user):
        return _open(request, "receipt", receipt)
    template = "payments/_hits.html" if request.htmx else "payments/search.html"
    try:
        spend(SEARCHES, by=request.user, at=moment(request.user.office))
    except Refusal as refusal:
        return render(request, template, {"q": typed, "refusal": str(refusal)})
    found = search(typed, staff=request.user)
    households = {hit.household_id for hit in found.hits}
    if len(households) == 1 and None not in households and not found.more:
        return _open(request, "household", households.pop())
    wrong = "" if found.hits else _wrong_number(typed)
    context = {"q": typed, "wrong": wrong, "shown": _shown(found, request.user), "more": found.more}
    return render(request, template, context)


def _wrong_number(typed: str) -> str:
    """Why a number that was meant as a whole ID number cannot be one."""
    if not _LIKE_ID.fullmatch(clean_id_number(typed)):
        return ""
    try:
        parse_id_number(typed, today=None)
    except IdNumberError as error:
        return str(error)
    return ""


def _scanned(typed: str, staff: Staff) -> int | None:
    """The receipt whose QR code was read. An input method may have made the full stop a Chinese one."""
    code = _RECEIPT.fullmatch(halfwidth(typed).replace("。", "."))
    rows = Receipt.objects.visible_to(staff)
    return rows.filter(**code.groupdict()).values_list("pk", flat=True).first() if code else None


def _open(request: HttpRequest, page: str, pk: int) -> HttpResponse:
    if not request.htmx:
        return redirect(page, pk)
    return HttpResponse(headers={"HX-Redirect": reverse(page, args=[pk])})


def _shown(found: Found, staff: Staff) -> list[HitShown]:
    paid: set[int] = set()
    if staff.office and found.hits:
        try:
            year = coverage_year(staff.office, at=moment(staff.office))
        except Refusal:
            year = 0
        persons = [hit.person_id for hit in found.hits if hit.person_id]
        in_force = Enrollment.objects.in_force().filter(person__in=persons, coverage_year=year)
        paid = set(in_force.values_list("person_id", flat=True))
    return [HitShown(hit, hit.person_id in paid) for hit in found.hits]
