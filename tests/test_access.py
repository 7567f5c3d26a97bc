"""权限: every address of the application × everyone who may ask for it, made from the URL map itself.

An address that is new and stands in no row of PAGES fails, so that nobody forgets to say whose it is.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from common.relations import HEAD
from enrollment.account_services import credit_accounts, refund_balance
from enrollment.change_services import note_new_member
from enrollment.models import AccountEntry, Clause, ContributionPeriod
from enrollment.trial_saving import save_trial
from households import job_files
from households.models import Certification, Household, OtherCover
from households.services import record_repaid_year
from offices import jobs
from offices.jobs import ask_for
from offices.models import Division, Job, Staff, UsageAlert
from payments.models import BankSlip, FundingClaim, FundingPayment, ReceiptBook, StatementMatch
from payments.printing.choice import choice_of
from payments.printing.overprint import DEFAULT
from payments.services import (
    confirm_claim,
    confirm_subsidy_rate,
    fill_subsidy_rate,
    issue_certificate,
    make_subsidy_claim,
    mark_row,
    receive_lot,
    record_funding,
    record_print,
    record_workmanship_print,
    report_lost_book,
    save_overprint,
    save_printer,
    start_run,
)
from reports.models import BasePopulation, Visit
from reports.visit_services import record_visit
from rosters.lists.importing import ListDraft, import_list
from rosters.models import FunderList
from tests.builders import at, make_staff
from tests.households.pictures import a_scan, files_folder, picture  # noqa: F401 - fixture
from tests.payments.bank_builders import csv, take
from tests.payments.card_builders import fill_fees, give, workmanship_book
from tests.payments.conftest import Pay, a_book, book, pay, rulesets  # noqa: F401 - fixtures
from tests.payments.money_builders import another, give_back, reviewed, settle, transfer
from tests.rosters.roster_builders import one_row_sent
from upkeep.models import NightAudit

CLERK, SUPERVISOR, ADMINISTRATOR, AUDITOR = Staff.Role.values
EVERYONE = frozenset({CLERK, SUPERVISOR, ADMINISTRATOR, AUDITOR})
AT_THE_COUNTER = frozenset({CLERK, SUPERVISOR})
MANAGERS = frozenset({SUPERVISOR, ADMINISTRATOR})
OVERSEERS = frozenset({SUPERVISOR, ADMINISTRATOR, AUDITOR})
ADMINISTRATORS = frozenset({ADMINISTRATOR})
ANSWERED = frozenset({200, 204, 302, 422})


@dataclass(frozen=True)
class Page:
    """Whose a page is. `of_office`: outside the office's divisions it does not exist (404); `known_to`: for others."""

    roles: frozenset[str]
    method: str = "get"
    of_office: bool = False
    known_to: tuple[str, ...] = ()


def read(roles: frozenset[str] = EVERYONE, *, of_office: bool = False, known_to: tuple[str, ...] = ()) -> Page:
    return Page(roles, "get", of_office, known_to)


def write(roles: frozenset[str] = AT_THE_COUNTER, *, of_office: bool = False, known_to: tuple[str, ...] = ()) -> Page:
    return Page(roles, "post", of_office, known_to)


