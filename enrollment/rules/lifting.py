"""主管放行: which refusals of a rule set a supervisor may lift, with a reason, for one household and year."""

from enrollment.rules.assess import INCOMPLETE
from enrollment.rules.category import EXPIRED
from enrollment.rules.ruleset import RuleSet


def liftable(ruleset: RuleSet) -> frozenset[str]:
    """The codes of the refusals that the rule set leaves to a supervisor."""
    by_code = {
        INCOMPLETE: ruleset.together.may_override,
        "EMPLOYEE_SCOPE": any(each.may_override for each in ruleset.exclusions),
        EXPIRED: any(each.proof == "certificate" and each.expired == "supervisor" for each in ruleset.categories),
    }
    return frozenset(code for code, may in by_code.items() if may)
