"""银行对账: a file is taken in once, plain lines are decided, the rest is listed, people decide and take back."""

from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.db import DatabaseError, transaction

from common.decision import Refusal
from offices.models import Act
from offices.paging import page_of
from payments.bank.reconciled import listed, matched, reconciled, with_elsewhere
from payments.models import BankStatement, StatementMatch, StatementRow
from payments.services import (
    match_row,
    rematch,
    undo_match,
    withdraw_remittance,
    withdraw_statement,
)
from tests.builders import at, make_office, make_staff
from tests.payments.bank_builders import IN_420, banked, csv, take
from tests.payments.conftest import Pay
from tests.payments.money_builders import another, confirmed, reviewed, settle, transfer
from tests.payments.test_races import together

NOON = at("2007-11-02 12:00")


@pytest.fixture
def line(pay: Pay, zhang_household, aunt_liu, book):
    """420 yuan, settled on 2007-10-25."""
    pay(zhang_household, aunt_liu, "420.00")
    return settle(aunt_liu).lines.get()


@pytest.fixture
def remittance(line, mr_chen):
    """420 yuan at the bank on 2007-10-26 under 7788."""
    return banked(mr_chen, line)


@pytest.fixture
def second(pay: Pay, line, aunt_liu, mr_chen):
    """120 yuan at the bank on 2007-10-27 under 7799."""
    another(pay, aunt_liu, at=at("2007-10-26 09:00"))
    return banked(mr_chen, settle(aunt_liu, day="2007-10-26").lines.get(), day="2007-10-27", number="7799")


def test_a_line_with_the_slips_number_sum_and_day_is_that_slip(remittance, mr_chen):
    statement = take(mr_chen, csv(IN_420))

    found = StatementMatch.objects.get()
    assert (found.row.statement, found.slip, found.how) == (statement, remittance.slip, "exact")
    assert matched([remittance.slip_id, 0]) == {remittance.slip_id}
    assert reconciled(statement).is_clear


def test_the_same_sum_a_day_later_without_another_choice_is_the_slip(remittance, mr_chen):
    take(mr_chen, csv("2007-10-27,K9,缴存,,420.00,"))
    assert StatementMatch.objects.get().how == "near"


def test_two_lines_that_could_be_one_slip_are_proposed_and_a_person_decides(remittance, mr_chen):
    statement = take(mr_chen, csv("2007-10-26,K1,缴存,,420,甲", "2007-10-27,K2,缴存,,420,乙"))
    found = reconciled(statement)
    assert [(row.number, [each.slip for each in slips]) for row, slips in found.proposed] == [
        ("K1", [remittance.slip]),
        ("K2", [remittance.slip]),
    ]
    assert not StatementMatch.objects.exists()

    match_row(row_id=found.proposed[1][0].pk, slip_id=remittance.slip_id, by=mr_chen, at=NOON)

    after = reconciled(statement)
    assert [row.number for row in after.unknown] == ["K1"]
    assert after.matches[0][0].how == "hand"


def test_what_the_bank_has_and_we_do_not_and_the_reverse_are_listed(remittance, second, mr_chen):
    statement = take(
        mr_chen, csv("2007-10-25,1,利息,,3.21,银行", "2007-10-26,7788,缴存,,400.00,新浦所", "2007-10-28,2,付款,50,,")
    )

    found = reconciled(statement)

    assert [row.amount for row in found.unknown] == [Decimal("3.21")]
    assert [each.slip for each in found.missing] == [second.slip]
    (difference,) = found.differences
    assert (difference.amount, difference.ours.paper) == (Decimal("-20.00"), remittance)
    assert found.outgoing == 1
    assert (found.unknown_sum, found.missing_sum) == (Decimal("3.21"), Decimal("120.00"))


