"""规则页: whatever a rule set says is told on its page. Each key is changed in turn, and what is told must change."""

import re
import tomllib
from collections.abc import Iterator
from copy import deepcopy
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from html import unescape
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from enrollment import presentation, presentation_sections
from enrollment.rules.ruleset import RuleSet
from enrollment.rules.source import RuleSetError, read_ruleset
from enrollment.services import load_ruleset
from offices.models import Staff
from tests.builders import at
from tests.enrollment.rule_facts import RULESETS
from tests.enrollment.test_rulesets_doc import ENGLISH, dotted, example, written
from tests.payments.conftest import rulesets  # noqa: F401 - fixture

Place = tuple[str | int, ...]
TEXTS = {path.stem: path.read_text(encoding="utf-8") for path in sorted(RULESETS.glob("*.toml"))}
TEXTS["qinghe"] = (Path(__file__).parents[1] / "cases" / "qinghe-2031.toml").read_text(encoding="utf-8")
TEXTS["shili"] = example(ENGLISH)
# What nobody in an office need read: the handle of a thing whose name is told, and how the text is cut to pieces.
UNTOLD = {
    "ruleset.code",
    "document.text_layout",
    "categories.list.code",
    "funders.code",
    "papers.code",
    "channels.code",
    "together.exemptions.code",
}


def told(ruleset: RuleSet) -> str:
    """Everything that the page tells, clauses by their keys."""
    parts = [
        ruleset.name,
        ruleset.in_force_from,
        ruleset.clause.key,
        presentation.document(ruleset),
        presentation.rate_rows(ruleset),
        presentation.years(ruleset),
        presentation_sections.sections(ruleset),
        {key: (each.document, each.article, each.summary, each.source) for key, each in ruleset.clauses.items()},
    ]
    return repr(parts)


@cache
def places(code: str) -> dict[str, list[Place]]:
    """Each key that a rule set uses, dotted, and where it stands."""
    found: dict[str, list[Place]] = {}
    for place in _leaves(tomllib.loads(TEXTS[code], parse_float=Decimal), ()):
        found.setdefault(dotted(place), []).append(place)
    return {key: where for key, where in found.items() if key not in UNTOLD}


