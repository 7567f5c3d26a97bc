"""部门名单模板: whom a department pays for by what is registered, in the columns of its own lists (附件3)."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection

from common.dates import SHANGHAI, local_day
from common.sealing import ID_NUMBER
from common.tables import Cell, Column, Table, xlsx
from offices.keys import unsealed
from offices.models import Division
from offices.taking import Copy
from rosters.checks import Terms
from rosters.lists.sql import HOLDERS
from rosters.lists.words import categories_of

COLUMNS = (
    Column("序号", 6),
    Column("身份证号", 22),
    Column("姓名", 12),
    Column("医疗救助身份", 26),
    Column("镇（街）", 16),
    Column("村（居）", 14),
    Column("纳入资助时间", 14),
    Column("缴费时间", 14),
)
# What was paid at the bank and entered afterwards was paid on the day of its slip.
_LISTED = f"""
    SELECT p.id, c.category, p.id_no, p.name, p.division_code, c.valid_from,
           (coalesce(late.paid_at, e.enrolled_at) AT TIME ZONE '{SHANGHAI.key}')::date
    FROM {HOLDERS} c JOIN households_person p ON p.id = c.person_id
    LEFT JOIN enrollment_enrollment e ON e.person_id = p.id AND e.coverage_year = %(year)s AND e.cancelled_at IS NULL
    LEFT JOIN payments_payment late ON late.assessment_id = e.assessment_id AND late.entered_at IS NOT NULL
    WHERE (c.ended_on IS NULL OR c.ended_on >= %(day)s) AND p.died_on IS NULL
      AND starts_with(p.division_code, %(division)s)
      AND (c.category = ANY(%(codes)s) OR c.category = '' AND %(disability)s <> '')
    ORDER BY p.division_code, c.category, p.id
"""  # noqa: S608 - put together from constants


def department_list(funder: str, terms: Terms, *, at: datetime, copy: Copy) -> tuple[bytes, int]:
    """Everybody on the department's lists who lives under the office, on the day; and how many they are.

    The list comes back and is read again: nothing stands below its rows.
    """
    mine = categories_of(terms.ruleset, funder)
    disability = next((each.code for each in mine if each.disability), "")
    asked = {
        "year": terms.coverage_year,
        "day": local_day(at),
        "division": terms.office.division_code,
        "codes": [each.code for each in mine],
        "disability": disability,
    }
    with connection.cursor() as cursor:
        cursor.execute(_LISTED, asked)
        rows = cursor.fetchall()
    labels = {each.code: each.name for each in mine} | {"": next((e.name for e in mine if e.code == disability), "")}
    places = _places(terms, local_day(at))
    # Somebody may stand on a list twice: alone and with the household, or by a category and by a certificate.
    found: dict[tuple[int, str], Sequence[Any]] = {}
    for person, category, *others in rows:
        found.setdefault((person, labels[category]), others)
    lines: list[tuple[Cell, ...]] = [
        (number, unsealed(ID_NUMBER, id_no), name, label, *places.get(code, ("", "")), since, paid)
        for number, ((_, label), (id_no, name, code, since, paid)) in enumerate(found.items(), 1)
    ]
    name = next(each.name for each in terms.ruleset.funders if each.code == funder)
    title = f"{terms.office.name} {name}资助对象 {local_day(at)} 共{len(lines)}人"
    table = Table("资助对象", COLUMNS, lines, head=(title,))
    return xlsx(table, mark=copy.line(len(lines)), below=False), len(lines)


def _places(terms: Terms, day: date) -> dict[str, tuple[str, str]]:
    """Town and village by the twelve digits."""
    rows = Division.objects.at(day).within(terms.office.division_code[:9])
    names = dict(rows.values_list("code", "name"))
    town = names.get(terms.office.division_code[:9].ljust(12, "0"), "")
    return {code: (town, name if code[9:] != "000" else "") for code, name in names.items()}
