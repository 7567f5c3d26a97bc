"""资金上缴: the steps that the money takes from the office upward, and the day by which each is to be done."""

from dataclasses import dataclass
from datetime import date, timedelta

from common.decision import Clause

# The steps in their order; the last is what comes the other way, from the budgets of city and district.
STEPS = {
    "office": "上缴经办机构",
    "district": "汇缴区县财政专户",
    "city": "上解市级财政专户",
    "subsidy": "财政补助到账",
}
YEARS = {"before": -1, "coverage": 0}


@dataclass(frozen=True, slots=True)
class TransferStep:
    """One step. `due`: month and day, the day itself included, in the coverage year or the one before it.

    `within_days`: so many days after the step before; an office's own deadline where the document gives no date.
    `once`: the year's money goes in one sum. Without a clause the document is silent.
    """

    step: str
    name: str
    due: tuple[int, int] | None
    in_year: str
    within_days: int | None
    once: bool
    clause: Clause | None

    def due_on(self, coverage_year: int, *, since: date | None = None) -> date | None:
        """The last day on which the step is in time; `since` is the day of the step before."""
        days = []
        if self.due:
            days.append(date(coverage_year + YEARS[self.in_year], *self.due))
        if self.within_days is not None and since:
            days.append(since + timedelta(days=self.within_days))
        return min(days, default=None)
