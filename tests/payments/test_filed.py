"""收据的查阅: the list with its filters, one receipt with its reasons; constant queries, no name in an address."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from common.relations import HEAD
from households.drafts import PaperDraft
from households.models import Household
from offices.models import Act, Office, Staff
from payments.models import Receipt, ReceiptBook
from payments.services import record_print, void_receipt
from tests.builders import at, make_household, make_staff, member
from tests.payments.conftest import Pay


def client_of(staff: Staff) -> Client:
    client = Client()
    client.force_login(staff)
    return client


def seen(staff: Staff) -> Client:
    """Somebody whose session says already that she was seen: the first page notes it."""
    client = client_of(staff)
    client.get(reverse("receipts"))
    return client


def alone(by: Staff, name: str) -> Household:
    """A household of one, all papers seen."""
    head = member(name, HEAD, papers=(PaperDraft("id_card"),), photos=2)
    return make_household(by, head, papers=(PaperDraft("hukou_book"),), moment="2007-10-20 09:00")


@pytest.fixture
def three(aunt_liu: Staff, mr_chen: Staff, book: ReceiptBook, pay: Pay) -> list[Receipt]:
    """12346 of 刘阿姨; 12347 of 陈主任 on the next day; 12348 of 刘阿姨 in its last minute, voided."""
    for name, by, moment in (
        ("王大力", aunt_liu, "2007-10-25 10:00"),
        ("欧阳春", mr_chen, "2007-10-26 09:00"),
        ("王小满", aunt_liu, "2007-10-26 23:59"),
    ):
        pay(alone(aunt_liu, name), by, "120.00", at=at(moment))
    receipts = list(Receipt.objects.order_by("number"))
    void_receipt(receipt_id=receipts[2].pk, reason="收错", by=mr_chen, at=at("2007-10-27 09:00"))
    return receipts


def numbers(answer) -> list[str]:
    return [row.printed_number for row in answer.context["page"].rows]


def test_the_list_has_the_newest_first(three: list[Receipt], aunt_liu: Staff):
    answer = client_of(aunt_liu).get(reverse("receipts"))

    assert numbers(answer) == ["00012348", "00012347", "00012346"]
    assert "已作废" in answer.content.decode()


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        pytest.param({"number": "12347"}, ["00012347"], id="号码不带零"),
        pytest.param({"number": "00012347"}, ["00012347"], id="号码带零"),
        pytest.param({"number": "32070107 00012347"}, ["00012347"], id="代码和号码"),
        pytest.param({"number": "０００１２３４７"}, ["00012347"], id="全角号码"),
        pytest.param({"number": "99"}, [], id="没有的号码"),
        pytest.param({"payer": "王"}, ["00012348", "00012346"], id="姓"),
        pytest.param({"payer": "欧阳春"}, ["00012347"], id="姓名"),
        pytest.param({"day": "2007-10-26"}, ["00012348", "00012347"], id="日期"),
        pytest.param({"day": "20071025"}, ["00012346"], id="日期连写"),
        pytest.param({"day": "2007-10-26", "payer": "王"}, ["00012348"], id="日期和姓"),
    ],
)
def test_the_list_is_filtered(three: list[Receipt], aunt_liu: Staff, typed: dict[str, str], found: list[str]):
    answer = client_of(aunt_liu).post(reverse("receipts"), typed, follow=True)

    assert numbers(answer) == found


def test_the_list_is_filtered_by_clerk(three: list[Receipt], aunt_liu: Staff, mr_chen: Staff):
    answer = client_of(aunt_liu).get(reverse("receipts"), {"clerk": mr_chen.pk})

    assert numbers(answer) == ["00012347"]


def test_a_payer_is_never_part_of_an_address(three: list[Receipt], aunt_liu: Staff):
    answer = client_of(aunt_liu).post(reverse("receipts"), {"payer": "王大力"})

    assert answer["Location"] == "/receipts/?f=1"


def test_a_day_is_summed_without_what_was_voided(three: list[Receipt], aunt_liu: Staff):
    page = client_of(aunt_liu).get(reverse("receipts"), {"day": "2007-10-26"}).content.decode()

    assert "共 <strong>1</strong> 张有效，合计 <strong>120.00</strong> 元；另作废 1 张" in page


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_the_first_and_last_of_all_days_have_no_receipts(three: list[Receipt], aunt_liu: Staff, day: str):
    answer = client_of(aunt_liu).get(reverse("receipts"), {"day": day})

    assert answer.context["page"].rows == ()
    assert "年份应在 1900 至 2199 之间" in answer.content.decode()


def test_what_cannot_be_a_number_is_explained_and_kept(three: list[Receipt], aunt_liu: Staff):
    answer = client_of(aunt_liu).post(reverse("receipts"), {"number": "No.12"}, follow=True)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "票据号码只有数字" in page
    assert 'value="No.12"' in page


def test_another_office_sees_none_of_it(three: list[Receipt], miss_yang: Staff):
    client = client_of(miss_yang)

    assert numbers(client.get(reverse("receipts"))) == []
    assert client.get(reverse("receipt", args=[three[0].pk])).status_code == 404
    assert client.get(reverse("receipt-paper", args=[three[0].pk, 1])).status_code == 404


def test_an_administrator_sees_the_receipts_of_the_own_divisions(three: list[Receipt], xinpu: Office):
    near = make_staff(None, "near", role="administrator", division_scope="3207")
    far = make_staff(None, "far", role="administrator", division_scope="5301")

    assert len(numbers(client_of(near).get(reverse("receipts")))) == 3
    assert numbers(client_of(far).get(reverse("receipts"))) == []


def test_a_receipt_tells_what_was_printed_and_why(three: list[Receipt], aunt_liu: Staff):
    answer = client_of(aunt_liu).get(reverse("receipt", args=[three[0].pk]))

    page = answer.content.decode()
    line = answer.context["shown"].lines[0]
    assert "人民币壹佰贰拾元整" in page
    assert [reason.clause.key for reason in line.fee.reasons] == ["L-8-1"]
    assert [reason.clause.key for reason in line.cover.reasons if reason.code == "BENEFIT"] == ["L-7-2"]
    assert reverse("clause", args=["lianyungang", "L-8-1"]) in page
    assert three[0].payment.household.memberships.get().person.id_no not in page


def test_a_receipt_tells_each_print_and_its_void(three: list[Receipt], aunt_liu: Staff, mr_chen: Staff):
    for by in (aunt_liu, mr_chen):
        record_print(receipt_id=three[2].pk, by=by, at=at("2007-10-26 23:59"))

    page = client_of(aunt_liu).get(reverse("receipt", args=[three[2].pk])).content.decode()

    assert "正本" in page
    assert "补打 第2次" in page
    assert "2007-10-27 09:00 由陈主任作废：收错" in page


def test_an_auditor_reads_a_receipt_and_has_nothing_to_press(three: list[Receipt], mrs_wu: Staff):
    page = client_of(mrs_wu).get(reverse("receipt", args=[three[0].pk])).content.decode()

    assert reverse("receipt-void", args=[three[0].pk]) not in page
    assert reverse("receipt-print", args=[three[0].pk]) not in page


def test_a_print_gives_the_paper_in_the_browser_under_a_neutral_name(three: list[Receipt], aunt_liu: Staff):
    client = client_of(aunt_liu)

    first = client.post(reverse("receipt-print", args=[three[0].pk]), follow=True)
    client.post(reverse("receipt-print", args=[three[0].pk]))

    assert first["Content-Type"] == "application/pdf"
    assert first["Content-Disposition"] == 'inline; filename="receipt-32070107-00012346.pdf"'
    assert first.content.startswith(b"%PDF")
    assert list(three[0].prints.order_by("copy").values_list("copy", flat=True)) == [1, 2]
    assert Act.objects.filter(verb="print_receipt").count() == 2


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_the_number_of_queries_does_not_grow_with_the_list(three: list[Receipt], aunt_liu: Staff, pay: Pay):
    client, address = seen(aunt_liu), f"{reverse('receipts')}?day=2007-10-25"
    few = queries(client, address)

    for number in range(6):
        pay(alone(aunt_liu, f"赵{'一二三四五六'[number]}"), aunt_liu, "120.00")

    assert queries(client, address) == few <= 9


def test_the_number_of_queries_does_not_grow_with_the_members(
    three: list[Receipt], aunt_liu: Staff, zhang_household: Household, pay: Pay
):
    client = seen(aunt_liu)
    one = queries(client, reverse("receipt", args=[three[0].pk]))

    four = pay(zhang_household, aunt_liu, "420.00").receipt_id

    assert queries(client, reverse("receipt", args=[four])) == one <= 9
