"""规则集的管辖: who may change the rules of an area."""

from common.decision import Reason, Refusal
from enrollment.rules.ruleset import RuleSet
from offices.models import Staff


def refuse_outside(ruleset: RuleSet, by: Staff, *, act: str = "办理") -> None:
    """Refuse whoever's scope does not hold every division that the rule set covers; `act` is what is to be done."""
    outside = [each.name for each in ruleset.area.divisions if not by.covers(each.code)]
    if outside:
        text = f"这份规则还管着{'、'.join(outside)}，不在您的管辖范围内。请由上级管理员{act}。"
        raise Refusal(Reason("RULESET_SCOPE", text))
