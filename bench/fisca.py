"""The renewal's rules of 嵩明 on arrays in memory: by our keys, and written out for openfisca-core.

Both decide who is due and at which category's rate, by ages, hukou and lists; neither the window nor the papers.

A person's answer is one number: −1 for whoever is not due, else the place of the category in the rule set's list.
"""

import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np

from bench.at_the_counter import AT, YEAR

LISTED = (
    "dibao", "low_income_elder", "low_income_minor", "wubao", "severe_disability", "only_child_parent", "only_child",
    "two_daughters",
)  # fmt: skip
HUKOU = ("urban", "rural", "converted")
FIRST = date(1900, 1, 1)  # days of birth are counted from here
FLAGS = ("is_employed", "is_covered", *LISTED)
FACTS = """
    SELECT p.birth_date - date '1900-01-01',
           array_position(ARRAY['urban', 'rural', 'converted'], p.hukou_kind::text) - 1,
           EXISTS (SELECT FROM households_othercover v WHERE v.person_id = p.id),
           EXISTS (SELECT FROM enrollment_enrollment n WHERE n.person_id = p.id AND n.coverage_year = %(year)s
                   AND n.cancelled_at IS NULL),
           coalesce(c.listed, '{}'), coalesce(c.severe, false)
    FROM households_person p
    JOIN households_membership m ON m.person_id = p.id AND m.ends_on IS NULL
    JOIN households_household h ON h.id = m.household_id AND h.office_id = ANY(%(offices)s)
    LEFT JOIN (SELECT person_id, array_agg(category::text) FILTER (WHERE category <> '') AS listed,
                      bool_or(disability_grade <= 2 AND disability_kind <> '') AS severe
               FROM households_certification WHERE claimed AND funder_list <> '' GROUP BY person_id) c
           ON c.person_id = p.id
    ORDER BY p.id
"""
Facts = Mapping[str, Any]


def facts_of(offices: list[int]) -> Facts:
    """Columns of everybody: day of birth, kind of hukou, flags."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(FACTS, {"offices": offices, "year": YEAR})
        rows = cursor.fetchall()
    found = {
        "born": np.array([row[0] for row in rows], dtype=np.int32),
        "hukou": np.array([row[1] for row in rows], dtype=np.int8),
    }
    found["is_employed"] = np.array([row[2] for row in rows])
    found["is_covered"] = np.array([row[3] for row in rows])
    for category in LISTED:
        found[category] = np.array([row[5] if category == "severe_disability" else category in row[4] for row in rows])
    return found


def by_keys(facts: Facts) -> tuple[float, Any]:
    """Pack what the rules can see into two bytes, decide each pair that occurs, take the answers back."""
    from enrollment import library
    from enrollment.preparing import eyes_of

    ruleset = library.current("songming")
    started = time.perf_counter()
    births = [(each - FIRST).days for each in eyes_of(ruleset, YEAR, AT).births]
    youth = (facts["born"] >= births[0]).view(np.uint8)
    for birth in births[1:]:
        youth += facts["born"] >= birth
    columns = [facts[flag] for flag in FLAGS]
    key = np.empty((len(youth), 2), dtype=np.uint8)
    key[:, 0] = _packed(columns[:8], range(8))
    key[:, 1] = _packed([*columns[8:], facts["hukou"], youth], (0, 1, 2, 4))
    pairs = key.view("<u2").ravel()
    answers = np.zeros(1 << 16, dtype=np.int8)
    for pair in np.flatnonzero(np.bincount(pairs)).tolist():
        answers[pair] = _decided(_unpacked(pair, births), ruleset)
    found = answers.take(pairs)
    return time.perf_counter() - started, found


def _packed(columns: Sequence[Any], places: Iterable[int]) -> Any:
    """A byte for everybody, each column's bits at its place. Products of bytes are faster than shifts."""
    found, moved = np.zeros(len(columns[0]), dtype=np.uint8), np.empty(len(columns[0]), dtype=np.uint8)
    for column, place in zip(columns, places, strict=True):
        np.multiply(column.view(np.uint8), 1 << place, out=moved)
        np.add(found, moved, out=found)
    return found


def _unpacked(pair: int, births: Sequence[int]) -> dict[str, Any]:
    """The facts of whoever has this pair; of the days of birth that are one to the rules, the last."""
    low, high = pair & 255, pair >> 8
    bits = low | (high & 3) << 8
    flags = {flag: bool(bits >> place & 1) for place, flag in enumerate(FLAGS)}
    # The day before the next bound; whoever is the youngest was born today.
    return flags | {
        "hukou": high >> 2 & 3,
        "born": [*(each - 1 for each in births), (AT.date() - FIRST).days][high >> 4],
    }


