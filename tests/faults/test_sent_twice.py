"""Every form that moves money, sent twice at the same moment: one effect, and nobody sees an error.

The forms are found from the URL map (`money_forms`); each is read off its page as a browser has it and sent by several
connections at once. All of them are held where they would write to the acts log, so that they truly meet, and then let
go. A money form that nobody wrote a case for fails.
"""

import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import Resolver404, resolve, reverse

from bench.browser import Answer, Browser
from enrollment import library
from enrollment.change_plan import papers_of
from enrollment.models import AccountEntry, Change
from households.drafts import PaperDraft
from households.models import Household
from offices import jobs
from offices.models import Act, Staff
from payments.auditing.run import audit
from payments.models import (
    CardIssue,
    FundingClaim,
    FundingPayment,
    Receipt,
    Remittance,
    SubsidyRate,
    Transfer,
    WorkmanshipReceipt,
)
from rosters.models import RosterTaking
from tests.acting import as_owner
from tests.builders import PASSWORD, make_household, make_staff, zhang_family
from tests.faults.conftest import Keep
from tests.faults.money_forms import money_forms
from tests.faults.test_hostile_files import WORDS
from tests.faults.walk import Form, Reader
from tests.households.pictures import files_folder  # noqa: F401 - fixture
from tests.payments.card_builders import fill_fees, live_in, workmanship_book
from tests.payments.chain_builders import paid, single
from tests.payments.conftest import a_book, rulesets, take  # noqa: F401 - fixture
from tests.payments.funding_builders import COUNTY, enrolled, songming_book, year_2017
from tests.payments.together import waiting_for_locks
from tests.rosters.roster_builders import a_roster, a_village, agreed, handed_in

RIGHT = {200, 204, 302, 422}
HELD_SECONDS = 5.0

Typed = dict[str, object]


@dataclass(slots=True)
class Office:
    """The running application, who is logged in, and what was sent twice so far."""

    port: int
    at_once: int
    browsers: dict[str, Browser] = field(default_factory=dict)
    sent: Counter[str] = field(default_factory=Counter)

    def browser(self, staff: Staff) -> Browser:
        if staff.username not in self.browsers:
            self.browsers[staff.username] = Browser(self.port)
            self.browsers[staff.username].log_in(staff.username, PASSWORD)
        return self.browsers[staff.username]

    def form(self, name: str, page: str, shown: Answer) -> Form:
        """The form on a page that goes to the address of this name; the last of them."""
        assert shown.status == 200, (name, shown.status, said(shown))
        reader = Reader(name, "", page)
        reader.feed(shown.text)
        found = [form for form in reader.forms if form.method == "post" and goes_to(form.action, page) == name]
        assert found, f"{name}: no such form on {page}: {[form.action for form in reader.forms]}"
        return found[-1]

    def looked_at(self, name: str, page: str, staff: Staff, typed: Typed) -> Answer:
        """The page as it comes back with the effect of what was typed, for the forms that show it first."""
        form = self.form(name, page, self.browser(staff).get(page))
        return self.browser(staff).post(page, flat(form.data(**typed)))

    def twice(self, name: str, page: str, staff: Staff, *, verb: str, looks: bool = False, **typed: object) -> None:
        """Send the form several times at once: one act of each of these verbs, an answer in words for everyone."""
        shown = self.looked_at(name, page, staff, typed) if looks else self.browser(staff).get(page)
        form = self.form(name, page, shown)
        data = form.data(**typed)
        before = acts()
        answers = self.together(form, data, staff)
        done = acts() - before

        statuses = [answer.status for answer in answers]
        assert set(statuses) <= RIGHT, (name, statuses, answers[-1].text[-500:])
        assert done == Counter(verb.split()), (name, done, statuses, [said(answer) for answer in answers])
        for answer in answers:
            assert answer.status != 422 or WORDS.search(answer.text), (name, "refused without a word")
        self.sent[name] += 1

    def together(self, form: Form, data: Typed, staff: Staff) -> list[Answer]:
        """All at the same moment; held in the middle until each waits or has been refused already."""
        browser, path = self.browser(staff), form.action
        if any(each.kind == "file" for each in form.fields):
            body = encode_multipart(BOUNDARY, {key: value for key, value in data.items() if value != [""]})
            send: Callable[[], Answer] = lambda: browser.post_body(path, body, MULTIPART_CONTENT)  # noqa: E731
        else:
            send = lambda: browser.post(path, flat(data))  # noqa: E731
        with ThreadPoolExecutor(self.at_once) as pool:
            with transaction.atomic():
                with as_owner(), connection.cursor() as cursor:
                    cursor.execute("LOCK TABLE offices_act IN SHARE MODE")
                asked = [pool.submit(send) for _ in range(self.at_once)]
                hold(asked)
            return [each.result() for each in asked]


