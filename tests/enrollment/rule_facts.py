"""Builders for rule tests: people and households in few words, and the two seed rule sets."""

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from common.dates import SHANGHAI
from enrollment.rules.assess import assess
from enrollment.rules.decision import HouseholdDecision
from enrollment.rules.facts import Certification, Disability, Household, Hukou, Member
from enrollment.rules.ruleset import RuleSet
from enrollment.rules.source import read_ruleset

RULESETS = Path(__file__).resolve().parents[2] / "enrollment" / "rulesets"


@cache
def ruleset(code: str) -> RuleSet:
    """A seed rule set, compiled from its text."""
    return read_ruleset((RULESETS / f"{code}.toml").read_text(encoding="utf-8"))


def at(text: str) -> datetime:
    """A moment in Shanghai: "2007-10-25" is ten in the morning, "2017-02-22 17:00" is exact."""
    day, _, clock = text.partition(" ")
    return datetime.fromisoformat(f"{day}T{clock or '10:00'}").replace(tzinfo=SHANGHAI)


def urban(ref: str = "A", **facts: Any) -> Member:
    """A resident of 新浦区 with urban hukou."""
    return Member(ref=ref, **{"hukou": Hukou("320705", "urban")} | facts)


def rural(ref: str = "A", **facts: Any) -> Member:
    """A resident of 嵩明县 with rural hukou."""
    return Member(ref=ref, **{"hukou": Hukou("530127", "rural")} | facts)


def disabled(kind: str, grade: int | None, *components: Disability, **facts: Any) -> Certification:
    """A certificate of disability, original seen and copy kept."""
    return Certification(disability=Disability(kind, grade, components), **facts)


def listed(category: str, **facts: Any) -> Certification:
    """A name on a department's list."""
    return Certification(category=category, on_funder_list=True, **facts)


def lianyungang(*members: Member, paid: str | None = None, asked: str | None = None, **more: Any) -> HouseholdDecision:
    """Assess for 连云港: paid at a moment (registered the same moment), or asked at one."""
    return _assess("lianyungang", members, paid, asked, {"year": 2008} | more)


def songming(*members: Member, paid: str | None = None, asked: str | None = None, **more: Any) -> HouseholdDecision:
    """Assess for 嵩明 2017."""
    return _assess("songming", members, paid, asked, {"year": 2017} | more)


def _assess(
    code: str, members: tuple[Member, ...], paid: str | None, asked: str | None, more: dict[str, Any]
) -> HouseholdDecision:
    moment = at(paid or asked or "2007-10-25")
    household = {name: more.pop(name) for name in ("certifications", "papers", "overrides") if name in more}
    return assess(
        Household(members=members, **household),
        ruleset=more.pop("ruleset", None) or ruleset(code),
        coverage_year=more.pop("year"),
        at=moment,
        paid_at=moment if paid else None,
        **{name: at(text) if isinstance(text, str) and name != "channel" else text for name, text in more.items()},
    )