# Pages that want no login; what they answer to is tested with them. "verify" is public on purpose: whoever holds a
# certificate may ask whether it holds, and learns yes or no and the year.
OPEN = frozenset(
    {
        *("healthz", "health-live", "health-ready", "metrics", "favicon", "verify"),
        *("login", "login-again", "login-code", "logout", "welcome", "setup"),
    }
)
OF_STAFF = frozenset({"staff-change", "staff-password", "staff-active", "staff-unlock", "staff-factor"})
PAGES = {
    "home": read(),
    "session": read(),
    "own-password": write(EVERYONE),
    "sessions": read(ADMINISTRATORS),
    "own-sessions": read(),
    "own-factor": read(),
    "session-end": write(EVERYONE),
    "address-unlock": write(ADMINISTRATORS),
    "staff": read(ADMINISTRATORS),
    "staff-add": write(ADMINISTRATORS),
    "staff-change": write(ADMINISTRATORS),
    "staff-password": write(ADMINISTRATORS),
    "staff-active": write(ADMINISTRATORS),
    "staff-factor": write(ADMINISTRATORS),
    "staff-unlock": write(ADMINISTRATORS),
    "invitation-withdraw": write(ADMINISTRATORS),
    "setup-told": read(ADMINISTRATORS),
    "setup-divisions": read(ADMINISTRATORS),
    "division-name": write(ADMINISTRATORS, of_office=True),
    "division-end": write(ADMINISTRATORS, of_office=True),
    "setup-office": read(ADMINISTRATORS),
    "setup-rules": read(ADMINISTRATORS),
    "setup-books": read(ADMINISTRATORS),
    "setup-staff": read(ADMINISTRATORS),
    "acts": read(OVERSEERS),
    "acts-file": read(frozenset({AUDITOR})),
    "alerts": read(OVERSEERS),
    "alerts-told": read(OVERSEERS),
    "alert-see": write(ADMINISTRATORS, of_office=True),
    "alert-lift": write(MANAGERS, of_office=True),
    "jobs": read(),
    "jobs-running": read(),
    "job": read(known_to=("主管", "管理员", "审计员")),
    "job-cancel": write(EVERYONE, known_to=("主管", "管理员")),
    "job-again": write(EVERYONE, known_to=("主管", "管理员")),
    "job-file": read(known_to=("主管",)),
    "demo-clock": write(MANAGERS),
    "devices": write(EVERYONE),
    "printer-test": read(),
    "rulesets": read(),
    "ruleset": read(),
    "ruleset-fee": write(ADMINISTRATORS),
    "ruleset-desk": read(ADMINISTRATORS),
    "draft-start": write(ADMINISTRATORS),
    "draft-year": write(ADMINISTRATORS),
    "draft-impact": write(ADMINISTRATORS),
    "draft-paid": write(ADMINISTRATORS),
    "draft-text": write(ADMINISTRATORS),
    "draft-discard": write(ADMINISTRATORS),
    "draft-submit": write(ADMINISTRATORS),
    "draft-withdraw": write(ADMINISTRATORS),
    "draft-publish": write(ADMINISTRATORS),
    "ruleset-file": read(ADMINISTRATORS),
    "ruleset-import": write(ADMINISTRATORS),
    "clause": read(),
    "trial": read(),
    "trial-open": write(EVERYONE),
    "trial-case": write(EVERYONE),
    "trial-save": write(EVERYONE),
    "trial-saved": read(),
    "trial-of-household": read(of_office=True),
    "accounts": read(),
    "accounts-credit": write(MANAGERS),
    "account": read(of_office=True),
    "account-reverse": write(frozenset({SUPERVISOR}), of_office=True),
    "account-again": write(frozenset({SUPERVISOR}), of_office=True),
    "counter": read(),
    "search": write(EVERYONE),
    "household": read(of_office=True),
    "household-assess": write(EVERYONE, of_office=True),
    "household-history": read(of_office=True),
    "papers-seen": write(of_office=True),
    "household-pay": write(of_office=True),
    "household-override": write(of_office=True),
    "household-slip": write(frozenset({SUPERVISOR}), of_office=True),
    "sponsored-cancel": write(of_office=True),
    "household-changes": read(of_office=True),
    "household-change": write(of_office=True),
    "person-change": write(of_office=True),
    "person-life": read(of_office=True),
    "change-refund": write(of_office=True),
    "change-undo": write(frozenset({SUPERVISOR}), of_office=True),
    "household-edit": write(of_office=True),
    "member-add": read(AT_THE_COUNTER, of_office=True),
    "member-check": write(of_office=True),
    "member-edit": write(of_office=True),
    "certification-add": write(of_office=True),
    "household-certification-add": write(of_office=True),
    "certification-edit": write(of_office=True),
    "cover-add": write(of_office=True),
    "repaid-add": write(of_office=True),
    "repaid-withdraw": write(frozenset({SUPERVISOR}), of_office=True),
    "cover-edit": write(of_office=True),
    "form-blank": read(AT_THE_COUNTER),
    "form-filled": read(AT_THE_COUNTER, of_office=True),
    "checklist": read(of_office=True),
    "checklist-paper": read(of_office=True),
    "photos-paper": read(AT_THE_COUNTER, of_office=True),
    "household-files": write(of_office=True),
    "photo-take": write(of_office=True),
    "file": read(of_office=True),
    "reveal": read(of_office=True),
    "file-remove": write(frozenset({SUPERVISOR}), of_office=True),
    "registration": read(AT_THE_COUNTER),
    "registration-check": write(),
    "registration-start": write(),
    "registration-discard": write(),
    "renewal": read(AT_THE_COUNTER),
    "renewal-list": write(),
    "renewal-prepare": write(),
    "receipts": read(),
    "print-batch": read(AT_THE_COUNTER),
    "print-batch-sample": write(AT_THE_COUNTER),
    "print-runs": read(),
    "print-run": read(of_office=True),
    "print-run-cancel": write(of_office=True),
    "print-run-continue": write(of_office=True),
    "print-run-again": write(of_office=True),
    "print-run-file": read(AT_THE_COUNTER, of_office=True),
    "overprints": read(MANAGERS),
    "overprint-add": read(MANAGERS),
    "overprint": read(MANAGERS, of_office=True),
    "overprint-sample": read(MANAGERS, of_office=True),
    "overprint-stock": read(MANAGERS, of_office=True),
    "overprint-withdraw": write(MANAGERS, of_office=True),
    "printer-add": write(MANAGERS),
    "printer": write(MANAGERS, of_office=True),
    "printer-withdraw": write(MANAGERS, of_office=True),
    "printer-calibration": read(MANAGERS, of_office=True),
    "receipt": read(of_office=True),
    "receipt-print": write(of_office=True),
    "receipt-paper": read(of_office=True),
    "receipt-void": write(of_office=True),
    "receipt-reverse": write(of_office=True),
    "reversal-paper": read(of_office=True),
    "day-end": read(AT_THE_COUNTER),
    "settlements": read(),
    "settlement": read(of_office=True),
    "settlement-paper": read(of_office=True),
    "money": read(OVERSEERS),
    "money-remittances": read(OVERSEERS, of_office=True),
    "money-lines": read(OVERSEERS, of_office=True),
    "money-receipts": read(OVERSEERS, of_office=True),
    "journal": read(OVERSEERS),
    "journal-file": write(OVERSEERS),
    "remittances": read(OVERSEERS),
    "remittance": read(OVERSEERS, of_office=True),
    "remittance-paper": read(OVERSEERS, of_office=True),
    "remittance-bank": write(frozenset({SUPERVISOR}), of_office=True),
    "remittance-review": write(ADMINISTRATORS, of_office=True),
    "remittance-withdraw": write(MANAGERS, of_office=True),
    "transfers": read(ADMINISTRATORS),
    "transfer": read(OVERSEERS, of_office=True),
    "transfer-paper": read(OVERSEERS, of_office=True),
    "transfer-bank": write(ADMINISTRATORS, of_office=True),
    "transfer-confirm": write(ADMINISTRATORS, of_office=True),
    "transfer-withdraw": write(ADMINISTRATORS, of_office=True),
    "bank": read(OVERSEERS),
    "statement": read(OVERSEERS, of_office=True),
    "statement-rematch": write(MANAGERS, of_office=True),
    "statement-withdraw": write(MANAGERS, of_office=True),
    "row-match": write(MANAGERS, of_office=True),
    "match-undo": write(MANAGERS, of_office=True),
    "row-mark": write(MANAGERS, of_office=True),
    "mark-undo": write(MANAGERS, of_office=True),
    "statement-file": read(OVERSEERS, of_office=True),
    "slip-scan": read(OVERSEERS, of_office=True),
    "household-cards": read(of_office=True),
    "card-replace": write(of_office=True),
    "card-take-back": write(of_office=True),
    "household-certificates": read(of_office=True),
    "cards": read(),
    "cards-unissued": read(),
    "workmanship": read(),
    "workmanship-receipt": read(of_office=True),
    "workmanship-print": write(of_office=True),
    "workmanship-paper": read(of_office=True),
    "workmanship-void": write(of_office=True),
    "workmanship-reverse": write(of_office=True),
    "certificates": read(),
    "certificate-paper": read(of_office=True),
    "certificate-revoke": write(of_office=True),
    "books": read(OVERSEERS),
    "backups": read(frozenset({ADMINISTRATOR, AUDITOR})),
    "audits": read(frozenset({ADMINISTRATOR, AUDITOR})),
    "audits-told": read(frozenset({ADMINISTRATOR, AUDITOR})),
    "audit-acknowledge": write(ADMINISTRATORS),
    "backups-told": read(frozenset({ADMINISTRATOR, AUDITOR})),
    "rosters": read(),
    "roster-add": write(),
    "roster-returns": read(),
    "roster": read(of_office=True),
    "roster-file": write(of_office=True),
    "roster-again": write(of_office=True),
    "roster-progress": read(of_office=True),
    "roster-stop": write(of_office=True),
    "roster-columns": read(AT_THE_COUNTER, of_office=True),
    "roster-marked": read(of_office=True),
    "roster-original": read(of_office=True),
    "roster-agree": write(of_office=True),
    "roster-deposit": write(of_office=True),
    "roster-scan": read(of_office=True),
    "roster-take": write(of_office=True),
    "roster-submit": write(frozenset({SUPERVISOR}), of_office=True),
    "roster-back": write(of_office=True),
    "roster-entry": read(of_office=True),
    "roster-rows-enter": write(ADMINISTRATORS, of_office=True),
    "roster-row-aside": write(of_office=True),
    "roster-row-back": write(of_office=True),
    "roster-row-return": write(ADMINISTRATORS, of_office=True),
    "roster-entry-undo": write(ADMINISTRATORS, of_office=True),
    "roster-entry-answer": write(of_office=True),
    "roster-templates": read(AT_THE_COUNTER),
    "roster-template": read(AT_THE_COUNTER),
    "roster-template-school": read(AT_THE_COUNTER),
    "roster-template-department": read(AT_THE_COUNTER),
    "funder-lists": read(OVERSEERS),
    "funder-list": read(OVERSEERS, of_office=True),
    "funder-list-words": write(MANAGERS, of_office=True),
    "funder-list-columns": write(MANAGERS, of_office=True),
    "funder-list-apply": write(MANAGERS, of_office=True),
    "funder-list-settle": write(frozenset({SUPERVISOR}), of_office=True),
    "funder-list-withdraw": write(MANAGERS, of_office=True),
    "listed-coverage": read(OVERSEERS),
    "listed-missing-file": read(OVERSEERS),
    "listed-mismatches": read(OVERSEERS),
    "omissions": read(),
    "omissions-file": read(AT_THE_COUNTER),
    "omission-note": write(of_office=True),
    "progress": read(OVERSEERS),
    "rosters-told": read(frozenset({SUPERVISOR})),
    "progress-wall": read(OVERSEERS),
    "progress-file": read(OVERSEERS),
    "progress-paper": read(OVERSEERS),
    "visits": read(OVERSEERS),
    "visit-record": write(ADMINISTRATORS),
    "visit-finish": write(frozenset({SUPERVISOR, ADMINISTRATOR}), of_office=True),
    "duties": read(OVERSEERS),
    "duty-assign": write(frozenset({SUPERVISOR})),
    "progress-names": read(OVERSEERS),
    "base-population": read(OVERSEERS),
    "base-population-fill": write(ADMINISTRATORS),
    "base-population-confirm": write(ADMINISTRATORS, of_office=True),
    "weekly-reports": read(OVERSEERS),
    "weekly-report-make": write(frozenset({SUPERVISOR})),
    "weekly-reports-file": read(OVERSEERS),
    "weekly-reports-paper": read(OVERSEERS),
    "funding": read(OVERSEERS),
    "funder-claim-make": write(ADMINISTRATORS),
    "subsidy-claim-make": write(ADMINISTRATORS),
    "funding-barred": read(OVERSEERS),
    "funding-unenrolled": read(OVERSEERS),
    "subsidy-rates": read(OVERSEERS),
    "subsidy-rate-fill": write(ADMINISTRATORS),
    "subsidy-rate-confirm": write(ADMINISTRATORS, of_office=True),
    "subsidy-rate-end": write(ADMINISTRATORS, of_office=True),
    "funding-claim": read(OVERSEERS, of_office=True),
    "funding-claim-paper": read(OVERSEERS, of_office=True),
    "funding-claim-file": read(OVERSEERS, of_office=True),
    "funding-claim-sheet": write(OVERSEERS, of_office=True),
    "funding-claim-confirm": write(MANAGERS, of_office=True),
    "funding-claim-withdraw": write(ADMINISTRATORS, of_office=True),
    "funding-receive": write(ADMINISTRATORS, of_office=True),
    "funding-reverse": write(ADMINISTRATORS, of_office=True),
    "account-slip": read(of_office=True),
    "book-stock": read(OVERSEERS),
    "book-receive": write(MANAGERS),
    "lots": read(OVERSEERS),
    "lot-receive": write(MANAGERS),
    "lot-allot": write(MANAGERS, of_office=True),
    "book": read(OVERSEERS, of_office=True),
    "book-receipts": read(OVERSEERS, of_office=True),
    "book-sheet": read(OVERSEERS, of_office=True),
    "book-workbook": read(OVERSEERS, of_office=True),
    "book-loss-paper": read(OVERSEERS, of_office=True),
    "book-allot": write(MANAGERS, of_office=True),
    "book-take-back": write(MANAGERS, of_office=True),
    "book-return": write(MANAGERS, of_office=True),
    "book-lost": write(MANAGERS, of_office=True),
    "book-verify": write(MANAGERS, of_office=True),
    "book-close": write(MANAGERS, of_office=True),
}