def _decided(fact: Mapping[str, Any], ruleset: Any) -> int:
    from datetime import timedelta

    from enrollment.rules import facts as rules
    from enrollment.rules.category import charge
    from enrollment.rules.eligibility import not_due

    listed = [category for category in LISTED if fact[category] and category != "severe_disability"]
    certifications = [rules.Certification(category, on_funder_list=True) for category in listed]
    if fact["severe_disability"]:
        certifications.append(rules.Certification(disability=rules.Disability("肢体", 1), on_funder_list=True))
    member = rules.Member(
        ref="1",
        hukou=rules.Hukou("530127", HUKOU[fact["hukou"]]),
        birth_date=FIRST + timedelta(days=int(fact["born"])),
        certifications=tuple(certifications),
        insured_elsewhere=rules.OtherCover("employee") if fact["is_employed"] else None,
        covered_years=frozenset({YEAR} if fact["is_covered"] else ()),
    )
    day = AT.date()
    if not_due(member, ruleset=ruleset, coverage_year=YEAR, day=day):
        return -1
    rates = ruleset.periods[YEAR].rates_on(day)
    found = charge(
        member, household=rules.Household((member,)), ruleset=ruleset, coverage_year=YEAR, rates=rates, day=day
    )
    return [each.code for each in ruleset.categories].index(found.category)


def by_openfisca(facts: Facts) -> tuple[float, Any]:
    """Seconds from the same columns to the same answers, and these."""
    from openfisca_core.simulation_builder import SimulationBuilder

    system = _system()
    month = "2016-11"
    started = time.perf_counter()
    simulation = SimulationBuilder().build_default_simulation(system, count=len(facts["born"]))
    simulation.set_input(
        "born", month, facts["born"].astype("datetime64[D]") - np.datetime64("1970-01-01").astype(int) - 25567
    )
    simulation.set_input("hukou", month, facts["hukou"])
    for flag in FLAGS:
        simulation.set_input(flag, month, facts[flag])
    found = simulation.calculate("answer", month)
    return time.perf_counter() - started, found.astype(np.int8)


def _system() -> Any:  # noqa: C901 - a formula for each variable
    """The rules as openfisca has them: an input for each fact, a formula for each thing that is decided."""
    from openfisca_core.entities import build_entity
    from openfisca_core.periods import DateUnit
    from openfisca_core.taxbenefitsystems import TaxBenefitSystem
    from openfisca_core.variables import Variable

    person = build_entity(key="person", plural="persons", label="参保人", is_person=True)
    system = TaxBenefitSystem([person])

    def variable(name: str, kind: type, formula: Any = None) -> None:
        given = {"value_type": kind, "entity": person, "definition_period": DateUnit.MONTH, "label": name}
        system.add_variable(type(name, (Variable,), given | ({"formula": formula} if formula else {})))

    variable("born", date)
    variable("hukou", int)
    for flag in FLAGS:
        variable(flag, bool)

    def age(who: Any, period: Any) -> Any:
        born = who("born", period).astype("datetime64[D]")
        months = born.astype("datetime64[M]")
        years = AT.year - (born.astype("datetime64[Y]").astype(int) + 1970)
        place = (months.astype(int) % 12 + 1) * 100 + (born - months.astype("datetime64[D]")).astype(int) + 1
        return years - (place > AT.month * 100 + AT.day)

    variable("age", int, age)
    variable("is_due", bool, lambda who, p: ~who("is_employed", p) & ~who("is_covered", p))
    country = {"wubao", "only_child_parent", "only_child", "two_daughters"}
    town = {"low_income_elder", "low_income_minor"}

    def holds(category: str) -> Any:
        def formula(who: Any, period: Any) -> Any:
            listed, hukou, years = who(category, period), who("hukou", period), who("age", period)
            if category in country:
                listed = listed & (hukou != HUKOU.index("urban"))
            if category in town:
                listed = listed & (hukou != HUKOU.index("rural"))
            if category in {"low_income_minor", "only_child"}:
                listed = listed & (years < 18)
            if category == "low_income_elder":
                listed = listed & (years >= 60)
            return listed

        return formula

    for category in LISTED:
        variable(f"holds_{category}", bool, holds(category))

    def answer(who: Any, period: Any) -> Any:
        held = [who(f"holds_{category}", period) for category in LISTED]
        category = np.select(held, range(1, len(LISTED) + 1), default=0)
        return np.where(who("is_due", period), category, -1)

    variable("answer", int, answer)
    return system
