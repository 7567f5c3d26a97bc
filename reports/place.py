"""Which division and year the pages of 进度 are about: what was asked for, within the reader's scope."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from enrollment import library
from enrollment.models import ContributionPeriod
from enrollment.rules.ruleset import RuleSet
from offices.models import Staff
from payments.funding.place import FundingPlace, moment_in


@dataclass(frozen=True, slots=True)
class Chosen:
    """A division (county, town or village) within the scope, a year and its rule set, and now."""

    division: str
    counties: list[tuple[str, str]]
    period: ContributionPeriod
    periods: list[ContributionPeriod]
    ruleset: RuleSet
    at: datetime

    @property
    def county(self) -> str:
        return self.division[:6]

    @property
    def year(self) -> int:
        return self.period.coverage_year

    @property
    def query(self) -> str:
        return f"division={self.division}&period={self.period.pk}"


def choose(asked: Mapping[str, str], *, staff: Staff) -> Chosen | None:
    """What was asked for; anything outside the scope falls back to the reader's own. None: there is no year yet."""
    wanted = asked.get("division", "")
    wanted = wanted if wanted.isascii() and wanted.isdigit() and len(wanted) in (6, 9, 12) else ""
    place = FundingPlace({"division": wanted[:6], "period": asked.get("period", "")}, staff=staff)
    periods = place.periods()
    period = place.chosen(periods)
    if period is None or not place.division:
        return None
    division = wanted if wanted.startswith(place.division) else place.division
    ruleset = library.current(period.ruleset.code)
    return Chosen(division, place.counties(), period, periods, ruleset, moment_in(place.county, staff=staff))