def test_a_slip_that_is_written_down_later_is_found_when_asked_again(line, mr_chen):
    statement = take(mr_chen, csv(IN_420))
    assert [row.number for row in reconciled(statement).unknown] == ["7788"]
    slip = banked(mr_chen, line).slip

    assert rematch(statement_id=statement.pk, by=mr_chen, at=NOON) == 1
    assert matched([slip.pk]) == {slip.pk}


def test_the_same_file_twice_is_refused(remittance, mr_chen):
    take(mr_chen, csv(IN_420))

    with pytest.raises(Refusal, match="2007-11-01已由陈主任导入"):
        take(mr_chen, csv(IN_420))
    assert BankStatement.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_file_by_two_people_at_once_is_taken_in_once(remittance, mr_chen, xinpu):
    other = make_staff(xinpu, "qian", role="supervisor")

    answers = together(partial(take, mr_chen, csv(IN_420)), partial(take, other, csv(IN_420)))

    assert sorted(type(each) for each in answers if isinstance(each, Refusal)) == [Refusal]
    assert (BankStatement.objects.count(), StatementRow.objects.count(), StatementMatch.objects.count()) == (1, 1, 1)


@pytest.mark.django_db(transaction=True)
def test_two_people_who_match_one_line_at_once_match_it_once(remittance, second, mr_chen, xinpu, pay, aunt_liu):
    other = make_staff(xinpu, "qian", role="supervisor")
    statement = take(mr_chen, csv("2007-10-26,K1,缴存,,420,", "2007-10-27,K2,缴存,,420,"))
    row = statement.rows.first()
    match = partial(match_row, row_id=row.pk, slip_id=remittance.slip_id, at=NOON)

    answers = together(partial(match, by=mr_chen), partial(match, by=other))

    assert [each.code for each in answers if isinstance(each, Refusal)] == ["MATCHED"]
    assert StatementMatch.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_files_that_overlap_at_once_show_the_money_once(remittance, mr_chen):
    files = [csv(IN_420, f"2007-10-2{day},{day},利息,,1,") for day in (7, 8)]

    together(*[partial(take, mr_chen, data) for data in files])

    assert StatementRow.objects.filter(number="7788", repeats__isnull=True).count() == 1
    assert StatementMatch.objects.count() == 1


def test_lines_that_an_earlier_file_has_shown_are_the_same_money(remittance, mr_chen):
    take(mr_chen, csv(IN_420))

    later = take(mr_chen, csv(IN_420, IN_420, "2007-10-29,9,利息,,1,"))

    assert [row.repeats_id is not None for row in later.rows.all()] == [True, False, False]
    assert reconciled(later).repeated == 1


def test_what_a_person_has_undone_is_proposed_but_not_decided_again(remittance, mr_chen):
    statement = take(mr_chen, csv(IN_420))
    undo_match(match_id=StatementMatch.objects.get().pk, reason="不是这一笔", by=mr_chen, at=NOON)

    assert rematch(statement_id=statement.pk, by=mr_chen, at=NOON) == 0
    assert matched([remittance.slip_id]) == set()
    ((row, (ours,)),) = reconciled(statement).proposed
    match_row(row_id=row.pk, slip_id=ours.slip.pk, by=mr_chen, at=NOON)
    assert matched([remittance.slip_id]) == {remittance.slip_id}


def test_undoing_wants_a_reason_and_is_done_once(remittance, mr_chen):
    take(mr_chen, csv(IN_420))
    undo = partial(undo_match, match_id=StatementMatch.objects.get().pk, by=mr_chen, at=NOON)

    with pytest.raises(Refusal, match="没有写事由"):
        undo(reason=" ")
    undo(reason="看错了")
    with pytest.raises(Refusal, match="已经取消"):
        undo(reason="看错了")


def test_another_sum_is_never_matched(remittance, mr_chen):
    statement = take(mr_chen, csv("2007-10-26,7788,缴存,,400.00,"))
    row = statement.rows.get()

    with pytest.raises(Refusal, match="不是同一笔"):
        match_row(row_id=row.pk, slip_id=remittance.slip_id, by=mr_chen, at=NOON)
    with pytest.raises(DatabaseError, match="two sums"), transaction.atomic():
        StatementMatch.objects.create(row=row, slip=remittance.slip, how="hand", at=NOON, by=mr_chen)


