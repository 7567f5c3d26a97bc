"""核账: whatever sum is broken by hand in the database, the audit names the row; each check for itself."""

# ruff: noqa: S608 - the tests put their own statements together
import json
from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext

from enrollment.services import load_ruleset
from households.drafts import PaperDraft
from payments.auditing.run import CHECKS, audit
from payments.models import BankSlip
from tests.acting import as_owner
from tests.builders import at, make_household, make_office, make_staff, zhang_family
from tests.payments.bank_builders import csv, take
from tests.payments.chain_builders import whole_chain
from tests.payments.conftest import RULESETS, a_book
from tests.payments.funding_builders import came, claim_on, confirmed, enrolled
from tests.payments.test_protection import put_triggers_aside

TABLES = (
    "enrollment_accountentry",
    "enrollment_assessment",
    "enrollment_enrollment",
    "payments_cardissue",
    "payments_bankslip",
    "payments_fundingclaim",
    "payments_fundingpayment",
    "payments_funderclaimline",
    "payments_statementrow",
    "payments_payment",
    "payments_receipt",
    "payments_receiptbook",
    "payments_receiptline",
    "payments_remittance",
    "payments_reversal",
    "payments_settlement",
    "payments_settlementline",
    "payments_transfer",
    "payments_workmanshipreceipt",
)
FIRST_RECEIPT = "(SELECT min(id) FROM payments_receipt)"
VOIDED = "(SELECT id FROM payments_receipt WHERE voided_at IS NOT NULL)"
UNSETTLED = "(SELECT id FROM payments_receipt WHERE settlement_line_id IS NULL)"
FIRST_LINE = "(SELECT min(id) FROM payments_settlementline WHERE period_id IS NOT NULL)"
FEE_LINE = "(SELECT id FROM payments_settlementline WHERE period_id IS NULL)"
LAST_LINE = "(SELECT max(id) FROM payments_settlementline WHERE period_id IS NOT NULL)"
OTHER_PERIOD = "(SELECT max(id) FROM enrollment_contributionperiod WHERE coverage_year <> 2008)"
SUPERVISOR = "(SELECT id FROM offices_staff WHERE username = 'chen')"
REVIEWED = "(SELECT id FROM payments_remittance WHERE reviewed_at IS NOT NULL)"
ENROLLED_BY = """(SELECT p.assessment_id FROM payments_payment p JOIN payments_receipt r ON r.payment_id = p.id
    WHERE r.id = {receipt})"""
REVERSED = "(SELECT receipt_id FROM payments_reversal)"
CANCEL = "cancelled_at = enrolled_at, cancelled_by_id = " + SUPERVISOR
# Whoever pays, whatever the slip says.
AS_ENTERED = """entered_at = paid_at + interval '1 minute', entry_reason = '某', means = 'transfer', change = 0,
    tendered = amount, slip_id = (SELECT min(id) FROM payments_bankslip) WHERE amount > 0"""
# And without any slip, where no roster was paid in so.
AS_OF_A_ROSTER = """entered_at = paid_at + interval '1 minute', entry_reason = '某', means = 'transfer', change = 0,
    tendered = amount, channel = 'village' WHERE amount > 0"""
RESTORE = "cancelled_at = NULL, cancelled_by_id = NULL"

