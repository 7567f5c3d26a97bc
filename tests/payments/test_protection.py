"""The database keeps the promises: no statement changes money, and no statement makes a gap or a half receipt."""

import pytest
from django.db import DatabaseError, connection, transaction

from payments.models import Receipt
from tests.acting import as_owner
from tests.payments.conftest import Pay

MONEY = [
    "payments_payment",
    "payments_receipt",
    "payments_receiptline",
    "enrollment_enrollment",
    "enrollment_assessment",
]


@pytest.fixture
def paid(pay: Pay, zhang_household, aunt_liu, book) -> Receipt:
    """The receipt of a household that has paid."""
    receipt = Receipt.objects.get(pk=pay(zhang_household, aunt_liu, "420.00").receipt_id)
    connection.check_constraints()  # as at the commit of the payment
    return receipt


def refused(*statements: str, match: str, at_commit: bool = False) -> None:
    """The database refuses the last statement, or the transaction that holds them."""
    with pytest.raises(DatabaseError, match=match):
        _run(statements, at_commit)


def put_triggers_aside(*tables: str) -> None:
    """The owner of the tables may, for the length of a transaction; so it works on any server."""
    with as_owner(), connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")


@transaction.atomic
def _run(statements: tuple[str, ...], at_commit: bool) -> None:
    """As the owner, to whom most of it is granted: what the application's role may do is tests/upkeep/test_wall.py."""
    with as_owner(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
            assert cursor.rowcount
        if at_commit:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize("table", [*MONEY, "payments_receiptbook"])
def test_no_row_of_money_is_deleted(paid: Receipt, table: str):
    refused(f"DELETE FROM {table}", match="Cannot (update or )?delete")  # noqa: S608 - a test's own words


@pytest.mark.parametrize(
    "change",
    [
        "payments_payment SET amount = 1, tendered = 1, change = 0",
        "payments_payment SET paid_at = paid_at - interval '1 day'",
        "payments_payment SET clerk_id = clerk_id + 1",
        "payments_payment SET idempotency_key = gen_random_uuid()",
        "payments_receipt SET amount = 1",
        "payments_receipt SET number = number + 1",
        "payments_receipt SET payer = '李四'",
        "payments_receipt SET issued_at = now()",
        "payments_receiptline SET payable = 1, standard = 1",
        "payments_receiptline SET name = '李四'",
        "payments_receiptbook SET first_number = 1",
        "payments_receiptbook SET code = 'X'",
        "enrollment_enrollment SET payable = 1, standard = 1",
        "enrollment_enrollment SET person_id = person_id + 1",
        "enrollment_enrollment SET benefit_starts_on = '2007-10-01'",
        "enrollment_assessment SET payable = 1, standard = 1",
        "enrollment_assessment SET decision = '{}'",
        "enrollment_contributionperiod SET coverage_year = 2018",
    ],
)
def test_no_row_of_money_is_changed_in_substance(paid: Receipt, change: str):
    refused(f"UPDATE {change}", match="Cannot update")


def test_a_void_is_whole_and_final(paid: Receipt, mr_chen):
    void = "UPDATE payments_receipt SET voided_at = now()"
    refused(void, match="receipt_void_is_whole")
    with connection.cursor() as cursor:
        cursor.execute(f"{void}, voided_by_id = %s, void_reason = '重复'", [mr_chen.pk])
    refused(
        "UPDATE payments_receipt SET voided_at = NULL, voided_by_id = NULL, void_reason = ''", match="Cannot update"
    )
    refused("UPDATE payments_receipt SET void_reason = '别的'", match="Cannot update")


def test_a_cancelled_enrolment_stays_cancelled(paid: Receipt, mr_chen):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE enrollment_enrollment SET cancelled_at = now(), cancelled_by_id = %s", [mr_chen.pk])
    refused("UPDATE enrollment_enrollment SET cancelled_at = NULL, cancelled_by_id = NULL", match="Cannot update")


@pytest.mark.parametrize("step", [1, 2, -1])
def test_a_number_cannot_be_passed_over_or_used_again(paid: Receipt, step: int):
    passed_over = f"UPDATE payments_receiptbook SET next_number = next_number + {step}"  # noqa: S608 - a test's own words
    refused(passed_over, match="without receipts", at_commit=True)


ANOTHER_ENROLMENT = """
    INSERT INTO enrollment_enrollment (person_id, household_id, period_id, coverage_year, office_id, division_code,
        assessment_id, category, category_name, standard, payable, sponsored, funder, benefit_starts_on,
        benefit_ends_on, usable_from, reasons, registered_at, enrolled_at)
    SELECT (SELECT id FROM households_person WHERE name = '张明'), household_id, period_id, {year}, office_id,
        division_code, {assessment}, category, category_name, standard, payable, sponsored, funder, benefit_starts_on,
        benefit_ends_on, usable_from, reasons, registered_at, enrolled_at
    FROM enrollment_enrollment ORDER BY id LIMIT 1
"""
ANOTHER_PAYMENT = """
    WITH a AS (
        INSERT INTO enrollment_assessment (household_id, period_id, edition_id, office_id, division_code, decided_at,
            by_id, channel, standard, payable, sponsored, decision)
        SELECT household_id, period_id, edition_id, office_id, division_code, decided_at, by_id, channel,
            {amount}, {amount}, 0, decision FROM enrollment_assessment LIMIT 1
        RETURNING id, household_id, period_id, office_id, division_code, by_id)
    INSERT INTO payments_payment (idempotency_key, household_id, period_id, assessment_id, office_id, division_code,
        clerk_id, channel, means, amount, tendered, change, paid_at)
    SELECT gen_random_uuid(), household_id, period_id, id, office_id, division_code, by_id, 'counter', 'cash',
        {amount}, {amount}, 0, now() FROM a
"""


def test_an_enrolment_is_not_slipped_under_an_assessment(paid: Receipt):
    refused(
        ANOTHER_ENROLMENT.format(year=2008, assessment="assessment_id"),
        match="does not fit its assessment",
        at_commit=True,
    )
    refused(
        ANOTHER_ENROLMENT.format(year=2009, assessment="assessment_id"),
        match="does not fit its assessment",
        at_commit=True,
    )


def test_an_assessment_without_its_enrolments_is_refused(paid: Receipt):
    refused(ANOTHER_PAYMENT.format(amount=120), match="is not the sum of its enrolments", at_commit=True)


def test_no_money_without_a_number(paid: Receipt):
    """A payment with an assessment and an enrolment that fit, but without a receipt."""
    enrolment = ANOTHER_ENROLMENT.format(year=2008, assessment="(SELECT max(id) FROM enrollment_assessment)")
    refused(ANOTHER_PAYMENT.format(amount=120), enrolment, match="without its receipt", at_commit=True)


COPY_OF_A_RECEIPT = """
    INSERT INTO payments_receipt (book_id, book_code, number, printed_number, payment_id, office_id, division_code,
        amount, capitals, means, payer, household_number, address, coverage_year, title, office_name, clerk_name,
        clause_line, issued_at, demo, void_reason)
    SELECT book_id, book_code, {number}, lpad(({number})::text, 8, '0'), {payment}, office_id, division_code, amount,
        capitals, means, payer, household_number, address, coverage_year, title, office_name, clerk_name, clause_line,
        issued_at, demo, '' FROM payments_receipt LIMIT 1
"""


def test_a_number_is_used_once_and_a_payment_has_one_receipt(paid: Receipt):
    refused(
        COPY_OF_A_RECEIPT.format(number="number", payment="payment_id"), match="receipt_number_once_per_book|payment_id"
    )
    refused(COPY_OF_A_RECEIPT.format(number="number + 1", payment="payment_id"), match="payment_id")


def test_no_number_without_a_payment(paid: Receipt):
    refused(COPY_OF_A_RECEIPT.format(number="number + 1", payment="NULL"), match="null value in column")
    refused(
        COPY_OF_A_RECEIPT.format(number="number + 1", payment="payment_id + 99"),
        match="was not taken from its book|violates foreign key",
        at_commit=True,
    )


def test_a_line_is_not_added_to_a_receipt_that_is_out(paid: Receipt):
    refused(
        """INSERT INTO payments_receiptline (receipt_id, position, enrollment_id, name, id_no, category_name,
            standard, payable, sponsored, funder, benefit_starts_on, benefit_ends_on)
        SELECT receipt_id, 9, enrollment_id + 1000, name, id_no, category_name, standard, payable, sponsored,
            funder, benefit_starts_on, benefit_ends_on FROM payments_receiptline LIMIT 1""",
        match="does not fit its receipt|violates foreign key",
        at_commit=True,
    )


@pytest.mark.parametrize(
    ("columns", "constraint"),
    [
        ("amount = 0, tendered = -1", "payment_change_is_the_difference"),
        ("amount = -1, tendered = 0, change = 1", "payment_amount_is_not_negative"),
        ("means = 'card', tendered = amount + 1, change = 1", "payment_change_is_cash"),
        ("means = 'gold'", "payment_means_is_known"),
    ],
)
def test_amounts_that_cannot_be_are_refused_even_without_the_triggers(paid: Receipt, columns: str, constraint: str):
    """The check constraints hold on their own; triggers are put aside until the test is rolled back."""
    put_triggers_aside("payments_payment")

    refused(f"UPDATE payments_payment SET {columns}", match=constraint)  # noqa: S608 - a test's own words


def test_parts_make_the_standard_even_without_the_triggers(paid: Receipt):
    put_triggers_aside("enrollment_enrollment", "enrollment_assessment", "payments_receiptline")

    refused("UPDATE enrollment_enrollment SET payable = payable - 1", match="enrollment_parts_make_the_standard")
    refused("UPDATE enrollment_assessment SET sponsored = 1", match="assessment_parts_make_the_standard")
    refused("UPDATE payments_receiptline SET standard = 1", match="receipt_line_parts_make_the_standard")
    refused("UPDATE enrollment_enrollment SET benefit_ends_on = '2007-01-01'", match="enrollment_benefit_is_forward")
    refused("UPDATE enrollment_enrollment SET usable_from = '2009-01-01'", match="enrollment_benefit_is_forward")
