"""入账: a deposited roster in the tables, as if each household had stood at the counter; all of it or nothing."""

import json
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from psycopg.pq import PipelineStatus

from common.decision import Refusal
from common.relations import HEAD
from enrollment.models import Assessment, Change, Enrollment
from households.models import Household, Membership, Person
from households.spelling import initial_keys, pinyin_of
from offices.models import Act
from payments.models import Payment, Receipt, ReceiptLine
from payments.money import day_end
from payments.services import receive_book, void_receipt
from payments.services.settling import Counted, settle_day
from rosters.models import RosterAgreement, RosterDeposit, RosterRow, RosterTaking
from rosters.services.taking import take_roster
from rosters.taking import writing
from tests.acting import as_owner
from tests.builders import OTHER, at, make_household, make_staff
from tests.payments.conftest import a_book, rulesets  # noqa: F401 - fixture
from tests.payments.funding_builders import listed, pay_for
from tests.rosters.deposited import TAKEN, deposited, village_of
from tests.rosters.made import LI, LIU, WANG, csv_of, number

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rulesets")]
FAMILY = [
    ["1", "李大山", "李大山", LI, "户主", "", 150, "13812348888"],
    ["1", "", "王秀", WANG, "妻", "", 150, ""],
    ["2", "刘利", "刘利", LIU, "", "", 150, ""],
]


@pytest.fixture
def duan(songyang):
    """The supervisor of 嵩阳街道 with a book of 400."""
    boss = make_staff(songyang, "duan", name="段主任", role="supervisor")
    a_book(boss, code="530127-16A", first=1, count=400)
    return boss


