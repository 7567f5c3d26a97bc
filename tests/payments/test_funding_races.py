"""Two at once: nobody stands on two sheets, no yuan comes in twice; and the database itself refuses what is wrong."""

from decimal import Decimal
from functools import partial

import pytest
from django.db import DatabaseError, connection, transaction

from common.decision import Refusal
from payments.models import FunderClaimLine, FundingClaim, FundingPayment
from payments.services.funding import withdraw_claim
from tests.builders import make_staff
from tests.payments.conftest import rulesets  # noqa: F401 - fixture
from tests.payments.funding_builders import (
    CLAIMED,
    came,
    claim_on,
    confirmed,
    enrolled,
    rate,
    songming_book,
    subsidy_on,
)
from tests.payments.test_protection import refused
from tests.payments.test_races import together


@pytest.fixture
def second(db):
    return make_staff(None, "fu", name="傅管理", role="administrator")


@pytest.fixture
def world(rulesets, songyang, miss_yang):  # noqa: F811
    songming_book(songyang)
    enrolled(miss_yang, "dibao", "dibao")
    enrolled(miss_yang, "dibao", name="李")


@pytest.mark.django_db(transaction=True)
def test_of_sheets_made_at_once_one_holds_everybody_and_the_others_are_refused(world, mr_zhou, second):
    answers = together(*(partial(claim_on, "民政", by) for by in (mr_zhou, second, mr_zhou)))

    assert sorted(type(each).__name__ for each in answers) == ["FundingClaim", "Refusal", "Refusal"]
    assert all("现在没有可以请款的人" in str(each) for each in answers if isinstance(each, Refusal))
    assert FunderClaimLine.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_of_payments_recorded_at_once_only_what_is_owed_comes_in(world, mr_zhou, second):
    claim = confirmed(claim_on("民政", mr_zhou), second)

    answers = together(*(partial(came, claim, "300", mr_zhou, voucher=f"农行{n}") for n in range(4)))

    assert sum(isinstance(each, FundingPayment) for each in answers) == 1
    assert all("还欠 150.00 元" in str(each) for each in answers if isinstance(each, Refusal))


@pytest.mark.django_db(transaction=True)
def test_of_subsidy_sheets_made_at_once_one_holds_the_heads(world, mr_zhou, second):
    rate("市财政", "100", mr_zhou, second)

    answers = together(*(partial(subsidy_on, "市财政", by) for by in (mr_zhou, second)))

    assert sorted(type(each).__name__ for each in answers) == ["FundingClaim", "Refusal"]
    assert FundingClaim.objects.get().amount == Decimal(300)


@pytest.mark.django_db(transaction=True)
def test_a_budgets_sheet_never_rests_on_one_that_is_withdrawn_meanwhile(world, mr_zhou, second, miss_yang):
    rate("市财政", "100", mr_zhou, second)
    first = subsidy_on("市财政", mr_zhou)
    enrolled(miss_yang, "dibao", name="赵")
    withdraw = partial(withdraw_claim, claim_id=first.pk, reason="重算", by=second, at=CLAIMED)

    withdrawn, later = together(withdraw, partial(subsidy_on, "市财政", mr_zhou))

    first.refresh_from_db()
    if first.withdrawn_at:  # whoever was first: the later sheet asks for everybody, or for the newcomer alone
        assert later.amount == 400
    else:
        assert "请先撤回后一批" in str(withdrawn)
        assert later.amount == 100


@pytest.fixture
def made(world, mr_zhou, second) -> FundingClaim:
    """A confirmed sheet of three persons with 200 yuan that came in, and a sheet of a budget."""
    claim = confirmed(claim_on("民政", mr_zhou), second)
    came(claim, "200", mr_zhou)
    rate("市财政", "100", mr_zhou, second)
    subsidy_on("市财政", mr_zhou)
    connection.check_constraints()
    return claim


TABLES = [
    "payments_fundingclaim",
    "payments_funderclaimline",
    "payments_fundingpayment",
    "payments_subsidyrate",
    "payments_subsidyclaimline",
]


@pytest.mark.parametrize("table", TABLES)
def test_no_row_of_a_claim_is_deleted(made, table):
    refused(f"DELETE FROM {table}", match="Cannot (update or )?delete")  # noqa: S608 - a test's own words


