"""资金的页面: the day-end, the reversal, the remittance and the transfers, by those who may, and refused in words."""

from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from offices.models import Staff
from payments.models import Receipt, Remittance, Settlement, SettlementLine, Transfer
from tests.builders import PASSWORD, at, make_staff
from tests.households.pictures import files_folder, picture  # noqa: F401 - fixture
from tests.offices.test_second_factor import code_now, with_factor
from tests.payments.conftest import Pay
from tests.payments.money_builders import another, give_back, remit, reviewed, settle, transfer
from tests.payments.test_books_page import client_of
from tests.payments.test_remitting import line, mrs_gao  # noqa: F401 - fixtures

EVENING = "2007-10-25 17:20+08:00"


@pytest.fixture
def paid(pay: Pay, zhang_household, aunt_liu, book) -> Receipt:
    """420 yuan in cash from the Zhang family on 2007-10-25."""
    return Receipt.objects.get(pk=pay(zhang_household, aunt_liu, "420.00").receipt_id)


def typed(**more: Any) -> dict[str, Any]:
    """The count of 420 yuan in cash as it is sent."""
    return {"day": "2007-10-25", "previewed": "420.00", "d_100": "4", "d_20": "1"} | more


@time_machine.travel(EVENING, tick=False)
def test_a_clerk_counts_her_cash_and_closes_the_day(paid, aunt_liu):
    page = client_of(aunt_liu).post(reverse("day-end"), typed(), follow=True)

    settlement = Settlement.objects.get()
    assert settlement.denominations == {"100": 4, "20": 1}
    assert page.redirect_chain[-1][0] == reverse("settlement", args=[settlement.pk])
    assert "2007-10-25 已日结，合计 420.00 元" in page.content.decode()


@time_machine.travel(EVENING, tick=False)
def test_a_difference_asks_for_reason_and_supervisor_and_keeps_what_was_typed(paid, aunt_liu, mr_chen):
    client = client_of(aunt_liu)

    page = client.post(reverse("day-end"), typed(d_20=""))
    assert page.status_code == 422
    assert "实点与应有不符" in page.content.decode()
    assert 'value="4"' in page.content.decode()

    wrong = client.post(reverse("day-end"), typed(d_20="", difference_reason="找错", username="chen", password="x"))
    assert "登录名或口令不正确" in wrong.content.decode()

    approved = typed(d_20="", difference_reason="找错", username="chen", password=PASSWORD)
    assert client.post(reverse("day-end"), approved).status_code == 302
    assert Settlement.objects.get().approved_by == mr_chen


@time_machine.travel(EVENING, tick=False)
def test_a_difference_takes_the_code_of_a_supervisor_who_has_one(settings, paid, aunt_liu, mr_chen):
    settings.SECOND_FACTOR = True
    with_factor(mr_chen)
    client = client_of(aunt_liu)
    approved = typed(d_20="", difference_reason="找错", username="chen", password=PASSWORD)

    without = client.post(reverse("day-end"), approved)
    done = client.post(reverse("day-end"), approved | {"code": code_now()})

    assert without.status_code == 422
    assert "动态码不正确" in without.content.decode()
    assert done.status_code == 302
    assert Settlement.objects.get().approved_by == mr_chen


@time_machine.travel(EVENING, tick=False)
@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"d_100": "four"}, "100元的张数只能是"),
        ({"d_100": "-4"}, "100元的张数只能是"),
        ({"d_100": "99999999"}, "100元的张数只能是"),
        ({"card": "abc"}, "这不是金额"),
        ({"previewed": "400.00"}, "由400.00元变为420.00元"),
        ({"previewed": ""}, "刷新本页"),
        ({"day": "yesterday"}, "请按年月日录入"),
        ({"day": ""}, "刷新本页"),
    ],
)
def test_what_cannot_be_taken_is_said_in_words(paid, aunt_liu, more, words):
    page = client_of(aunt_liu).post(reverse("day-end"), typed(**more))

    assert page.status_code == 422
    assert words in page.content.decode()
    assert not Settlement.objects.exists()


@time_machine.travel(EVENING, tick=False)
def test_a_supervisor_closes_the_day_of_somebody_absent_a_clerk_does_not(paid, aunt_liu, mr_chen):
    address = f"{reverse('day-end')}?clerk={aunt_liu.pk}"

    assert client_of(make_staff(aunt_liu.office, "sun")).get(address).status_code == 404
    assert client_of(mr_chen).get(f"{reverse('day-end')}?clerk=x").status_code == 404
    assert "请写明事由，例如病假" in client_of(mr_chen).post(address, typed()).content.decode()
    assert client_of(mr_chen).post(address, typed(absence_reason="病假")).status_code == 302
    assert Settlement.objects.get().by == mr_chen


