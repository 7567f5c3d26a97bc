"""基数人口 in force at a moment: of a division, its own or the sum of those below. 基数."""

from collections.abc import Mapping
from datetime import datetime

from common.dates import local_day
from offices.models import Division
from reports.figures import BELOW, base_of
from reports.models import BasePopulation


def bases_in(division: str, coverage_year: int, *, at: datetime) -> dict[str, BasePopulation]:
    """The figures in force under a prefix, by their code."""
    rows = BasePopulation.objects.in_force(at).filter(coverage_year=coverage_year, division_code__startswith=division)
    return {row.division_code: row for row in rows}


def divisions_in(division: str, *, at: datetime) -> dict[str, str]:
    """Prefix and name of every division under a prefix down to the villages, as of that day."""
    rows = Division.objects.at(local_day(at)).within(division).order_by("code")
    return {row.prefix: row.name for row in rows}


def below(code: str, divisions: Mapping[str, str]) -> list[str]:
    """The divisions right below one."""
    digits = BELOW.get(len(code), 4)
    return [each for each in divisions if len(each) == digits and each.startswith(code) and each != code]


def base(code: str, known: Mapping[str, BasePopulation], divisions: Mapping[str, str]) -> int | None:
    """The base population of a county, town or village; None where some part of it is not known."""
    numbers = {key: row.persons for key, row in known.items()}
    for town in below(code, divisions) if len(code) < 9 else ():
        found = base_of(town, numbers, below(town, divisions))
        if found is not None:
            numbers[town] = found
    return base_of(code, numbers, below(code, divisions))


def base_at(code: str, coverage_year: int, *, at: datetime) -> int | None:
    """The same, read for one division."""
    return base(code, bases_in(code, coverage_year, at=at), divisions_in(code, at=at))
