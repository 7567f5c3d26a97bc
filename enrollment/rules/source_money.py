"""The part of a rule set's text that says where the money goes afterwards: refunds, steps upward. 退费与资金上缴."""

from enrollment.rules.refunds import BARS
from enrollment.rules.ruleset import RefundRule
from enrollment.rules.toml_table import Table
from enrollment.rules.transfers import STEPS, YEARS, TransferStep


def refund_rule(table: Table) -> RefundRule:
    found = RefundRule(table.texts("barred_after", BARS), table.optional_clause("clause"))
    table.finish()
    return found


def transfer_steps(root: Table) -> tuple[TransferStep, ...]:
    """The steps in the order of the way up, whatever the order in the text."""
    found = [_step(table) for table in root.tables("transfers", required=False)]
    root.distinct("transfers", [each.step for each in found])
    if found and not root.faulty("transfers"):
        _check_chain(root, [each.step for each in found])
    order = [*STEPS, ""]  # "" where the text names none: a fault by now
    return tuple(sorted(found, key=lambda each: order.index(each.step)))


def _check_chain(root: Table, steps: list[str]) -> None:
    for step, below in (("district", "office"), ("city", "district")):
        if step in steps and below not in steps:
            root.fault(
                "transfers", f'写了 step = "{step}"（{STEPS[step]}）的，还应写前一步 "{below}"（{STEPS[below]}）'
            )


def _step(table: Table) -> TransferStep:
    found = TransferStep(
        step=table.choice("step", STEPS),
        name=table.text("name"),
        due=table.month_day("due") if table.has("due") else None,
        in_year=table.choice("in_year", YEARS, "before"),
        within_days=table.optional_integer("within_days", least=0, most=366),
        once=table.flag("once", False),
        clause=table.optional_clause("clause"),
    )
    if found.within_days is not None and found.step == "subsidy":
        table.fault("within_days", "财政补助的期限是每年的月-日，应写 due，不写 within_days")
    table.finish()
    return found