def _leaves(value: Any, place: Place) -> Iterator[Place]:
    """Where values stand that are not tables; a list of plain values is one value."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, (*place, key))
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for index, inner in enumerate(value):
            yield from _leaves(inner, (*place, index))
    else:
        yield place


def others(key: str, value: Any, data: dict[str, Any]) -> Iterator[Any]:
    """Other values that might stand there."""
    if key.endswith("clause"):
        yield from (each for each in data["clauses"] if each != value)
    elif isinstance(value, bool):
        yield not value
    elif isinstance(value, (int, Decimal)):
        yield from (value + 1, value - 1)
    elif isinstance(value, (date, datetime)):
        yield from (value + timedelta(days=1), value - timedelta(days=1))
    elif isinstance(value, list):
        yield from (value[:-1], value[1:], [*value, "990199"], [*value, "另一种"], [*value, "旁"])
        yield from ([*value, each] for each in (4, "hukou_book", "urban", "听力"))
    else:
        yield from CHOICES.get(key, ())
        yield f"{value}改"
        yield f"{value[:-1]}9"


CHOICES = {
    "clauses.source": ["own", "weak"],
    "categories.choice": ["priority", "lowest_payable"],
    "categories.list.proof": ["certificate", "funder_list", "facts"],
    "categories.list.scope": ["person", "household"],
    "categories.list.expired": ["warn", "supervisor"],
    "papers.asked_of": ["household", "applicant"],
    "exclusions.fact": ["employee", "nrcms", "employee_scope"],
    "admissions.way": ["supervisor", "residence_certificate"],
    "after_employee.benefit_starts": ["payment_day", "day_after_cover"],
    "periods.bands.benefit_starts": [date(2008, 1, 2), date(2030, 5, 5), date(2025, 12, 1), date(2017, 1, 2)],
    "yearly_window.opens": ["09-02", "10-02"],
    "yearly_window.closes": ["12-09", "12-11"],
    "weekly_report.due_weekday": ["mon", "sun"],
    "changes.kind": ["death", "move_out", "move_within", "employee_start"],
    "changes.cover": ["ends_that_day", "ends_day_before", "stays"],
    "changes.account_to": ["self", "heir", "nobody"],
}


def changed(code: str, place: Place) -> Iterator[RuleSet]:
    """The rule set with one value changed, in the ways that are valid and mean something else."""
    data, before = _as_it_is(code)
    value = _at(data, place)
    for other in (*others(dotted(place), value, data), None):
        again = deepcopy(data)
        holder = _at(again, place[:-1])
        if other is None:
            del holder[place[-1]]
        else:
            holder[place[-1]] = other
        try:
            found = read_ruleset(written(again))
        except (RuleSetError, ValueError):
            continue
        if found != before:
            yield found


@cache
def _as_it_is(code: str) -> tuple[dict[str, Any], RuleSet]:
    return tomllib.loads(TEXTS[code], parse_float=Decimal), read_ruleset(TEXTS[code])


def _at(data: Any, place: Place) -> Any:
    for part in place:
        data = data[part]
    return data


# Nothing else can stand there by itself: parts must make the standard, categories and departments are named
# elsewhere. `gaps_closed` is told by the days that it closes.
TIED = {
    "periods.gaps_closed",
    "periods.rates.category",
    "periods.rates.funder",
    "periods.bands.rates.category",
    "periods.bands.rates.funder",
    "periods.rates.payable",
    "periods.rates.standard",
    "periods.rates.sponsored",
    "periods.bands.rates.payable",
    "periods.bands.rates.standard",
    "periods.bands.rates.sponsored",
    "transfers.step",
    "workmanship_fee.amount",
    "workmanship_fee.book_amount",
    "workmanship_fee.card_amount",
}


@pytest.mark.parametrize("code", TEXTS)
def test_whatever_a_rule_set_says_is_told(code: str):
    before = told(read_ruleset(TEXTS[code]))

    untold = []
    for place in (place for where in places(code).values() for place in where[:3]):
        alike = [told(other) == before for other in islice(changed(code, place), 1)]
        if alike == [True]:  # what the first change does not show, another may
            alike = [told(other) == before for other in islice(changed(code, place), 4)]
        if alike and all(alike):
            untold.append(place)

    assert not untold


def test_every_key_was_tried_with_some_rule_set():
    known = {key for code in TEXTS for key in places(code)}

    tried: set[str] = set()
    for code in TEXTS:
        left = {key: where for key, where in places(code).items() if key not in tried}
        tried |= {key for key, where in left.items() if any(next(changed(code, place), None) for place in where)}

    assert known - tried == TIED


def test_parts_that_must_sum_are_told_together():
    text = TEXTS["lianyungang"].replace("standard = 120, payable = 120", "standard = 130, payable = 130")
    text = text.replace("[workmanship_fee]", "[workmanship_fee]\ncard_amount = 3\nbook_amount = 4\n")

    now = told(read_ruleset(text))

    assert "130" in now
    assert "每人 7" in now
    assert "医保卡 3" in now


def test_days_on_which_nobody_may_pay_are_told():
    year = presentation.years(read_ruleset(TEXTS["national-2025"]))[0]

    closed = [line.text for line in year.bands if line.label == "时段之间"]

    assert closed == ["2025-02-26 至 2025-02-28 不收费", "2025-06-26 至 2025-06-30 不收费"]


@pytest.mark.django_db
@pytest.mark.usefixtures("rulesets")
@pytest.mark.parametrize("code", sorted(path.stem for path in RULESETS.glob("*.toml")))
def test_every_line_stands_on_the_page_with_its_clauses(aunt_liu: Staff, code: str):
    client = Client()
    client.force_login(aunt_liu)

    page = unescape(client.get(f"/rulesets/{code}/").content.decode())

    rules = read_ruleset(TEXTS[code])
    lines = [line for section in presentation_sections.sections(rules) for line in section.lines]
    lines += [line for year in presentation.years(rules) for line in (*year.window, *year.bands)]
    lines += presentation.document(rules)
    missing = [line for line in lines if not (line.text in page and line.note in page)]
    missing += [line for line in lines for each in line.more if f"/clauses/{code}/{each.key}/" not in page]
    assert not missing


def test_the_text_of_this_test_reads_every_rule_set():
    for text in TEXTS.values():
        assert read_ruleset(written(tomllib.loads(text, parse_float=Decimal))) == read_ruleset(text)


@pytest.mark.django_db
@pytest.mark.parametrize("code", ["qinghe", "shili"])
@pytest.mark.parametrize("sponsored", ["by its own clause", "by the rate's"])
def test_a_rule_set_that_an_administrator_wrote_has_its_page(aunt_liu: Staff, code: str, sponsored: str):
    text = TEXTS[code]
    if sponsored == "by the rate's":
        text = re.sub(r', sponsor_clause = "[^"]+"', "", text)
    loaded = load_ruleset(text=text, by=None, at=at("2029-09-01 09:00"))
    client = Client()
    client.force_login(aunt_liu)

    page = client.get(f"/rulesets/{loaded.ruleset.code}/")

    assert page.status_code == 200
    assert loaded.ruleset.name in page.content.decode()