@time_machine.travel(EVENING, tick=False)
def test_the_supervisor_sees_who_has_not_settled(pay: Pay, paid, aunt_liu, mr_chen):
    sun = make_staff(aunt_liu.office, "sun", name="孙晓梅")
    another(pay, sun, at=at("2007-10-24 10:00"), registered="2007-10-24 09:00")

    others = client_of(mr_chen).get(reverse("day-end")).context["others"]

    assert [(row.clerk.name, row.amount, row.is_late) for row in others] == [
        ("孙晓梅", Decimal("120.00"), True),
        ("刘阿姨", Decimal("420.00"), False),
    ]


@time_machine.travel("2007-10-26 17:20+08:00", tick=False)
def test_who_only_gave_money_back_is_not_forgotten_even_after_she_left(paid, aunt_liu, mr_chen, mr_zhou):
    settle(aunt_liu)
    give_back(paid, aunt_liu, mr_chen)
    Staff.objects.filter(pk=aunt_liu.pk).update(is_active=False)

    client = client_of(mr_chen)
    assert "-420.00" in client.get(reverse("day-end")).content.decode()

    closed = {"day": "2007-10-26", "previewed": "-420.00", "absence_reason": "已调离", "difference_reason": "另行支取"}
    approved = closed | {"username": mr_zhou.username, "password": PASSWORD}
    assert client.post(f"{reverse('day-end')}?clerk={aunt_liu.pk}", approved).status_code == 302
    assert "本机构未日结" not in client.get(reverse("day-end")).content.decode()


@time_machine.travel(EVENING, tick=False)
@pytest.mark.parametrize("clerk", ["²", "１", "9" * 30, "-1", "x"])
def test_a_clerk_whom_nobody_can_be_does_not_exist(mr_chen, clerk):
    assert client_of(mr_chen).get(reverse("day-end"), {"clerk": clerk}).status_code == 404


def test_a_transfer_of_a_year_that_is_not_there_is_refused_in_words(mr_zhou: Staff):
    sent = {"parts": "1", "previewed": "1.00", "level": "district", "division": "320705"}

    for period in ("999999", "9" * 30):
        page = client_of(mr_zhou).post(reverse("transfers"), sent | {"period": period}, follow=True)
        assert "找不到这个缴费年度" in page.content.decode()


@time_machine.travel("2007-10-26 09:00+08:00", tick=False)
def test_a_settled_receipt_is_given_back_at_the_counter_with_the_supervisors_word(paid, aunt_liu, mr_chen):
    settle(aunt_liu)
    given = {"reason": "重复", "payee": "张建国", "means": "cash", "username": "chen", "password": PASSWORD}
    client = client_of(aunt_liu)

    assert "冲正…" in client.get(reverse("receipt", args=[paid.pk])).content.decode()
    page = client.post(reverse("receipt-reverse", args=[paid.pk]), given, follow=True).content.decode()

    assert "已冲正，请退还 420.00 元" in page
    assert "已冲正" in client.get(reverse("receipts")).content.decode()
    assert reverse("receipt-print", args=[paid.pk]) not in page
    day = client.get(reverse("day-end")).content.decode()
    assert "由谁垫付" in day
    assert "多 420.00 元" in day
    paper = client.get(reverse("reversal-paper", args=[Receipt.objects.get().reversal.pk]))
    assert paper.content.startswith(b"%PDF")


@time_machine.travel("2007-10-26 09:00+08:00", tick=False)
def test_a_reversal_from_a_dialog_leads_to_the_receipt_where_its_paper_is(paid, aunt_liu, mr_chen):
    settle(aunt_liu)
    given = {"reason": "重复", "payee": "张建国", "means": "cash"}
    address = reverse("receipt-reverse", args=[paid.pk])
    client = client_of(mr_chen)

    assert "<html" not in client.get(address, headers={"HX-Request": "true"}).content.decode()
    answer = client.post(address, given, headers={"HX-Request": "true"})

    assert answer["HX-Redirect"] == reverse("receipt", args=[paid.pk])


def test_a_reversal_barred_by_the_rules_says_the_clause(paid, aunt_liu, mr_chen):
    settle(aunt_liu)
    given = {"reason": "重复", "payee": "张建国", "means": "cash"}

    page = client_of(mr_chen).post(reverse("receipt-reverse", args=[paid.pk]), given)  # in our own time: years later

    assert page.status_code == 422
    assert "已缴保费不退" in page.content.decode()
    assert "第十一条" in page.content.decode()


def test_a_supervisor_sends_up_what_was_chosen(line, mr_chen):  # noqa: F811
    client = client_of(mr_chen)
    sent = {"period": line.period_id, "parts": [line.pk], "previewed": "420.00"}

    page = client.post(reverse("remittances"), sent, follow=True)
    assert "上缴单 JK-O320705001-0001 已制" in page.content.decode()

    again = client.post(reverse("remittances"), sent, follow=True)
    assert "刚刚由别人上缴" in again.content.decode()
    for empty in ({}, sent | {"parts": []}, sent | {"period": "x"}):
        assert client.post(reverse("remittances"), empty).status_code == 302
    assert Remittance.objects.count() == 1


