"""造县的标准: what each category paid in each of the years before, decided by the rules themselves."""

import json
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from common.dates import SHANGHAI
from enrollment.frozen import decision_json
from enrollment.rules import facts
from enrollment.rules.assess import assess
from enrollment.rules.ruleset import RuleSet

CATEGORIES = {
    "general": (),
    "dibao": (facts.Certification("dibao", on_funder_list=True),),
    "wubao": (facts.Certification("wubao", on_funder_list=True),),
    "severe_disability": (facts.Certification(disability=facts.Disability("肢体", 1), on_funder_list=True),),
}


def rates(ruleset: RuleSet, county: str) -> Iterator[tuple[Any, ...]]:
    """A row of made_rate for each year and category, with the reasons that the rules give."""
    for year in sorted(ruleset.periods):
        for category, certifications in CATEGORIES.items():
            yield _rate(ruleset, year, category, certifications, county)


def _rate(
    ruleset: RuleSet, year: int, category: str, certifications: tuple[facts.Certification, ...], county: str
) -> tuple[Any, ...]:
    somebody = facts.Member(
        "1", facts.Hukou(county, "rural"), birth_date=date(1960, 1, 1), certifications=certifications
    )
    at = datetime(year - 1, 11, 1, 9, tzinfo=SHANGHAI)
    decision = assess(facts.Household((somebody,)), ruleset=ruleset, coverage_year=year, at=at)
    charge, benefit = decision.members[0].charge, decision.members[0].benefit
    if charge is None or benefit is None or charge.category != category:
        raise ValueError(f"{category} of {year} is decided otherwise: {decision}")
    (member,) = decision_json(decision)["members"]
    del member["ref"]
    texts = [json.dumps(each, ensure_ascii=False) for each in (member["reasons"], member)]
    days = (benefit.starts_on, benefit.ends_on, benefit.usable_from)
    amounts = (charge.standard, charge.payable, charge.sponsored)
    # The statement puts each person's ref before the rest of the member's object.
    return (year, category, charge.category_name, *amounts, charge.funder, *days, texts[0], texts[1].removeprefix("{"))
