"""草稿的影响: the computation over all households, asked for from a draft's page and shown there."""

from datetime import datetime

from common.decision import Reason, Refusal
from enrollment.draft_text import with_next_year
from enrollment.impact_job import start_impact
from enrollment.models import RuleSet, RuleSetDraft
from enrollment.rules.source import read_ruleset
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


def impacts_of(draft: RuleSetDraft) -> list[Job]:
    """The latest computation for each year of the draft's text as it stands; none that is of an earlier text."""
    rows = Job.objects.filter(kind="impact", parameters__ruleset=draft.ruleset.code, parameters__source=draft.source)
    latest = {job.parameters["coverage_year"]: job for job in rows.filter(cancel_asked_at=None).order_by("pk")}
    return [latest[year] for year in sorted(latest)]
