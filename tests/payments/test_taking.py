"""收款: one household's money, with its receipt, in a handful of statements, or a sentence that says why not."""

import unicodedata
from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common.decision import Refusal
from enrollment.models import Assessment, Enrollment
from enrollment.services import verify_papers
from households.drafts import CertificationDraft, OtherCoverDraft, PaperDraft
from households.models import Household, Person
from offices.models import Act, Staff
from payments.models import Payment, Receipt, ReceiptBook, ReceiptLine
from payments.paper import fonts
from payments.services import allot_book, book_for, cancel_sponsored, close_book
from tests.builders import DAUGHTER, HEAD, SON, WIFE, at, make_household, member
from tests.payments.conftest import Pay, a_book

NOTHING_WRITTEN = (Assessment, Enrollment, Payment, Receipt, ReceiptLine)


def nothing_was_written(book: ReceiptBook) -> bool:
    """No row of a payment is there, and the book stands where it stood."""
    book.refresh_from_db()
    return book.next_number == book.first_number and not any(model.objects.exists() for model in NOTHING_WRITTEN)


SHOWN = {"papers": (PaperDraft("id_card"),), "photos": 2}
BOOKLET = {"papers": (PaperDraft("hukou_book"),)}


def four_of_them(by: Staff, name: str = "赵") -> Household:
    """Four members, all general residents with all papers: 480 yuan."""
    rows = ((f"{name}大", HEAD), (f"{name}妻", WIFE), (f"{name}子", SON), (f"{name}女", DAUGHTER))
    return make_household(by, *(member(called, relation, **SHOWN) for called, relation in rows), **BOOKLET)


def test_a_payment_writes_everything_at_once(pay: Pay, zhang_household: Household, aunt_liu: Staff, book: ReceiptBook):
    taken = pay(zhang_household, aunt_liu, "420.00", tendered=Decimal(500))

    assert (taken.amount, taken.tendered, taken.change) == (Decimal("420.00"), Decimal("500.00"), Decimal("80.00"))
    assert (taken.book_code, taken.printed_number, taken.capitals) == ("32070107", "00012346", "人民币肆佰贰拾元整")
    assert (taken.persons, taken.repeated, taken.voided) == (4, False, False)
    assert taken.sentence == "已收420.00元，收据 32070107 00012346。"
    payment = Payment.objects.get(pk=taken.payment_id)
    assert (payment.clerk, payment.office, payment.means) == (aunt_liu, aunt_liu.office, "cash")
    assert payment.paid_at == at("2007-10-25 10:00")
    receipt = payment.receipt
    assert (receipt.payer, receipt.household_number, receipt.coverage_year) == ("张建国", "0001-0001", 2008)
    assert (receipt.office_name, receipt.clerk_name) == ("新浦街道劳动保障所", "刘阿姨")
    assert receipt.title == "连云港市市区城镇居民基本医疗保险缴费收据"
    assert receipt.clause_line == "连政办发〔2007〕149号第五条、第七条、第八条"
    assert [(line.position, line.name, line.category_name, line.payable) for line in receipt.lines.all()] == [
        (1, "张建国", "一般居民", Decimal("120.00")),
        (2, "李秀英", "一般居民", Decimal("120.00")),
        (3, "张小红", "重度残疾", Decimal("60.00")),
        (4, "王桂兰", "一般居民", Decimal("120.00")),
    ]
    assert receipt.lines.first().masked_id.startswith("320705********")
    connection.check_constraints()


def test_the_enrolments_say_what_was_decided_and_why(pay: Pay, zhang_household, aunt_liu, book):
    pay(zhang_household, aunt_liu, "420.00")

    daughter = Enrollment.objects.get(person__name="张小红")
    assert (daughter.category, daughter.standard, daughter.payable) == ("severe_disability", Decimal(60), Decimal(60))
    assert (daughter.benefit_starts_on, daughter.benefit_ends_on) == (date(2008, 1, 1), date(2008, 12, 31))
    assert (daughter.account_credit, daughter.account_credit_due_by) == (Decimal(50), date(2008, 1, 10))
    assert daughter.continuous_years == 1
    assert daughter.registered_at == at("2007-10-25 09:00")
    assert {
        "code": "RATE",
        **{each["clause"]["key"]: True for each in daughter.reasons if each["code"] == "RATE"},
    } == {"code": "RATE", "L-8-2": True}
    assessment = daughter.assessment
    assert (assessment.payable, assessment.edition.number, assessment.by) == (Decimal(420), 1, aunt_liu)
    assert [each["ref"] for each in assessment.decision["members"] if not each["applying"]] == [
        str(Person.objects.get(name="张明").pk)
    ]


