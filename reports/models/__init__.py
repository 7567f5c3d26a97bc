"""进度: base populations, weekly reports, the sums that a report is made of, visits, and who answers for a village."""

from reports.models.base_population import BasePopulation
from reports.models.duty import Duty
from reports.models.tally import DaySum, PlaceSum, Tally
from reports.models.visit import Visit
from reports.models.weekly import WeeklyReport

__all__ = ["BasePopulation", "DaySum", "Duty", "PlaceSum", "Tally", "Visit", "WeeklyReport"]
