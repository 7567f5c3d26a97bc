"""文件未给出的数字: figures that a document leaves open; an administrator fills them in, as a new edition."""

import re
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from common.decision import Reason, Refusal
from enrollment.models import RuleSet
from enrollment.rules.source import read_ruleset
from enrollment.ruleset_scope import refuse_outside
from enrollment.services import Loaded, load_ruleset
from offices.access import require_role
from offices.acts import accountable, record
from offices.models import Staff

TABLE = re.compile(r"^\[workmanship_fee\][ \t]*(?:#.*)?$", re.MULTILINE)
NEXT_TABLE = re.compile(r"^\[", re.MULTILINE)
AMOUNTS = re.compile(r"^(?:amount|card_amount|book_amount)[ \t]*=.*\n?", re.MULTILINE)


@accountable
def fill_workmanship_fee(*, code: str, card_amount: Decimal, book_amount: Decimal, by: Staff, at: datetime) -> Loaded:
    """Put what a card and a record book cost, in yuan, into the rule set's text and load it as a new edition."""
    require_role(by, Staff.Role.ADMINISTRATOR)
    ruleset = RuleSet.objects.select_for_update(of=["self"]).select_related("current_edition").get(code=code)
    if ruleset.current_edition is None:
        raise Refusal(Reason("RULESET_UNKNOWN", f"规则集“{code}”还没有载入，请先载入规则文件。"))
    source = ruleset.current_edition.source
    before = read_ruleset(source)
    refuse_outside(before, by, act="填写")
    if before.workmanship_fee is None:
        raise Refusal(Reason("NO_FEE", "这份文件没有规定工本费，不能填写。"))
    text = _with_amounts(source, card_amount, book_amount)
    amount = card_amount + book_amount
    fee = replace(before.workmanship_fee, amount=amount, card=card_amount, book=book_amount)
    expected = replace(before, workmanship_fee=fee)
    if read_ruleset(text) != expected:
        raise Refusal(
            Reason(
                "FEE_TEXT",
                "规则文件的写法特殊，不能在这里填写。请在规则文件中写明 card_amount 和 book_amount 后重新载入。",
            )
        )
    loaded = load_ruleset(text=text, by=by, at=at)
    old = before.workmanship_fee.amount
    detail = {
        "from": None if old is None else str(old),
        "to": f"{card_amount} + {book_amount}",
        "edition": loaded.edition.number,
    }
    record(by=by, at=at, verb="fill_workmanship_fee", subject=ruleset, detail=detail)
    return loaded


def _with_amounts(source: str, card: Decimal, book: Decimal) -> str:
    """The text with the amounts in their table; a text without such a table stays as it is."""
    head = TABLE.search(source)
    if head is None:
        return source
    following = NEXT_TABLE.search(source, head.end())
    end = following.start() if following else len(source)
    table = AMOUNTS.sub("", source[head.end() : end])
    return f"{source[: head.end()]}\ncard_amount = {card}\nbook_amount = {book}{table}{source[end:]}"