def patterns(resolver: URLResolver | None = None) -> Iterator[URLPattern]:
    for each in (resolver or get_resolver()).url_patterns:
        if isinstance(each, URLResolver):
            yield from patterns(each)
        else:
            yield each


NAMES = [pattern.name or str(pattern.pattern) for pattern in patterns()]


def a_claim(by: Staff, second: Staff) -> tuple[FundingClaim, FundingPayment]:
    """A sheet of 新浦区 to the city's budget, confirmed, and a part of its money."""
    moment = at("2008-01-10 09:00")
    period = ContributionPeriod.objects.get(ruleset__code="lianyungang", coverage_year=2008)
    place = {"period_id": period.pk, "division": "320705", "payer": "市财政", "by": by, "at": moment}
    rate = fill_subsidy_rate(**place, category="", amount=Decimal(20), source="99号")
    confirm_subsidy_rate(rate_id=rate.pk, by=second, at=moment)
    claim = make_subsidy_claim(**place, counted_on=moment.date())
    confirm_claim(claim_id=claim.pk, by=second, at=moment)
    given = {"received_on": moment.date(), "voucher_number": "国库01", "by": by, "at": moment}
    return claim, record_funding(claim_id=claim.pk, amount=Decimal(10), **given)


def a_visit(by: Staff) -> Visit:
    """督查 of the town, noted by the county."""
    said = {"visitors": "周某、马某", "found": "收款没有当日登记", "due_on": None}
    day = date(2007, 10, 24)
    return record_visit(
        division="320705001001", coverage_year=2008, visited_on=day, **said, by=by, at=at("2007-10-25 10:09")
    )