def test_rows_and_matches_stay_as_they_were_written(remittance, mr_chen):
    statement = take(mr_chen, csv(IN_420))

    for change in (
        lambda: statement.rows.update(amount=1),
        lambda: statement.rows.all().delete(),
        lambda: StatementMatch.objects.update(how="hand"),
        lambda: StatementMatch.objects.all().delete(),
        lambda: BankStatement.objects.update(account="别的"),
        lambda: BankStatement.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_a_withdrawn_statement_gives_its_matches_back_and_its_file_may_come_again(remittance, mr_chen):
    statement = take(mr_chen, csv(IN_420))

    withdraw_statement(statement_id=statement.pk, reason="账户选错", by=mr_chen, at=NOON)

    assert matched([remittance.slip_id]) == set()
    take(mr_chen, csv(IN_420), account="农行专户")
    assert matched([remittance.slip_id]) == {remittance.slip_id}
    with pytest.raises(Refusal, match="已于2007-11-02撤回"):
        rematch(statement_id=statement.pk, by=mr_chen, at=NOON)


def test_a_statement_that_a_later_one_repeats_is_withdrawn_after_it(remittance, mr_chen):
    first = take(mr_chen, csv(IN_420))
    later = take(mr_chen, csv(IN_420, "2007-10-29,9,利息,,1,"))
    withdraw = partial(withdraw_statement, reason="错", by=mr_chen, at=NOON)

    with pytest.raises(Refusal, match="重叠"):
        withdraw(statement_id=first.pk)
    withdraw(statement_id=later.pk)
    withdraw(statement_id=first.pk)


def test_a_remittance_that_was_taken_back_is_not_missed(remittance, mr_chen):
    withdraw_remittance(remittance_id=remittance.pk, reason="错", by=mr_chen, at=NOON)
    statement = take(mr_chen, csv("2007-10-26,1,利息,,1,"))
    assert reconciled(statement).missing == []


def test_a_bank_line_is_free_for_the_sheet_that_follows_the_one_withdrawn(remittance, line, mr_chen):
    statement = take(mr_chen, csv(IN_420))
    assert matched([remittance.slip_id])

    withdraw_remittance(remittance_id=remittance.pk, reason="选错", by=mr_chen, at=NOON)
    assert not StatementMatch.objects.standing().exists()

    again = banked(mr_chen, line)
    assert rematch(statement_id=statement.pk, by=mr_chen, at=NOON) == 1
    assert matched([again.slip_id])


def test_a_transfer_is_found_on_the_districts_account_and_only_there(line, mr_chen, mr_zhou):
    gao = make_staff(None, "gao", role="administrator")
    made = confirmed(
        transfer("district", "320705", reviewed(mr_chen, mr_zhou, line), by=mr_zhou), by=mr_zhou, second=gao
    )
    data = csv("2007-12-18,7788,汇缴,,420.00,")

    take(mr_zhou, data, step="city", at=at("2008-01-02 09:00"))
    assert matched([made.slip_id]) == set()
    take(mr_zhou, data + b"\n", step="district", at=at("2008-01-02 09:00"))
    assert matched([made.slip_id]) == {made.slip_id}


def test_an_office_takes_in_its_own_remittances_only(remittance, mr_chen):
    office = make_office("320706001", name="海州街道劳动保障所")
    other = make_staff(office, "hai", name="海主任", role="supervisor")
    mine, theirs = take(mr_chen, csv(IN_420)), take(other, csv(IN_420))

    assert reconciled(theirs).missing == []
    assert [row.number for row in reconciled(theirs).unknown] == ["7788"]
    with pytest.raises(Refusal, match="管辖范围"):
        match_row(row_id=mine.rows.get().pk, slip_id=remittance.slip_id, by=other, at=NOON)
    with pytest.raises(Refusal, match="不是本账户的款"):
        match_row(row_id=theirs.rows.get().pk, slip_id=remittance.slip_id, by=other, at=NOON)
    with pytest.raises(Refusal, match="交管理员导入"):
        take(mr_chen, csv("2007-10-26,1,,,1,"), step="district")


def test_a_line_that_the_office_has_matched_is_not_unknown_on_the_administrators_file(remittance, mr_chen, mr_zhou):
    take(mr_chen, csv(IN_420))

    found = reconciled(take(mr_zhou, csv(IN_420, "2007-10-27,9,利息,,1,")))

    assert [row.number for row in found.unknown] == ["9"]
    assert found.elsewhere == 1
    rows = BankStatement.objects.order_by("pk")
    assert [each.told for each in with_elsewhere(page_of(listed(rows), None)).rows] == [1, 1]


def test_a_line_that_the_office_has_matched_is_not_taken_for_another_slip_of_the_same_sum(
    pay, second, aunt_liu, mr_chen, mr_zhou
):
    """Another 120 of the day before is not at the bank yet: the second file shows the same line once more."""
    another(pay, aunt_liu, name="李小力", born="1970-05-02", at=at("2007-10-28 09:00"))
    banked(mr_chen, settle(aunt_liu, day="2007-10-28").lines.get(), day="2007-10-28", number="7811")
    bank = csv("2007-10-27,7799,缴存,,120.00,新浦所")
    take(mr_chen, bank)

    found = reconciled(take(mr_zhou, bank))

    assert (found.elsewhere, list(found.matches), list(found.proposed)) == (1, [], [])


def test_of_two_lines_with_the_number_of_one_slip_the_nearer_one_is_the_difference(remittance, mr_chen):
    statement = take(mr_chen, csv("2007-10-26,7788,缴存,,20.00,新浦所", "2007-10-26,7788,缴存,,400.00,新浦所"))

    found = reconciled(statement)

    assert [(each.amount, each.ours.slip) for each in found.differences] == [(Decimal("-20.00"), remittance.slip)]
    assert [row.amount for row in found.unknown] == [Decimal("20.00")]


def test_clerks_and_auditors_do_not_take_statements_in(remittance, aunt_liu, mrs_wu):
    for who in (aunt_liu, mrs_wu):
        with pytest.raises(Refusal, match="只能由"):
            take(who, csv(IN_420))


def test_a_day_that_has_not_come_is_refused(mr_chen):
    with pytest.raises(Refusal, match="还没有到"):
        take(mr_chen, csv("2007-11-02,1,缴存,,420,"))


def test_a_year_of_a_busy_account_is_taken_in_within_seconds(mr_chen, django_assert_max_num_queries):
    day = at("2007-01-01 00:00").date()
    lines = [f"{day + timedelta(days=n % 300)},{n},缴存,,{n % 90 + 1}.00,甲" for n in range(5_000)]

    with django_assert_max_num_queries(25):
        statement = take(mr_chen, csv(*lines))

    assert statement.rows.count() == 5_000


def test_every_act_is_logged_in_words(remittance, mr_chen):
    statement = take(mr_chen, csv(IN_420))
    undo_match(match_id=StatementMatch.objects.get().pk, reason="错", by=mr_chen, at=NOON)
    match_row(row_id=statement.rows.get().pk, slip_id=remittance.slip_id, by=mr_chen, at=NOON)
    rematch(statement_id=statement.pk, by=mr_chen, at=NOON)
    withdraw_statement(statement_id=statement.pk, reason="错", by=mr_chen, at=NOON)

    verbs = list(
        Act.objects.filter(subject_type="payments.bankstatement").order_by("pk").values_list("verb", flat=True)
    )
    assert verbs == ["take_statement", "undo_match", "match_row", "rematch_statement", "withdraw_statement"]