def test_the_act_is_logged_without_an_id_number(pay: Pay, zhang_household, aunt_liu, book):
    taken = pay(zhang_household, aunt_liu, "420.00")

    act = Act.objects.get(verb="take_payment")
    assert (act.by, act.subject_type, act.subject_id) == (aunt_liu, "payments.payment", taken.payment_id)
    assert act.at == at("2007-10-25 10:00")
    assert act.detail == {"household": "0001-0001", "year": 2008, "amount": "420.00", "receipt": "00012346"}


@pytest.mark.django_db(transaction=True)
def test_the_payment_of_four_costs_at_most_six_statements(pay: Pay, aunt_liu, book):
    fonts.undrawable("字")
    household = four_of_them(aunt_liu)

    with CaptureQueriesContext(connection) as captured:
        pay(household, aunt_liu, "480.00")

    said = "\n".join(" ".join(query["sql"].split())[:160] for query in captured.captured_queries)
    assert len(captured) <= 6, said
    assert sum(query["sql"] not in {"BEGIN", "COMMIT"} for query in captured.captured_queries) <= 4, said


@pytest.mark.django_db(transaction=True)
def test_the_statements_do_not_grow_with_the_household(pay: Pay, aunt_liu, book):
    one = make_household(aunt_liu, member("王大力", HEAD, **SHOWN), **BOOKLET)
    rows = [member(f"孙{n}", HEAD if n == "一" else SON, **SHOWN) for n in "一二三四五六七八九十"]
    ten = make_household(aunt_liu, *rows, **BOOKLET)
    pay(four_of_them(aunt_liu), aunt_liu, "480.00")

    with CaptureQueriesContext(connection) as for_one:
        pay(one, aunt_liu, "120.00")
    with CaptureQueriesContext(connection) as for_ten:
        pay(ten, aunt_liu, "1200.00")

    assert len(for_one) == len(for_ten)


# --- what is refused, and in which words ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        pytest.param({"tendered": Decimal(400)}, "实收400.00元，不足应收420.00元，还差20.00元。", id="实收不足"),
        pytest.param({"tendered": Decimal(-500)}, "不足应收420.00元", id="实收为负"),
        pytest.param({"tendered": Decimal("420.001")}, "最多两位小数", id="厘"),
        pytest.param({"tendered": Decimal("NaN")}, "实收金额不对", id="不是数"),
        pytest.param({"tendered": Decimal("1e11")}, "不超过一百亿元", id="过大"),
        pytest.param(
            {"tendered": Decimal(500), "means": "card"}, "只有现金可以找零：刷卡应正好是420.00元", id="刷卡找零"
        ),
        pytest.param({"means": "barter"}, "没有选择收款方式", id="没有这种方式"),
        pytest.param({"total": "300.00"}, "应收已由300.00元变为420.00元", id="金额变了"),
        pytest.param({"at": at("2007-12-11 00:00")}, "2008年度缴费已于 2007-12-10 截止", id="缴费期已过"),
        pytest.param({"coverage_year": 2009}, "未到2009年度缴费期", id="未到缴费期"),
        pytest.param({"household_id": 0}, "找不到这一户，或不在您的管辖范围内", id="没有这一户"),
    ],
)
def test_what_cannot_be_taken_is_refused_and_nothing_is_written(
    pay: Pay, zhang_household, aunt_liu, book, more, sentence
):
    with pytest.raises(Refusal, match=sentence):
        pay(zhang_household, aunt_liu, more.pop("total", "420.00"), **more)

    assert nothing_was_written(book)


def test_the_last_minute_of_the_window_is_still_in_time(pay: Pay, zhang_household, aunt_liu, book):
    assert pay(zhang_household, aunt_liu, "420.00", at=at("2007-12-10 23:59")).receipt_id


def test_another_office_does_not_find_the_household(pay: Pay, zhang_household, miss_yang, book):
    a_book(miss_yang_supervisor(miss_yang), code="53012716")

    with pytest.raises(Refusal, match="不在您的管辖范围内"):
        pay(zhang_household, miss_yang, "420.00")

    assert nothing_was_written(book)


def miss_yang_supervisor(miss_yang: Staff) -> Staff:
    from tests.builders import make_staff

    return make_staff(miss_yang.office, "songyang_zhuguan", name="何主管", role="supervisor")