def a_base(by: Staff) -> BasePopulation:
    """A base population of 新浦街道 that waits for the second person."""
    moment = at("2007-10-01 09:00")
    given = {"division_name": "新浦街道", "coverage_year": 2008, "persons": 100, "source": "示例年报"}
    return BasePopulation.objects.create(
        division_code="320705001", **given, source_day=moment.date(), filled_by=by, filled_at=moment
    )


@pytest.fixture
def arguments(
    zhang_household: Household,
    aunt_liu: Staff,
    mr_chen: Staff,
    mr_zhou: Staff,
    book: ReceiptBook,  # noqa: F811
    pay: Pay,  # noqa: F811
) -> dict[str, object]:
    """What the addresses of 新浦街道 name: a paid household, its receipt, printed once, and so on."""
    receipt_id = pay(zhang_household, aunt_liu, "420.00").receipt_id
    record_print(receipt_id=receipt_id, by=aunt_liu, at=at("2007-10-25 10:01"))
    credit_accounts(ruleset_code="lianyungang", coverage_year=2008, by=mr_chen, at=at("2008-01-05 09:00"))
    daughter = AccountEntry.objects.first().person_id
    given = {"payee": "李秀英", "relation": "母亲", "cause": "户籍迁出", "by": aunt_liu, "at": at("2008-03-02 09:00")}
    refund = refund_balance(person_id=daughter, **given)
    head = zhang_household.memberships.get(relation=HEAD).person
    change = note_new_member(
        membership_id=zhang_household.memberships.get(person=head).pk, by=aunt_liu, at=at("2007-10-25 10:02")
    )
    repaid = record_repaid_year(
        person_id=head.pk,
        coverage_year=2006,
        paid_on=date(2007, 5, 1),
        evidence="T1",
        by=aunt_liu,
        at=at("2007-10-25 10:03"),
    )
    fill_fees(mr_zhou)
    workmanship_book(mr_chen)
    issued = give(zhang_household, aunt_liu, cards={"张建国": "K001"}, total="3.00")
    record_workmanship_print(receipt_id=issued.receipt.pk, by=aunt_liu, at=at("2007-10-25 10:05"))
    money = money_of(aunt_liu, mr_chen, mr_zhou, pay)
    certificate = issue_certificate(
        household_id=zhang_household.pk,
        coverage_year=2008,
        person_id=None,
        key=uuid4(),
        by=aunt_liu,
        at=at("2007-10-25 10:06"),
    ).certificate
    gone = a_book(mr_chen, code="LOST")
    where = {"place": "途中", "lost_at": at("2007-10-25 09:00"), "circumstances": "丢失", "reporter_id": aunt_liu.pk}
    report_lost_book(book_id=gone.pk, **where, by=mr_chen, at=at("2007-10-25 10:07"))
    lot = receive_lot(
        division_code=mr_chen.division_scope,
        code="LOT",
        first_number=1,
        last_number=100,
        width=8,
        purpose="contribution",
        slip_number="1",
        by=mr_chen,
        at=at("2007-10-25 10:08"),
    )
    described = {
        "ruleset": "lianyungang",
        "coverage_year": 2008,
        "as_of": "2007-10-25T09:00:00+08:00",
        "household": {"members": [{"ref": "A", "hukou": {"division": "320705", "kind": "urban"}}]},
    }
    second = make_staff(None, "second", role="administrator")
    claim, paid = a_claim(mr_zhou, second)
    rosters = one_row_sent(aunt_liu, mr_chen, mr_zhou, book=book, scan=picture())
    return money | {
        "rosters": rosters,
        "handle": "0" * 24,
        "visit_id": a_visit(mr_zhou).pk,
        "audit_id": NightAudit.objects.create(kind="log", at=timezone.now(), seconds=1, count=1, faults=["缺"]).pk,
        "alert_id": UsageAlert.objects.create(
            staff=aunt_liu, kind="searches", day=date(2007, 10, 25), at=timezone.now(), most=1
        ).pk,
        "list_id": a_list_of_the_dead(mr_chen).pk,
        "number": 1,
        "step": "deposit",
        "token": save_trial(state=described, by=aunt_liu, at=at("2007-10-25 10:07")).token,
        "claim_id": claim.pk,
        "payment_id": paid.pk,
        "rate_id": claim.heads.first().rate_row_id,
        "base_id": a_base(mr_zhou).pk,
        "lost_book_id": gone.pk,
        "lot_id": lot.pk,
        **printing_things(mr_chen, aunt_liu),
        "change_id": change.pk,
        "repaid_id": repaid.pk,
        "issue_id": issued.issues[0].pk,
        "workmanship_id": issued.receipt.pk,
        "certificate_id": certificate.pk,
        "household_id": zhang_household.pk,
        "person_id": head.pk,
        "receipt_id": receipt_id,
        "copy": 1,
        "book_id": book.pk,
        "entry_id": refund.pk,
        "file_id": a_scan(zhang_household, aunt_liu).pk,
        "form": "xlsx",
        "filed_job_id": a_filed_job(mr_chen).pk,
        "job_id": ask_for(kind="impact", parameters={}, by=mr_chen, at=at("2007-10-25 10:02")).pk,
        "code": "lianyungang",
        "coverage_year": 2008,
        "which": "edition",
        "key": Clause.objects.filter(ruleset__code="lianyungang").first().key,
        "period_id": ContributionPeriod.objects.get(ruleset__code="lianyungang", coverage_year=2008).pk,
        "place": "remitted",
    }