def flat(data: Typed) -> list[tuple[str, str]]:
    """As a browser sends it; a list is as many boxes that are ticked."""
    pairs = [(key, each) for key, values in data.items() for each in values]
    return [(key, str(one)) for key, each in pairs for one in (each if isinstance(each, list) else [each])]


def goes_to(action: str, page: str) -> str:
    """The name of the address that a form is sent to."""
    path = (page if action in {"", "."} or action.startswith("?") else action).split("?")[0]
    try:
        return resolve(path).url_name or ""
    except Resolver404:
        return ""


def hold(asked: list["Future[Answer]"]) -> None:
    """Until nobody moves any more: each has its answer or waits for a lock."""
    end = time.monotonic() + HELD_SECONDS
    while time.monotonic() < end:
        if waiting_for_locks() + sum(each.done() for each in asked) >= len(asked):
            return
        time.sleep(0.01)


def acts() -> Counter[str]:
    """How many acts of each verb the log has; who came in is nothing done."""
    verbs = Act.objects.exclude(verb__in=("login", "logout")).values_list("verb", flat=True)
    return Counter(verbs)


def said(answer: Answer) -> str:
    """What stands in a refusal."""
    words = WORDS.search(answer.text)
    told = answer.text[words.start() : words.start() + 300] if words else ""
    return f"{answer.status} {answer.headers.get('Location', '')} {told}"


@pytest.fixture
def office(live_server: Any, settings: Any, full: bool) -> Office:
    settings.DEMO = True
    return Office(int(live_server.url.rpartition(":")[2]), 8 if full else 2)


def test_every_money_form_sent_twice_takes_effect_once(
    office: Office,
    rulesets: None,  # noqa: F811
    aunt_liu: Staff,
    mr_chen: Staff,
    mr_zhou: Staff,
    miss_yang: Staff,
    keep: Keep,
):
    mrs_gao = make_staff(None, "gao", name="高复核", role="administrator")
    clerk = Town(office, aunt_liu, mr_chen, mr_zhou, mrs_gao)
    clerk.at_the_counter()
    clerk.the_day_is_closed_and_sent_up()
    clerk.accounts_and_changes()
    County(office, miss_yang, mr_zhou, mrs_gao).funders_and_rosters()

    connection.close()
    assert not audit().findings
    wanted = set(money_forms())
    assert set(office.sent) == wanted, (sorted(wanted - set(office.sent)), sorted(set(office.sent) - wanted))
    keep(f"{len(wanted)} money forms, each {office.at_once} × at once: one effect each, no error")