@pytest.mark.parametrize("who", ["mr_zhou", "mrs_wu"])
def test_administrators_and_auditors_take_no_money(request, pay: Pay, zhang_household, book, who):
    with pytest.raises(Refusal, match="只能由经办员、主管办理"):
        pay(zhang_household, request.getfixturevalue(who), "420.00")

    assert nothing_was_written(book)


def test_missing_papers_are_named(pay: Pay, aunt_liu, book):
    household = make_household(aunt_liu, member("王大力", HEAD, photos=1), **BOOKLET)

    with pytest.raises(Refusal) as caught:
        pay(household, aunt_liu, "120.00")

    assert {reason.code for reason in caught.value.reasons} == {"DOCUMENT_MISSING"}
    assert "居民身份证原件（王大力）" in str(caught.value)
    assert "一寸近期免冠彩照(第2张)（王大力）" in str(caught.value)
    assert nothing_was_written(book)


def test_a_due_member_who_is_left_out_stops_the_household(pay: Pay, zhang_household, aunt_liu, book):
    head = Person.objects.get(name="张建国")

    with pytest.raises(Refusal, match="李秀英、张小红、王桂兰应参保而未同时参保"):
        pay(zhang_household, aunt_liu, "120.00", applying=[head.pk])

    assert nothing_was_written(book)


def test_a_name_that_no_font_draws_is_refused_before_a_number_is_used(pay: Pay, aunt_liu, book):
    extensions = map(chr, range(0x30000, 0x33480))
    rare = next((char for char in extensions if unicodedata.name(char, "") and fonts.undrawable(char)), None)
    if rare is None:
        pytest.skip("the fonts of this machine draw every Han character")
    household = make_household(aunt_liu, member(f"王{rare}", HEAD, **SHOWN), **BOOKLET)

    with pytest.raises(Refusal, match=f"“王{rare}”打印不出来，没有收款"):
        pay(household, aunt_liu, "120.00")

    assert nothing_was_written(book)


def test_rare_characters_that_a_font_has_are_taken(pay: Pay, aunt_liu, book):
    household = make_household(aunt_liu, member("王䶮", HEAD, **SHOWN), **BOOKLET)

    pay(household, aunt_liu, "120.00")

    assert Receipt.objects.get().payer == "王䶮"


def test_a_closed_household_pays_nothing(pay: Pay, zhang_household, aunt_liu, book):
    zhang_household.closed_at = at("2007-10-25 09:30")
    zhang_household.save()

    with pytest.raises(Refusal, match="户号0001-0001已销户"):
        pay(zhang_household, aunt_liu, "420.00")

    assert nothing_was_written(book)


# --- once a year ----------------------------------------------------------------------------------------------


def test_a_second_payment_for_the_year_is_refused_by_name(pay: Pay, zhang_household, aunt_liu, book):
    pay(zhang_household, aunt_liu, "420.00")

    with pytest.raises(Refusal, match="张建国、李秀英、张小红、王桂兰已参加2008年度居民医保"):
        pay(zhang_household, aunt_liu, "420.00")

    assert Payment.objects.count() == 1


def test_naming_somebody_already_covered_is_refused_by_name(pay: Pay, zhang_household, aunt_liu, book):
    pay(zhang_household, aunt_liu, "420.00")
    wife = Person.objects.get(name="李秀英")

    with pytest.raises(Refusal, match="李秀英已参加2008年度居民医保，一年只能参保一次"):
        pay(zhang_household, aunt_liu, "120.00", applying=[wife.pk])


def test_who_joins_later_in_the_window_pays_alone(pay: Pay, aunt_liu, book):
    covered = OtherCoverDraft("employee", certificate_seen=True)
    rows = (member("王大力", HEAD, **SHOWN), member("王小力", SON, other_covers=(covered,), **SHOWN))
    household = make_household(aunt_liu, *rows, **BOOKLET)
    pay(household, aunt_liu, "120.00")
    son = Person.objects.get(name="王小力")
    son.other_covers.update(ends_on=date(2007, 10, 31))

    taken = pay(household, aunt_liu, "120.00", at=at("2007-11-20 10:00"))

    assert taken.persons == 1
    assert Enrollment.objects.filter(household=household).count() == 2


def test_the_next_year_is_paid_by_the_same_household(pay: Pay, zhang_household, aunt_liu, book):
    pay(zhang_household, aunt_liu, "420.00")

    taken = pay(zhang_household, aunt_liu, "420.00", coverage_year=2009, at=at("2008-09-01 08:00"))

    assert taken.printed_number == "00012347"
    assert set(Enrollment.objects.filter(coverage_year=2009).values_list("continuous_years", flat=True)) == {2}


