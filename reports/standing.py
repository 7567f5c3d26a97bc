"""进度: where a division and its parts stand against the target today. 对照目标."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from enrollment.rules.progress import Target, rate_hundredths
from reports.bases import base, bases_in, below, divisions_in
from reports.figures import VILLAGE, Count, Figures, figures_of, lacking_by_group
from reports.models import BasePopulation


@dataclass(frozen=True, slots=True)
class Standing:
    """One division: its persons and money, its base population and where that comes from."""

    code: str
    name: str
    count: Count
    base: int | None
    source: BasePopulation | None
    target: Target | None

    @property
    def rate(self) -> str:
        return rate_text(self.count.enrolled, self.base)

    @property
    def is_met(self) -> bool | None:
        if self.target is None or self.base is None:
            return None
        return self.target.is_met(enrolled=self.count.enrolled, base=self.base)

    @property
    def lacking(self) -> int | None:
        if self.target is None or self.base is None:
            return None
        return self.target.lacking(enrolled=self.count.enrolled, base=self.base)

    @property
    def share(self) -> Fraction:
        """For sorting: exact."""
        return Fraction(self.count.enrolled, self.base) if self.base else Fraction(-1)


@dataclass(frozen=True, slots=True)
class Group:
    """小组 of a village: who is enrolled, and who of its households in the files is not. It has no base of its own."""

    name: str
    count: Count
    lacking: int

    @property
    def label(self) -> str:
        return self.name or "未分组"


@dataclass(frozen=True, slots=True)
class Progress:
    """A division, its parts by rate, and the figures behind them. A village's parts are its groups."""

    whole: Standing
    parts: Sequence[Standing]
    groups: Sequence[Group]
    figures: Figures
    target: Target | None

    def trend(self) -> list[tuple[date, int]]:
        """How many of the base population stood enrolled at the end of each day on which somebody came or went."""
        total, found = 0, []
        days, gone = self.figures.days, self.figures.gone
        for day in sorted({*days, *gone}):
            total += days.get(day, NOBODY).enrolled - gone.get(day, NOBODY).enrolled
            found.append((day, total))
        return found

    def fresh(self, first: date, last: date) -> Count:
        """Those who came from one day to another, both included, less those who were cancelled."""
        came = [count for day, count in self.figures.days.items() if first <= day <= last]
        gone = [-count for day, count in self.figures.gone.items() if first <= day <= last]
        return sum([*came, *gone], NOBODY)


NOBODY = Count()


def rate_text(enrolled: int, whole: int | None) -> str:
    """95.99 %, cut off: what is not quite 96 never reads 96.00."""
    found = rate_hundredths(enrolled=enrolled, base=whole) if whole else None
    return "—" if found is None else f"{found // 100}.{found % 100:02d}%"


def progress_of(division: str, coverage_year: int, *, at: datetime, target: Target | None) -> Progress:
    """Three statements, whatever the size: divisions, their base populations, the figures; in a village one more."""
    names = divisions_in(division, at=at)
    known = bases_in(division, coverage_year, at=at) if target else {}
    figures = figures_of(division, coverage_year, at=at, target=target)

    def standing(code: str, count: Count) -> Standing:
        whole = base(code, known, names) if target else None
        return Standing(code, names.get(code, code), count, whole, known.get(code), target)

    whole = standing(division, figures.whole)
    if len(division) == VILLAGE:
        lacking = lacking_by_group(division, coverage_year, at=at, target=target)
        return Progress(whole, [], _groups(figures, lacking), figures, target)
    codes = dict.fromkeys([*below(division, names), *figures.places])
    parts = [standing(code, figures.places.get(code, Count())) for code in codes]
    parts.sort(key=lambda each: (-each.share, -each.count.persons, each.code))
    return Progress(whole, parts, [], figures, target)


def _groups(figures: Figures, lacking: Mapping[str, int]) -> list[Group]:
    """By their number; who belongs to none comes last."""
    names = sorted({*figures.places, *lacking}, key=lambda name: (not name, len(name), name))
    return [Group(name, figures.places.get(name, Count()), lacking.get(name, 0)) for name in names]
