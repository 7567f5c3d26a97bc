"""名单: which certifications name which sponsored category, decided once for each kind of them, not for each person."""

import json
from collections.abc import Iterator
from typing import Any

from django.db import connection

from enrollment import library
from enrollment.models import Enrollment
from enrollment.rules.category import names, severe
from enrollment.rules.facts import Certification, Disability
from enrollment.rules.ruleset import Category, RuleSet

_KINDS = """
    SELECT DISTINCT category, disability_kind, disability_grade, components::text
    FROM households_certification WHERE funder_list <> ''
"""


def lists_of(*, period_id: int, division: str) -> dict[str, str]:
    """`categories` and `names` as funding_sql wants them: of every edition under which somebody is sponsored there."""
    rows = Enrollment.objects.in_force().filter(period=period_id, division_code__startswith=division, sponsored__gt=0)
    keys = ("assessment__edition", "assessment__edition__sha256", "category")
    used = list(rows.order_by().values_list(*keys).distinct())
    with connection.cursor() as cursor:
        cursor.execute(_KINDS)
        kinds = cursor.fetchall()
    categories: list[dict[str, Any]] = []
    named: list[dict[str, Any]] = []
    for edition, sha256, code in used:
        category = _category(library.compiled(edition_id=edition, sha256=sha256), code)
        listed = category is None or category.proof == "funder_list"
        household = category is not None and category.scope == "household"
        categories.append({"edition": edition, "category": code, "listed": listed, "household": household})
        if category and listed:
            named.extend({"edition": edition, "category": code} | kind for kind in _naming(category, kinds))
    return {"categories": json.dumps(categories), "names": json.dumps(named)}


def _category(ruleset: RuleSet, code: str) -> Category | None:
    """The category, or None where the edition does not know it: then nobody can have been on its list."""
    return next((each for each in ruleset.categories if each.code == code), None)


def _naming(category: Category, kinds: list[tuple[Any, ...]]) -> Iterator[dict[str, Any]]:
    """The kinds of certifications that name the category, and of a disability that counts."""
    for says, kind, grade, components in kinds:
        disability = _disability(kind, grade, json.loads(components))
        asked = Certification(category=says, disability=disability)
        counts = not category.disability or disability is None or severe(disability, category.disability)
        if names(asked, category) and counts:
            yield {"says": says, "kind": kind, "grade": grade, "components": json.loads(components)}


def _disability(kind: str, grade: int | None, components: list[dict[str, Any]]) -> Disability | None:
    if not kind:
        return None
    return Disability(kind, grade, tuple(Disability(each["kind"], each.get("grade")) for each in components))
