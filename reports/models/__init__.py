"""进度: base populations, weekly reports, and the sums that a report is made of."""

from reports.models.base_population import BasePopulation
from reports.models.tally import DaySum, PlaceSum, Tally
from reports.models.weekly import WeeklyReport

__all__ = ["BasePopulation", "DaySum", "PlaceSum", "Tally", "WeeklyReport"]
