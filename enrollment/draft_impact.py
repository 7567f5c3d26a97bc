"""草稿的影响: the computation over all households, asked for from a draft's page and shown there."""

from datetime import datetime

from django.db.models import Count

from common.dates import local_day
from common.decision import Reason, Refusal
from enrollment.amending import touched_years
from enrollment.draft_text import with_next_year
from enrollment.impact_job import start_impact
from enrollment.models import Enrollment, RuleSet, RuleSetDraft
from enrollment.paid_impact import ask_paid_impact
from enrollment.rules.source import read_ruleset
from offices.access import visible
from offices.models import Job, Staff


def ask_impact(*, ruleset: RuleSet, draft: RuleSetDraft, coverage_year: int, by: Staff, at: datetime) -> Job:
    """Compare the draft's year with the edition in force; a year that is new, with last year's terms carried over."""
    current = ruleset.current_edition
    if current is None:
        raise Refusal(Reason("RULESET_UNKNOWN", "这份规则还没有现行版，没有可以比较的标准。"))
    base = ""
    if coverage_year not in read_ruleset(current.source).periods:
        base, following = with_next_year(current.source)
        if following != coverage_year:
            text = f"现行规则的最后一个年度是{following - 1}，不能与{coverage_year}年度比较。请选择{following}年度。"
            raise Refusal(Reason("PERIOD_UNKNOWN", text))
    given = {"ruleset_code": ruleset.code, "source": draft.source, "coverage_year": coverage_year}
    return start_impact(**given, base=base, by=by, at=at)


def paid_years(ruleset: RuleSet) -> dict[int, int]:
    """How many have paid for each year and are insured by it."""
    rows = Enrollment.objects.in_force().filter(period__ruleset=ruleset).order_by("coverage_year")
    return dict(rows.values_list("coverage_year").annotate(Count("id")))


def ask_paid_impacts(*, draft: RuleSetDraft, by: Staff, at: datetime) -> list[Job]:
    """Have those who paid assessed again for each year that the draft touches."""
    if draft.based_on is None:
        return []
    old, new = read_ruleset(draft.based_on.source), read_ruleset(draft.source)
    years = touched_years(ruleset=draft.ruleset, old=old, new=new, on=local_day(at))
    return [ask_paid_impact(draft=draft, coverage_year=year, by=by, at=at) for year in years]


def paid_impacts_of(draft: RuleSetDraft, staff: Staff) -> list[Job]:
    """The latest computation over those who paid, of the draft's text and day as they stand."""
    return _latest(draft, staff, kind="paid_impact", parameters__amends_from=str(draft.amends_from or ""))


def impacts_of(draft: RuleSetDraft, staff: Staff) -> list[Job]:
    """The latest computation for each year of the draft's text as it stands; none that is of an earlier text."""
    return _latest(draft, staff, kind="impact")


def _latest(draft: RuleSetDraft, staff: Staff, **wanted: str) -> list[Job]:
    """Within the divisions of a member of staff: an answer names people."""
    rows = visible(Job.objects.all(), staff)
    rows = rows.filter(**wanted, parameters__ruleset=draft.ruleset.code, parameters__source=draft.source)
    latest = {job.parameters["coverage_year"]: job for job in rows.filter(cancel_asked_at=None).order_by("pk")}
    return [latest[year] for year in sorted(latest)]