def money_of(clerk: Staff, supervisor: Staff, administrator: Staff, pay: Pay) -> dict[str, object]:  # noqa: F811
    """A settled day, a receipt given back after it, and the money's way to the district's account."""
    given_back = another(pay, clerk)
    settled = settle(clerk)
    reversal = give_back(given_back, clerk, supervisor)
    remittance = reviewed(supervisor, administrator, settled.lines.get(period__isnull=False), scan=picture())
    made = transfer("district", "320705", remittance, by=administrator)
    statement = take(supervisor, csv(f"2007-10-26,7788,缴存,,{remittance.amount},", "2007-10-27,9,结息,,1.50,"))
    row, interest = statement.rows.all()
    mark = mark_row(row_id=interest.pk, reason="结息", by=supervisor, at=at("2007-11-01 10:00"))
    bank = {"statement": statement, "row": row, "match": StatementMatch.objects.get(), "mark": mark}
    return {"money": bank | {"settlement": settled, "reversal": reversal, "remittance": remittance, "transfer": made}}


def printing_things(mr_chen: Staff, aunt_liu: Staff) -> dict[str, object]:
    """A layout with a picture, a printer, and a clerk's run of one receipt that is printed."""
    given = {"office_id": None, "by": mr_chen, "at": at("2007-10-25 10:07")}
    layout = save_overprint(layout_id=None, name="三联", form=DEFAULT.data(), stock=picture(), **given)
    printer = save_printer(printer_id=None, name="东窗口", right=Decimal(0), down=Decimal(0), **given)
    kept = {"layout_id": None, "printer_id": None, "form": "half", "reprints": True, "chosen": {}}
    seal = choice_of(aunt_liu, {}, reprints=True).seal
    run = start_run(**kept, expected=seal, by=aunt_liu, at=at("2007-10-25 10:08"))
    jobs.run_next()
    return {"layout_id": layout.pk, "printer_id": printer.pk, "run_id": run.pk}


