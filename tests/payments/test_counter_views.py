"""The counter's pages: what they show, whom they refuse, how few queries they need."""

from datetime import date, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from enrollment.models import Override, Verification
from households.models import Household, Paper
from offices.models import Act, Office, Staff
from payments.models import Payment, Receipt, ReceiptBook, ReceiptPrint
from payments.paper.receipt import document
from tests.builders import HEAD, PASSWORD, CertificationDraft, at, id_number, make_household, member, newborn
from tests.payments.conftest import take

HTMX = {"HX-Request": "true"}

pytestmark = pytest.mark.usefixtures("rulesets", "book", "in_october_2007")


@pytest.fixture
def in_october_2007(settings: Any, xinpu: Office, songyang: Office) -> datetime:
    """Both offices live in demonstration time: 新浦 on 2007-10-25, 嵩阳 on 2016-11-08."""
    settings.DEMO = True
    for office, text in ((xinpu, "2007-10-25 09:00"), (songyang, "2016-11-08 09:00")):
        office.demo_moment, office.demo_set_at = at(text), timezone.now()
        office.save()
    return xinpu.demo_moment


@pytest.fixture
def counter(client: Client, aunt_liu: Staff) -> Client:
    """刘阿姨, logged in."""
    client.force_login(aunt_liu)
    return client


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def pay_form(household: Household, total: str, **more: Any) -> dict[str, Any]:
    persons = list(household.memberships.values_list("person_id", flat=True))
    form = {"key": uuid4(), "previewed": total, "tendered": "", "means": "cash", "applying": persons}
    return form | more


def insured(household: Household) -> list[int]:
    """Everybody but the son in employee insurance."""
    return list(household.memberships.exclude(person__name="张明").values_list("person_id", flat=True))


def test_a_household_shows_what_each_member_pays_from_when_and_why(counter: Client, zhang_household: Household):
    page = counter.get(reverse("household", args=[zhang_household.pk]))

    text = text_of(page)
    assert page.status_code == 200
    assert "张建国 户" in text
    assert "¥" in text
    assert "420.00" in text
    assert "人民币肆佰贰拾元整" in text
    assert "重度残疾 肢体二级" in text
    assert "已参加职工医保" in text
    assert "2008-01-01 至 12-31" in text
    assert 'data-clause="/clauses/lianyungang/L-8-2/"' in text
    assert "138****8888" in text
    assert "13812348888" not in text
    assert "收据 00012346" in text


def test_the_money_is_taken_and_the_receipt_shown(counter: Client, zhang_household: Household, aunt_liu: Staff):
    form = pay_form(zhang_household, "420.00", tendered="500", applying=insured(zhang_household))

    page = counter.post(reverse("household-pay", args=[zhang_household.pk]), form, headers=HTMX)

    payment = Payment.objects.get()
    assert page.status_code == 200
    assert (payment.amount, payment.tendered, payment.change, payment.clerk) == (420, 500, 80, aunt_liu)
    assert "找零 80.00" in text_of(page)
    assert "data-print-now" in text_of(page)
    assert 'id="take-money"' not in text_of(page)


def test_the_same_form_sent_twice_pays_once(counter: Client, zhang_household: Household):
    form = pay_form(zhang_household, "420.00", applying=insured(zhang_household))
    url = reverse("household-pay", args=[zhang_household.pk])

    first, second = counter.post(url, form, headers=HTMX), counter.post(url, form, headers=HTMX)

    assert (first.status_code, second.status_code) == (200, 200)
    assert Receipt.objects.count() == 1
    assert "00012346" in text_of(second)


