"""退费、上缴期限: what bars giving a contribution back, and the last day of each step upward."""

from datetime import date

import pytest

from enrollment.rules.refunds import Refundable, refusals
from enrollment.rules.source import RuleSetError, read_ruleset
from tests.builders import at
from tests.enrollment.rule_facts import RULESETS

TEXT = (RULESETS / "lianyungang.toml").read_text()
LIANYUNGANG = read_ruleset(TEXT)
SONGMING = read_ruleset((RULESETS / "songming.toml").read_text())


@pytest.mark.parametrize(
    ("moment", "starts", "remitted", "bars"),
    [
        pytest.param("2007-12-10 23:59", date(2008, 1, 1), False, [], id="截止日当天可退"),
        pytest.param("2007-12-11 00:00", date(2008, 1, 1), False, ["REFUND_DEADLINE"], id="截止后不退"),
        pytest.param("2007-09-30 10:00", date(2007, 10, 1), False, [], id="早缴的待遇开始前可退"),
        pytest.param("2007-10-01 00:00", date(2007, 10, 1), False, ["REFUND_COVER"], id="早缴的待遇开始后不退"),
        pytest.param("2007-11-01 10:00", date(2008, 1, 1), True, ["REFUND_REMITTANCE"], id="上缴后不退"),
        pytest.param("2008-01-01 10:00", date(2008, 1, 1), True, ["DEADLINE", "COVER", "REMITTANCE"], id="三项都不退"),
    ],
)
def test_a_contribution_is_given_back_only_before_deadline_cover_and_remittance(moment, starts, remitted, bars):
    reasons = refusals(LIANYUNGANG, Refundable(2008, starts, remitted), at=at(moment))

    assert [reason.code.removeprefix("REFUND_") for reason in reasons] == [bar.removeprefix("REFUND_") for bar in bars]
    assert all(reason.clause and reason.clause.key == "L-11-0" for reason in reasons)


def test_where_the_document_is_silent_the_same_bars_hold_without_a_clause():
    (reason,) = refusals(SONGMING, Refundable(2017, date(2017, 1, 1), remitted=False), at=at("2017-02-01 10:00"))

    assert (reason.code, reason.clause) == ("REFUND_COVER", None)


def test_a_rule_set_without_the_table_bars_all_three():
    start, end = TEXT.index("[refunds]"), TEXT.index("# 征收的保险费逐级上缴")
    ruleset = read_ruleset(TEXT[:start] + TEXT[end:])

    assert len(refusals(ruleset, Refundable(2008, date(2008, 1, 1), remitted=True), at=at("2008-02-01 10:00"))) == 3


@pytest.mark.parametrize(
    ("step", "due"),
    [("office", None), ("district", date(2007, 12, 20)), ("city", date(2007, 12, 25)), ("subsidy", date(2008, 4, 25))],
)
def test_each_step_is_due_on_the_day_of_its_clause(step, due):
    assert LIANYUNGANG.transfer(step).due_on(2008, since=date(2007, 11, 1)) == due


def test_an_offices_own_deadline_counts_from_the_step_before_and_the_earlier_day_holds():
    ruleset = read_ruleset(TEXT.replace('due = "12-20"', 'due = "12-20"\nwithin_days = 5'))
    step = ruleset.transfer("district")

    assert step.due_on(2008, since=date(2007, 11, 1)) == date(2007, 11, 6)
    assert step.due_on(2008, since=date(2007, 12, 18)) == date(2007, 12, 20)
    assert step.due_on(2008) == date(2007, 12, 20)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('step = "office"', 'step = "city"', "前一步"),
        ('step = "city"', 'step = "district"', "district"),
        ('due = "12-25"', 'due = "12-32"', "月-日"),
        ('due = "04-25"', 'due = "04-25"\nwithin_days = 3', "财政补助的期限"),
        ('barred_after = ["deadline"', 'barred_after = ["ever"', "deadline、cover、remittance"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(old, new, words):
    with pytest.raises(RuleSetError, match=words):
        read_ruleset(TEXT.replace(old, new))
