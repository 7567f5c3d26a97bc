"""名册的条款: on which clause of the rule set a refusal of a step, or of a row, rests; one without it cites none."""

from common.decision import Clause
from enrollment import library
from enrollment.rules.ruleset import RuleSet
from rosters.models import Roster

HAND_IN, AGREE, DEPOSIT, ONCE, SUBMIT = "S-8-4", "S-8-6", "S-8-7", "S-8-8", "S-8-9"
# Which office is the one to take somebody: that of residence or hukou, one only; each town answers for its own.
OWN_OFFICE = ("L-2-5", "S-8-2")
BY_HOUSEHOLD = ("L-2-3", "S-8-4")


def clause_of(roster: Roster, key: str) -> Clause | None:
    """The clause in the rules of the roster's office."""
    return in_rules(library.current(roster.office.ruleset_code), key)


def in_rules(ruleset: RuleSet, *keys: str) -> Clause | None:
    """The first clause of these keys that the rule set has."""
    return next((ruleset.clauses[key] for key in keys if key in ruleset.clauses), None)


def of_who_is_gone(ruleset: RuleSet, kind: str) -> Clause:
    """Why the dead and those who moved away (`death`, `move_out`) are not insured: the rule of that change.

    Where the document is silent about it, they are no longer who may be insured: residents with its hukou.
    """
    rule = ruleset.change(kind)
    return (rule.clause if rule else None) or ruleset.area.clause


def of_the_employed(ruleset: RuleSet) -> Clause | None:
    """Why who is in employee insurance is kept out."""
    return next((each.clause for each in ruleset.exclusions if each.fact == "employee"), None)