def test_without_script_the_payment_leads_back_to_the_household(counter: Client, zhang_household: Household):
    form = pay_form(zhang_household, "420.00", applying=insured(zhang_household))
    page = reverse("household", args=[zhang_household.pk])

    answer = counter.post(reverse("household-pay", args=[zhang_household.pk]), form)

    assert (answer.status_code, answer.url) == (302, page)
    assert "已缴" in text_of(counter.get(page))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        pytest.param({"previewed": "300.00"}, "应收已由300.00元变为420.00元", id="金额已变"),
        pytest.param({"tendered": "400"}, "还差20.00元", id="实收不足"),
        pytest.param({"tendered": "四百二"}, "这不是金额", id="不是金额"),
        pytest.param({"tendered": "500", "means": "card"}, "只有现金可以找零", id="刷卡找零"),
        pytest.param({"tendered": "9" * 31}, "实收金额太长", id="金额太长"),
        pytest.param({"means": "cowries"}, "请选择现金", id="没有这种方式"),
        pytest.param({"key": "x"}, "请刷新本页", id="没有编号"),
        pytest.param({"previewed": ""}, "请刷新本页", id="没有核过的金额"),
        pytest.param({"previewed": "1E+999999"}, "请刷新本页", id="核过的金额大得没有边"),
    ],
)
def test_a_payment_that_cannot_be_is_sent_back_with_what_was_typed(
    counter: Client, zhang_household: Household, change: dict[str, str], sentence: str
):
    form = pay_form(zhang_household, "420.00", applying=insured(zhang_household)) | change

    page = counter.post(reverse("household-pay", args=[zhang_household.pk]), form, headers=HTMX)

    assert page.status_code == 422
    assert sentence in text_of(page)
    assert f'value="{change.get("tendered", "")}"' in text_of(page)
    assert not Payment.objects.exists()


def test_ticks_are_assessed_anew(counter: Client, zhang_household: Household):
    without_mother = [p for p in insured(zhang_household) if p != _person(zhang_household, "王桂兰")]

    page = counter.post(
        reverse("household-assess", args=[zhang_household.pk]), {"applying": without_mother}, headers=HTMX
    )

    assert "300.00" in text_of(page)
    assert "王桂兰应参保而未同时参保" in text_of(page)
    assert 'id="take-money"' not in text_of(page)


def _person(household: Household, name: str) -> int:
    return household.memberships.get(person__name=name).person_id


def test_all_missing_papers_are_ticked_by_one_key_and_the_household_is_verified(counter: Client, aunt_liu: Staff):
    severe = CertificationDraft(disability_kind="肢体", disability_grade=2, kind="残疾人证")
    household = make_household(aunt_liu, member("王建设", HEAD), member("王小丽", certifications=(severe,)))
    persons = list(household.memberships.values_list("person_id", flat=True))
    before = text_of(counter.get(reverse("household", args=[household.pk])))
    assert "还缺材料" in before
    assert "残疾人证复印件（王小丽）" in before

    page = counter.post(reverse("papers-seen", args=[household.pk]), {"seen": "all", "applying": persons}, headers=HTMX)

    assert "还缺材料" not in text_of(page)
    assert 'id="take-money"' in text_of(page)
    assert Verification.objects.get(household=household).by == aunt_liu
    assert set(Paper.objects.values_list("document", flat=True)) == {"hukou_book", "id_card"}
    assert Act.objects.filter(verb="mark_papers_seen", by=aunt_liu).count() == 1


def test_one_paper_is_ticked_alone(counter: Client, aunt_liu: Staff):
    household = make_household(aunt_liu, member("王建设", HEAD))
    person = household.memberships.get().person_id

    page = counter.post(
        reverse("papers-seen", args=[household.pk]), {"seen": f"photos:{person}", "applying": person}, headers=HTMX
    )

    assert household.memberships.get().person.photos == 2
    assert "居民户口簿原件" in text_of(page)
    assert not Verification.objects.exists()


def test_keys_of_papers_that_nobody_wants_change_nothing(counter: Client, zhang_household: Household):
    answer = counter.post(
        reverse("papers-seen", args=[zhang_household.pk]),
        {"seen": ["paper:driving_licence", "photos:999999", "cover:x", "original::"], "applying": []},
        headers=HTMX,
    )

    assert answer.status_code == 200
    assert not Paper.objects.filter(document="driving_licence").exists()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        pytest.param("household", None, id="看"),
        pytest.param("household-assess", {}, id="试算"),
        pytest.param("papers-seen", {"seen": "all"}, id="材料"),
        pytest.param("household-pay", {"key": str(uuid4()), "previewed": "420", "means": "cash"}, id="收款"),
        pytest.param("household-edit", None, id="改地址"),
        pytest.param("member-add", None, id="加人"),
        pytest.param("household-certification-add", None, id="认定"),
    ],
)
def test_a_clerk_of_another_office_finds_no_such_household(
    client: Client, miss_yang: Staff, zhang_household: Household, name: str, data: dict[str, str] | None
):
    client.force_login(miss_yang)
    url = reverse(name, args=[zhang_household.pk])

    answer = client.get(url) if data is None else client.post(url, data)

    assert answer.status_code == 404
    assert not Payment.objects.exists()