# Check, what somebody does to the database, and which row the audit must name.
BROKEN = [
    (
        "assessment",
        "enrollment_assessment SET payable = payable - 1, standard = standard - 1 WHERE payable > 0",
        "min(id) FROM enrollment_assessment",
    ),
    ("payment", f"payments_payment SET period_id = {OTHER_PERIOD}", "min(id) FROM payments_payment"),
    ("payment_receipt", "payments_payment SET amount = 0, tendered = 0, change = 0", "min(id) FROM payments_payment"),
    ("entry", f"payments_payment SET {AS_ENTERED}", "min(id) FROM payments_payment WHERE amount > 0"),
    ("entry_once", f"payments_payment SET {AS_ENTERED}", "min(id) FROM payments_receipt WHERE voided_at IS NULL"),
    ("entry_of_roster", f"payments_payment SET {AS_OF_A_ROSTER}", "min(id) FROM payments_payment WHERE amount > 0"),
    ("date_entered", f"payments_payment SET {AS_ENTERED}", "min(id) FROM payments_receipt"),
    ("receipt", "payments_receipt SET means = 'qr'", "min(id) FROM payments_receipt"),
    ("receipt_lines", "payments_receipt SET amount = amount + 1", "min(id) FROM payments_receipt"),
    (
        "receipt_line",
        "payments_receiptline SET payable = payable - 1, sponsored = sponsored + 1",
        "min(id) FROM payments_receiptline",
    ),
    ("receipt_book", "payments_receipt SET printed_number = '99999999'", "min(id) FROM payments_receipt"),
    (
        "receipt_twin",
        f"""payments_workmanshipreceipt SET (book_code, printed_number) =
        (SELECT book_code, printed_number FROM payments_receipt WHERE id = {FIRST_RECEIPT})""",
        "min(id) FROM payments_receipt",
    ),
    ("book_gap", "payments_receiptbook SET next_number = next_number + 1", "min(id) FROM payments_receiptbook"),
    (
        "voided",
        f"enrollment_enrollment SET {RESTORE} WHERE assessment_id = {ENROLLED_BY.format(receipt=VOIDED)}",
        f"{VOIDED}",
    ),
    (
        "standing",
        f"enrollment_enrollment SET {CANCEL} WHERE assessment_id = {ENROLLED_BY.format(receipt=FIRST_RECEIPT)}",
        f"{FIRST_RECEIPT}",
    ),
    (
        "fee_lines",
        "payments_workmanshipreceipt SET amount = 4, tendered = 4, change = 0",
        "id FROM payments_workmanshipreceipt",
    ),
    (
        "fee_voided",
        f"payments_cardissue SET cancelled_at = issued_at, cancelled_by_id = {SUPERVISOR}, cancel_reason = '错'",
        "id FROM payments_workmanshipreceipt",
    ),
    ("fee_book", "payments_workmanshipreceipt SET number = 9999", "id FROM payments_workmanshipreceipt"),
    (
        "fee_twin",
        f"""payments_workmanshipreceipt SET (book_code, printed_number) =
        (SELECT book_code, printed_number FROM payments_receipt WHERE id = {FIRST_RECEIPT})""",
        "id FROM payments_workmanshipreceipt",
    ),
    (
        "account_balance",
        "enrollment_accountentry SET kind = 'refund', payee = '某', amount = -1, enrollment_id = NULL",
        "min(person_id) FROM enrollment_accountentry",
    ),
    ("account_credit", "enrollment_accountentry SET amount = amount + 1", "min(id) FROM enrollment_accountentry"),
    (
        "account_reversal",
        """enrollment_accountentry SET kind = 'reversal', amount = -1, reverses_id =
        (SELECT max(id) FROM enrollment_accountentry) WHERE id = (SELECT min(id) FROM enrollment_accountentry)""",
        "min(id) FROM enrollment_accountentry",
    ),
    (
        "settlement",
        "payments_settlement SET expected_cash = expected_cash - 1, expected_card = expected_card + 1, "
        f"difference_reason = '错', approved_by_id = {SUPERVISOR}",
        "min(id) FROM payments_settlement",
    ),
    ("settlement_lines", "payments_settlementline SET amount = amount - 1", "min(id) FROM payments_settlement"),
    ("settlement_cash", """payments_settlement SET denominations = '{"100": 1}'""", "min(id) FROM payments_settlement"),
    ("settlement_line", "payments_settlementline SET receipts = receipts + 1", f"{FIRST_LINE}"),
    (
        "receipt_place",
        f"payments_receipt SET settlement_line_id = {FEE_LINE} WHERE id = {FIRST_RECEIPT}",
        f"{FIRST_RECEIPT}",
    ),
    (
        "fee_place",
        f"payments_workmanshipreceipt SET settlement_line_id = {FIRST_LINE}",
        "id FROM payments_workmanshipreceipt",
    ),
    ("left_out", f"payments_receipt SET settlement_line_id = NULL WHERE id = {FIRST_RECEIPT}", f"{FIRST_RECEIPT}"),
    ("reversal", "payments_reversal SET amount = amount - 1", "id FROM payments_reversal"),
    (
        "reversal_cover",
        f"enrollment_enrollment SET {RESTORE} WHERE assessment_id = {ENROLLED_BY.format(receipt=REVERSED)}",
        "id FROM payments_reversal",
    ),
    ("reversal_place", f"payments_reversal SET settlement_line_id = {FEE_LINE}", "id FROM payments_reversal"),
    ("remittance", "payments_remittance SET amount = amount - 1", "min(id) FROM payments_remittance"),
    (
        "remittance_line",
        f"payments_settlementline SET period_id = {OTHER_PERIOD} WHERE id = {FIRST_LINE}",
        f"{FIRST_LINE}",
    ),
    ("remittance_slip", "payments_bankslip SET amount = amount - 1", "min(id) FROM payments_remittance"),
    (
        "slip_once",
        "payments_transfer SET slip_id = (SELECT slip_id FROM payments_remittance WHERE slip_id IS NOT NULL) "
        "WHERE level = 'city'",
        "min(id) FROM payments_bankslip",
    ),
    ("transfer", "payments_transfer SET amount = amount - 1", "min(id) FROM payments_transfer"),
    ("transfer_slip", "payments_bankslip SET amount = amount - 1", "min(id) FROM payments_transfer"),
    ("transfer_place", "payments_transfer SET division_code = '320706' WHERE level = 'district'", f"{REVIEWED}"),
    (
        "forward_place",
        "payments_transfer SET division_code = '3208' WHERE level = 'city'",
        "min(id) FROM payments_transfer",
    ),
    ("claim", "payments_fundingclaim SET amount = amount + 1", "id FROM payments_fundingclaim"),
    (
        "claim_line",
        "payments_funderclaimline SET amount = amount - 1, payable = payable + 1",
        "min(id) FROM payments_funderclaimline",
    ),
    ("claim_gone", "payments_funderclaimline SET withdrawn = true", "min(id) FROM payments_funderclaimline"),
    ("claim_paid", "payments_fundingpayment SET amount = amount + 1000", "id FROM payments_fundingclaim"),
    ("bank_match", "payments_statementrow SET amount = amount - 1", "id FROM payments_statementmatch"),
    (
        "date_issued",
        f"payments_receipt SET issued_at = issued_at - interval '1 hour' WHERE id = {FIRST_RECEIPT}",
        f"{FIRST_RECEIPT}",
    ),
    ("date_voided", f"payments_receipt SET voided_at = issued_at - interval '1 hour' WHERE id = {VOIDED}", f"{VOIDED}"),
    ("date_settled", f"payments_receipt SET voided_at = '2007-10-25 20:00+08' WHERE id = {VOIDED}", f"{VOIDED}"),
    (
        "date_of_day",
        f"payments_receipt SET issued_at = '2007-10-26 00:10+08' WHERE id = {FIRST_RECEIPT}",
        f"{FIRST_RECEIPT}",
    ),
    (
        "date_fee_settled",
        "payments_workmanshipreceipt SET issued_at = '2007-10-25 20:00+08'",
        "id FROM payments_workmanshipreceipt",
    ),
    ("date_day", "payments_settlement SET at = at - interval '1 day'", "min(id) FROM payments_settlement"),
    ("date_reversed", "payments_reversal SET at = '2007-10-26 12:00+08'", "id FROM payments_reversal"),
    ("date_reversal_settled", "payments_reversal SET at = '2007-10-27 20:00+08'", "id FROM payments_reversal"),
    ("date_remitted", "payments_remittance SET made_at = '2007-10-24 09:00+08'", "min(id) FROM payments_remittance"),
    (
        "date_reviewed",
        f"payments_remittance SET reviewed_at = '2007-10-24 09:00+08' WHERE id = {REVIEWED}",
        f"{REVIEWED}",
    ),
    ("date_transferred", "payments_transfer SET made_at = '2007-10-26 09:00+08'", f"{REVIEWED}"),
    ("date_confirmed", "payments_transfer SET confirmed_at = '2007-10-26 09:00+08'", "min(id) FROM payments_transfer"),
    (
        "date_forwarded",
        "payments_transfer SET made_at = '2007-12-01 09:00+08' WHERE level = 'city'",
        "min(id) FROM payments_transfer",
    ),
]


