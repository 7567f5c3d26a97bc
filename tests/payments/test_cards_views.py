"""病历和医保卡的页面: the household's page, reissue, the lists, the receipt on paper."""

import re
from datetime import date
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags

from common.relations import HEAD
from enrollment import library
from enrollment.change_plan import Kind, Wish, papers_of
from enrollment.change_services import register_change
from households.models import Household
from households.services import end_membership
from offices.models import Staff
from payments.cards.shown import unissued
from payments.models import CardIssue, ReceiptBook, WorkmanshipReceipt
from tests.builders import OTHER, at, make_household, make_office, make_staff, member
from tests.payments.card_builders import fill_fees, give, live_in, person, text_of, workmanship_book
from tests.payments.conftest import Pay


def client_of(staff: Staff) -> Client:
    client = Client()
    client.force_login(staff)
    return client


@pytest.fixture
def priced(
    zhang_household: Household,
    aunt_liu: Staff,
    mr_chen: Staff,
    mr_zhou: Staff,
    book: ReceiptBook,
    pay: Pay,
    settings,
) -> Household:
    """A paid household in October 2007, fee and book there."""
    settings.DEMO = True
    pay(zhang_household, aunt_liu, "420.00")
    fill_fees(mr_zhou)
    workmanship_book(mr_chen)
    live_in(aunt_liu.office, "2007-10-25 11:00")
    return zhang_household


def typed(household: Household, **more: str) -> dict[str, str]:
    head = person(household, "张建国").pk
    given = {f"card-{head}": "K001", "receiver": "李秀英", "means": "cash", "tendered": "", "previewed": "3.00"}
    return given | {"key": str(uuid4())} | more


def test_typed_numbers_are_handed_out_and_lead_to_the_receipt(priced: Household, aunt_liu: Staff):
    page = client_of(aunt_liu).post(reverse("household-cards", args=[priced.pk]), typed(priced), follow=True)

    issue = CardIssue.objects.get()
    assert (issue.number, issue.receiver, issue.name) == ("K001", "李秀英", "张建国")
    assert "已发放1件，收工本费 3.00 元" in page.content.decode()
    assert page.redirect_chain[-1][0] == reverse("workmanship-receipt", args=[issue.receipt_id])


def test_who_comes_second_reads_that_the_first_was_quicker_and_keeps_the_rest(priced: Household, aunt_liu: Staff):
    wife = f"card-{person(priced, '李秀英').pk}"
    give(priced, aunt_liu, cards={"张建国": "K777"}, total="3.00")

    answer = client_of(aunt_liu).post(
        reverse("household-cards", args=[priced.pk]), typed(priced, previewed="6.00", **{wife: "K002"})
    )

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "张建国已于2007-10-25领过医疗保险卡 K777" in page
    assert f'name="{wife}" value="K002"' in page
    assert 'name="previewed" value="3.00"' in page
    assert CardIssue.objects.count() == 1


@pytest.mark.parametrize(
    ("odd", "says"),
    [
        pytest.param({"card-999999": "K1"}, "此人已不是本户成员", id="别户的人"),
        pytest.param({"receiver": "张" * 61}, "姓名最多60个字", id="领取人太长"),
        pytest.param({"tendered": "9" * 40}, "金额太长", id="实收太长"),
        pytest.param({"key": "x"}, "页面送来的内容不完整", id="没有请求编号"),
        pytest.param({"previewed": "x"}, "页面送来的内容不完整", id="没有金额"),
    ],
)
def test_what_cannot_be_is_refused_in_chinese(priced: Household, aunt_liu: Staff, odd: dict[str, str], says: str):
    answer = client_of(aunt_liu).post(reverse("household-cards", args=[priced.pk]), typed(priced, **odd))

    assert answer.status_code == 422
    page = answer.content.decode()
    assert says in page
    assert "Key" not in strip_tags(page)  # a token of the form may hold any three letters
    assert "Previewed" not in page
    assert not CardIssue.objects.exists()


def test_a_dialog_says_whose_it_is_before_it_is_undone(priced: Household, aunt_liu: Staff):
    client, done = client_of(aunt_liu), give(priced, aunt_liu, cards={"张建国": "K777"}, total="3.00")

    void = client.get(reverse("workmanship-void", args=[done.receipt.pk])).content.decode()
    back = client.get(reverse("card-take-back", args=[priced.pk, done.issues[0].pk])).content.decode()

    assert "1件，3.00 元" in void
    assert "张建国的医疗保险卡 K777，2007-10-25由" in back


def test_the_page_tells_what_each_would_pay_and_what_is_due(priced: Household, aunt_liu: Staff):
    client, address = client_of(aunt_liu), reverse("household-cards", args=[priced.pk])

    page = client.get(address).content.decode()
    due = client.post(address, typed(priced, preview="1", previewed="0"), headers={"HX-Request": "true"})

    assert "工本费 3.00 元" in page
    assert "工本费免缴" in page
    assert "没有有效的参保，不发放" in page
    assert 'name="previewed" value="3.00"' in due.content.decode()
    assert not CardIssue.objects.exists()


