"""Two coverage years in one drawer: in the autumn of 2025 a clerk takes late money for 2025 and early money for 2026.

Both days of the example are worked out by hand: 2025 costs a latecomer 1,070 yuan, 2026 costs 400, of which the
department pays 360 for 低保. Whatever adds up must keep the years apart and still come to what lies in the drawer.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from common.decision import Refusal
from common.relations import HEAD
from enrollment.models import ContributionPeriod
from households.drafts import CertificationDraft, PaperDraft
from households.models import Household
from offices.models import Office, Staff
from payments.auditing.run import audit
from payments.models import Payment, Receipt, Reversal, Settlement, SettlementLine
from payments.money.day_end import takings
from payments.money.flow import money_of
from payments.money.journal import Span, entries, totals
from payments.services import Counted, reverse_receipt, void_receipt
from tests.builders import OTHER, WIFE, at, make_household, make_office, make_staff, member
from tests.payments.card_builders import live_in, text_of
from tests.payments.conftest import Pay, a_book
from tests.payments.money_builders import remit, reviewed, settle
from tests.payments.test_auditing import break_by_hand

FIRST, SECOND = date(2025, 9, 10), date(2025, 9, 11)
# By means: what each year has on the first day, and on the second.
FIRST_2025 = {"cash": 1070, "card": 1070, "transfer": 0, "qr": 0}
FIRST_2026 = {"cash": 1600, "card": 440, "transfer": 400, "qr": 400}
SECOND_2025 = {"cash": 1070, "card": 0, "transfer": 0, "qr": 0}
SECOND_2026 = {"cash": -400, "card": 0, "transfer": 0, "qr": 0}
DRAWER_FIRST = {"cash": 2670, "card": 1510, "transfer": 400, "qr": 400}
DRAWER_SECOND = {"cash": 670, "card": 0, "transfer": 0, "qr": 0}


@dataclass(frozen=True, slots=True)
class Autumn:
    """The office, who works there, and the years."""

    office: Office
    clerk: Staff
    boss: Staff
    years: dict[int, ContributionPeriod]


@pytest.fixture
def autumn(pay: Pay) -> Autumn:
    """A town of 云南 under the rules of 2025; money of the first day is in the drawer."""
    office = make_office("530127001", name="嵩阳街道社会事务保障所", ruleset_code="national-2025")
    clerk, boss = make_staff(office, "yang", name="杨燕"), make_staff(office, "duan", name="段主任", role="supervisor")
    a_book(boss, code="530127-25A", first=1)
    three = home(clerk, person("赵一", HEAD), person("赵二", WIFE, sex="F"), person("赵三"))
    both = home(clerk, person("钱一", HEAD))
    pay(three, clerk, "1200.00", coverage_year=2026, at=at("2025-09-10 09:00"))
    tendered = {"tendered": Decimal("1100.00")}
    pay(both, clerk, "1070.00", coverage_year=2025, at=at("2025-09-10 09:10"), **tendered)
    pay(both, clerk, "400.00", coverage_year=2026, at=at("2025-09-10 09:20"))
    listed = CertificationDraft(category="dibao", funder_list="民政2025年9月名单")
    with_help = home(clerk, person("孙一", HEAD, certifications=(listed,)), person("孙二"))
    pay(with_help, clerk, "440.00", coverage_year=2026, means="card", at=at("2025-09-10 09:30"))
    alone(pay, clerk, "李一", 2025, means="card", at=at("2025-09-10 09:40"))
    alone(pay, clerk, "周一", 2026, means="qr", at=at("2025-09-10 09:50"))
    alone(pay, clerk, "吴一", 2026, means="transfer", at=at("2025-09-10 10:00"))
    wrong = alone(pay, clerk, "郑一", 2026, at=at("2025-09-10 10:10"))
    void_receipt(receipt_id=wrong.pk, reason="录错", by=boss, at=at("2025-09-10 10:20"))
    periods = ContributionPeriod.objects.filter(ruleset__code="national-2025")
    return Autumn(office, clerk, boss, {period.coverage_year: period for period in periods})


def person(name: str, relation: str = OTHER, **more: Any) -> Any:
    return member(name, relation, hukou_division="530127", hukou_kind="rural", papers=(PaperDraft("id_card"),), **more)


def home(clerk: Staff, *members: Any) -> Household:
    return make_household(clerk, *members, moment="2025-09-01 09:00")


def alone(pay: Pay, clerk: Staff, name: str, year: int, **more: Any) -> Receipt:
    """Somebody who lives alone pays: 1,070 yuan for 2025, 400 for 2026."""
    amount = {2025: "1070.00", 2026: "400.00"}[year]
    return Receipt.objects.get(
        pk=pay(home(clerk, person(name, HEAD)), clerk, amount, coverage_year=year, **more).receipt_id
    )


def close_first(autumn: Autumn) -> Settlement:
    return settle(autumn.clerk, day=str(FIRST))


def second_day(autumn: Autumn, pay: Pay) -> Settlement:
    """Money comes in for 2025 and goes back for 2026."""
    alone(pay, autumn.clerk, "王一", 2025, at=at("2025-09-11 09:00"))
    of_2026 = Receipt.objects.get(
        payment__household__memberships__person__name="钱一", payment__period__coverage_year=2026
    )
    given = {"means": "cash", "payee": "钱一", "reason": "参加职工医保", "clerk": autumn.clerk}
    reverse_receipt(receipt_id=of_2026.pk, **given, by=autumn.boss, at=at("2025-09-11 09:30"))
    return settle(autumn.clerk, day=str(SECOND))


def line_of(settlement: Settlement, autumn: Autumn, year: int) -> SettlementLine:
    return settlement.lines.get(period=autumn.years[year])


def test_the_drawer_is_counted_whole_and_the_years_stand_apart(autumn: Autumn):
    found = takings(office_id=autumn.office.pk, clerk_id=autumn.clerk.pk, day=FIRST)

    assert [(part.label, part.receipts, part.voided, part.sums) for part in found.parts] == [
        ("2025年度保险费", 2, 0, FIRST_2025),
        ("2026年度保险费", 6, 1, FIRST_2026),
    ]
    assert found.expected == DRAWER_FIRST
    assert found.total == 4980


def test_the_clerk_counts_one_sum_of_cash_on_the_page_and_the_day_closes(autumn: Autumn, settings):
    settings.DEMO = True
    live_in(autumn.office, "2025-09-10 17:30")
    client = logged_in(autumn.clerk)

    page = client.get(reverse("day-end")).content.decode()
    # 2,670 = 26 × 100 + 1 × 50 + 1 × 20
    counted = {"d_100": 26, "d_50": 1, "d_20": 1, "card": "1510.00", "transfer": "400.00", "qr": "400.00"}
    done = client.post(reverse("day-end"), counted | {"day": FIRST, "previewed": "4980.00"})

    assert page.index("2025年度保险费") < page.index("2026年度保险费")
    assert done.status_code == 302
    closed = Settlement.objects.get()
    assert (closed.expected, closed.counted_cash) == (DRAWER_FIRST, 2670)
    text = words_of(client.get(reverse("settlement-paper", args=[closed.pk])))
    for amount in ("2025年度保险费", "2,140.00", "2026年度保险费", "2,840.00", "4,980.00", "2,670.00"):
        assert amount in text


def test_money_of_the_other_year_does_not_make_up_for_what_is_missing(autumn: Autumn):
    """The cash of 2026 alone, as somebody counts who keeps the years in two boxes and forgets one."""
    one_box = Counted({Decimal(100): 16}, Decimal(1510), Decimal(400), Decimal(400))

    with pytest.raises(Refusal, match="不符"):
        settle(autumn.clerk, day=str(FIRST), counted=one_box)


def test_a_closed_day_is_closed_for_both_years(autumn: Autumn, pay: Pay):
    close_first(autumn)

    for year in (2025, 2026):
        with pytest.raises(Refusal, match="已经日结，这一天不能再收款"):
            alone(pay, autumn.clerk, "冯一", year, at=at("2025-09-10 18:00"))


def test_each_year_is_sent_up_by_itself_and_comes_to_its_own_sum(autumn: Autumn, pay: Pay, mr_zhou: Staff):
    first, second = close_first(autumn), second_day(autumn, pay)
    connection.check_constraints()

    assert (second.expected, second.counted_cash) == (DRAWER_SECOND, 670)
    assert figures(first, autumn) == {2025: (2, 0, 0, 2140), 2026: (6, 1, 0, 2840)}
    assert figures(second, autumn) == {2025: (1, 0, 0, 1070), 2026: (0, 0, 1, -400)}
    of = {year: [line_of(each, autumn, year) for each in (first, second)] for year in (2025, 2026)}
    with pytest.raises(Refusal, match="所选的日结"):
        remit(autumn.boss, of[2025][0], of[2026][0], moment="2025-09-12 09:00")
    sent = {year: reviewed(autumn.boss, mr_zhou, *lines, day="2025-09-12") for year, lines in of.items()}
    connection.check_constraints()
    assert {year: (each.amount, each.receipts) for year, each in sent.items()} == {2025: (3210, 3), 2026: (2440, 5)}
    assert sum(each.amount for each in sent.values()) == 4980 + 670
    assert not audit().findings


def figures(settlement: Settlement, autumn: Autumn) -> dict[int, tuple[object, ...]]:
    lines = {year: line_of(settlement, autumn, year) for year in (2025, 2026)}
    return {year: (line.receipts, line.voided, line.reversals, line.amount) for year, line in lines.items()}


def test_the_money_page_shows_each_year_its_own(autumn: Autumn, pay: Pay, mr_zhou: Staff):
    first, second = close_first(autumn), second_day(autumn, pay)
    reviewed(autumn.boss, mr_zhou, line_of(first, autumn, 2025), line_of(second, autumn, 2025), day="2025-09-12")

    known = {}
    for year, period in autumn.years.items():
        money = money_of([autumn.office], period, today=date(2025, 9, 12), scope="")
        assert money.is_balanced, money.differences
        places = {code: place.sum.amount for code, place in money.whole.places.items() if place.sum.amount}
        known[year] = (money.whole.receipted.amount, money.whole.voided.amount, money.whole.reversed.amount, places)

    assert known == {
        2025: (3210, 0, 0, {"reviewed": 3210}),
        2026: (3240, 400, 400, {"settled": 2440}),
    }


def test_the_journal_adds_up_by_year_and_by_means(autumn: Autumn, pay: Pay):
    close_first(autumn)
    second_day(autumn, pay)
    span = Span([autumn.office.pk], FIRST, SECOND)

    sums = {table.name: {str(row[0]): row[-1] for row in [*table.rows, table.total]} for table in totals(span)}
    last = list(entries(span).rows)[-1]

    assert sums["按年度"] == {"2025": 3210, "2026": 2440, "合计": 5650}
    assert sums["按日"] == {"2025-09-10": 4980, "2025-09-11": 670, "合计": 5650}
    assert sums["按方式"] == {"现金": 3340, "刷卡": 1510, "转账": 400, "扫码": 400, "合计": 5650}
    assert last[-1] == 5650


def test_the_audit_sees_a_receipt_in_the_other_years_line(autumn: Autumn):
    """The sum of the drawer does not move by it, nor that of any means."""
    first = close_first(autumn)
    connection.check_constraints()  # as at the commit
    moved = Receipt.objects.filter(payment__period=autumn.years[2025], means="cash").get()

    break_by_hand(f"payments_receipt SET settlement_line_id = {line_of(first, autumn, 2026).pk} WHERE id = {moved.pk}")

    found = {(each.code, each.id) for each in audit().findings}
    assert ("receipt_place", moved.pk) in found
    assert {code for code, _ in found} == {"receipt_place", "settlement_line"}


def test_the_audit_sees_money_given_back_out_of_the_other_year(autumn: Autumn, pay: Pay):
    close_first(autumn)
    second = second_day(autumn, pay)
    connection.check_constraints()
    given_back = Reversal.objects.get()

    break_by_hand(
        f"payments_reversal SET settlement_line_id = {line_of(second, autumn, 2025).pk} WHERE id = {given_back.pk}"
    )

    found = {(each.code, each.id) for each in audit().findings}
    assert ("reversal_place", given_back.pk) in found


def test_the_audit_sees_a_line_sent_up_with_the_other_year(autumn: Autumn):
    first = close_first(autumn)
    sent = remit(autumn.boss, line_of(first, autumn, 2026), moment="2025-09-12 09:00")
    stray = line_of(first, autumn, 2025)
    connection.check_constraints()

    break_by_hand(f"payments_settlementline SET remittance_id = {sent.pk} WHERE id = {stray.pk}")

    found = {(each.code, each.id) for each in audit().findings}
    assert found == {("remittance_line", stray.pk), ("remittance", sent.pk)}


def test_who_pays_twice_for_one_year_is_refused_though_the_other_is_free(autumn: Autumn, pay: Pay):
    both = Payment.objects.filter(household__memberships__person__name="钱一").first().household

    for year, amount in ((2025, "1070.00"), (2026, "400.00")):
        with pytest.raises(Refusal):
            pay(both, autumn.clerk, amount, coverage_year=year, at=at("2025-09-10 11:00"))

    assert Payment.objects.filter(household=both).count() == 2


def logged_in(staff: Staff) -> Client:
    client = Client()
    client.force_login(staff)
    return client


def words_of(answer: Any) -> str:
    return text_of(b"".join(answer.streaming_content) if answer.streaming else answer.content)