def a_filed_job(supervisor: Staff) -> Job:
    """A job of a supervisor that has made a file."""
    job = ask_for(kind="journal", parameters={}, by=supervisor, at=at("2007-10-25 10:02"))
    job.result = job_files.keep(job, name="journal.csv", content="text/csv", data=b"1,2")
    job.started_at = job.finished_at = timezone.now()
    job.save()
    return job


def a_list_of_the_dead(supervisor: Staff) -> FunderList:
    """A list of the agency's that waits."""
    data = "姓名,身份证号,死亡时间\n李大山,530127196001019919,2007-09-01\n".encode()
    given = {"kind": "died", "ruleset_code": "lianyungang", "division": supervisor.division_scope}
    draft = ListDraft(**given, month=date(2007, 10, 1), filename="死亡名单.csv", data=data)
    return import_list(draft=draft, by=supervisor, at=at("2007-10-25 10:09"))


# The argument `pk` means another thing on every page.
def pk_of(name: str, arguments: dict[str, object]) -> int:
    kind = name.split("-", maxsplit=1)[0]
    if kind == "roster":
        found = "roster_row" if name.startswith("roster-row-") else kind
        return arguments["rosters"]["roster_entry" if name.startswith("roster-entry-") else found].pk
    if kind in arguments["money"]:
        return arguments["money"][kind].pk
    village = Division.objects.filter(code="320705001001")
    others = {
        "slip-scan": BankSlip.objects.filter(remittance__isnull=False),
        "certification-edit": Certification.objects.all(),
        "cover-edit": OtherCover.objects.all(),
        "division-name": village,
        "division-end": village,
    }
    return others.get(name, Staff.objects.filter(username="liu")).first().pk