def test_a_receipt_of_another_office_can_neither_be_printed_nor_voided(
    client: Client, counter: Client, miss_yang: Staff, zhang_household: Household
):
    form = pay_form(zhang_household, "420.00", applying=insured(zhang_household))
    counter.post(reverse("household-pay", args=[zhang_household.pk]), form)
    receipt = Receipt.objects.get()
    counter.post(reverse("receipt-print", args=[receipt.pk]))
    client.force_login(miss_yang)

    answers = [
        client.post(reverse("receipt-print", args=[receipt.pk])),
        client.get(reverse("receipt-paper", args=[receipt.pk, 1])),
        client.get(reverse("receipt-void", args=[receipt.pk])),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert ReceiptPrint.objects.count() == 1


def test_an_auditor_sees_the_household_and_can_take_nothing(client: Client, mrs_wu: Staff, zhang_household: Household):
    client.force_login(mrs_wu)

    page = client.get(reverse("household", args=[zhang_household.pk]))
    answer = client.post(reverse("household-pay", args=[zhang_household.pk]), pay_form(zhang_household, "420.00"))

    assert page.status_code == 200
    assert 'id="take-money"' not in text_of(page)
    assert answer.status_code == 403


def test_each_print_is_noted_and_the_second_says_so(counter: Client, zhang_household: Household):
    form = pay_form(zhang_household, "420.00", applying=insured(zhang_household))
    counter.post(reverse("household-pay", args=[zhang_household.pk]), form)
    url = reverse("receipt-print", args=[Receipt.objects.get().pk])

    first, second = counter.post(url), counter.post(url, headers={"Accept": "application/json"})

    assert first.status_code == 302
    assert counter.get(first.url)["Content-Type"] == "application/pdf"
    assert second.json()["copy"] == 2
    assert counter.get(second.json()["paper"].replace("/2.pdf", "/3.pdf")).status_code == 404


def test_a_supervisor_lifts_at_her_own_screen_without_a_second_password(
    client: Client, mr_chen: Staff, zhang_household: Household
):
    client.force_login(mr_chen)
    url = reverse("household-override", args=[zhang_household.pk, "HOUSEHOLD_INCOMPLETE"])

    empty, answer = client.post(url, {"reason": ""}), client.post(url, {"reason": "在外地住院"})

    assert empty.status_code == 422
    assert "请写明事由" in text_of(empty)
    assert answer.status_code == 302
    assert Override.objects.get().by == mr_chen


def test_a_failed_supervisor_password_is_logged_and_lifts_nothing(
    counter: Client, mr_chen: Staff, zhang_household: Household
):
    url = reverse("household-override", args=[zhang_household.pk, "HOUSEHOLD_INCOMPLETE"])

    answer = counter.post(url, {"reason": "急", "username": "chen", "password": f"{PASSWORD}!"}, headers=HTMX)

    assert answer.status_code == 422
    assert not Override.objects.exists()
    assert Act.objects.filter(verb="login_failed", subject_id=mr_chen.pk).exists()


def test_an_expired_certificate_holds_the_money_until_a_supervisor_lets_it_count(
    client: Client, in_october_2007: datetime, aunt_liu: Staff, mr_chen: Staff
):
    expired = CertificationDraft(category="dibao", valid_to=date(2007, 6, 30), original_seen=True, copy_kept=True)
    household = make_household(aunt_liu, member("周大为", HEAD), certifications=(expired,))
    person = household.memberships.get().person_id
    client.force_login(mr_chen)
    page = reverse("household", args=[household.pk])
    lift = reverse("household-override", args=[household.pk, "CERTIFICATE_EXPIRED"])

    client.post(reverse("papers-seen", args=[household.pk]), {"seen": "all", "applying": person})
    before = text_of(client.get(page))
    client.post(lift, {"reason": "已核实仍在领取低保金"})
    after = text_of(client.get(page))

    assert "本户的低保证已于2007-06-30到期，不能据以减免" in before
    assert lift in before
    assert "证件到期" in before
    assert 'id="take-money"' not in before
    assert 'id="take-money"' in after
    assert "已由主管放行" in after
    assert "60.00" in after


def test_one_hit_opens_its_household_and_several_are_listed(
    counter: Client, zhang_household: Household, aunt_liu: Staff
):
    make_household(aunt_liu, member("张建军", HEAD))

    one = counter.post(reverse("search"), {"q": "张建国"}, headers=HTMX)
    several = counter.post(reverse("search"), {"q": "zj"}, headers=HTMX)
    plain = counter.post(reverse("search"), {"q": "张建国"})

    household = reverse("household", args=[zhang_household.pk])
    assert one["HX-Redirect"] == household
    assert plain.url == household
    assert text_of(several).count('role="option"') == 2
    assert "张建军" in text_of(several)


def test_the_qr_code_of_a_receipt_opens_it_within_the_scope(
    client: Client, zhang_household: Household, aunt_liu: Staff, miss_yang: Staff
):
    take(zhang_household, aunt_liu, "420.00")
    receipt = Receipt.objects.get()
    scanned = document(receipt).scanned

    client.force_login(aunt_liu)
    opened = client.post(reverse("search"), {"q": scanned}, headers=HTMX)
    by_input_method = client.post(reverse("search"), {"q": scanned.replace(".", "。")})
    unknown = client.post(reverse("search"), {"q": scanned + "9"}, headers=HTMX)
    client.force_login(miss_yang)
    elsewhere = client.post(reverse("search"), {"q": scanned}, headers=HTMX)

    assert scanned == "32070107.00012346"
    assert opened["HX-Redirect"] == by_input_method.url == reverse("receipt", args=[receipt.pk])
    assert "HX-Redirect" not in unknown
    assert "HX-Redirect" not in elsewhere


def test_a_search_by_get_is_refused_so_that_no_name_stands_in_an_address(counter: Client):
    assert counter.get(reverse("search"), {"q": "张建国"}).status_code == 405


def test_somebody_of_another_office_is_found_by_the_whole_number_with_the_office_only(
    counter: Client, miss_yang: Staff
):
    number = id_number("1970-01-01", division="530127")
    make_household(miss_yang, member("杨远方", HEAD, id_no=number, hukou_division="530127"), moment="2016-11-08 08:00")

    page = counter.post(reverse("search"), {"q": number}, headers=HTMX)

    assert "嵩阳街道社会事务保障所" in text_of(page)
    assert "杨远方" not in text_of(page)


def test_a_household_whose_departments_pay_everything_is_registered_without_a_receipt(client: Client, miss_yang: Staff):
    listed = CertificationDraft(category="dibao", funder_list="嵩明县民政局2016年10月名单")
    person = member("杨低保", HEAD, hukou_division="530127", hukou_kind="rural", certifications=(listed,))
    household = make_household(miss_yang, person, moment="2016-11-08 08:00")
    client.force_login(miss_yang)
    ticked = {"seen": "all", "applying": household.memberships.get().person_id}
    page = text_of(client.post(reverse("papers-seen", args=[household.pk]), ticked, headers=HTMX))
    assert "登记参保" in page
    assert "另由部门资助 150.00 元" in page
    assert "实收" not in page
    assert "刷卡" not in page

    answer = client.post(reverse("household-pay", args=[household.pk]), pay_form(household, "0.00"), headers=HTMX)

    assert "个人不缴费" in text_of(answer)
    assert not Receipt.objects.exists()


def test_without_a_receipt_book_the_clerk_is_told_before_and_refused_after(
    counter: Client, zhang_household: Household, book: ReceiptBook
):
    ReceiptBook.objects.update(closed_at=timezone.now())

    page = counter.get(reverse("household", args=[zhang_household.pk]))
    form = pay_form(zhang_household, "420.00", applying=insured(zhang_household))
    answer = counter.post(reverse("household-pay", args=[zhang_household.pk]), form, headers=HTMX)

    assert "没有可用的收据号段" in text_of(page)
    assert "没有可用的票据号段" in text_of(answer)
    assert not Payment.objects.exists()


def queries(client: Client, household: Household) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(reverse("household", args=[household.pk])).status_code == 200
    return len(captured)


def test_the_number_of_queries_does_not_grow_with_members_households_or_receipts(
    counter: Client, aunt_liu: Staff, zhang_household: Household
):
    alone = make_household(aunt_liu, member("王独居", HEAD))
    eight = make_household(
        aunt_liu,
        member("王大", HEAD),
        *(member(f"王{name}", certifications=(CertificationDraft("dibao"),)) for name in "二三四五六七"),
        newborn("王小宝"),
    )
    queries(counter, alone)
    before = queries(counter, alone)

    for name in ("赵", "钱", "孙", "李"):
        make_household(aunt_liu, member(f"{name}某", HEAD))
    form = pay_form(zhang_household, "420.00", applying=insured(zhang_household))
    counter.post(reverse("household-pay", args=[zhang_household.pk]), form)

    assert queries(counter, eight) == before
    assert queries(counter, alone) == before
    assert queries(counter, zhang_household) == before
    assert before <= 15  # three of them are the session, kept alive; one is the mark of background jobs


def test_the_day_stands_in_the_corner(counter: Client, zhang_household: Household):
    text = text_of(counter.get(reverse("counter")))

    assert "2007-10-25" in text
    assert "周四" in text
    assert "2008年度缴费期余46天" in text
    assert "刘阿姨" in text
    assert "00012346" in text
    assert "余 100 张" in text
    assert "演示 · 新浦街道劳动保障所" in text


def test_outside_demonstration_mode_there_is_no_band(counter: Client, settings: Any):
    settings.DEMO = False

    assert "demo-band" not in text_of(counter.get(reverse("counter")))


@pytest.mark.parametrize("odd", ["9" * 5000, "²", "-1", "x", ""])
def test_a_tick_that_is_no_number_is_left_out(counter: Client, zhang_household: Household, odd: str):
    page = counter.post(reverse("household-assess", args=[zhang_household.pk]), {"applying": [odd]})

    assert page.status_code == 200


def test_the_next_receipt_number_is_in_the_corner_as_soon_as_one_is_used(counter: Client, zhang_household: Household):
    address = reverse("household-pay", args=[zhang_household.pk])
    form = pay_form(zhang_household, "420.00", applying=insured(zhang_household))

    page = text_of(counter.post(address, form, headers=HTMX))

    assert 'id="day-book" hx-swap-oob="true"' in page
    assert "收据 00012347" in page


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("320705196001010014", "身份证号校验位不符"),
        ("32070519600101001", "身份证号应为18位，现为17位"),
        ("320705600101001", "第一代身份证的15位号码"),
        ("13812349999", "请核对后再查"),
    ],
)
def test_a_number_that_cannot_be_found_is_explained(counter: Client, typed: str, told: str):
    assert told in text_of(counter.post(reverse("search"), {"q": typed}, headers=HTMX))


