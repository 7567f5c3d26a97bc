"""当期年度: which coverage year the counter is busy with at a moment."""

from datetime import datetime

from enrollment.rules.ruleset import RuleSet


def year_on_sale(ruleset: RuleSet, at: datetime) -> int | None:
    """The latest coverage year whose window has opened, also after it closed: receipts and questions go on about it.

    Before the first window of all, the year that will come first; None where the rule set has no year.
    """
    opened = [year for year in ruleset.periods if (window := ruleset.window(year)) and window.opens <= at]
    return max(opened, default=min(ruleset.periods, default=None))