def test_without_a_script_the_total_is_shown_first_and_nothing_typed_is_lost(priced: Household, aunt_liu: Staff):
    client, address = client_of(aunt_liu), reverse("household-cards", args=[priced.pk])

    answer = client.post(address, typed(priced, previewed="0"))

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "应收工本费是3.00元" in page
    assert 'value="K001"' in page
    assert 'name="previewed" value="3.00"' in page


def test_an_amount_not_filled_in_is_said_on_the_page(
    zhang_household: Household, aunt_liu: Staff, book: ReceiptBook, pay: Pay, settings
):
    settings.DEMO = True
    pay(zhang_household, aunt_liu, "420.00")
    live_in(aunt_liu.office, "2007-10-25 11:00")

    page = client_of(aunt_liu).get(reverse("household-cards", args=[zhang_household.pk])).content.decode()

    assert "工本费还没有填写金额" in page
    assert "工本费未填写" in page


def test_the_counter_leads_to_the_cards(priced: Household, aunt_liu: Staff):
    page = client_of(aunt_liu).get(reverse("household", args=[priced.pk])).content.decode()

    assert reverse("household-cards", args=[priced.pk]) in page


def test_a_lost_card_is_replaced_for_its_fee(priced: Household, aunt_liu: Staff):
    issue = give(priced, aunt_liu, cards={"张建国": "K1"}, total="3.00").issues[0]
    client, address = client_of(aunt_liu), reverse("card-replace", args=[priced.pk, issue.pk])
    key = re.search(r'name="key" value="([^"]+)"', client.get(address).content.decode())[1]

    page = client.post(
        address,
        {"key": key, "previewed": "3.00", "number": "K2", "cause": "lost", "receiver": "张建国", "means": "cash"},
        follow=True,
    )

    assert "原编号 K1 失效" in page.content.decode()
    assert CardIssue.objects.valid().get().number == "K2"


def test_a_replacement_without_a_number_is_refused_beside_its_field(priced: Household, aunt_liu: Staff):
    issue = give(priced, aunt_liu, cards={"张建国": "K1"}, total="3.00").issues[0]

    answer = client_of(aunt_liu).post(reverse("card-replace", args=[priced.pk, issue.pk]), {"cause": "lost"})

    assert answer.status_code == 422
    assert "请照实物录入新编号" in answer.content.decode()


def test_the_unissued_list_names_who_lacks_what_by_village(priced: Household, aunt_liu: Staff):
    give(priced, aunt_liu, cards={"张建国": "K1"}, books={"张建国": "B1"}, total="5.00")
    give(priced, aunt_liu, cards={"李秀英": "K2"}, total="3.00")
    client = client_of(aunt_liu)

    rows = client.get(reverse("cards-unissued")).context["page"].rows
    elsewhere = client.get(reverse("cards-unissued"), {"village": "320705001002"}).context["page"].rows

    lacking = {row.person.name: (not row.has_card, not row.has_book) for row in rows}
    assert lacking == {"李秀英": (False, True), "张小红": (True, True), "王桂兰": (True, True)}
    assert not elsewhere


def test_above_a_town_the_unissued_list_is_of_one_village(
    priced: Household, aunt_liu: Staff, mrs_wu: Staff, miss_yang: Staff
):
    client = client_of(mrs_wu)

    first = client.get(reverse("cards-unissued"))
    second = client.get(reverse("cards-unissued"), {"village": "320705001002"})

    (choice,) = re.findall(r'<select[^>]*id="village".*?</select>', first.content.decode(), re.DOTALL)
    assert first.context["village"] == "320705001001"
    assert (re.findall('<optgroup label="([^"]+)"', choice), "全部" in choice) == (["新浦街道", "嵩阳街道"], False)
    assert second.context["village"] == "320705001002"
    assert "全部" in client_of(aunt_liu).get(reverse("cards-unissued")).content.decode()


def test_the_unissued_list_looks_for_each_ones_household_once(priced: Household, aunt_liu: Staff):
    statement = str(unissued(aunt_liu, at=at("2007-10-25 09:00"), village="320705001001").query)

    assert statement.count('JOIN "households_membership"') == 1