def test_after_the_deadline_the_next_window_is_told_and_no_papers_are_asked_for(
    counter: Client, xinpu: Office, aunt_liu: Staff
):
    household = make_household(aunt_liu, member("周大为", HEAD, born="1955-05-05", photos=0))
    xinpu.demo_moment = at("2007-12-11 09:00")
    xinpu.save()

    page = text_of(counter.get(reverse("household", args=[household.pk])))

    assert "不能再缴费。请在下一个缴费期（2008-09-01 至 2008-12-10）来办理。" in page
    assert "还缺材料" not in page


def test_in_a_window_whose_year_has_no_standard_yet_nobody_is_sent_away_until_it_opens(
    counter: Client, xinpu: Office, aunt_liu: Staff
):
    household = make_household(aunt_liu, member("周大为", HEAD, born="1955-05-05"))
    xinpu.demo_moment = at("2010-10-08 09:00")
    xinpu.save()

    page = text_of(counter.get(reverse("household", args=[household.pk])))

    assert "下一年度的缴费期（2010-09-01 至 2010-12-10）已经开始" in page
    assert "缴费标准还没有发布的，请找管理员发布。" in page
    assert "来办理" not in page


def test_what_a_person_cannot_be_without_is_asked_for_in_words(counter: Client, zhang_household: Household):
    person = zhang_household.memberships.earliest("pk").person_id

    page = text_of(counter.post(reverse("member-edit", args=[zhang_household.pk, person]), {"name": ""}))

    assert "请填写姓名，与证件上的一致。" in page
    assert "请填写户籍所在地的区划代码，6 至 12 位，例如 320705。" in page
    assert "长期有效的留空" in page
