"""名册各步的条款: on which clause of the rule set a step's refusal rests; a rule set without it cites none."""

from common.decision import Clause
from enrollment import library
from enrollment.rules.ruleset import RuleSet
from rosters.models import Roster

HAND_IN, AGREE, DEPOSIT, ONCE, SUBMIT = "S-8-4", "S-8-6", "S-8-7", "S-8-8", "S-8-9"


def clause_of(roster: Roster, key: str) -> Clause | None:
    """The clause in the rules of the roster's office."""
    return in_rules(library.current(roster.office.ruleset_code), key)


def in_rules(ruleset: RuleSet, key: str) -> Clause | None:
    """The clause of a key, where the rule set has it."""
    return ruleset.clauses.get(key)