# --- the same submit again ------------------------------------------------------------------------------------


def test_the_same_submit_again_gives_the_same_receipt(pay: Pay, zhang_household, aunt_liu, book):
    key = uuid4()
    first = pay(zhang_household, aunt_liu, "420.00", key=key, tendered=Decimal(500))

    again = pay(zhang_household, aunt_liu, "420.00", key=key, tendered=Decimal(500), at=at("2007-10-25 10:01"))

    assert again.repeated
    assert (again.payment_id, again.printed_number, again.change) == (first.payment_id, "00012346", Decimal("80.00"))
    assert again.paid_at == first.paid_at == at("2007-10-25 10:00")
    assert again.sentence.startswith("这笔款此前已经收过，没有重复收取。")
    assert Payment.objects.count() == 1


def test_the_same_key_for_another_household_or_year_is_refused(pay: Pay, zhang_household, aunt_liu, book):
    key = uuid4()
    pay(zhang_household, aunt_liu, "420.00", key=key)

    with pytest.raises(Refusal, match="已经用于另一户（或另一年度）的缴费"):
        pay(four_of_them(aunt_liu), aunt_liu, "480.00", key=key)
    with pytest.raises(Refusal, match="已经用于另一户（或另一年度）的缴费"):
        pay(zhang_household, aunt_liu, "420.00", key=key, coverage_year=2009, at=at("2008-09-01 08:00"))


# --- receipt books --------------------------------------------------------------------------------------------


def test_without_a_book_no_money_is_taken(pay: Pay, zhang_household, aunt_liu):
    with pytest.raises(Refusal, match="没有可用的票据号段"):
        pay(zhang_household, aunt_liu, "420.00")

    assert not any(model.objects.exists() for model in NOTHING_WRITTEN)


def test_a_book_is_used_to_its_last_number_then_the_next_one(pay: Pay, aunt_liu, mr_chen):
    a_book(mr_chen, code="A", first=8, count=2)
    a_book(mr_chen, code="B", first=1, count=9)
    households = [four_of_them(aunt_liu, name) for name in "赵钱孙"]

    taken = [pay(household, aunt_liu, "480.00") for household in households]

    assert [(each.book_code, each.printed_number) for each in taken] == [
        ("A", "00000008"),
        ("A", "00000009"),
        ("B", "00000001"),
    ]


def test_the_clerks_own_book_comes_before_the_shared_one(pay: Pay, zhang_household, aunt_liu, mr_chen):
    a_book(mr_chen, code="SHARED")
    own = a_book(mr_chen, code="OWN", clerk_id=aunt_liu.pk)

    assert book_for(aunt_liu) == own
    assert pay(zhang_household, aunt_liu, "420.00").book_code == "OWN"
    assert book_for(mr_chen).code == "SHARED"


def test_the_book_of_a_colleague_or_a_closed_one_is_not_used(pay: Pay, zhang_household, aunt_liu, mr_chen):
    a_book(mr_chen, code="HIS", clerk_id=mr_chen.pk)
    closed = a_book(mr_chen, code="CLOSED")
    close_book(book_id=closed.pk, by=mr_chen, at=at("2007-10-01 09:00"))

    with pytest.raises(Refusal, match="没有可用的票据号段"):
        pay(zhang_household, aunt_liu, "420.00")

    allot_book(
        book_id=ReceiptBook.objects.get(code="HIS").pk, clerk_id=aunt_liu.pk, by=mr_chen, at=at("2007-10-01 09:00")
    )
    assert pay(zhang_household, aunt_liu, "420.00").book_code == "HIS"


# --- 嵩明: departments that pay -----------------------------------------------------------------------------------


def listed(name: str, relation: str = HEAD, **more) -> object:
    shown = {"hukou_division": "530127", "hukou_kind": "rural", "papers": (PaperDraft("id_card"),)} | more
    return member(name, relation, **shown)


DIBAO = CertificationDraft(category="dibao", kind="低保证", original_seen=True, copy_kept=True, funder_list="民政2016")
NOW_2016 = {"coverage_year": 2017, "at": at("2016-11-08 10:00")}