@dataclass(slots=True)
class Town:
    """新浦街道 in the autumn of 2007 and the winter after."""

    office: Office
    clerk: Staff
    boss: Staff
    county: Staff
    city: Staff

    def at(self, moment: str) -> None:
        live_in(self.clerk.office, moment)

    def at_the_counter(self) -> None:
        twice, clerk, boss = self.office.twice, self.clerk, self.boss
        a_book(boss)
        fill_fees(self.county)
        workmanship_book(boss)
        self.at("2007-10-25 10:00")
        home = single(clerk, "王大力")
        person = home.memberships.get().person_id
        twice("household-pay", reverse("household", args=[home.pk]), clerk, verb="take_payment", means="cash")
        receipt = Receipt.objects.get()
        twice("receipt-void", reverse("receipt-void", args=[receipt.pk]), boss, verb="void_receipt", reason="录错")
        twice("household-pay", reverse("household", args=[home.pk]), clerk, verb="take_payment", means="cash")

        given = {"receiver": "王大力", "means": "cash", "previewed": "3.00"}
        cards = reverse("household-cards", args=[home.pk])
        twice("household-cards", cards, clerk, verb="issue_cards", **{f"card-{person}": "K1"}, **given)
        first = CardIssue.objects.get()
        replace = reverse("card-replace", args=[home.pk, first.pk])
        twice("card-replace", replace, clerk, verb="issue_cards", number="K2", cause="lost", **given)
        second = CardIssue.objects.exclude(pk=first.pk).get()
        fee = second.receipt_id
        void = reverse("workmanship-void", args=[fee])
        twice("workmanship-void", void, boss, verb="void_workmanship", reason="录错")
        given["previewed"] = "2.00"
        twice("household-cards", cards, clerk, verb="issue_cards", **{f"book-{person}": "B1"}, **given)

        years = reverse("repaid-add", args=[home.pk, person])
        back = {"coverage_year": "2006", "paid_on": "2007-05-01", "evidence": "T1"}
        twice("repaid-add", years, clerk, verb="record_repaid_year", **back)
        edit = reverse("member-edit", args=[home.pk, person])
        twice("repaid-withdraw", edit, boss, verb="withdraw_repaid_year")
        self.what_costs_nothing()

    def what_costs_nothing(self) -> None:
        """A card for somebody who is spared the fee; and a slip of the bank's, which is no cash."""
        twice, clerk = self.office.twice, self.clerk
        family = make_household(clerk, *zhang_family(), papers=(PaperDraft("hukou_book"),))
        take(family, clerk, "420.00")
        daughter = family.memberships.get(person__name="张小红").person_id
        cards = reverse("household-cards", args=[family.pk])
        given = {f"card-{daughter}": "K9", "receiver": "张建国", "means": "cash", "previewed": "0.00"}
        twice("household-cards", cards, clerk, verb="issue_cards", **given)
        page = reverse("card-take-back", args=[family.pk, CardIssue.objects.get(person=daughter).pk])
        twice("card-take-back", page, self.boss, verb="take_back_card", reason="录错")
        page = reverse("household-slip", args=[single(clerk, "钱六").pk])
        slip = {"number": "Y1", "day": "2007-10-25", "clock": "09:30", "amount": "120", "reason": "回单才送到"}
        twice("household-slip", page, self.boss, verb="enter_slip", **slip)

    def the_day_is_closed_and_sent_up(self) -> None:
        twice, clerk, boss = self.office.twice, self.clerk, self.boss
        paid(clerk, "钱二")
        cash = 120 + 120 + 420 + 3 + 2  # two who live alone, a family, a card, a book
        self.at("2007-10-25 17:30")
        counted = {"d_100": cash // 100, "d_10": cash % 100 // 10, "d_1": cash % 10}
        twice("day-end", reverse("day-end"), clerk, verb="settle_day", **counted)

        self.at("2007-10-26 09:00")
        wrong = Receipt.objects.get(payer="钱二")
        given = {"reason": "重复缴费", "payee": "钱二", "means": "cash"}
        twice("receipt-reverse", reverse("receipt-reverse", args=[wrong.pk]), boss, verb="reverse_receipt", **given)
        fee = WorkmanshipReceipt.objects.filter(voided_at=None).order_by("-pk").first()
        page = reverse("workmanship-reverse", args=[fee.pk])
        twice("workmanship-reverse", page, boss, verb="reverse_workmanship", **given)

        twice("remittances", reverse("remittances"), boss, verb="make_remittance")
        first = Remittance.objects.get()
        back = reverse("remittance-withdraw", args=[first.pk])
        twice("remittance-withdraw", back, boss, verb="withdraw_remittance", reason="漏了一天")
        twice("remittances", reverse("remittances"), boss, verb="make_remittance")
        made = Remittance.objects.exclude(pk=first.pk).get()
        page = reverse("remittance", args=[made.pk])
        slip = {"number": "7788", "day": "2007-10-26", "amount": str(made.amount), "bank": "农行"}
        twice("remittance-bank", page, boss, verb="bank_remittance", **slip)
        twice("remittance-review", page, self.county, verb="review_remittance")

        for level in ("district", "city"):
            twice("transfers", reverse("transfers"), self.county, verb="make_transfer")
            away = Transfer.objects.get(level=level)
            back = reverse("transfer-withdraw", args=[away.pk])
            twice("transfer-withdraw", back, self.county, verb="withdraw_transfer", reason="重新制单")
            twice("transfers", reverse("transfers"), self.county, verb="make_transfer")
            sent = Transfer.objects.exclude(pk=away.pk).get(level=level)
            page = reverse("transfer", args=[sent.pk])
            day = {"number": f"99{level}", "day": "2007-10-26", "amount": str(sent.amount), "bank": "农行"}
            twice("transfer-bank", page, self.county, verb="bank_transfer", **day)
            twice("transfer-confirm", page, self.city, verb="confirm_transfer")

    def accounts_and_changes(self) -> None:
        twice, clerk, boss = self.office.twice, self.clerk, self.boss
        self.at("2008-01-05 09:00")
        listed = f"{reverse('accounts')}?ruleset=lianyungang&year=2008"
        twice("accounts-credit", listed, boss, verb="credit_accounts")
        entry = AccountEntry.objects.get(person__name="王大力")
        wrong = reverse("account-reverse", args=[entry.pk])
        twice("account-reverse", wrong, boss, verb="reverse_entry", reason="录错")

        home = Household.objects.get(memberships__person=entry.person_id)
        page = reverse("person-change", args=[home.pk, entry.person_id, "move_out"])
        gone = {"happened_on": "2008-01-04", "to": "外地", "papers": papers("move_out")}
        twice("person-change", page, clerk, verb="register_change end_membership", looks=True, **gone)
        undo = reverse("change-undo", args=[Change.objects.get().pk])
        twice("change-undo", undo, boss, verb="undo_change", reason="录错")
        twice("person-change", page, clerk, verb="register_change end_membership", looks=True, **gone)
        twice("account-again", listed, boss, verb="credit_again")
        late = reverse("change-refund", args=[Change.objects.standing().get().pk])
        twice("change-refund", late, clerk, verb="refund_balance", payee="王大力", payee_relation="本人")

        family = Household.objects.get(memberships__person__name="张建国")
        page = reverse("household-change", args=[family.pk, "head"])
        wife = family.memberships.get(person__name="李秀英").person_id
        new = {"new_head": str(wife), "papers": papers("head")}
        twice("household-change", page, clerk, verb="register_change", looks=True, **new)


def papers(kind: str) -> list[str]:
    return list(papers_of(library.current("lianyungang"), kind))


@dataclass(slots=True)
class County:
    """嵩明 in the autumn of 2016."""

    office: Office
    clerk: Staff
    county: Staff
    second: Staff

    def funders_and_rosters(self) -> None:
        twice, boss = self.office.twice, songming_book(self.clerk.office)
        live_in(self.clerk.office, "2016-12-01 10:00")
        enrolled(self.clerk, "dibao")
        wrong = enrolled(self.clerk, "dibao", name="误")
        page = reverse("sponsored-cancel", args=[wrong.pk])
        twice("sponsored-cancel", page, boss, verb="cancel_sponsored", reason="录错")
        self.claims()
        self.rates()
        self.roster(boss)

    def claims(self) -> None:
        twice, county = self.office.twice, self.county
        query = f"?division={COUNTY}&period={year_2017().pk}"
        page = reverse("funding") + query
        twice("funder-claim-make", page, county, verb="make_funder_claim")
        first = FundingClaim.objects.get()
        back = reverse("funding-claim-withdraw", args=[first.pk])
        twice("funding-claim-withdraw", back, county, verb="withdraw_claim", reason="重新编制")
        twice("funder-claim-make", page, county, verb="make_funder_claim")
        claim = FundingClaim.objects.exclude(pk=first.pk).get()
        page = reverse("funding-claim", args=[claim.pk])
        twice("funding-claim-confirm", page, self.second, verb="confirm_claim")
        come = {"amount": "10", "received_on": "2016-12-01", "voucher_number": "农行0001"}
        page = reverse("funding-receive", args=[claim.pk])
        twice("funding-receive", page, county, verb="record_funding", **come)
        page = reverse("funding-reverse", args=[FundingPayment.objects.get().pk])
        twice("funding-reverse", page, county, verb="reverse_funding", reason="录错")

    def rates(self) -> None:
        twice, county = self.office.twice, self.county
        query = f"?division={COUNTY}&period={year_2017().pk}"
        rate = {"payer": "县（区）财政", "category": "", "amount": "20", "source": "示例99号"}
        rates = reverse("subsidy-rates") + query
        for _ in range(2):
            twice("subsidy-rate-fill", reverse("subsidy-rate-fill") + query, county, verb="fill_subsidy_rate", **rate)
            twice("subsidy-rate-confirm", rates, self.second, verb="confirm_subsidy_rate")
            if SubsidyRate.objects.count() == 1:
                twice("subsidy-rate-end", rates, county, verb="end_subsidy_rate")
        page = reverse("subsidy-claim-make") + query
        twice(
            "subsidy-claim-make", page, county, verb="make_subsidy_claim", payer="县（区）财政", counted_on="2016-12-01"
        )

    def roster(self, boss: Staff) -> None:
        twice, clerk = self.office.twice, self.clerk
        live_in(clerk.office, "2016-11-02 10:00")
        a_village()
        roster = a_roster(clerk)
        handed_in(roster, clerk)
        while jobs.run_next():
            pass
        agreed(roster, clerk)
        page = reverse("roster", args=[roster.pk])
        slip = {"number": "农行8801", "day": "2016-11-01", "amount": "450.00", "bank": "农业银行"}
        twice("roster-deposit", page, clerk, verb="deposit_roster", **slip)
        back = reverse("roster-back", args=[roster.pk, "deposit"])
        twice("roster-back", back, clerk, verb="withdraw_roster_deposit", reason="回单号录错")
        entry = {"clock": "10:30", "reason": "回单才送到"}
        twice("roster-deposit", page, boss, verb="enter_roster_deposit", **slip, **entry)
        twice("roster-back", back, clerk, verb="withdraw_roster_deposit", reason="时间录错")
        twice("roster-deposit", page, clerk, verb="deposit_roster", **slip)
        each = "register_household take_payment"
        twice("roster-take", page, clerk, verb=f"take_roster {each} {each}")
        ours = Receipt.objects.filter(office=clerk.office, amount__gt=0)
        assert RosterTaking.objects.get().receipts == ours.count() == 2