def test_the_unissued_list_leads_to_where_everybody_lives_now(priced: Household, aunt_liu: Staff):
    daughter, mother = person(priced, "张小红"), person(priced, "王桂兰")
    wish = Wish(
        Kind.SPLIT,
        priced.pk,
        None,
        date(2007, 10, 25),
        papers_of(library.current("lianyungang"), Kind.SPLIT),
        {"leaving": {mother.pk: HEAD, daughter.pk: OTHER}, "address": "西村5组", "division_code": "320705001002"},
    )
    change = register_change(wish=wish, by=aunt_liu, at=at("2007-10-25 11:00"))
    founded = Household.objects.get(number=change.detail["founded_number"])
    give(founded, aunt_liu, cards={"王桂兰": "K1"}, books={"王桂兰": "B1"}, total="5.00", at=at("2007-10-25 11:01"))
    client = client_of(aunt_liu)

    pages = [client.get(reverse("cards-unissued"), {"village": f"320705001{each}"}) for each in ("001", "002")]

    listed = [[(row.person.name, row.home) for row in page.context["page"].rows] for page in pages]
    assert listed == [[("张建国", priced.pk), ("李秀英", priced.pk)], [("张小红", founded.pk)]]
    assert "西村5组" in pages[1].content.decode()


def test_who_moved_here_is_covered_here_and_keeps_the_card(priced: Household, aunt_liu: Staff):
    give(priced, aunt_liu, cards={"王桂兰": "K1"}, total="3.00")
    mother = person(priced, "王桂兰")
    leaves = {"membership_id": mother.memberships.get().pk, "last_day": date(2007, 10, 24)}
    end_membership(**leaves, by=aunt_liu, at=at("2007-10-25 11:00"))
    office = make_office("320705002", name="浦东街道劳动保障所")
    sun = make_staff(office, "sun")
    here = make_household(sun, member("王桂兰", HEAD, id_no=mother.id_no), moment="2007-10-25 12:00")
    live_in(office, "2007-10-25 13:00")
    client, issue = client_of(sun), CardIssue.objects.get()

    (row,) = client.get(reverse("household-cards", args=[here.pk])).context["rows"]
    (lacking,) = client.get(reverse("cards-unissued")).context["page"].rows

    assert [(cell.item, cell.issue) for cell in row.cells] == [("card", issue), ("book", None)]
    assert (lacking.has_card, lacking.has_book) == (True, False)
    assert client.get(reverse("card-replace", args=[here.pk, issue.pk])).status_code == 200


def test_the_register_tells_what_holds_no_longer(priced: Household, aunt_liu: Staff, mr_chen: Staff):
    give(priced, aunt_liu, cards={"张建国": "K1"}, total="3.00")
    give(priced, aunt_liu, cards={"张建国": "K2"}, total="3.00", cause="lost")

    page = client_of(mr_chen).get(reverse("cards")).content.decode()

    assert "遗失补发" in page
    assert "已失效" in page


def test_the_lists_of_another_office_are_empty(priced: Household, aunt_liu: Staff, miss_yang: Staff):
    receipt = give(priced, aunt_liu, cards={"张建国": "K1"}, total="3.00").receipt
    client = client_of(miss_yang)

    for name in ("cards", "cards-unissued", "workmanship"):
        assert not client.get(reverse(name)).context["page"].rows
    assert client.get(reverse("workmanship-receipt", args=[receipt.pk])).status_code == 404
    assert client.post(reverse("household-cards", args=[priced.pk]), typed(priced)).status_code == 404


def test_the_receipt_is_printed_and_printed_again(priced: Household, aunt_liu: Staff):
    receipt = give(priced, aunt_liu, cards={"张建国": "K1"}, books={"李秀英": "B2"}, total="5.00").receipt
    client, address = client_of(aunt_liu), reverse("workmanship-print", args=[receipt.pk])

    first = client.post(address, follow=True).content
    second = client.post(address, follow=True).content

    assert "医疗保险卡、病历工本费收据" in text_of(first)
    assert "伍元整" in text_of(first)
    assert "补打 第2次" not in text_of(first)
    assert "补打 第2次" in text_of(second)


def test_a_supervisor_voids_it_at_the_clerks_screen(priced: Household, aunt_liu: Staff, mr_chen: Staff):
    receipt = give(priced, aunt_liu, cards={"张建国": "K1"}, total="3.00").receipt
    address = reverse("workmanship-void", args=[receipt.pk])

    page = client_of(aunt_liu).post(
        address, {"reason": "卡号录错", "username": "chen", "password": "canbao-test"}, follow=True
    )

    assert "所发的卡和病历同时收回" in page.content.decode()
    assert WorkmanshipReceipt.objects.get().voided_by == mr_chen


def test_an_auditor_looks_and_hands_out_nothing(priced: Household, mrs_wu: Staff):
    client, address = client_of(mrs_wu), reverse("household-cards", args=[priced.pk])

    assert client.get(address).status_code == 200
    assert client.post(address, typed(priced)).status_code == 403


def test_a_supervisor_receives_a_book_for_the_fee(mr_chen: Staff):
    client_of(make_staff(mr_chen.office, "duan", role="supervisor")).post(
        reverse("book-receive"),
        {"office": mr_chen.office_id, "code": "GB1", "first": "001", "last": "050", "purpose": "workmanship"},
    )

    assert ReceiptBook.objects.get().purpose == "workmanship"
