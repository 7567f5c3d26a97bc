"""影响的计算: asked for by an administrator, done over all households of the rule set's offices by a worker."""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from common.dates import local_day
from common.decision import Reason, Refusal
from enrollment import library
from enrollment.facts import facts_parameters, household_facts
from enrollment.facts_sql import HOUSEHOLDS
from enrollment.impact import Decider, Question, Tally
from enrollment.models import Enrollment
from enrollment.rules.ruleset import RuleSet
from enrollment.rules.source import RuleSetError, read_ruleset
from households.models import Household
from offices.access import require_role, visible
from offices.jobs import Progress, ask_for
from offices.models import Job, Staff

AT_ONCE = 1000


def start_impact(*, ruleset_code: str, source: str, coverage_year: int, by: Staff, at: datetime, base: str = "") -> Job:
    """Ask for the impact of a new text of a rule set on one coverage year; the job belongs to who asks.

    `base`: the text to compare with, where it is not the one in force.
    """
    require_role(by, Staff.Role.ADMINISTRATOR)
    library.current(ruleset_code)
    new = _read(source)
    moment = reference_moment(new, coverage_year, at)
    parameters = {
        "ruleset": ruleset_code,
        "source": source,
        "base": base,
        "coverage_year": coverage_year,
        "moment": moment.isoformat(),
    }
    return ask_for(kind="impact", parameters=parameters, by=by, at=at)


def reference_moment(ruleset: RuleSet, coverage_year: int, at: datetime) -> datetime:
    """`at` while papers can still be verified in the year's window, or else the window's second day."""
    window = ruleset.window(coverage_year)
    if window is None or coverage_year not in ruleset.periods:
        text = f"新规则里没有{coverage_year}年度的缴费标准和缴费期，无法比较；请先补上，或另选年度。"
        raise Refusal(Reason("PERIOD_UNKNOWN", text))
    second_day = window.opens + timedelta(days=1)
    last = window.verify_until or window.pay_until
    return at if second_day <= at <= last else min(second_day, last)


def work(job: Job, progress: Progress) -> dict[str, Any]:
    """Do a job of kind `impact`."""
    asked = job.parameters
    moment = datetime.fromisoformat(asked["moment"])
    year = asked["coverage_year"]
    before = _read(asked["base"]) if asked.get("base") else library.current(asked["ruleset"])
    question = Question(before, _read(asked["source"]), year, moment)
    mine = Household.objects.filter(office__ruleset_code=asked["ruleset"], closed_at=None)
    ids = list(visible(mine, job.by).order_by("pk").values_list("pk", flat=True))
    paid = Enrollment.objects.in_force().filter(coverage_year=year, period__ruleset__code=asked["ruleset"])
    told = {"coverage_year": year, "day": local_day(moment).isoformat(), "paid": visible(paid, job.by).count()}
    return impact(question, ids, progress) | told


def impact(question: Question, ids: list[int], progress: Progress) -> dict[str, Any]:
    """The sums over the households; each distinct key is decided once."""
    decider, tally, done = Decider(question), Tally(), 0
    progress(0, len(ids))
    for some in (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE)):
        parameters = facts_parameters(some, coverage_year=question.coverage_year, at=question.at)
        with connection.cursor() as cursor:
            cursor.execute(HOUSEHOLDS, parameters)
            rows = [row[0] for row in cursor.fetchall()]
        for row in rows:
            facts = household_facts(row, coverage_year=question.coverage_year, at=question.at, applying=())
            tally.add(facts, decider.outcomes(facts))
        done += len(some)
        progress(done, len(ids))
    return tally.result() | {"keys": len(decider.known)}


def _read(source: str) -> RuleSet:
    try:
        return read_ruleset(source)
    except RuleSetError as error:
        raise Refusal(Reason("RULESET_UNREADABLE", f"新规则还有写法上的问题，先改正再看影响：{error}")) from error
