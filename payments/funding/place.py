"""Which county and which year the pages of 资助与补助 are about: what was asked for, within the reader's scope."""

from collections.abc import Mapping
from datetime import datetime

from django.db.models import Exists, OuterRef

from enrollment.models import ContributionPeriod, Enrollment
from offices.clock import moment
from offices.models import Division, Office, Staff


def moment_in(county: str, *, staff: Staff) -> datetime:
    """Now at the reader's office, or else at an office of the county: in a demonstration each has its own time."""
    return moment(staff.office or Office.objects.filter(division_code__startswith=county).order_by("code").first())


class FundingPlace:
    """The county and the part of it that the reader sees; without an answer to `asked`, the first there is."""

    def __init__(self, asked: Mapping[str, str], *, staff: Staff) -> None:
        self.scope = staff.division_scope
        offices = Office.objects.exclude(ruleset_code="").filter(division_code__startswith=self.scope[:6])
        rows = sorted(offices.values_list("division_code", "ruleset_code"))
        self.rulesets = {code[:6]: ruleset for code, ruleset in rows if len(code) >= 6}
        wanted = asked.get("division", "")
        self.county = wanted if wanted in self.rulesets else next(iter(self.rulesets), "")
        self._year = asked.get("period", "")

    @property
    def division(self) -> str:
        """The county, or the reader's own part of it."""
        return self.scope if len(self.scope) > 6 else self.county

    def counties(self) -> list[tuple[str, str]]:
        """Code and name of every county within the scope."""
        codes = [code.ljust(12, "0") for code in self.rulesets]
        names = dict(Division.objects.filter(code__in=codes).order_by("starts_on").values_list("code", "name"))
        return [(code, names.get(code.ljust(12, "0"), code)) for code in self.rulesets]

    def periods(self) -> list[ContributionPeriod]:
        """The years of the county's rule set, the latest first."""
        rows = ContributionPeriod.objects.select_related("ruleset").order_by("-coverage_year")
        found = rows.filter(ruleset__code=self.rulesets.get(self.county, ""), ruleset__current_edition__isnull=False)
        enrolled = Enrollment.objects.filter(
            period=OuterRef("pk"), coverage_year=OuterRef("coverage_year"), division_code__startswith=self.county
        )
        return list(found.annotate(has_people=Exists(enrolled)))

    def chosen(self, periods: list[ContributionPeriod]) -> ContributionPeriod | None:
        """The year that was asked for; else the latest in which somebody is enrolled; else the latest."""
        asked = [each for each in periods if str(each.pk) == self._year]
        peopled = [each for each in periods if getattr(each, "has_people", False)]
        return next(iter((*asked, *peopled, *periods)), None)