def break_by_hand(change: str) -> None:
    """As the owner of the tables may, with the triggers put aside until the test is rolled back."""
    put_triggers_aside(*TABLES)
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {change}")
        assert cursor.rowcount


def one(query: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(query if query.startswith("SELECT") else f"SELECT {query}")
        return int(cursor.fetchone()[0])


class TestAudit(TestCase):
    """One world for all: making it anew for each would take minutes. Each test breaks it in a savepoint of its own."""

    @classmethod
    def setUpTestData(cls):
        for name in ("lianyungang", "songming"):
            load_ruleset(text=(RULESETS / f"{name}.toml").read_text(), by=None, at=at("2007-08-07 09:00"))
        office = make_office("320705001")
        clerk, supervisor = make_staff(office, "liu"), make_staff(office, "chen", role="supervisor")
        family = make_household(clerk, *zhang_family(), papers=(PaperDraft("hukou_book"),))
        a_book(supervisor)
        administrator = make_staff(None, "admin", role="administrator")
        whole_chain(family, clerk, supervisor, administrator)
        slip = BankSlip.objects.filter(remittance__isnull=False).first()
        take(supervisor, csv(f"{slip.day},{slip.number},缴存,,{slip.amount},新浦所"))
        songyang = make_office("530127001", name="嵩阳街道社会事务保障所", ruleset_code="songming")
        enrolled(make_staff(songyang, "yang"), "dibao", "dibao")
        claim = confirmed(claim_on("民政", administrator), make_staff(None, "second", role="administrator"))
        came(claim, "100.00", administrator)
        connection.check_constraints()  # as at the commit of each step

    def test_a_whole_chain_is_in_order(self):
        found = audit()

        assert not found.findings
        assert found.counts["收据"] == 6

    def test_the_command_says_in_chinese_which_row_and_fails(self):
        break_by_hand(f"payments_receipt SET amount = amount + 1 WHERE id = {FIRST_RECEIPT}")
        out = StringIO()

        with pytest.raises(SystemExit) as end:
            call_command("audit_money", stdout=out)

        assert end.value.code == 1
        row = f"收据 32070107 00012346（payments_receipt {one(FIRST_RECEIPT)}，新浦街道劳动保障所）"
        assert f"{row}：收据金额应为明细之和，应为420.00，实为421.00。" in out.getvalue().splitlines()

    def test_the_command_says_that_all_is_in_order(self):
        out = StringIO()

        call_command("audit_money", stdout=out)

        assert out.getvalue().startswith(f"全部相符。核对 {len(CHECKS)} 项：")
        assert "收据 6" in out.getvalue()

    def test_the_command_answers_in_json(self):
        break_by_hand("payments_transfer SET amount = amount - 1 WHERE level = 'city'")
        out = StringIO()

        with pytest.raises(SystemExit):
            call_command("audit_money", "--json", stdout=out)

        answer = json.loads(out.getvalue())
        assert not answer["consistent"]
        assert {finding["code"] for finding in answer["findings"]} == {"transfer", "transfer_slip"}
        assert {finding["table"] for finding in answer["findings"]} == {"payments_transfer"}


def names_the_row(code: str, change: str, row: str) -> Callable[[TestCase], None]:
    def test(self: TestCase) -> None:
        break_by_hand(change)

        named = {(finding.code, finding.id) for finding in audit().findings}

        assert (code, one(row)) in named, sorted(named)

    return test


for each in BROKEN:
    setattr(TestAudit, f"test_what_is_broken_by_hand_is_named_{each[0]}", names_the_row(*each))


def test_every_check_has_its_broken_row():
    assert sorted(code for code, *_ in BROKEN) == sorted(check.code for check in CHECKS)


@pytest.mark.django_db(transaction=True)
def test_the_audit_reads_one_snapshot_and_writes_nothing():
    with CaptureQueriesContext(connection) as queries:
        assert not audit().findings

    assert queries[1]["sql"] == "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
