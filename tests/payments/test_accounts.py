"""个人账户: credited once and in time, refunded whole, reversed rather than changed, never overdrawn."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pypdfium2 as pdfium
import pytest
from django.db import DatabaseError, IntegrityError, connection, connections, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from common.decision import Refusal
from enrollment.account_services import Credited, credit_accounts, credit_again, refund_balance, reverse_entry
from enrollment.accounts import balance_of
from enrollment.models import AccountEntry
from households.drafts import PaperDraft
from households.models import Household, Person
from households.services import end_membership
from offices import scope
from offices.models import Staff
from payments.models import Receipt
from payments.services import void_receipt
from tests.builders import HEAD, at, make_household, make_office, make_staff, member
from tests.payments.conftest import Pay

JANUARY = at("2008-01-05 09:00")
SHOWN = {"papers": (PaperDraft("id_card"),), "photos": 2}


def household(by: Staff, name: str = "王大力", moment: str = "2007-10-25 09:00") -> Household:
    return make_household(by, member(name, HEAD, **SHOWN), papers=(PaperDraft("hukou_book"),), moment=moment)


def run(by: Staff, *, moment=JANUARY, year: int = 2008) -> Credited:
    return credit_accounts(ruleset_code="lianyungang", coverage_year=year, by=by, at=moment)


@pytest.fixture
def person(pay: Pay, aunt_liu: Staff, book) -> Person:
    """王大力, who paid in October 2007 and is covered from 2008-01-01."""
    pay(household(aunt_liu), aunt_liu, "120.00")
    return Person.objects.get(name="王大力")


def test_everyone_covered_gets_fifty_yuan_once(person: Person, mr_chen: Staff):
    assert run(mr_chen) == Credited(1, 50)
    assert run(mr_chen) == Credited(0, 0)

    assert balance_of(person.pk) == 50


def test_nothing_is_credited_before_the_cover_begins(person: Person, mr_chen: Staff):
    assert run(mr_chen, moment=at("2007-12-31 23:00")).persons == 0


def test_an_early_bird_gets_fifty_yuan_for_fifteen_months_and_none_in_january(pay: Pay, aunt_liu, mr_chen, book):
    early = household(aunt_liu, moment="2007-09-10 09:00")
    pay(early, aunt_liu, "120.00", at=at("2007-09-10 10:00"))

    october = run(mr_chen, moment=at("2007-10-08 09:00"))
    january = run(mr_chen)

    assert (october.persons, january.persons) == (1, 0)
    assert balance_of(Person.objects.get().pk) == 50


def test_a_voided_enrolment_brings_nothing(person: Person, mr_chen: Staff):
    void_receipt(receipt_id=Receipt.objects.get().pk, reason="重复", by=mr_chen, at=at("2007-10-25 11:00"))

    assert run(mr_chen).persons == 0


def test_what_was_credited_for_an_enrolment_that_is_voided_later_is_taken_back_once(
    person: Person, aunt_liu: Staff, mr_chen: Staff
):
    run(mr_chen)
    void_receipt(receipt_id=Receipt.objects.get().pk, reason="重复", by=mr_chen, at=at("2008-01-06 11:00"))

    first = run(mr_chen, moment=at("2008-01-07 09:00"))
    second = run(mr_chen, moment=at("2008-01-08 09:00"))

    assert (first, second) == (Credited(0, 0, 1), Credited(0, 0, 0))
    assert balance_of(person.pk) == 0


def test_a_rule_set_without_accounts_credits_nobody_and_says_so(rulesets, mr_zhou: Staff):
    with pytest.raises(Refusal, match="没有个人账户"):
        credit_accounts(ruleset_code="songming", coverage_year=2017, by=mr_zhou, at=at("2017-01-05 09:00"))


def test_a_clerk_does_not_run_the_credit(person: Person, aunt_liu: Staff):
    with pytest.raises(Refusal, match="只能由"):
        run(aunt_liu)


def test_another_office_credits_only_its_own(person: Person, songyang, mr_chen: Staff):
    from tests.builders import make_staff

    assert run(make_staff(songyang, "duan", role="supervisor")).persons == 0


def test_the_run_costs_the_same_statements_for_one_and_for_many(person: Person, pay: Pay, aunt_liu, mr_chen):
    with CaptureQueriesContext(connection) as one:
        run(mr_chen)
    for name in ("李一", "李二", "李三"):
        pay(household(aunt_liu, name), aunt_liu, "120.00")

    with CaptureQueriesContext(connection) as many:
        assert run(mr_chen).persons == 3

    assert len(many) == len(one)


def test_the_whole_balance_goes_to_the_heir_and_nothing_is_left(person: Person, aunt_liu: Staff, mr_chen: Staff):
    run(mr_chen)

    given = {"payee": "李秀英", "relation": "配偶", "cause": "死亡", "by": aunt_liu}
    entry = refund_balance(person_id=person.pk, at=at("2008-03-02 09:00"), **given)
    again = refund_balance(person_id=person.pk, at=at("2008-03-02 09:01"), **given)

    assert (entry.amount, entry.payee, again) == (-50, "李秀英", None)
    assert balance_of(person.pk) == 0


def test_a_refund_needs_a_payee(person: Person, aunt_liu: Staff, mr_chen: Staff):
    run(mr_chen)

    with pytest.raises(Refusal, match="退给谁"):
        refund_balance(person_id=person.pk, payee=" ", relation="", cause="死亡", by=aunt_liu, at=JANUARY)


def test_a_reversal_is_a_row_of_its_own_and_is_made_once(person: Person, aunt_liu: Staff, mr_chen: Staff):
    run(mr_chen)
    refund_balance(person_id=person.pk, payee="李秀英", relation="", cause="死亡", by=aunt_liu, at=JANUARY)
    credit, refund = AccountEntry.objects.all()

    with pytest.raises(Refusal, match="先冲正退还"):
        reverse_entry(entry_id=credit.pk, reason="不应划入", by=mr_chen, at=JANUARY)
    reverse_entry(entry_id=refund.pk, reason="退错了人", by=mr_chen, at=JANUARY)
    with pytest.raises(Refusal, match="已经冲正过"):
        reverse_entry(entry_id=refund.pk, reason="再冲", by=mr_chen, at=JANUARY)

    assert balance_of(person.pk) == 50
    assert AccountEntry.objects.count() == 3


def test_a_credit_whose_enrolment_was_cancelled_is_told_and_taken_back_though_nobody_is_due(
    person: Person, mr_chen: Staff, client: Client
):
    run(mr_chen)
    void_receipt(receipt_id=Receipt.objects.get().pk, reason="重复", by=mr_chen, at=at("2008-01-06 09:00"))
    client.force_login(mr_chen)
    address = "/accounts/?ruleset=lianyungang&year=2008"

    before = client.get(address).content.decode()
    client.post(reverse("accounts-credit"), {"ruleset": "lianyungang", "year": 2008})
    after = client.get(address).content.decode()

    assert "1 人划入待收回" in before
    assert "收回 1 人的划入" in before
    assert "待收回" not in after
    assert balance_of(person.pk) == 0


@pytest.fixture
def moved(person: Person, aunt_liu: Staff, mr_chen: Staff) -> Staff:
    """The supervisor of 浦东街道, where 王大力 lives since February; 50 yuan were credited where he came from."""
    run(mr_chen)
    return move(person, aunt_liu)


def move(person: Person, aunt_liu: Staff) -> Staff:
    """Into a household of 浦东街道 on 2008-02-01; its supervisor."""
    membership = person.memberships.get()
    end_membership(membership_id=membership.pk, last_day=date(2008, 1, 31), by=aunt_liu, at=at("2008-01-31 09:00"))
    office = make_office("320705002", name="浦东街道劳动保障所")
    make_household(
        make_staff(office, "sun"), member("王大力", HEAD, id_no=person.id_no, **SHOWN), moment="2008-02-01 09:00"
    )
    return make_staff(office, "zhao", name="赵主任", role="supervisor")


def test_an_account_goes_with_its_person_to_another_office(person: Person, moved: Staff, client: Client):
    client.force_login(moved)
    (credit,) = AccountEntry.objects.all()

    page = client.get(reverse("account", args=[person.pk]))
    client.post(reverse("account-reverse", args=[credit.pk]), {"reason": "不应划入"})
    client.post(reverse("account-again", args=[credit.pk]))
    after = client.get(reverse("account", args=[person.pk]))

    assert (page.context["balance"], [row for row, _ in page.context["ledger"]]) == (50, [credit])
    assert [(row.kind, balance) for row, balance in after.context["ledger"]] == [
        ("credit", 50),
        ("reversal", 0),
        ("credit", 50),
    ]


def test_where_somebody_came_from_the_list_leads_to_no_account_that_is_out_of_sight(
    wrongly_reversed: AccountEntry, person: Person, aunt_liu: Staff, mr_chen: Staff, client: Client
):
    move(person, aunt_liu)
    client.force_login(mr_chen)

    page = client.get("/accounts/?ruleset=lianyungang&year=2008").content.decode()

    assert "王大力（已迁走）" in page
    assert "以为已迁出" in page
    assert reverse("account", args=[person.pk]) not in page
    assert reverse("account-again", args=[wrongly_reversed.pk]) not in page
    assert client.get(reverse("account", args=[person.pk])).status_code == 404


def test_a_credit_of_somebody_who_moved_is_taken_back_where_the_whole_account_is_seen(
    person: Person, moved: Staff, mr_chen: Staff
):
    refund_balance(person_id=person.pk, payee="王大力", relation="", cause="迁出", by=moved, at=at("2008-02-05 09:00"))
    void_receipt(receipt_id=Receipt.objects.get().pk, reason="重复", by=mr_chen, at=at("2008-02-06 09:00"))

    with scope.within(mr_chen.division_scope):
        assert run(mr_chen, moment=at("2008-02-07 09:00")).taken_back == 0

    assert balance_of(person.pk) == 0


@pytest.fixture
def wrongly_reversed(person: Person, mr_chen: Staff) -> AccountEntry:
    """A credit of 50 yuan that was reversed by hand."""
    run(mr_chen)
    credit = AccountEntry.objects.get()
    reverse_entry(entry_id=credit.pk, reason="以为已迁出", by=mr_chen, at=at("2008-01-06 09:00"))
    return credit


def test_the_yearly_run_leaves_a_reversed_credit_alone_and_the_list_says_why(
    wrongly_reversed: AccountEntry, person: Person, mr_chen: Staff, client: Client
):
    client.force_login(mr_chen)

    again = run(mr_chen, moment=at("2008-01-07 09:00"))
    page = client.get("/accounts/?ruleset=lianyungang&year=2008").content.decode()

    assert (again, balance_of(person.pk)) == (Credited(0, 0), 0)
    assert "没有应划而未划的人" in page
    assert "以为已迁出" in page
    assert f"/accounts/entries/{wrongly_reversed.pk}/again/" in page


def test_a_reversed_credit_is_made_again_once_by_a_supervisor_and_then_stands_like_any_other(
    wrongly_reversed: AccountEntry, person: Person, aunt_liu: Staff, mr_chen: Staff
):
    moment = at("2008-01-08 09:00")
    with pytest.raises(Refusal, match="只能由"):
        credit_again(entry_id=wrongly_reversed.pk, by=aunt_liu, at=moment)

    second = credit_again(entry_id=wrongly_reversed.pk, by=mr_chen, at=moment)
    with pytest.raises(Refusal, match="已经重新划入过"):
        credit_again(entry_id=wrongly_reversed.pk, by=mr_chen, at=moment)
    with pytest.raises(Refusal, match="没有冲正"):
        credit_again(entry_id=second.pk, by=mr_chen, at=moment)

    assert (run(mr_chen, moment=moment), balance_of(person.pk)) == (Credited(0, 0), 50)
    reverse_entry(entry_id=second.pk, reason="确已迁出", by=mr_chen, at=moment)
    third = credit_again(entry_id=second.pk, by=mr_chen, at=moment)
    assert (third.renews, balance_of(person.pk)) == (second, 50)


def test_nothing_is_credited_again_for_an_enrolment_that_was_voided(wrongly_reversed: AccountEntry, mr_chen: Staff):
    void_receipt(receipt_id=Receipt.objects.get().pk, reason="重复", by=mr_chen, at=at("2008-01-06 11:00"))

    with pytest.raises(Refusal, match="参保已撤销"):
        credit_again(entry_id=wrongly_reversed.pk, by=mr_chen, at=at("2008-01-08 09:00"))


def test_the_page_credits_again_and_a_second_press_says_so(
    wrongly_reversed: AccountEntry, person: Person, mr_chen: Staff, client: Client
):
    client.force_login(mr_chen)
    address = f"/accounts/entries/{wrongly_reversed.pk}/again/"

    first = client.post(address, follow=True).content.decode()
    second = client.post(address, follow=True).content.decode()

    assert "已重新划入 50.00 元" in first
    assert "已经重新划入过" in second
    assert balance_of(person.pk) == 50


def test_the_database_renews_no_credit_that_stands(person: Person, mr_chen: Staff):
    run(mr_chen)
    credit = AccountEntry.objects.get()
    twin = {field.attname: getattr(credit, field.attname) for field in AccountEntry._meta.fields if field.name != "id"}

    with pytest.raises(IntegrityError, match="which stands"), transaction.atomic():
        AccountEntry.objects.create(**twin | {"renews_id": credit.pk})


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE enrollment_accountentry SET amount = 60",
        "DELETE FROM enrollment_accountentry",
        """INSERT INTO enrollment_accountentry
               (person_id, division_code, kind, amount, payee, relation, text, ruleset_code, clause_key, at, by_id)
           SELECT person_id, division_code, 'refund', -60, '某人', '', '', '', '', at, by_id
           FROM enrollment_accountentry""",
        """INSERT INTO enrollment_accountentry
               (person_id, division_code, kind, amount, reverses_id, payee, relation, text, ruleset_code, clause_key,
                at, by_id)
           SELECT person_id, division_code, 'reversal', -40, id, '', '', '', '', '', at, by_id
           FROM enrollment_accountentry""",
    ],
    ids=["改金额", "删除", "退成负数", "冲正不等额"],
)
def test_the_database_refuses(person: Person, mr_chen: Staff, statement: str):
    run(mr_chen)

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.django_db(transaction=True)
def test_the_balance_is_paid_out_once_by_clerks_at_once(pay: Pay, aunt_liu: Staff, mr_chen: Staff, book):
    pay(household(aunt_liu), aunt_liu, "120.00")
    run(mr_chen)
    person = Person.objects.get()

    def refund(_: int) -> bool:
        try:
            given = {"payee": "李秀英", "relation": "", "cause": "死亡", "by": aunt_liu, "at": JANUARY}
            return refund_balance(person_id=person.pk, **given) is not None
        except (Refusal, IntegrityError):
            return False
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        paid = list(pool.map(refund, range(8)))

    assert sum(paid) == 1
    assert balance_of(person.pk) == 0


def test_the_pages_show_who_is_due_run_the_credit_and_tell_the_ledger(person: Person, mr_chen: Staff, client: Client):
    client.force_login(mr_chen)

    before = client.get("/accounts/?ruleset=lianyungang&year=2008").content.decode()
    run(mr_chen)
    after = client.get("/accounts/?ruleset=lianyungang&year=2008").content.decode()
    ledger = client.get(f"/accounts/persons/{person.pk}/").content.decode()

    assert "划入 1 人 50.00 元" in before
    assert "没有应划而未划的人" in after
    assert "2008年度划入" in ledger


def test_the_credit_is_run_by_the_page_and_by_no_clerk(person: Person, mr_chen: Staff, aunt_liu, client: Client):
    client.force_login(aunt_liu)
    assert client.post("/accounts/credit/", {"ruleset": "lianyungang", "year": 2008}).status_code == 403
    client.force_login(mr_chen)

    page = client.post("/accounts/credit/", {"ruleset": "lianyungang", "year": 2008}, follow=True).content.decode()

    assert "已为 1 人划入个人账户，共 50.00 元" in page


def test_the_slip_says_who_got_what_and_why(person: Person, aunt_liu: Staff, mr_chen, miss_yang, client: Client):
    run(mr_chen)
    given = {"payee": "李秀英", "relation": "配偶", "cause": "参保人死亡", "by": aunt_liu, "at": JANUARY}
    entry = refund_balance(person_id=person.pk, **given)
    client.force_login(miss_yang)
    assert client.get(f"/accounts/entries/{entry.pk}/slip.pdf").status_code == 404
    client.force_login(aunt_liu)

    paper = client.get(f"/accounts/entries/{entry.pk}/slip.pdf").content

    text = "".join(page.get_textpage().get_text_range() for page in pdfium.PdfDocument(paper))
    for word in ("王大力", "李秀英", "配偶", "人民币伍拾元整", "参保人死亡"):
        assert word in text
