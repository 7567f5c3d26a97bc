"""户的变更: what changes at the counter while the household stands there: members, facts, certificates, other cover."""

from collections.abc import Callable

from django.contrib import messages
from django.db import IntegrityError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from common.decision import Refusal
from enrollment.change_services import change_facts
from enrollment.life import refuse_paid_year
from households.access import household_within
from households.edit_forms import (
    CertificationForm,
    HouseholdEditForm,
    OtherCoverForm,
    PersonForm,
    RepaidYearForm,
    disability_choices,
    word_of,
)
from households.forms import Vocabulary
from households.models import Certification, Household, Membership, OtherCover, RepaidYear
from households.services import (
    correct_certification,
    correct_other_cover,
    record_certification,
    record_other_cover,
    record_repaid_year,
    update_household,
    withdraw_repaid_year,
)
from offices.access import for_clerks, for_supervisors, has_role
from offices.constraints import refusal_of
from offices.forms import RefusableForm
from offices.models import Staff
from payments.counter.reading import moment_at
from payments.counter.registration import exemptions_of, vocabulary_of


@for_clerks
@never_cache
@require_http_methods(["GET", "POST"])
def household_edit(request: HttpRequest, household_id: int) -> HttpResponse:
    """Village, address, telephone, hukou book; and the certificates that hold for the whole household."""
    found = household_within(household_id, staff=request.user)
    at = moment_at(found.office, staff=request.user)
    vocabulary = vocabulary_of(found.office, at=at)
    villages = list(vocabulary.villages)
    form = HouseholdEditForm(request.POST or None, household=found, villages=villages)
    save = _Save(lambda: update_household(household_id=found.pk, by=request.user, at=at, **form.values()))
    if save.done(form):
        return redirect("household", found.pk)
    context = {"form": form, "household": found, "certifications": _labelled(found.certifications, vocabulary)}
    return render(request, "payments/household_edit.html", context, status=422 if form.errors else 200)


@for_clerks
@never_cache
@require_http_methods(["GET", "POST"])
def member_edit(request: HttpRequest, household_id: int, person_id: int) -> HttpResponse:
    """One member: the facts that the rules ask, certificates, other cover."""
    found, membership = _member(request, household_id, person_id)
    person = membership.person
    at = moment_at(found.office, staff=request.user)
    form = PersonForm(request.POST or None, person=person, exemptions=exemptions_of(found.office))
    asked = {"household_id": found.pk, "person_id": person.pk, "by": request.user, "at": at}
    save = _Save(lambda: change_facts(changes=form.values(), **asked))
    if save.done(form):
        return redirect("household", found.pk)
    context = {
        "form": form,
        "household": found,
        "membership": membership,
        "person": person,
        "certifications": _labelled(person.certifications, vocabulary_of(found.office, at=at)),
        "covers": person.other_covers.order_by("-pk"),
        "repaid": person.repaid_years.filter(withdrawn_at=None).order_by("coverage_year"),
        "may_withdraw": has_role(request.user, Staff.Role.SUPERVISOR),
    }
    return render(request, "payments/member_edit.html", context, status=422 if form.errors else 200)


@for_clerks
@require_http_methods(["GET", "POST"])
def certification(
    request: HttpRequest, household_id: int, person_id: int | None = None, pk: int | None = None
) -> HttpResponse:
    """Record or correct a certification of a member, or of the whole household."""
    found = household_within(household_id, staff=request.user)
    at = moment_at(found.office, staff=request.user)
    row = _certification_of(found, pk) if pk else None
    vocabulary = vocabulary_of(found.office, at=at)
    person_id = row.person_id if row else person_id
    if person_id:
        _member(request, household_id, person_id)
    categories = _categories(vocabulary, for_household=person_id is None)
    form = CertificationForm(request.POST or None, row=row, categories=categories)

    def write() -> object:
        draft = form.draft(papers=dict(vocabulary.certificates))
        if row:
            return correct_certification(certification_id=row.pk, draft=draft, by=request.user, at=at)
        owner = {"person_id": person_id} if person_id else {"household_id": found.pk}
        return record_certification(draft=draft, by=request.user, at=at, **owner)

    back = _page_of(found, person_id)
    title = "修改类别认定" if row else "新增类别认定"
    return _Save(write).dialog(request, form, title=title, back=back)