def test_where_a_department_pays_for_everybody_no_number_is_used(pay: Pay, miss_yang):
    book = a_book(miss_yang_supervisor(miss_yang), code="53012716")
    rows = (listed("杨德福", certifications=(DIBAO,)), listed("杨小福", SON, certifications=(DIBAO,)))
    household = make_household(miss_yang, *rows, moment="2016-11-08 09:00")
    key = uuid4()

    taken = pay(household, miss_yang, "0.00", key=key, **NOW_2016)
    again = pay(household, miss_yang, "0.00", key=key, **NOW_2016)

    assert (taken.amount, taken.sponsored, taken.receipt_id) == (Decimal(0), Decimal("300.00"), None)
    assert taken.sentence == "2人已参保，由资助部门全额缴纳300.00元，个人不缴费，不使用票据号码。"
    assert again.repeated
    book.refresh_from_db()
    assert book.next_number == book.first_number
    assert list(Enrollment.objects.values_list("funder", "sponsored").distinct()) == [("民政", Decimal(150))]
    assert not Receipt.objects.exists()
    connection.check_constraints()


def test_a_supervisor_cancels_what_departments_paid_for_and_it_can_be_enrolled_again(pay: Pay, miss_yang):
    household = make_household(miss_yang, listed("杨德福", certifications=(DIBAO,)), moment="2016-11-08 09:00")
    supervisor = miss_yang_supervisor(miss_yang)
    pay(household, miss_yang, "0.00", **NOW_2016)
    asked = {"household_id": household.pk, "coverage_year": 2017, "at": at("2016-11-08 11:00")}

    with pytest.raises(Refusal, match="主管"):
        cancel_sponsored(**asked, reason="名单有误", by=miss_yang)
    with pytest.raises(Refusal, match="没有写事由"):
        cancel_sponsored(**asked, reason=" ", by=supervisor)
    assert cancel_sponsored(**asked, reason="名单有误", by=supervisor) == 1
    with pytest.raises(Refusal, match="没有可撤销"):
        cancel_sponsored(**asked, reason="名单有误", by=supervisor)

    assert not Enrollment.objects.in_force().exists()
    assert not pay(household, miss_yang, "0.00", **NOW_2016).repeated
    assert Enrollment.objects.in_force().count() == 1
    assert "名单有误" in Act.objects.get(verb="cancel_sponsored").detail["reason"]


def test_what_was_paid_for_by_receipt_is_not_cancelled_without_it(pay: Pay, zhang_household, aunt_liu, mr_chen, book):
    pay(zhang_household, aunt_liu, "420.00")

    with pytest.raises(Refusal, match="作废收据"):
        cancel_sponsored(
            household_id=zhang_household.pk, coverage_year=2008, reason="错", by=mr_chen, at=at("2007-10-25 16:00")
        )

    assert Enrollment.objects.in_force().count() == 4


def test_where_a_department_pays_for_one_the_others_pay_themselves(pay: Pay, miss_yang):
    a_book(miss_yang_supervisor(miss_yang), code="53012716")
    rows = (listed("杨德福", certifications=(DIBAO,)), listed("杨小福", SON))
    household = make_household(miss_yang, *rows, moment="2016-11-08 09:00")

    taken = pay(household, miss_yang, "150.00", **NOW_2016)

    lines = ReceiptLine.objects.filter(receipt=taken.receipt_id).values_list("name", "payable", "sponsored", "funder")
    assert list(lines) == [("杨德福", Decimal(0), Decimal(150), "民政"), ("杨小福", Decimal(150), Decimal(0), "")]
    assert (taken.amount, taken.sponsored) == (Decimal(150), Decimal(150))


def test_who_was_verified_in_time_may_pay_one_day_longer(pay: Pay, miss_yang):
    a_book(miss_yang_supervisor(miss_yang), code="53012716")
    in_time, late = (
        make_household(miss_yang, listed(name), moment="2017-02-20 09:00") for name in ("杨德福", "李得福")
    )
    verify_papers(household_id=in_time.pk, coverage_year=2017, by=miss_yang, at=at("2017-02-22 17:00"))
    last = {"coverage_year": 2017, "at": at("2017-02-23 17:00")}

    assert pay(in_time, miss_yang, "150.00", **last).receipt_id
    with pytest.raises(Refusal, match="参保核定已于 2017-02-22 17:00 截止"):
        pay(late, miss_yang, "150.00", **last)
    enrolled = Enrollment.objects.get()
    assert (enrolled.benefit_starts_on, enrolled.usable_from) == (date(2017, 1, 1), date(2017, 2, 23))


def test_a_receipt_of_a_demonstration_says_so(pay: Pay, zhang_household, aunt_liu, book):
    aunt_liu.office.demo_moment = aunt_liu.office.demo_set_at = at("2007-10-25 08:00")
    aunt_liu.office.save()

    pay(zhang_household, aunt_liu, "420.00")

    assert Receipt.objects.get().demo
