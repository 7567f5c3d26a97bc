"""原始统计: the figures counted anew from every enrolment: the truth that the sums are compared with, and made from."""

from datetime import datetime

from common.dates import SHANGHAI
from enrollment.rules.progress import Target
from rosters.outgoing.renewing import GROUP as NAMES_A_GROUP

GROUP = NAMES_A_GROUP.pattern
COUNTS = "persons, paid, sponsored, payable_amount, sponsored_amount"

COLUMNS = """
    e.division_code, e.coverage_year, e.category_name, e.funder, p.hukou_kind,
    left(p.hukou_division, 6) = left(e.division_code, 6) AS is_local
"""
# An enrolment comes on one day and, if it is cancelled, goes on another; what came less what went is what stands.
EVENTS = f"""
    SELECT {COLUMNS}, (e.enrolled_at AT TIME ZONE '{SHANGHAI.key}')::date AS day, false AS is_cancelled, 1 AS persons,
           (e.payable > 0)::int AS paid, (e.sponsored > 0)::int AS sponsored, e.payable AS payable_amount,
           e.sponsored AS sponsored_amount
    FROM enrollment_enrollment e JOIN households_person p ON p.id = e.person_id
    UNION ALL
    SELECT {COLUMNS}, (e.cancelled_at AT TIME ZONE '{SHANGHAI.key}')::date, true, -1,
           -(e.payable > 0)::int, -(e.sponsored > 0)::int, -e.payable, -e.sponsored
    FROM enrollment_enrollment e JOIN households_person p ON p.id = e.person_id WHERE e.cancelled_at IS NOT NULL
"""  # noqa: S608 - put together from constants

# Persons of the base population are those whose hukou lies in the county and is of the kinds that the base counts.
IN_BASE = "(%(everybody)s OR (is_local AND hukou_kind = ANY(%(population)s)))"
SUMS = f"""
    coalesce(sum(persons) FILTER (WHERE {IN_BASE}), 0), coalesce(sum(persons) FILTER (WHERE NOT {IN_BASE}), 0),
    coalesce(sum(paid), 0), coalesce(sum(sponsored), 0), coalesce(sum(payable_amount), 0),
    coalesce(sum(sponsored_amount), 0)
"""
SETS = "(), (place), (funder), (category_name), (day, is_cancelled)"
SHOWN = "place, funder, category_name, day, is_cancelled"

PLAIN = f"""
SELECT {SHOWN}, GROUPING({SHOWN}), {SUMS}
FROM (SELECT left(division_code, %(digits)s) AS place, * FROM ({EVENTS}) event
      WHERE division_code LIKE %(within)s AND coverage_year = %(year)s AND day <= %(day)s) found
GROUP BY GROUPING SETS ({SETS})
"""  # noqa: S608 - put together from constants


# A village by group: its persons live in one by their household's address; 未分组 where it names none.
IN_GROUP = f"coalesce(substring(h.address from '{GROUP}'), '')"
GROUPS = (
    PLAIN.replace(COLUMNS, f"{COLUMNS}, {IN_GROUP} AS place")
    .replace("ON p.id = e.person_id", "ON p.id = e.person_id JOIN households_household h ON h.id = e.household_id")
    .replace("left(division_code, %(digits)s) AS place, *", "*")
)
# Who of the base, or of everybody where there is none, is in the files of a village and not enrolled.
LACKING = f"""
SELECT {IN_GROUP}, count(*)
FROM households_person p JOIN households_membership m ON m.person_id = p.id AND m.ends_on IS NULL
JOIN households_household h ON h.id = m.household_id
WHERE p.division_code LIKE %(within)s AND p.died_on IS NULL
  AND (%(everybody)s OR (left(p.hukou_division, 6) = left(p.division_code, 6) AND p.hukou_kind = ANY(%(population)s)))
  AND NOT EXISTS (SELECT FROM enrollment_enrollment e
                  WHERE e.person_id = p.id AND e.coverage_year = %(year)s AND e.cancelled_at IS NULL)
GROUP BY 1
"""  # noqa: S608 - put together from constants


def parameters(
    division: str, coverage_year: int, *, at: datetime, target: Target | None, digits: int
) -> dict[str, object]:
    """What each statement of the figures asks for; `digits` of a code name a part."""
    return {
        "digits": digits,
        "within": f"{division}%",
        "year": coverage_year,
        "day": at.astimezone(SHANGHAI).date(),
        "everybody": target is None,
        "population": list(target.population) if target else [],
    }
