"""新户登记: one page for a whole household, its draft kept on the server, the fee alive beside it."""

import re
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from common.decision import Refusal
from households import identity
from households.access import household_within
from households.forms import (
    HouseholdForm,
    MemberFormSet,
    RegistrationRead,
    Vocabulary,
    read_registration,
)
from households.models import Household
from households.services import discard_draft, draft_of, register_household, save_draft
from households.words import cover_words, hukou_words, relation_words, sex_words
from offices.access import for_clerks
from offices.clock import moment
from payments.counter.reading import moment_at
from payments.counter.registration import add_members, answer, last_village, refused, vocabulary_of

BLANK_ROWS = 5


@for_clerks
@never_cache
@require_http_methods(["GET", "POST"])
def registration(request: HttpRequest) -> HttpResponse:
    """The form with the draft of last time in it; sent, it registers the household or says what is wrong."""
    at = moment(request.user.office)
    vocabulary = vocabulary_of(request.user.office, at=at)
    if request.method == "GET":
        draft = draft_of(staff=request.user)
        return _page(request, vocabulary, data=draft.payload if draft else None, draft=draft)
    read = read_registration(request.POST, vocabulary=vocabulary)
    said = answer(read, by=request.user, at=at)
    try:
        household_id = _register(read, request) if read.is_whole else None
    except Refusal as refusal:
        said, household_id = refused(said, read, refusal), None
    if household_id is None:
        save_draft(payload=_payload(request.POST), by=request.user, at=at)
        return _sent_back(request, vocabulary, said)
    discard_draft(by=request.user)
    return _registered(request, household_id)


def _registered(request: HttpRequest, household_id: int) -> HttpResponse:
    if _wants_json(request):
        return JsonResponse({"household": reverse("household", args=[household_id])})
    return redirect("household", household_id)


def _register(read: RegistrationRead, request: HttpRequest) -> int:
    at = moment(request.user.office)
    return register_household(draft=read.household, by=request.user, at=at).pk


def _sent_back(
    request: HttpRequest, vocabulary: Vocabulary, said: dict[str, Any], *, joining: Household | None = None
) -> HttpResponse:
    if _wants_json(request):
        return JsonResponse(said, status=422)
    return _page(request, vocabulary, data=request.POST, said=said, joining=joining, status=422)


@for_clerks
@require_POST
def check(request: HttpRequest) -> JsonResponse:
    """Keep the draft, and say what it would cost and what is wrong with it so far."""
    at = moment(request.user.office)
    vocabulary = vocabulary_of(request.user.office, at=at)
    read = read_registration(request.POST, vocabulary=vocabulary)
    save_draft(payload=_payload(request.POST), by=request.user, at=at)
    return JsonResponse(answer(read, by=request.user, at=at) | {"saved": f"{at:%H:%M}"})


@for_clerks
@never_cache
@require_http_methods(["GET", "POST"])
def member_add(request: HttpRequest, household_id: int) -> HttpResponse:
    """F4: the same grid for people who join a household that is registered already."""
    found = household_within(household_id, staff=request.user)
    at = moment_at(found.office, staff=request.user)
    vocabulary = vocabulary_of(found.office, at=at)
    if request.method == "GET":
        return _page(request, vocabulary, data={"rows-0-relation": ""}, joining=found)
    read = read_registration(_of_household(request.POST, found), vocabulary=vocabulary)
    said = answer(read, by=request.user, at=at, priced=False)
    try:
        if read.is_whole:
            add_members(found, read, by=request.user, at=at)
            return _registered(request, found.pk)
    except Refusal as refusal:
        said = refused(said, read, refusal)
    return _sent_back(request, vocabulary, said, joining=found)


@for_clerks
@require_POST
def member_check(request: HttpRequest, household_id: int) -> JsonResponse:
    """What is wrong so far with the people who join."""
    found = household_within(household_id, staff=request.user)
    at = moment_at(found.office, staff=request.user)
    read = read_registration(_of_household(request.POST, found), vocabulary=vocabulary_of(found.office, at=at))
    return JsonResponse(answer(read, by=request.user, at=at, priced=False))


def _of_household(data: QueryDict, found: Household) -> QueryDict:
    """The rows, with the village that the household has."""
    whole = data.copy()
    whole["division_code"] = found.division_code
    return whole


@for_clerks
@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """F2 from a search that found nobody: what was typed comes along, unless a draft is waiting."""
    typed = request.POST.get("q", "").strip()[:60]
    if typed and draft_of(staff=request.user) is None:
        cell = "rows-0-id_no" if identity.is_whole(typed) else "rows-0-name"
        has_han = any(ord(character) > 0x2E80 for character in typed)
        if cell == "rows-0-id_no" or has_han:
            payload = {"rows-TOTAL_FORMS": "1", "rows-INITIAL_FORMS": "0", "rows-0-relation": "户主", cell: typed}
            save_draft(payload=payload, by=request.user, at=moment(request.user.office))
    return redirect("registration")


@for_clerks
@require_POST
def discard(request: HttpRequest) -> HttpResponse:
    """Throw the draft away and begin anew."""
    discard_draft(by=request.user)
    return redirect("registration")


def _page(
    request: HttpRequest,
    vocabulary: Vocabulary,
    *,
    data: Any,
    draft: Any = None,
    said: dict[str, Any] | None = None,
    joining: Household | None = None,
    status: int = 200,
) -> HttpResponse:
    household = HouseholdForm(
        data if data and data.get("division_code") else None,
        villages=vocabulary.villages,
        initial={"division_code": last_village(request.user, vocabulary.villages)},
    )
    context = {
        "household": household,
        "rows": MemberFormSet(_with_blank_rows(data), prefix="rows"),
        "draft": draft,
        "joining": joining,
        "said": said,
        "words": {
            "relation": relation_words(),
            "hukou": hukou_words(),
            "category": vocabulary.categories,
            "cover": cover_words(),
            "sex": sex_words(),
        },
        "usual_hukou": next(word.label for word in hukou_words() if word.value == vocabulary.hukou_kind),
    }
    return render(request, "payments/registration.html", context, status=status)


def _with_blank_rows(data: Any) -> dict[str, str]:
    """The rows that were typed, and blank ones after them."""
    typed = _payload(data) if isinstance(data, QueryDict) else dict(data or {})
    total = str(typed.get("rows-TOTAL_FORMS", "0"))
    count = max(int(total) if re.fullmatch(r"[0-9]{1,4}", total) else 0, BLANK_ROWS)
    return {"rows-0-relation": "户主"} | typed | {"rows-TOTAL_FORMS": str(count), "rows-INITIAL_FORMS": "0"}


def _payload(data: QueryDict) -> dict[str, str]:
    """What was typed, without the token."""
    return {name: data[name] for name in data if name != "csrfmiddlewaretoken"}


def _wants_json(request: HttpRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")