@pytest.mark.parametrize(
    "change",
    [
        "payments_fundingclaim SET amount = 1",
        "payments_fundingclaim SET payer = '残联'",
        "payments_fundingclaim SET made_by_id = made_by_id + 1",
        "payments_fundingclaim SET confirmed_at = now() WHERE confirmed_at IS NOT NULL",
        "payments_funderclaimline SET amount = 1, standard = 1",
        "payments_funderclaimline SET name = '李四'",
        "payments_fundingpayment SET amount = 1",
        "payments_subsidyrate SET amount = 1",
        "payments_subsidyclaimline SET heads = 1",
    ],
)
def test_no_row_of_a_claim_is_changed_in_substance(made, change):
    refused(f"UPDATE {change}", match="Cannot update")


LINE = """INSERT INTO payments_funderclaimline (claim_id, position, enrollment_id, person_id, coverage_year,
    division_code, town, name, id_no, category, category_name, amount, payable, standard, corrects_id)
    SELECT claim_id, position + 100, enrollment_id, person_id, coverage_year, division_code, town, name, id_no,
    category, category_name, {values} FROM payments_funderclaimline WHERE position = 1"""
PAYMENT = """INSERT INTO payments_fundingpayment (claim_id, amount, received_on, voucher_number, reason, recorded_at,
    recorded_by_id) SELECT {claim}, {amount}, '2016-12-01', 'X', '', now(), made_by_id
    FROM payments_fundingclaim WHERE kind = 'funder'"""


@pytest.mark.parametrize(
    ("statement", "match"),
    [
        (LINE.format(values="amount, payable, standard, NULL"), "funder_line_person_once_a_year"),
        (LINE.format(values="-amount, payable, -standard, id"), "a line is not what was paid"),
        (PAYMENT.format(claim="id", amount="250.01"), "payment does not fit claim"),
        (PAYMENT.format(claim="id", amount="-200.01"), "payment does not fit claim"),
        (
            PAYMENT.format(claim="(SELECT id FROM payments_fundingclaim WHERE kind = 'subsidy')", amount="1"),
            "payment does not fit claim",
        ),
        (
            "UPDATE payments_fundingclaim SET withdrawn_at = now(), withdrawn_by_id = made_by_id, "
            "withdraw_reason = '撤' WHERE kind = 'funder'",
            "money came in for claim",
        ),
        (
            "UPDATE payments_fundingclaim SET confirmed_by_id = made_by_id, confirmed_at = now() "
            "WHERE kind = 'subsidy'",
            "confirmed_by_another",
        ),
        ("UPDATE payments_subsidyrate SET confirmed_by_id = filled_by_id", "confirmed_by_another"),
    ],
    ids=["第二次请款", "凭空冲减", "超过所欠", "负数", "未复核先到账", "到账后撤回", "自己复核", "自己复核标准"],
)
def test_the_database_refuses_what_no_service_asks_for(made, statement, match):
    refused(statement, match=match)


@pytest.mark.parametrize(
    ("statement", "match"),
    [
        ("UPDATE payments_funderclaimline SET corrected = true", "and its correction part ways"),
        (
            "UPDATE payments_fundingclaim SET withdrawn_at = now(), withdrawn_by_id = made_by_id, "
            "withdraw_reason = '撤' WHERE NOT EXISTS (SELECT FROM payments_fundingpayment p WHERE p.claim_id = "
            "payments_fundingclaim.id)",
            "and its lines part ways",
        ),
    ],
    ids=["没有冲减的冲减", "只撤回单不撤回人"],
)
def test_the_database_refuses_at_commit_what_does_not_hang_together(world, mr_zhou, statement, match):
    claim_on("民政", mr_zhou)

    refused(statement, match=match, at_commit=True)


def test_a_line_more_would_break_the_sum(made, miss_yang):
    enrolled(miss_yang, "dibao", name="王")
    more = """INSERT INTO payments_funderclaimline (claim_id, position, enrollment_id, person_id, coverage_year,
        division_code, town, name, id_no, category, category_name, amount, payable, standard)
        SELECT c.id, 99, e.id, e.person_id, 2017, e.division_code, '', '王一', '', e.category, '', e.sponsored, 0, 150
        FROM payments_fundingclaim c, enrollment_enrollment e
        WHERE c.kind = 'funder' AND e.id = (SELECT max(id) FROM enrollment_enrollment)"""

    with pytest.raises(DatabaseError, match="not the sum of its lines"), transaction.atomic():
        connection.cursor().execute(more)