def constraints_hold() -> None:
    """What the commit would check."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def audit() -> dict:
    out = StringIO()
    call_command("audit_money", "--json", stdout=out)
    return json.loads(out.getvalue())


def test_a_village_is_registered_enrolled_paid_for_and_receipted_in_one_step(miss_yang, duan):
    roster = deposited(miss_yang, FAMILY)

    taking = take_roster(roster_id=roster.pk, by=miss_yang, at=TAKEN)

    constraints_hold()
    assert (taking.households, taking.persons, taking.receipts, taking.amount) == (2, 3, 2, Decimal("450.00"))
    assert (taking.book.code, taking.first, taking.last) == ("530127-16A", 1, 2)
    assert list(Household.objects.order_by("number").values_list("number", "division_code", "phone")) == [
        ("0001-0001", "530127001001", "13812348888"),
        ("0001-0002", "530127001001", ""),
    ]
    assert list(Membership.objects.order_by("pk").values_list("person__name", "relation", "starts_on")) == [
        ("李大山", HEAD, TAKEN.date()),
        ("王秀", "12", TAKEN.date()),
        ("刘利", HEAD, TAKEN.date()),
    ]
    assert list(Receipt.objects.order_by("number").values_list("printed_number", "payer", "amount", "means")) == [
        ("00000001", "李大山", Decimal("300.00"), "transfer"),
        ("00000002", "刘利", Decimal("150.00"), "transfer"),
    ]
    assert set(Payment.objects.values_list("channel", "clerk", "paid_at")) == {("village", miss_yang.pk, TAKEN)}
    verbs = list(Act.objects.filter(at=TAKEN).order_by("pk").values_list("verb", flat=True))
    assert verbs == [*["register_household"] * 2, *["take_payment"] * 2, "take_roster"]


def test_who_is_called_the_person_itself_becomes_the_head(miss_yang, duan):
    wife_first = [["1", "", "王秀", WANG, "妻", "", 150, ""], ["1", "", "李大山", LI, "本人", "", 150, ""]]
    roster = deposited(miss_yang, wife_first)

    take_roster(roster_id=roster.pk, by=miss_yang, at=TAKEN)

    constraints_hold()
    heads = Membership.objects.filter(relation=HEAD).values_list("person__name", flat=True)
    assert list(heads) == ["李大山"]
    assert Receipt.objects.get().payer == "李大山"


def test_a_new_household_lives_in_the_group_that_its_rows_name(miss_yang, duan):
    heads = ["村（居）", "小组", "户号", "姓名", "身份证号", "与户主关系", "缴费金额"]
    homes = [["东村", "3", "1", "李大山", LI, "户主", 150], ["西村", "12组", "1", "刘利", LIU, "户主", 150]]

    take_roster(roster_id=deposited(miss_yang, csv_of([heads, *homes])).pk, by=miss_yang, at=TAKEN)

    assert list(Household.objects.order_by("pk").values_list("division_code", "address")) == [
        ("530127001001", "东村3组"),
        ("530127001002", "西村12组"),
    ]
    assert list(Receipt.objects.order_by("number").values_list("address", flat=True)) == ["东村3组", "西村12组"]


def test_a_household_of_the_roster_has_what_the_counter_would_have_written(miss_yang, duan):
    alike = ["李大山", "王秀"]
    people = [listed("李大山", ""), listed("王秀", "", OTHER)]
    stood = make_household(miss_yang, *people, moment=TAKEN.isoformat())
    pay_for(stood, miss_yang, total=300, moment=TAKEN)
    roster = deposited(miss_yang, FAMILY[:2], moment=TAKEN)

    take_roster(roster_id=roster.pk, by=miss_yang, at=TAKEN)

    own = {"id", "person", "household", "assessment", "payment", "receipt", "enrollment", "idempotency_key"}
    own |= {"means", "channel", "tendered", "number", "printed_number", "household_number", "id_no", "decision"}
    for model in (Assessment, Enrollment, Payment, Receipt, ReceiptLine):
        rows = [
            {name: value for name, value in row.items() if name.removesuffix("_id") not in own}
            for row in model.objects.order_by("pk").values()
        ]
        assert rows[: len(rows) // 2] == rows[len(rows) // 2 :], model
    told = [json.loads(json.dumps(each.decision)) for each in Assessment.objects.order_by("pk")]
    for decision in told:
        for member, name in zip(decision["members"], alike, strict=True):
            assert Person.objects.get(pk=member.pop("ref")).name == name
    assert told[0] == told[1]


def test_a_new_person_can_be_found_and_has_a_history(miss_yang, duan):
    take_roster(roster_id=deposited(miss_yang, FAMILY).pk, by=miss_yang, at=TAKEN)

    person = Person.objects.get(id_no=LI)
    assert (person.pinyin, person.initials) == (pinyin_of("李大山"), initial_keys("李大山"))
    assert (person.sex, person.birth_date.isoformat(), person.phone) == ("M", "1960-01-01", "13812348888")
    assert (person.hukou_division, person.hukou_kind) == ("530127", "rural")
    event = person.events.get()
    assert event.pgh_context.metadata["staff"] == miss_yang.pk


def test_who_is_known_is_paid_for_at_home_and_who_is_new_there_joins(miss_yang, duan):
    home = make_household(miss_yang, listed("普一"), listed("普二", "", OTHER), moment="2016-10-20 09:00")
    one, two = (person.id_no for person in Person.objects.order_by("pk"))
    rows = [
        ["1", "普一", "普一", one, "户主", "低保", 0, ""],
        ["1", "", "普二", two, "其他", "", 150, ""],
        ["1", "", "普三", number("20140301", 11), "子", "", 150, ""],
    ]

    taking = take_roster(roster_id=deposited(miss_yang, rows).pk, by=miss_yang, at=TAKEN)

    constraints_hold()
    assert (taking.receipts, taking.amount) == (1, Decimal("300.00"))
    assert Household.objects.get() == home
    assert home.memberships.get(person__name="普三").relation == "20"
    assert Change.objects.get().kind == "new_member"
    assert Receipt.objects.get().household_number == home.number
    lines = ReceiptLine.objects.order_by("position").values_list("name", "payable", "sponsored", "funder")
    assert list(lines) == [
        ("普一", Decimal(0), Decimal(150), "民政"),
        ("普二", Decimal(150), Decimal(0), ""),
        ("普三", Decimal(150), Decimal(0), ""),
    ]
    decision = Assessment.objects.get().decision
    assert [member["ref"] for member in decision["members"]] == [str(p.pk) for p in Person.objects.order_by("pk")]


def test_where_departments_pay_for_all_no_number_is_used(miss_yang, duan):
    make_household(miss_yang, listed("普一"), moment="2016-10-20 09:00")
    roster = deposited(miss_yang, [["1", "普一", "普一", Person.objects.get().id_no, "户主", "低保", 0, ""]])

    taking = take_roster(roster_id=roster.pk, by=miss_yang, at=TAKEN)

    constraints_hold()
    assert (taking.book, taking.first, taking.receipts, taking.amount) == (None, None, 0, Decimal("0.00"))
    assert Payment.objects.get().amount == 0
    assert not Receipt.objects.exists()


def test_pupils_without_a_household_become_heads_of_their_own(miss_yang, duan):
    pupils = [("学甲", 1), ("学乙", 2), ("学丙", 3)]
    rows = [["", "", name, number("20050301", serial), "", "", 150, ""] for name, serial in pupils]

    taking = take_roster(roster_id=deposited(miss_yang, rows, channel="school").pk, by=miss_yang, at=TAKEN)

    constraints_hold()
    assert (taking.households, taking.receipts) == (3, 3)
    assert set(Membership.objects.values_list("relation", flat=True)) == {HEAD}
    assert set(Household.objects.values_list("division_code", flat=True)) == {"530127001000"}


def test_nothing_is_taken_before_the_money_lies_at_the_bank(miss_yang, duan):
    roster = deposited(miss_yang, FAMILY)
    RosterDeposit.objects.update(withdrawn_at=TAKEN, withdrawn_by=miss_yang, withdraw_reason="回单抄错")

    with pytest.raises(Refusal) as refused:
        take_roster(roster_id=roster.pk, by=miss_yang, at=TAKEN)

    assert refused.value.code == "CHECK_FIRST"


def test_a_roster_is_taken_once(miss_yang, duan):
    roster = deposited(miss_yang, FAMILY)

    first = take_roster(roster_id=roster.pk, by=miss_yang, at=TAKEN)
    again = take_roster(roster_id=roster.pk, by=miss_yang, at=TAKEN)

    assert first == again
    assert (Receipt.objects.count(), RosterTaking.objects.count()) == (2, 1)


def test_who_paid_at_the_counter_since_holds_the_roster_and_is_named(miss_yang, duan):
    make_household(miss_yang, listed("普一", ""), listed("普二", "", OTHER), moment="2016-10-20 09:00")
    home = Household.objects.get()
    one, two = (person.id_no for person in Person.objects.order_by("pk"))
    rows = [*FAMILY, ["9", "普一", "普一", one, "户主", "", 150, ""], ["9", "", "普二", two, "其他", "", 150, ""]]
    roster = deposited(miss_yang, rows)
    pay_for(home, miss_yang, total=300)

    with pytest.raises(Refusal) as refused:
        take_roster(roster_id=roster.pk, by=miss_yang, at=TAKEN)

    assert refused.value.code == "ROSTER_CHANGED"
    assert "第5行普一（普一已于2016-11-01在嵩阳街道社会事务保障所参加2017年度" in str(refused.value)
    assert "已缴的300.00元应退还本人" in str(refused.value)
    # Nobody of the other family either, who was on his way into the table while everything was checked once more.
    assert (Household.objects.count(), Person.objects.count(), Receipt.objects.count()) == (1, 2, 1)


def test_nothing_is_asked_while_the_database_registers_the_new_persons(miss_yang, duan):
    roster = deposited(miss_yang, FAMILY)
    disturbed = []

    def note(execute, sql, params, many, context):
        if context["connection"].connection.pgconn.pipeline_status != PipelineStatus.OFF:
            disturbed.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        take_roster(roster_id=roster.pk, by=miss_yang, at=TAKEN)

    assert disturbed == []


def test_after_setting_those_aside_the_rest_is_taken(miss_yang, duan):
    make_household(miss_yang, listed("普一", ""), moment="2016-10-20 09:00")
    rows = [*FAMILY, ["9", "普一", "普一", Person.objects.get().id_no, "户主", "", 150, ""]]
    roster = deposited(miss_yang, rows)
    pay_for(Household.objects.get(), miss_yang, total=150)
    back = {"withdrawn_at": TAKEN, "withdrawn_by": miss_yang, "withdraw_reason": "普一已在柜台缴费"}
    RosterDeposit.objects.update(**back)
    old = RosterAgreement.objects.get()
    RosterAgreement.objects.update(**back)
    RosterRow.objects.filter(name="普一").update(set_aside_at=TAKEN, set_aside_by=duan, set_aside_reason="已在柜台缴费")
    anew = RosterAgreement.objects.create(
        roster=roster, file=old.file, paper_count=3, paper_total=450, cash=450, rows=3, households=2, payable=450,
        sponsored=0, at=TAKEN, by=miss_yang,
    )  # fmt: skip
    slip = old.deposits.get().slip
    slip.pk, slip.name, slip.amount, slip.number = None, None, 450, "缴存更正"
    slip.save(force_insert=True)
    RosterDeposit.objects.create(agreement=anew, amount=450, slip=slip, at=TAKEN, by=miss_yang)

    taking = take_roster(roster_id=roster.pk, by=miss_yang, at=TAKEN)

    constraints_hold()
    assert (taking.persons, taking.amount) == (3, Decimal("450.00"))


def test_money_that_lay_at_the_bank_in_time_is_taken_after_the_window(miss_yang, duan):
    roster = deposited(miss_yang, FAMILY, moment=at("2017-02-22 16:00"))

    taking = take_roster(roster_id=roster.pk, by=miss_yang, at=at("2017-02-27 09:00"))

    constraints_hold()
    assert taking.persons == 3
    enrolment = Enrollment.objects.first()
    assert (enrolment.benefit_starts_on.isoformat(), enrolment.usable_from.isoformat()) == ("2017-01-01", "2017-02-22")
    assert Receipt.objects.first().issued_at == at("2017-02-27 09:00")


def test_a_book_that_does_not_last_is_refused_with_what_is_missing(miss_yang, songyang):
    boss = make_staff(songyang, "duan", name="段主任", role="supervisor")
    a_book(boss, code="530127-16A", first=1, count=1)
    roster = deposited(miss_yang, FAMILY)

    with pytest.raises(Refusal) as refused:
        take_roster(roster_id=roster.pk, by=miss_yang, at=TAKEN)

    assert refused.value.code == "BOOK_SHORT"
    assert "只剩1个，还差1个" in str(refused.value)
    assert not Person.objects.exists()


def test_the_first_book_that_lasts_is_used_and_one_can_be_named(miss_yang, duan):
    other = receive_book(
        office_id=miss_yang.office_id,
        code="530127-16B",
        first_number=7,
        last_number=8,
        width=6,
        by=duan,
        at=at("2016-10-01 09:00"),
    )
    roster = deposited(miss_yang, FAMILY)

    taking = take_roster(roster_id=roster.pk, book_id=other.pk, by=miss_yang, at=TAKEN)

    constraints_hold()
    assert (taking.first, taking.last) == (7, 8)
    assert set(Receipt.objects.values_list("printed_number", flat=True)) == {"000007", "000008"}


def test_a_name_that_no_font_draws_is_refused_before_a_number_is_used(miss_yang, duan):
    rows = [["1", "李\U0003f000山", "李\U0003f000山", LI, "户主", "", 150, ""]]
    roster = deposited(miss_yang, rows)

    with pytest.raises(Refusal) as refused:
        take_roster(roster_id=roster.pk, by=miss_yang, at=TAKEN)

    assert refused.value.code == "UNDRAWABLE"
    assert "第2行" in str(refused.value)


def test_the_day_end_takes_the_villages_transfer_and_the_audit_finds_nothing(miss_yang, duan):
    take_roster(roster_id=deposited(miss_yang, village_of(60)).pk, by=miss_yang, at=TAKEN)
    constraints_hold()
    due = day_end.takings(office_id=miss_yang.office_id, clerk_id=miss_yang.pk, day=TAKEN.date())

    settled = settle_day(
        office_id=miss_yang.office_id,
        clerk_id=miss_yang.pk,
        day=TAKEN.date(),
        previewed=due.total,
        counted=Counted({}, transfer=Decimal("9000.00")),
        by=miss_yang,
        at=TAKEN,
    )

    constraints_hold()
    assert (settled.expected_transfer, settled.expected_cash) == (Decimal("9000.00"), Decimal("0.00"))
    assert audit()["findings"] == []


def test_a_day_that_was_settled_takes_no_roster(miss_yang, duan):
    roster = deposited(miss_yang, FAMILY)
    other = make_household(miss_yang, listed("普一", ""), moment="2016-10-20 09:00")
    pay_for(other, miss_yang, total=150, moment=TAKEN)
    due = {"office_id": miss_yang.office_id, "clerk_id": miss_yang.pk, "day": TAKEN.date()}
    settle_day(**due, previewed=Decimal(150), counted=Counted({Decimal(50): 3}), by=miss_yang, at=TAKEN)

    with pytest.raises(Refusal) as refused:
        take_roster(roster_id=roster.pk, by=miss_yang, at=TAKEN)

    assert refused.value.code == "DAY_SETTLED"


def test_a_taken_receipt_can_be_voided_like_any_other(miss_yang, duan):
    take_roster(roster_id=deposited(miss_yang, FAMILY).pk, by=miss_yang, at=TAKEN)
    receipt = Receipt.objects.order_by("number").first()

    void_receipt(receipt_id=receipt.pk, reason="村里抄错了人", by=duan, at=TAKEN)

    constraints_hold()
    assert Enrollment.objects.in_force().count() == 1


def test_what_has_just_come_is_counted_before_each_row_is_looked_for(miss_yang, songyang):
    """A taking that came to nothing leaves tables which count as empty and are not: every index looks alike then."""
    a_book(make_staff(songyang, "duan", role="supervisor"), code="530127-16B", first=1, count=60)
    roster = deposited(miss_yang, village_of(60))
    with transaction.atomic():
        take_roster(roster_id=roster.pk, by=miss_yang, at=TAKEN)
        transaction.set_rollback(True)
    tables = [*writing.REGISTERED, *writing.PAID]
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(tables)}")
    assert set(counted(tables).values()) == {0}
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE households_person")  # as the application: it is told that it may not

    take_roster(roster_id=roster.pk, by=miss_yang, at=TAKEN)

    assert counted(tables) == dict.fromkeys(tables, 60) | dict.fromkeys(
        ("households_household", "enrollment_assessment", "payments_payment", "payments_receipt"), 20
    )


def counted(tables: list[str]) -> dict[str, int]:
    """How many rows the planner believes to be there."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname, reltuples::int FROM pg_class WHERE relname = ANY(%s)", [tables])
        return dict(cursor.fetchall())
