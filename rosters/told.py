"""核对结果: what `check_roster` prints, as plain JSON; amounts are numbers in yuan."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from common.decision import Reason
from rosters.checks import Terms, Verdict
from rosters.reading.rows import RosterRead

ZERO = Decimal("0.00")


def told(read: RosterRead, households: list[list[Verdict]], terms: Terms) -> dict[str, Any]:
    """Counts, money, columns and every refused row, in the order of the file."""
    taken = [verdicts for verdicts in households if all(v.accepted for v in verdicts)]
    accepted = [verdict for verdicts in taken for verdict in verdicts]
    order = {(row.sheet, row.number): place for place, row in enumerate(read.rows)}
    every = [verdict for verdicts in households for verdict in verdicts]
    every.sort(key=lambda verdict: order[verdict.row.sheet, verdict.row.number])
    refused = [_refused(verdict) for verdict in every if not verdict.accepted]
    return {
        "office": terms.office.code,
        "coverage_year": terms.coverage_year,
        "channel": terms.channel,
        "at": terms.at.isoformat(),
        "ruleset": terms.ruleset.code,
        "rows_read": len(read.rows),
        "accepted": len(accepted),
        "households": len(taken),
        "households_refused": len(households) - len(taken),
        "money": _money(accepted),
        "sheets": [
            {"name": s.name, "rows": s.rows} | ({"why_not": s.why_not} if s.why_not else {}) for s in read.sheets
        ],
        "columns": [
            {"sheet": c.sheet, "field": c.field, "label": c.label, "column": c.column, "heading": c.heading}
            for c in read.columns
        ],
        "left_out": [{"sheet": sheet, "row": row, "why": why} for sheet, row, why in read.left_out],
        "codes": dict(Counter(each["code"] for each in refused).most_common()),
        "refused": refused,
        "warnings": [warning for verdict in every for warning in _warnings(verdict)],
    }


def _refused(verdict: Verdict) -> dict[str, Any]:
    first, *others = dict.fromkeys(verdict.reasons)
    row = {"sheet": verdict.row.sheet, "row": verdict.row.number, **_reason(first)}
    more = [_reason(each) for each in others]
    return row | ({"more": more} if more else {})


def _reason(reason: Reason) -> dict[str, str]:
    """Code, sentence with its source, and the source by itself: empty where there is none."""
    return {"code": reason.code, "sentence": str(reason), "source": str(reason.clause or "")}


def _warnings(verdict: Verdict) -> Iterator[dict[str, Any]]:
    for reason in dict.fromkeys(verdict.warnings):
        yield {
            "sheet": verdict.row.sheet,
            "row": verdict.row.number,
            "code": reason.code,
            "sentence": str(reason),
        }


def _money(accepted: list[Verdict]) -> dict[str, Any]:
    funders: dict[str, Decimal] = defaultdict(lambda: ZERO)
    payable = sponsored = ZERO
    for decision in (verdict.decision for verdict in accepted):
        if decision is None:
            continue
        payable, sponsored = payable + decision.payable, sponsored + decision.sponsored
        if decision.charge and decision.sponsored:
            funders[decision.charge.funder or "未指明"] += decision.sponsored
    by_funder = {name: _number(amount) for name, amount in sorted(funders.items())}
    return {"payable": _number(payable), "sponsored": _number(sponsored), "by_funder": by_funder}


def _number(amount: Decimal) -> int | float:
    return int(amount) if amount == amount.to_integral_value() else float(amount)
