"""变更的规则: what each rule set's data makes of a death, a move, employee insurance. No database."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from enrollment.rules.changes import HeldCover, effect_of, in_short, last_day_of_cover
from enrollment.rules.ruleset import RuleSet
from enrollment.rules.source import RuleSetError, read_ruleset
from tests.builders import at

RULESETS = Path(__file__).parents[2] / "enrollment" / "rulesets"
COVER = HeldCover(1, 2008, date(2008, 1, 1), date(2008, 12, 31), Decimal("120.00"))


def ruleset(code: str) -> RuleSet:
    return read_ruleset((RULESETS / f"{code}.toml").read_text(encoding="utf-8"))


def effect(code: str, kind: str, day: date, *, balance: str = "50.00"):
    rules = ruleset(code)
    return effect_of(
        rule=rules.change(kind),
        ruleset=rules,
        happened_on=day,
        covers=[COVER],
        balance=Decimal(balance),
        at=at("2008-03-05 12:00"),
    )


@pytest.mark.parametrize(
    ("kind", "last_day", "account_to", "clause"),
    [
        pytest.param("death", date(2008, 3, 1), "heir", "L-11-4", id="死亡当日止，余额退继承人"),
        pytest.param("move_out", date(2008, 3, 1), "self", "L-11-3", id="迁出当日止，余额退本人"),
        pytest.param("employee_start", date(2008, 2, 29), "nobody", "L-12-1", id="转职工医保前一日止"),
        pytest.param("move_within", None, "nobody", "L-11-2", id="区内迁移当年不变"),
    ],
)
def test_lianyungang_ends_cover_as_its_articles_say(kind, last_day, account_to, clause):
    rule = ruleset("lianyungang").change(kind)

    assert last_day_of_cover(rule, date(2008, 3, 1)) == last_day
    assert (rule.account_to, rule.clause.key) == (account_to, clause)


def test_every_sentence_about_a_change_carries_its_clause():
    told = effect("lianyungang", "death", date(2008, 3, 1))

    assert {reason.clause.key for reason in told.reasons} == {"L-11-4"}
    assert [reason.code for reason in told.reasons] == ["COVER_ENDS", "NO_REFUND", "ACCOUNT_REFUND", "LEAVES"]


@pytest.mark.parametrize(
    ("day", "never"),
    [
        pytest.param(date(2007, 12, 31), True, id="前一日死亡，待遇不开始"),
        pytest.param(date(2008, 1, 1), False, id="首日死亡，享受一日"),
    ],
)
def test_a_cover_that_ends_before_its_first_day_never_begins(day, never):
    (ended,) = effect("lianyungang", "death", day).ended

    assert ended.never_begins is never


def test_a_cover_that_is_over_is_not_ended_again():
    told = effect("lianyungang", "death", date(2008, 12, 31))

    assert told.ended == ()
    assert told.reasons[0].code == "NOT_COVERED"


@pytest.mark.parametrize("code", ["songming", "national-2025"])
def test_where_the_document_is_silent_the_page_says_so(code):
    told = effect(code, "death", date(2008, 3, 1))

    assert told.reasons[-1].code == "SILENT"
    assert told.account_to == "nobody"


def test_a_change_in_short_reads_as_half_a_sentence():
    rule = ruleset("lianyungang").change("death")

    assert in_short(rule) == "待遇到当日为止，已缴保费不退，个人账户余额退继承人"


def test_a_cover_that_stays_pays_nobody():
    text = (RULESETS / "lianyungang.toml").read_text(encoding="utf-8")
    wrong = text.replace('cover = "stays"', 'cover = "stays"\naccount_to = "self"', 1)

    with pytest.raises(RuleSetError, match="不退余额"):
        read_ruleset(wrong)


def test_a_kind_of_change_is_written_once():
    text = (RULESETS / "lianyungang.toml").read_text(encoding="utf-8")
    wrong = text.replace('kind = "move_out"', 'kind = "death"', 1)

    with pytest.raises(RuleSetError, match="只能写一次"):
        read_ruleset(wrong)