def address(name: str, arguments: dict[str, object]) -> str:
    pattern = next(each for each in patterns() if each.name == name)
    wanted = pattern.pattern.converters
    known = arguments | {"pk": pk_of(name, arguments)} if "pk" in wanted else arguments
    if name in ("household-change", "person-change"):
        known = known | {"kind": "split" if name == "household-change" else "death"}
    if name == "reveal":
        known = known | {"kind": "id-no", "pks": str(known["person_id"])}
    if name == "job-file":
        known = known | {"job_id": arguments["filed_job_id"]}
    if name == "book-loss-paper":
        known = known | {"book_id": arguments["lost_book_id"]}
    if name == "household-override":
        known = known | {"code": "HOUSEHOLD_INCOMPLETE"}
    if name == "money-receipts":
        known = known | {"kind": "receipted"}
    return reverse(name, kwargs={key: known[key] for key in wanted})


@contextmanager
def savepoint() -> Iterator[None]:
    """What is done inside is undone."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def test_every_page_says_whose_it_is():
    unknown = [name for name in NAMES if name not in PAGES and name not in OPEN and name != "favicon.ico"]
    gone = [name for name in PAGES if name not in NAMES]

    assert not unknown, f"not in PAGES: {unknown}"
    assert not gone, f"no such page any more: {gone}"


@pytest.fixture
def cast(xinpu, aunt_liu, mr_chen, miss_yang, mr_zhou, mrs_wu) -> dict[str, Staff]:
    """Everyone who may come: those of 新浦街道, their likes of another office, those who see everything or nothing."""
    another = miss_yang.office
    return {
        "经办员": make_staff(xinpu, "sun", name="孙晓梅"),
        "主管": mr_chen,
        "管理员": mr_zhou,
        "审计员": mrs_wu,
        "别处经办员": miss_yang,
        "别处主管": make_staff(another, "duan", name="段主任", role="supervisor"),
        "别处管理员": make_staff(None, "he", role="administrator", division_scope="53"),
        "别处审计员": make_staff(None, "lu", role="auditor", division_scope="53"),
    }


def expected(name: str, who: str, staff: Staff) -> frozenset[int]:
    page = PAGES[name]
    if staff.role not in page.roles:
        return frozenset({403})
    if page.known_to and who not in page.known_to:
        return frozenset({404})
    if who.startswith("别处") and (page.of_office or name in OF_STAFF):
        return frozenset({404})
    return ANSWERED


# One world for all pages: making it anew for each would take minutes. Each page is asked in a savepoint of its own.
@pytest.mark.parametrize(
    "who", ["经办员", "主管", "管理员", "审计员", "别处经办员", "别处主管", "别处管理员", "别处审计员"]
)
def test_each_page_is_for_those_whose_it_is(who: str, arguments: dict[str, object], cast: dict[str, Staff], settings):
    settings.DEMO = True
    wrong = []
    logged_in = Client()
    logged_in.force_login(cast[who])

    for name, page in PAGES.items():
        client = Client()
        client.cookies.load(logged_in.cookies)  # a page that logs out takes the cookie; the savepoint keeps the login
        with savepoint():
            status = getattr(client, page.method)(address(name, arguments)).status_code
        if status not in expected(name, who, cast[who]):
            wrong.append((name, status))

    assert not wrong


def test_nobody_comes_in_without_a_login(arguments: dict[str, object]):
    wrong = []

    for name, page in PAGES.items():
        url = address(name, arguments)
        whole = getattr(Client(), page.method)(url)
        fragment = getattr(Client(), page.method)(url, headers={"HX-Request": "true"})
        if (whole.status_code, whole["Location"].split("?")[0]) != (302, reverse("login")):
            wrong.append((name, whole.status_code))
        if (fragment.status_code, fragment.get("Canbao-Login")) != (401, "required"):
            wrong.append((name, fragment.status_code))

    assert not wrong


def test_a_login_that_was_closed_is_of_no_use(arguments: dict[str, object], mr_zhou: Staff):
    client = Client()
    client.force_login(mr_zhou)
    Staff.objects.filter(pk=mr_zhou.pk).update(is_active=False)

    answers = {getattr(client, page.method)(address(name, arguments)).status_code for name, page in PAGES.items()}

    assert answers == {302}
