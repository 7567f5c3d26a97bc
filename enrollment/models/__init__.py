"""参保: rule sets and their editions, periods, clauses; assessments, enrolments, verifications, overrides, trials."""

from enrollment.models.account import AccountEntry
from enrollment.models.change import Change, Termination
from enrollment.models.draft import RuleSetDraft
from enrollment.models.enrolment import Assessment, Enrollment
from enrollment.models.prepared import PreparedAssessment, PreparedOutcome
from enrollment.models.ruleset import Clause, ContributionPeriod, RuleSet, RuleSetEdition
from enrollment.models.trial import SavedTrial
from enrollment.models.verification import Override, Verification

__all__ = [
    "AccountEntry",
    "Assessment",
    "Change",
    "Clause",
    "ContributionPeriod",
    "Enrollment",
    "Override",
    "PreparedAssessment",
    "PreparedOutcome",
    "RuleSet",
    "RuleSetDraft",
    "RuleSetEdition",
    "SavedTrial",
    "Termination",
    "Verification",
]
