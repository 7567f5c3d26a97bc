"""Which division and year the pages about names are about: what was asked for, within the reader's scope. 范围."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from common.dates import local_day
from enrollment import library
from enrollment.models import ContributionPeriod
from enrollment.rules.ruleset import RuleSet
from offices.models import Division, Staff
from payments.funding.place import FundingPlace, moment_in

NO_VILLAGE, NO_TOWN = "000", "000000"  # how twelve digits end that name no village, or no town
UNREGISTERED = "村（社区）未登记"


@dataclass(frozen=True, slots=True)
class Chosen:
    """A prefix within the scope (county, town or village), a year and its rule set, and now."""

    division: str
    scope: str
    counties: list[tuple[str, str]]
    period: ContributionPeriod
    periods: list[ContributionPeriod]
    ruleset: RuleSet
    at: datetime

    @property
    def year(self) -> int:
        return self.period.coverage_year

    @property
    def county(self) -> str:
        return self.scope[:6]

    @property
    def across(self) -> str:
        """What keeps the county from one page to another, for who sees several."""
        return f"?division={self.county}" if len(self.counties) > 1 else ""

    @property
    def query(self) -> str:
        return f"division={self.division}&period={self.period.pk}"

    @property
    def asked(self) -> dict[str, str]:
        """What finds the same division and year again, by `choose`."""
        return {"division": self.division, "period": str(self.period.pk)}

    def villages(self) -> list[tuple[str, str]]:
        """Code and name of every village within the scope, with the town's name where there are several."""
        rows = Division.objects.at(local_day(self.at)).within(self.scope).order_by("code")
        towns = {row.code[:9]: row.name for row in rows if row.level == Division.Level.TOWN}
        found = [row for row in rows if row.level == Division.Level.VILLAGE]
        several = len(towns) > 1
        return [(row.code, f"{towns.get(row.code[:9], '')} {row.name}" if several else row.name) for row in found]

    def names(self) -> dict[str, str]:
        """Villages and towns by their twelve digits."""
        rows = Division.objects.at(local_day(self.at)).within(self.scope)
        return dict(rows.values_list("code", "name"))


def village_told(names: Mapping[str, str], code: str) -> str:
    """The village of twelve digits by its name; a town is no village: of whom lives in one no village is registered.

    `names` are the divisions that the reader sees; the town is named where there are several.
    """
    if not code:
        return "村不明"
    if not code.endswith(NO_VILLAGE):
        return names.get(code, code)
    several = sum(each.endswith(NO_VILLAGE) and not each.endswith(NO_TOWN) for each in names) > 1
    return f"{names.get(code, code)}，{UNREGISTERED}" if several else UNREGISTERED


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
    at = moment_in(place.county, staff=staff)
    return Chosen(division, place.division, place.counties(), period, periods, ruleset, at)


def choose_for_form(asked: Mapping[str, str], typed: Mapping[str, str], *, staff: Staff) -> Chosen | None:
    """The same where a form picks the division: while it has not, the page's address says in which county it is."""
    return choose({**asked, **{name: value for name, value in typed.items() if value}}, staff=staff)


def query_of(division: str, coverage_year: int, *, staff: Staff) -> str:
    """What leads back to the county and year of a row."""
    chosen = choose({"division": division[:6]}, staff=staff)
    found = [each.pk for each in chosen.periods if each.coverage_year == coverage_year] if chosen else []
    return f"division={division[:6]}" + "".join(f"&period={pk}" for pk in found[:1])
