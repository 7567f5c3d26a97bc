"""查找的语句: how persons are looked for and shown, of constants; `households.search` chooses among them.

Each is prepared and keeps one plan whatever it is asked (`offices.prepared`). In braces stands what follows from the
scope (`said_of`): every look-up begins with its towns.
"""

from households.models.person import TOWN_DIGITS
from offices.models import Division

BELOW = "{0}.division_code >= %(scope)s AND {0}.division_code < %(scope_end)s"
TOWNS = f"""
    towns AS MATERIALIZED (
        SELECT array_agg(t.code) AS codes FROM (
            SELECT DISTINCT left(d.code, {TOWN_DIGITS}) AS code FROM offices_division d
            WHERE d.level = {Division.Level.VILLAGE} AND d.code >= %(scope)s AND d.code < %(scope_end)s) AS t)
"""  # noqa: S608 - of constants
IN_TOWN = "SELECT p.id FROM households_person p WHERE {in_scope} AND "
BY_NAME = IN_TOWN + "p.name >= %(name)s AND p.name < %(name_end)s {by_name}"
BY_PINYIN = IN_TOWN + "p.spelled >= %(pinyin)s AND p.spelled < %(pinyin_end)s {by_pinyin}"
# Behind a policy `@>` uses no index: so from the view that shows the session's divisions by itself (decision 0019).
OF_VIEW = IN_TOWN.replace("households_person", "households_person_searched").replace("in_scope", "initials_in_scope")
BY_INITIALS = OF_VIEW + "p.initials @> ARRAY[%(initials)s]::varchar[]"
# Many have no telephone. One plan serves all values, and that the empty ones are not meant is for the planner.
HAS_PHONE = "{0}.phone_tail4 = %(phone_tail)s AND {0}.phone_tail4 <> ''"
BY_LAST_SIX = IN_TOWN + "p.id_no_tail6 = %(id_tail)s"
BY_LAST_FOUR = IN_TOWN + "p.id_no_tail4 = %(id_tail)s"
BY_PHONE = IN_TOWN + HAS_PHONE.format("p")
BY_NUMBER = "SELECT p.id FROM households_person p WHERE p.id_no_index = %(number)s"
# The present head; of a household that everybody has left, the last one.
HEAD_OF = """
    SELECT (SELECT m.person_id FROM households_membership_searched m
            WHERE m.household_id = ANY(ARRAY[h.id]) AND m.relation = %(head)s ORDER BY m.starts_on DESC LIMIT 1) AS id
    FROM households_household h WHERE {home_in_scope} AND """
BY_HOUSEHOLD_PHONE = HEAD_OF + HAS_PHONE.format("h")
BY_HOUSEHOLD_NUMBER = HEAD_OF + "h.number = %(household_number)s"
# The running number alone: that household of every village of the clerk's own office. As an array, so that each number
# is looked for by its index and not all households of the office gone through.
OF_SERIES = "SELECT s.prefix || %(serial)s FROM households_numberseries s WHERE s.office_id = %(office)s"
BY_SERIAL = f"{HEAD_OF} h.office_id = %(office)s AND h.number = ANY(ARRAY({OF_SERIES}))"
# Who has the last four characters, with the number itself; and those of them whom the whole of what was typed fits.
NUMBER_OF = "SELECT p.id, p.{column} FROM households_person p WHERE {{in_scope}} AND "
ID_NUMBERS = NUMBER_OF.format(column="id_no") + "p.id_no_tail4 = %(id_tail)s"
PHONES = NUMBER_OF.format(column="phone") + HAS_PHONE.format("p")
HOUSEHOLD_PHONES = (
    f"SELECT h.id, h.phone FROM households_household h WHERE {{home_in_scope}} AND {HAS_PHONE.format('h')}"  # noqa: S608 - of constants
)
THESE_NUMBERS = "SELECT unnest(%(numbers)s::bigint[]) AS id"
THESE_PHONES = "SELECT unnest(%(phones)s::bigint[]) AS id"
THESE_HOUSEHOLD_PHONES = HEAD_OF + "h.id = ANY(%(household_phones)s::bigint[])"
FIRST = "first AS MATERIALIZED ({first})"
OF_FIRST = "SELECT id FROM first"
WHERE_SPARE = "WHERE (SELECT count(*) FROM first) < %(most)s"
# Who was found, each with the present or the last household; of those that are shown its head, unless they are it, and
# its village, too.
# The village by a span, and memberships by `= ANY`, that only a B-tree knows: the indexes of the exclusion constraints
# seem as cheap and are not.
FOUND = """
    SELECT f.*,
           CASE WHEN f.relation = %(head)s AND f.ends_on IS NULL THEN f.name ELSE
           (SELECT w.name FROM households_membership_searched a JOIN households_person w ON w.id = a.person_id
            WHERE a.household_id = ANY(ARRAY[f.household_id]) AND a.relation = %(head)s
            ORDER BY a.starts_on DESC LIMIT 1) END,
           (SELECT d.name FROM offices_division d
            WHERE (d.code, d.starts_on) BETWEEN (f.division_code, '-infinity') AND (f.division_code, 'infinity')
            ORDER BY d.code DESC, d.starts_on DESC LIMIT 1)
    FROM (SELECT DISTINCT ON (m.person_id)
                 m.person_id, m.relation, m.ends_on, p.name, p.pinyin, p.birth_date, p.id_no,
                 m.household_id, m.number, m.division_code, o.name AS office
          FROM (SELECT id FROM ({chosen}) AS ways LIMIT %(most)s) AS chosen
          JOIN households_person p ON p.id = chosen.id
          JOIN households_membership_searched m ON m.person_id = ANY(ARRAY[p.id])
          JOIN offices_office o ON o.id = m.office_id
          ORDER BY m.person_id, m.starts_on DESC) AS f
    ORDER BY f.pinyin COLLATE "C", f.name COLLATE "C", f.number COLLATE "C"
    LIMIT %(most)s
"""


def beginning(*tables: str) -> str:
    """WITH, for those of the tables that a statement has."""
    named = ", ".join(filter(None, tables))
    return f"WITH {named} " if named else ""


def said_of(digits: int) -> dict[str, str]:
    """How a scope of so many digits is said: one town, a part of it, or the towns below, of former times included.

    Within one town in the index's order, which costs nothing; in many, a common surname would be sorted whole.
    """
    if digits >= TOWN_DIGITS:
        towns, scope, order = "", "{0}.town = %(town)s", "ORDER BY p.{0}"
        if digits > TOWN_DIGITS:
            scope += f" AND {BELOW}"
    else:
        towns, scope, order = TOWNS, "{0}.town = ANY((SELECT codes FROM towns)::text[])", ""
    return {
        "towns": towns,
        "in_scope": scope.format("p"),
        "home_in_scope": scope.format("h"),
        # A GIN index is gone through once for each town.
        "initials_in_scope": (BELOW if towns else scope).format("p"),
        "by_name": order.format("name"),
        "by_pinyin": order.format("spelled"),
    }
