"""收款 as one would write it with the ORM: read row by row, decide by the same rules, write row by row.

The number comes from the locked book, so that the peer is as right as ours, only plainer.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.db import transaction

from common.money import capitals
from enrollment import library
from enrollment.frozen import decision_json, reason_json
from enrollment.models import Assessment, ContributionPeriod, Enrollment, RuleSet
from enrollment.rules import facts as rules
from enrollment.rules.assess import assess
from enrollment.rules.decision import HouseholdDecision
from households.models import Household
from offices.models import Act, Staff
from payments.models import Payment, Receipt, ReceiptBook, ReceiptLine


@transaction.atomic
def pay_plainly(*, household_id: int, coverage_year: int, by: Staff, at: datetime) -> Receipt:
    """Take what a household owes for a year."""
    household = Household.objects.select_for_update().get(pk=household_id)
    office = household.office
    ruleset = RuleSet.objects.get(code=office.ruleset_code)
    edition = ruleset.current_edition
    period = ContributionPeriod.objects.get(ruleset=ruleset, coverage_year=coverage_year)
    members = [each.person for each in household.memberships.filter(ends_on=None)]
    decision = _decide(household, members, edition, coverage_year, at)
    assessment = Assessment.objects.create(
        household=household,
        period=period,
        edition=edition,
        office=office,
        division_code=household.division_code,
        decided_at=at,
        by=by,
        channel="counter",
        standard=decision.standard,
        payable=decision.payable,
        sponsored=decision.sponsored,
        decision=decision_json(decision),
    )
    payment = Payment.objects.create(
        idempotency_key=uuid4(),
        household=household,
        period=period,
        assessment=assessment,
        office=office,
        division_code=household.division_code,
        clerk=by,
        channel="counter",
        means="cash",
        amount=decision.payable,
        tendered=decision.payable,
        change=Decimal(0),
        paid_at=at,
    )
    book = ReceiptBook.objects.select_for_update().filter(clerk=by, closed_at=None).order_by("-received_at").first()
    number = book.next_number
    book.next_number = number + 1
    book.save(update_fields=["next_number"])
    receipt = Receipt.objects.create(
        book=book,
        book_code=book.code,
        number=number,
        printed_number=book.printed(number),
        payment=payment,
        office=office,
        division_code=household.division_code,
        amount=decision.payable,
        capitals=capitals(decision.payable),
        means="cash",
        payer=members[0].name,
        household_number=household.number,
        address=household.address,
        coverage_year=coverage_year,
        title=f"{ruleset.name}缴费收据",
        office_name=office.name,
        clerk_name=by.name,
        issued_at=at,
        demo=True,
    )
    _enrol(decision, members, household, period, assessment, receipt, at)
    Act.objects.create(by=by, at=at, verb="take_payment", subject_type="payments.payment", subject_id=payment.pk,
                       office=office, division_code=household.division_code)  # fmt: skip
    return receipt


def _decide(
    household: Household, members: list[Any], edition: Any, coverage_year: int, at: datetime
) -> HouseholdDecision:
    asked = rules.Household(
        members=tuple(_member(person, coverage_year) for person in members),
        papers=frozenset(household.papers.filter(person=None).values_list("document", flat=True)),
    )
    return assess(
        asked,
        ruleset=library.compiled(edition_id=edition.pk, sha256=edition.sha256),
        coverage_year=coverage_year,
        at=at,
        registered_at=household.registered_at,
    )


def _member(person: Any, coverage_year: int) -> rules.Member:
    certifications = tuple(
        rules.Certification(
            each.category,
            rules.Disability(each.disability_kind, each.disability_grade) if each.disability_kind else None,
            on_funder_list=each.on_funder_list,
            issued_by_division=each.issued_by_division,
        )
        for each in person.certifications.filter(ended_on=None)
    )
    cover = person.other_covers.filter(ends_on=None).first()
    covered = frozenset(person.enrollments.in_force().values_list("coverage_year", flat=True))
    if coverage_year in covered:
        raise ValueError(f"{person.pk} is enrolled")
    return rules.Member(
        ref=str(person.pk),
        name=person.name,
        hukou=rules.Hukou(person.hukou_division, person.hukou_kind),
        birth_date=person.birth_date,
        certifications=certifications,
        insured_elsewhere=rules.OtherCover(cover.kind) if cover else None,
        student=rules.Student(person.student_kind, person.school_in_area) if person.student_kind else None,
        papers=frozenset(person.papers.values_list("document", flat=True)),
        covered_years=covered,
        photos=person.photos,
    )


def _enrol(  # noqa: PLR0917 - as one would write it
    decision: HouseholdDecision, members: list[Any], household: Household, period: Any, assessment: Assessment,
    receipt: Receipt, at: datetime,
) -> None:  # fmt: skip
    persons = {str(person.pk): person for person in members}
    for position, member in enumerate(decision.applicants, start=1):
        charge, benefit, person = member.charge, member.benefit, persons[member.ref]
        if charge is None or benefit is None:
            raise ValueError("an applicant without charge or benefit")
        amounts = {"standard": charge.standard, "payable": charge.payable, "sponsored": charge.sponsored}
        told = amounts | {"category_name": charge.category_name, "funder": charge.funder}
        told |= {"benefit_starts_on": benefit.starts_on, "benefit_ends_on": benefit.ends_on}
        enrollment = Enrollment.objects.create(
            person=person,
            household=household,
            period=period,
            coverage_year=period.coverage_year,
            office=household.office,
            division_code=household.division_code,
            assessment=assessment,
            category=charge.category,
            usable_from=benefit.usable_from,
            continuous_years=member.continuous_years,
            reasons=[reason_json(reason) for reason in member.reasons],
            registered_at=household.registered_at,
            enrolled_at=at,
            **told,
        )
        ReceiptLine.objects.create(
            receipt=receipt, position=position, enrollment=enrollment, name=person.name, id_no=person.id_no,
            **told,
        )  # fmt: skip