def test_the_bank_slip_comes_with_its_scan(line, mr_chen, miss_yang):  # noqa: F811
    remittance = remit(mr_chen, line)
    address = reverse("remittance-bank", args=[remittance.pk])

    def given(**more: Any) -> dict[str, Any]:
        scan = SimpleUploadedFile("回单.jpg", picture(), "image/jpeg")
        return {"number": "7788", "day": "2007-10-26", "amount": "420", "bank": "农行", "scan": scan} | more

    client = client_of(mr_chen)
    wrong = client.post(address, given(amount="400"))
    assert (wrong.status_code, "与应缴的420.00元不符" in wrong.content.decode()) == (422, True)
    assert client.post(address, given()).status_code == 302

    remittance.refresh_from_db()
    scan = client.get(reverse("slip-scan", args=[remittance.slip.pk]))
    assert scan["Content-Disposition"].startswith("attachment")
    boss = make_staff(miss_yang.office, "boss", role="supervisor")
    assert client_of(boss).get(reverse("slip-scan", args=[remittance.slip.pk])).status_code == 404


def test_the_way_up_through_the_pages(line, mr_chen, mr_zhou, mrs_gao):  # noqa: F811
    remittance = reviewed(mr_chen, mr_zhou, line)
    zhou, gao = client_of(mr_zhou), client_of(mrs_gao)
    (group,) = zhou.get(reverse("transfers")).context["waiting"]
    sent = {"level": "district", "division": "320705", "period": group.period.pk, "parts": [remittance.pk]}

    page = zhou.post(reverse("transfers"), sent | {"previewed": "420.00"}, follow=True)
    made = Transfer.objects.get()
    assert f"划解单 {made.number} 已制" in page.content.decode()
    bank = {"number": "9", "day": "2007-12-18", "amount": "420.00"}
    zhou.post(reverse("transfer-bank", args=[made.pk]), bank)
    own = zhou.post(reverse("transfer-confirm", args=[made.pk]), follow=True)
    assert "须由另一位管理员复核" in own.content.decode()
    assert "已复核" in gao.post(reverse("transfer-confirm", args=[made.pk]), follow=True).content.decode()
    waiting = gao.get(reverse("transfers"))
    assert [each.level for each in waiting.context["waiting"]] == ["city"]
    assert "<td>320705县</td>" in waiting.content.decode()
    receipts = reverse("money-receipts", args=[group.period.pk, "line"]) + f"?line={line.pk}"
    for name, pk in (("settlement", line.settlement_id), ("remittance", remittance.pk)):
        assert f"{receipts}&amp;from={name}" in gao.get(reverse(name, args=[pk])).content.decode()
        below = gao.get(f"{receipts}&from={name}")
        assert below.context["page"].rows
        assert f'<a href="{reverse(name, args=[pk])}">' in below.content.decode()
    days = f"{reverse('money-lines', args=[group.period.pk])}?remittance={remittance.pk}"
    assert f'<a href="{days}">上缴单的日结明细</a>' in gao.get(receipts).content.decode()
    for name in ("settlement", "remittance", "transfer"):
        pk = {"settlement": line.settlement_id, "remittance": remittance.pk, "transfer": made.pk}[name]
        assert gao.get(reverse(name, args=[pk])).status_code == 200
        assert gao.get(reverse(f"{name}-paper", args=[pk])).content.startswith(b"%PDF")


def test_an_agency_sends_a_remittance_back_with_its_reason(line, mr_chen, mr_zhou):  # noqa: F811
    remittance = remit(mr_chen, line)
    address = reverse("remittance-withdraw", args=[remittance.pk])

    assert client_of(mr_zhou).post(address, {"reason": ""}).status_code == 422
    page = client_of(mr_zhou).post(address, {"reason": "回单不清"}, follow=True)
    assert "已退回，所含款项可以重新制单" in page.content.decode()
    assert SettlementLine.objects.get().remittance is None


def test_who_made_a_transfer_is_told_to_fetch_another(line, mr_chen, mr_zhou):  # noqa: F811
    made = transfer("district", "320705", reviewed(mr_chen, mr_zhou, line), by=mr_zhou)
    sent = {"number": "9", "day": "2007-12-18", "amount": "420.00"}
    client_of(mr_zhou).post(reverse("transfer-bank", args=[made.pk]), sent)

    assert "您是制单人" in client_of(mr_zhou).get(reverse("transfer", args=[made.pk])).content.decode()


@pytest.mark.django_db
def test_pages_of_money_that_is_not_there_do_not_exist(mr_zhou: Staff):
    client = Client()
    client.force_login(mr_zhou)

    for name in ("settlement", "remittance", "transfer", "reversal-paper", "slip-scan"):
        assert client.get(reverse(name, args=[10**9])).status_code == 404
