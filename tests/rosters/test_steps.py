"""核对、缴存、上报、录入: each step after the one before, by the person who may, and taken back in order."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from common.decision import Refusal
from enrollment.services import load_ruleset
from offices.models import Staff
from payments.models import BankSlip
from payments.services.slips import write_slip
from rosters.models import Roster, RosterAgreement, RosterDeposit, RosterEntry, RosterFile, RosterRow, RosterTaking
from rosters.services import (
    agree,
    answer_return,
    check_again,
    deposit,
    enter_rows,
    put_back,
    return_row,
    set_aside,
    submit_roster,
    undo_entry,
    withdraw_agreement,
    withdraw_deposit,
    withdraw_roster,
    withdraw_submission,
)
from rosters.services.taking import take_roster
from rosters.stage import stage_of, steps_of, with_steps
from tests.acting import as_owner
from tests.builders import at, make_household, make_staff
from tests.households.pictures import a_scan, files_folder  # noqa: F401 - fixture
from tests.payments.conftest import RULESETS, a_book, rulesets  # noqa: F401 - fixture
from tests.payments.funding_builders import listed
from tests.rosters.lists_made import ONE, home
from tests.rosters.made import csv_of
from tests.rosters.roster_builders import (
    MOMENT,
    WRONG,
    a_roster,
    a_village,
    agreed,
    deposited,
    handed_in,
    slip,
    taken,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rulesets")]


@pytest.fixture
def roster(miss_yang) -> Roster:
    """A roster of 东村 with three people of two households, all accepted."""
    a_village()
    made = a_roster(miss_yang)
    handed_in(made, miss_yang)
    return made


@pytest.fixture
def mr_duan(songyang) -> Staff:
    """The supervisor of 嵩阳街道."""
    return make_staff(songyang, "duan", name="段主任", role="supervisor")


@pytest.fixture
def submitted(roster, miss_yang, mr_duan) -> Roster:
    """The same roster, deposited, taken and sent to the county."""
    agreed(roster, miss_yang)
    deposited(roster, miss_yang)
    taken(roster, miss_yang, mr_duan)
    submit_roster(roster_id=roster.pk, by=mr_duan, at=MOMENT)
    return roster


def stage(roster: Roster) -> str:
    """The stage, as the page and as the list tell it."""
    told = steps_of(roster).stage.code
    assert stage_of(with_steps(Roster.objects.filter(pk=roster.pk)).get()).code == told
    return told


@pytest.mark.parametrize(
    ("paper", "total", "cash", "codes", "words"),
    [
        pytest.param(4, "450", "450", ["ROSTER_MISMATCH"], "纸质多1人", id="纸质多一人"),
        pytest.param(3, "300", "450", ["ROSTER_MISMATCH"], "纸质少150.00元", id="纸质少一百五"),
        pytest.param(3, "450", "300", ["MONEY_MISMATCH"], "少收150.00元", id="少收"),
        pytest.param(3, "450", "600", ["MONEY_MISMATCH"], "多收150.00元", id="多收"),
        pytest.param(2, "300", "300", ["ROSTER_MISMATCH", "ROSTER_MISMATCH", "MONEY_MISMATCH"], "少1人", id="处处不符"),
    ],
)
def test_what_differs_is_told_with_the_difference(roster, miss_yang, paper, total, cash, codes, words):
    with pytest.raises(Refusal) as refused:
        agree(
            roster_id=roster.pk,
            paper_count=paper,
            paper_total=Decimal(total),
            cash=Decimal(cash),
            by=miss_yang,
            at=MOMENT,
        )

    assert [reason.code for reason in refused.value.reasons] == codes
    assert words in "".join(reason.text for reason in refused.value.reasons)
    assert {reason.clause.key for reason in refused.value.reasons} == {"S-8-6"}
    assert stage(roster) == "checked"


def test_only_who_pays_counts_in_the_cash(songyang, miss_yang):
    a_village()
    child = listed("普一")
    make_household(miss_yang, child, moment="2016-10-20 09:00", division_code="530127001001")
    made = a_roster(miss_yang)
    handed_in(made, miss_yang, [["1", "普一", child.id_no, "户主", "低保", 0]])

    agreed(made, miss_yang, "0.00", 1)
    deposit(roster_id=made.pk, slip=None, by=miss_yang, at=MOMENT)

    assert RosterDeposit.objects.get().amount == 0
    assert not BankSlip.objects.exists()
    assert stage(made) == "deposited"


def test_wrong_rows_are_mended_or_set_aside_before_anything_agrees(roster, miss_yang):
    file = handed_in(roster, miss_yang, WRONG)
    with pytest.raises(Refusal, match="1户2人有问题"):
        agreed(roster, miss_yang, "150.00", 1)

    row = file.rows.wrong().first()
    set_aside(row_id=row.pk, reason="号码要查", by=miss_yang, at=MOMENT)
    put_back(row_id=row.pk, by=miss_yang, at=MOMENT)
    assert stage(roster) == "wrong"
    set_aside(row_id=row.pk, reason="号码要查", by=miss_yang, at=MOMENT)
    agreed(roster, miss_yang, "150.00", 1)

    assert stage(roster) == "agreed"


def test_who_stands_on_another_roster_that_agrees_is_told_before_the_money_goes_to_the_bank(miss_yang):
    a_village()
    home(miss_yang, ("普一", ONE))
    school = a_roster(miss_yang, channel="school", village_code="", place="嵩阳一小")
    handed_in(school, miss_yang, csv_of([["姓名", "身份证号", "缴费金额"], ["普一", ONE, 150]]))
    village = a_roster(miss_yang)
    handed_in(village, miss_yang, [["1", "普一", ONE, "户主", "", 150]])
    agreed(school, miss_yang, "150.00", 1)

    with pytest.raises(Refusal, match="第2行普一在嵩阳一小第1批名册（11月01日核对相符）上已经有了") as refused:
        agreed(village, miss_yang, "150.00", 1)
    assert [(reason.code, reason.clause.key) for reason in refused.value.reasons] == [("DUPLICATE", "S-8-8")]

    withdraw_agreement(roster_id=school.pk, reason="在村里交了", by=miss_yang, at=MOMENT)
    agreed(village, miss_yang, "150.00", 1)
    with pytest.raises(Refusal, match="普一在东村第1批名册"):
        agreed(school, miss_yang, "150.00", 1)


def test_what_passed_before_the_window_closed_is_checked_anew_before_it_agrees(roster, miss_yang):
    after = at("2017-02-24 09:00")
    file = roster.files.get(superseded_at=None)
    figures = {"paper_count": 3, "paper_total": Decimal("450.00"), "cash": Decimal("450.00")}

    with pytest.raises(Refusal, match=r"2017年度缴费已于2017-02-23 17:00截止.*请先重新核对") as refused:
        agree(roster_id=roster.pk, **figures, by=miss_yang, at=after)
    check_again(file_id=file.pk, by=miss_yang, at=after)
    with pytest.raises(Refusal, match="有问题"):
        agree(roster_id=roster.pk, **figures, by=miss_yang, at=after)

    assert refused.value.code == "ROSTER_STALE"


@pytest.mark.parametrize(
    ("moment", "told", "clause", "taking"),
    [
        pytest.param("2017-02-22 17:00", "", "", "", id="核定截止的一刻"),
        pytest.param("2017-02-23 17:00", "", "", "", id="核定截止以前核对相符，缴费截止的一刻缴存"),
        pytest.param("2017-02-24 09:00", "2017年度缴费已于2017-02-23 17:00截止", "S-5-3", "缴费", id="缴费截止后"),
    ],
)
def test_a_deposit_is_refused_when_the_taking_would_refuse_it(roster, miss_yang, mr_duan, moment, told, clause, taking):
    """Whatever day the slip bears: it was registered too late, and a clerk dates nothing back."""
    a_book(mr_duan, code="530127-16R", first=1, count=10)
    made = agreed(roster, miss_yang)
    late = at(moment)

    if not told:
        deposit(roster_id=roster.pk, slip=slip(), by=miss_yang, at=late)
        assert take_roster(roster_id=roster.pk, by=miss_yang, at=late).persons == 3
        return
    with pytest.raises(Refusal, match=f"{told}.*请撤回核对，重新核对。款还没有缴存的不要缴存") as refused:
        deposit(roster_id=roster.pk, slip=slip(), by=miss_yang, at=late)
    assert [(reason.code, reason.clause.key) for reason in refused.value.reasons] == [("ROSTER_STALE", clause)]
    assert not BankSlip.objects.exists()

    written = write_slip(slip(), due=Decimal("450.00"), by=miss_yang, at=late)
    RosterDeposit.objects.create(agreement=made, amount=450, slip=written, by=miss_yang, at=late)
    with pytest.raises(Refusal, match=f"3行.*{taking}已于") as refused:
        take_roster(roster_id=roster.pk, by=miss_yang, at=late)
    assert refused.value.code == "ROSTER_CHANGED"


@pytest.mark.parametrize(
    ("moment", "told"),
    [
        pytest.param("2016-11-15 17:00", "", id="同一时段"),
        pytest.param("2016-11-17 09:00", "2016-11-17不在2017年度的任何缴费时段内", id="两个时段之间"),
        pytest.param("2016-11-25 09:00", "2017年度的缴费标准自2016-11-20起不同", id="后一时段价钱不同"),
    ],
)
def test_a_deposit_in_another_band_is_refused_where_the_taking_would_refuse_it(roster, miss_yang, moment, told):
    bands = """bands = [
      { until = 2016-11-15, benefit_starts = 2017-01-01, clause = "S-6-1" },
      { from = 2016-11-20, benefit_starts = 2017-01-01, clause = "S-6-1", rates = [
        { category = "general", standard = 200, payable = 200, clause = "S-4-1" } ] },
    ]
    gaps_closed = true"""
    text = (RULESETS / "songming.toml").read_text()
    text = text.replace('bands = [{ benefit_starts = 2017-01-01, clause = "S-6-1" }]', bands)
    load_ruleset(text=text, by=None, at=at("2016-10-01 09:00"))
    agreed(roster, miss_yang)

    if not told:
        assert deposit(roster_id=roster.pk, slip=slip(), by=miss_yang, at=at(moment)).amount == 450
        return
    with pytest.raises(Refusal, match=told) as refused:
        deposit(roster_id=roster.pk, slip=slip(), by=miss_yang, at=at(moment))
    assert refused.value.code == "ROSTER_STALE"


def test_what_agrees_after_the_end_of_verification_is_checked_anew_and_refused(roster, miss_yang):
    """S-5-2: in the day between the end of verification and that of payment only what agrees already is deposited."""
    late = at("2017-02-22 17:01")
    figures = {"paper_count": 3, "paper_total": Decimal("450.00"), "cash": Decimal("450.00")}

    with pytest.raises(Refusal, match="2017年度参保核定已于2017-02-22 17:00截止") as refused:
        agree(roster_id=roster.pk, **figures, by=miss_yang, at=late)
    again = check_again(file_id=roster.files.get(superseded_at=None).pk, by=miss_yang, at=late)

    assert [(reason.code, reason.clause.key) for reason in refused.value.reasons] == [("ROSTER_STALE", "S-5-2")]
    assert again.accepted == 0


def test_nothing_is_deposited_before_it_agrees(roster, miss_yang):
    with pytest.raises(Refusal) as refused:
        deposited(roster, miss_yang)

    assert refused.value.code == "CHECK_FIRST"
    assert refused.value.reasons[0].clause.key == "S-8-7"


def test_the_bank_slip_is_of_the_agreed_sum_and_counts_once(roster, miss_yang):
    agreed(roster, miss_yang)
    with pytest.raises(Refusal, match=r"450\.00"):
        deposited(roster, miss_yang, amount="440.00")
    deposited(roster, miss_yang)
    other = a_roster(miss_yang, group="3组")
    handed_in(other, miss_yang, [["1", "李小山", "53012719600101999X", "户主", "", 150]])

    with pytest.raises(Refusal, match="已经登记缴存"):
        deposited(roster, miss_yang)


def test_a_slip_of_before_the_years_window_is_another_years(roster, miss_yang):
    agreed(roster, miss_yang)
    old = replace(slip(), day=date(2015, 11, 1))

    with pytest.raises(Refusal, match="早于2017年度缴费期开始的2016-10-08"):
        deposit(roster_id=roster.pk, slip=old, by=miss_yang, at=MOMENT)

    assert stage(roster) == "agreed"


def test_each_step_is_taken_back_while_the_next_does_not_stand(roster, miss_yang):
    agreed(roster, miss_yang)
    deposited(roster, miss_yang)
    given = {"roster_id": roster.pk, "reason": "录错了", "by": miss_yang, "at": MOMENT}
    with pytest.raises(Refusal, match="先撤回缴存"):
        withdraw_agreement(**given)
    with pytest.raises(Refusal, match="先撤回核对"):
        withdraw_roster(**given)

    withdraw_deposit(**given)
    assert stage(roster) == "agreed"
    deposited(roster, miss_yang)  # the same slip once more: the first no longer counts
    withdraw_deposit(**given)
    withdraw_agreement(**given)
    assert stage(roster) == "checked"
    withdraw_roster(**given)

    assert stage(Roster.objects.get()) == "withdrawn"


def test_the_supervisor_submits_what_was_taken(roster, miss_yang, mr_duan):
    agreed(roster, miss_yang)
    deposited(roster, miss_yang)
    with pytest.raises(Refusal, match="还没有入账"):
        submit_roster(roster_id=roster.pk, by=mr_duan, at=MOMENT)
    taken(roster, miss_yang, mr_duan)
    assert stage(roster) == "taken"
    with pytest.raises(Refusal, match="主管"):
        submit_roster(roster_id=roster.pk, by=miss_yang, at=MOMENT)

    submit_roster(roster_id=roster.pk, by=mr_duan, at=MOMENT)
    assert stage(roster) == "submitted"
    withdraw_submission(roster_id=roster.pk, reason="报早了", by=mr_duan, at=MOMENT)

    assert stage(roster) == "taken"


def test_the_county_enters_or_returns_each_row_and_the_town_answers(submitted, miss_yang, mr_duan, mr_zhou):
    first, second, third = RosterRow.objects.order_by("position")
    given = {"by": mr_zhou, "at": MOMENT}

    assert enter_rows(roster_id=submitted.pk, row_ids=[first.pk], **given) == 1
    entry = return_row(roster_id=submitted.pk, row_id=second.pk, reason="姓名与公安不符", **given)
    assert stage(submitted) == "returned"
    with pytest.raises(Refusal, match="不能撤回上报。确要撤回的，请县里先逐行撤销"):
        withdraw_submission(roster_id=submitted.pk, reason="报早了", by=mr_duan, at=MOMENT)
    with pytest.raises(Refusal, match="已经录入或退回"):
        return_row(roster_id=submitted.pk, row_id=first.pk, reason="再想想", **given)

    answer_return(entry_id=entry.pk, answer="姓名已更正", by=miss_yang, at=MOMENT)
    assert stage(submitted) == "submitted"
    assert enter_rows(roster_id=submitted.pk, row_ids=None, **given) == 2
    assert stage(submitted) == "entered"

    undo_entry(entry_id=RosterEntry.objects.get(row=third).pk, **given)
    assert stage(submitted) == "submitted"


def test_only_the_county_enters(submitted, mr_duan, miss_yang):
    for staff in (mr_duan, miss_yang):
        with pytest.raises(Refusal, match="管理员"):
            enter_rows(roster_id=submitted.pk, row_ids=None, by=staff, at=MOMENT)


def test_another_office_finds_no_such_roster(roster, aunt_liu):
    with pytest.raises(Refusal, match="找不到"):
        agreed(roster, aunt_liu)


def test_the_database_itself_keeps_the_steps(submitted, miss_yang):
    """Also from the owner of the tables; the application's role is refused, often before a trigger is asked."""
    agreement, made = RosterAgreement.objects.get(), RosterDeposit.objects.get()
    file, taking = RosterFile.objects.get(), RosterTaking.objects.get()
    tries = [
        lambda: RosterAgreement.objects.filter(pk=agreement.pk).update(payable=1),
        lambda: RosterAgreement.objects.filter(pk=agreement.pk).update(
            withdrawn_at=MOMENT, withdrawn_by=miss_yang, withdraw_reason="x"
        ),
        lambda: RosterDeposit.objects.filter(pk=made.pk).update(
            withdrawn_at=MOMENT, withdrawn_by=miss_yang, withdraw_reason="x"
        ),
        lambda: RosterRow.objects.update(payable=0),
        lambda: RosterRow.objects.update(set_aside_at=MOMENT, set_aside_by=miss_yang, set_aside_reason="x"),
        lambda: RosterRow.objects.all().delete(),
        lambda: RosterFile.objects.filter(pk=file.pk).update(superseded_at=MOMENT),
        lambda: RosterFile.objects.filter(pk=file.pk).update(persons=2),
        lambda: RosterTaking.objects.filter(pk=taking.pk).delete(),
        lambda: RosterTaking.objects.filter(pk=taking.pk).update(amount=1),
    ]
    for attempt in tries:
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()
        with pytest.raises(DatabaseError) as refused, transaction.atomic(), as_owner():  # trigger or constraint
            attempt()
        assert "pgtrigger" in str(refused.value) or isinstance(refused.value, IntegrityError)


def test_an_agreement_that_is_not_of_the_rows_is_refused_by_the_database(roster, miss_yang):
    given = {"paper_count": 2, "paper_total": 300, "cash": 300, "rows": 2, "households": 2, "payable": 300}
    with pytest.raises(IntegrityError, match="not of its rows"):
        RosterAgreement.objects.create(
            roster=roster, file=RosterFile.objects.get(), sponsored=0, at=MOMENT, by=miss_yang, **given
        )


def test_a_slip_of_another_sum_is_refused_by_the_database(roster, miss_yang):
    agreement = agreed(roster, miss_yang)
    draft = slip("10.00")
    other = BankSlip.objects.create(
        number=draft.number, day=draft.day, amount=draft.amount, name=None, at=MOMENT, by=miss_yang
    )

    with pytest.raises(IntegrityError, match="not what agreement"):
        RosterDeposit.objects.create(agreement=agreement, amount=450, slip=other, at=MOMENT, by=miss_yang)