@for_clerks
@require_http_methods(["GET", "POST"])
def other_cover(
    request: HttpRequest, household_id: int, person_id: int | None = None, pk: int | None = None
) -> HttpResponse:
    """Record or correct a member's other cover."""
    found = household_within(household_id, staff=request.user)
    at = moment_at(found.office, staff=request.user)
    row = OtherCover.objects.filter(pk=pk).first() if pk else None
    if pk and row is None:
        raise Http404
    owner = row.person_id if row else person_id
    _member(request, household_id, owner)
    form = OtherCoverForm(request.POST or None, row=row)

    def write() -> object:
        if row:
            return correct_other_cover(cover_id=row.pk, draft=form.draft(), by=request.user, at=at)
        return record_other_cover(person_id=owner, draft=form.draft(), by=request.user, at=at)

    title = "修改其他医保" if row else "新增其他医保"
    return _Save(write).dialog(request, form, title=title, back=_page_of(found, owner))


@for_clerks
@require_http_methods(["GET", "POST"])
def repaid_year(request: HttpRequest, household_id: int, person_id: int) -> HttpResponse:
    """Note that a member paid back a broken year."""
    found, membership = _member(request, household_id, person_id)
    at = moment_at(found.office, staff=request.user)
    form = RepaidYearForm(request.POST or None)

    def write() -> object:
        refuse_paid_year(membership.person_id, form.cleaned_data["coverage_year"])
        return record_repaid_year(person_id=membership.person_id, by=request.user, at=at, **form.cleaned_data)

    return _Save(write).dialog(request, form, title="登记补缴年度", back=_page_of(found, person_id))


@for_supervisors
@require_POST
def repaid_withdraw(request: HttpRequest, household_id: int, repaid_id: int) -> HttpResponse:
    """Take back a year that was noted by mistake."""
    found = household_within(household_id, staff=request.user)
    members = found.memberships.filter(ends_on__isnull=True).values("person")
    row = RepaidYear.objects.filter(pk=repaid_id, person__in=members).first()
    if row is None:
        raise Http404
    try:
        withdraw_repaid_year(repaid_id=row.pk, by=request.user, at=moment_at(found.office, staff=request.user))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("member-edit", found.pk, row.person_id)


class _Save:
    """A service to be called once the form is whole; its no goes into the form."""

    def __init__(self, write: Callable[[], object]) -> None:
        self.write = write

    def done(self, form: RefusableForm) -> bool:
        """Whether it was written."""
        if not form.is_valid():
            return False
        try:
            self.write()
        except Refusal as refusal:
            form.refuse(refusal)
        except IntegrityError as error:
            refusal = refusal_of(error)
            if refusal is None:
                raise
            form.refuse(refusal)
        else:
            return True
        return False

    def dialog(self, request: HttpRequest, form: RefusableForm, *, title: str, back: str) -> HttpResponse:
        """The form in a dialog or on a page of its own; afterwards the page that it belongs to."""
        if self.done(form):
            return HttpResponse(headers={"HX-Redirect": back}) if request.htmx else redirect(back)
        context = {"form": form, "title": title, "action": request.path, "go": "保存"}
        return render(request, "payments/dialog.html", context, status=422 if form.errors else 200)


def _member(request: HttpRequest, household_id: int, person_id: int | None) -> tuple[Household, Membership]:
    """A present member of a household within the scope; otherwise there is no such page."""
    found = household_within(household_id, staff=request.user)
    present = found.memberships.filter(ends_on__isnull=True, person=person_id).select_related("person").first()
    if present is None:
        raise Http404
    return found, present


def _certification_of(found: Household, pk: int) -> Certification:
    """A certification of the household or of one of its present members."""
    members = found.memberships.filter(ends_on__isnull=True).values("person")
    rows = Certification.objects.filter(household=found) | Certification.objects.filter(person__in=members)
    row = rows.filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def _labelled(rows: QuerySet[Certification], vocabulary: Vocabulary) -> list[tuple[str, Certification]]:
    """Certifications, the newest first, by the names that the rule set gives their categories."""
    names = {word.value: word.label for word in vocabulary.categories}
    return [(names.get(word_of(row), str(row)), row) for row in rows.order_by("-pk")]


def _categories(vocabulary: Vocabulary, *, for_household: bool) -> list[tuple[str, str]]:
    """What can be certified: of a household its own categories, of a person the others and disabilities."""
    named = [(word.value, word.label) for word in vocabulary.categories if word.value and ":" not in word.value]
    if for_household:
        return [pair for pair in named if pair[0] in vocabulary.household_categories]
    return [*(pair for pair in named if pair[0] not in vocabulary.household_categories), *disability_choices()]


def _page_of(found: Household, person_id: int | None) -> str:
    if person_id:
        return reverse("member-edit", args=[found.pk, person_id])
    return reverse("household-edit", args=[found.pk])
