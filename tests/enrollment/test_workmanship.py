"""工本费: what a card or a book costs, who is exempt, and that an amount nobody gave is not invented."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from enrollment.rules.source import RuleSetError, read_ruleset
from enrollment.rules.workmanship import card_fee

FOLDER = Path(__file__).parents[2] / "enrollment" / "rulesets"
TEXT = (FOLDER / "lianyungang.toml").read_text()


def with_amounts(lines: str) -> str:
    return TEXT.replace("[workmanship_fee]\n", f"[workmanship_fee]\n{lines}\n")


@pytest.mark.parametrize(
    ("item", "exempt", "amount", "code"),
    [
        pytest.param("card", False, "3", "WORKMANSHIP", id="卡"),
        pytest.param("book", False, "2", "WORKMANSHIP", id="病历"),
        pytest.param("card", True, "0", "WORKMANSHIP_EXEMPT", id="免缴"),
    ],
)
def test_each_item_has_its_own_rate_and_the_exempt_pay_nothing(item: str, exempt: bool, amount: str, code: str):
    ruleset = read_ruleset(with_amounts("card_amount = 3\nbook_amount = 2"))

    fee = card_fee(ruleset=ruleset, item=item, exempt=exempt)

    assert (fee.amount, fee.reason.code, fee.reason.clause.key) == (Decimal(amount), code, "L-6-4")


@pytest.mark.parametrize("text", [TEXT, with_amounts("amount = 5")], ids=["没有金额", "只有合计"])
def test_what_one_costs_is_unknown_until_somebody_says_it(text: str):
    fee = card_fee(ruleset=read_ruleset(text), item="card", exempt=False)

    assert (fee.amount, fee.reason.code) == (None, "WORKMANSHIP_UNKNOWN")


def test_without_such_a_rule_there_is_no_fee():
    ruleset = replace(read_ruleset(TEXT), workmanship_fee=None)

    assert card_fee(ruleset=ruleset, item="book", exempt=False).amount == 0


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        pytest.param("card_amount = 3", "要一起给出", id="只有卡"),
        pytest.param("amount = 6\ncard_amount = 3\nbook_amount = 2", "之和 5", id="合计不符"),
    ],
)
def test_amounts_that_do_not_fit_are_refused(lines: str, sentence: str):
    with pytest.raises(RuleSetError, match=sentence):
        read_ruleset(with_amounts(lines))
