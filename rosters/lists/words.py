"""名称对照: which sponsored category a department means by a word on its list. Pure.

What people once chose for a department comes first; else the rule set's own names and aliases. One word can mean two
categories that differ by age (低收入家庭60周岁以上老年人及未成年人): the birth date decides.
"""

from collections.abc import Mapping
from datetime import date

from enrollment.rules.category import named_by, plain
from enrollment.rules.ruleset import Category, RuleSet

NOT_SPONSORED = ""


def categories_of(ruleset: RuleSet, funder: str) -> list[Category]:
    """What a department pays for, by its code, in the order of the rule set."""
    name = next((each.name for each in ruleset.funders if each.code == funder), "")
    paid = {
        rate.category
        for period in ruleset.periods.values()
        for rate in period.rates.values()
        if rate.sponsored and rate.funder in (funder, name)
    }
    return [each for each in ruleset.categories if each.code in paid]


def meaning(word: str, *, ruleset: RuleSet, funder: str, chosen: Mapping[str, str]) -> tuple[Category, ...] | None:
    """The categories that a word may mean, () where it means none that is sponsored, None where nobody knows yet."""
    mine = categories_of(ruleset, funder)
    if plain(word) in chosen:
        return tuple(each for each in mine if each.code == chosen[plain(word)])
    if not word and len(mine) == 1:
        return tuple(mine)
    found = tuple(each for each in mine if word and named_by(word, each))
    return found or None


def category_of(candidates: tuple[Category, ...], id_no: str, *, coverage_year: int, day: date) -> str:
    """The one whose age fits; the first where none does: the rules will say why it fails."""
    fitting = [each for each in candidates if _age_fits(each, id_no, coverage_year, day)]
    return next((each.code for each in (*fitting, *candidates)), NOT_SPONSORED)


def _age_fits(category: Category, id_no: str, coverage_year: int, day: date) -> bool:
    if category.age_from is None and category.age_below is None:
        return True
    if not id_no:
        return False
    born = date(int(id_no[6:10]), int(id_no[10:12]), int(id_no[12:14]))
    return category.takes_age(born, coverage_year=coverage_year, verified_on=day)
