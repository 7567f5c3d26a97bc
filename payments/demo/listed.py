"""演示名单: who stands on a department's list in 嵩明, rightly or not (七（一）)."""

from collections.abc import Callable
from datetime import date

from payments.demo.people import Home, Registry, Somebody
from payments.demo.traits import Trait, anyone, disability, first, on_list

CIVIL_AFFAIRS, FEDERATION, FAMILY_PLANNING = "民政资助名单", "残联重度残疾人名单", "卫计资助名单"
FUNDER_OF = {
    "dibao": CIVIL_AFFAIRS,
    "wubao": CIVIL_AFFAIRS,
    "low_income_elder": CIVIL_AFFAIRS,
    "low_income_minor": CIVIL_AFFAIRS,
    "only_child": FAMILY_PLANNING,
    "only_child_parent": FAMILY_PLANNING,
    "two_daughters": FAMILY_PLANNING,
}
MISMATCH = "名单不符"
PARENTS = ("02", "11", "12")


def who_is_paid_for(registry: Registry, today: date) -> list[Trait]:
    """On a list and meeting the text, so that a department pays for them."""

    def is_urban(member: Somebody, least: int, below: int) -> bool:
        return member.hukou_kind == "urban" and least <= member.age(today) < below

    return [
        Trait("五保", 3, lambda home: _wubao(home, today)),
        Trait("双女绝育夫妻", 3, _two_daughters),
        Trait("独生子女家庭", 5, lambda home: _only_child(home, today)),
        Trait("低保", 9, _dibao),
        _one(registry, "低收入老人", "low_income_elder", lambda each: is_urban(each, 60, 99), count=3),
        _one(registry, "低收入未成年人", "low_income_minor", lambda each: is_urban(each, 3, 17), count=2),
    ]


def who_is_not(registry: Registry, today: date) -> list[Trait]:
    """On a list, but not meeting the text: they pay the full rate and stand on the mismatch list."""

    def is_only_child_in_town(member: Somebody) -> bool:
        return member.hukou_kind == "urban" and member.relation in ("21", "31")

    return [
        _one(registry, f"{MISMATCH}：未满60", "low_income_elder", lambda each: each.age(today) in range(54, 60)),
        _one(
            registry,
            f"{MISMATCH}：农村户口",
            "low_income_elder",
            lambda each: each.hukou_kind == "rural" and each.age(today) > 62,
        ),
        _one(registry, f"{MISMATCH}：已满18", "low_income_minor", lambda each: each.age(today) in range(18, 24)),
        _one(registry, f"{MISMATCH}：城镇独生子女", "only_child", is_only_child_in_town),
    ]


def the_disabled(registry: Registry, today: date) -> list[Trait]:
    """残疾人证 of the second generation: on the federation's list or not, of a grade that counts or not."""

    def trait(kind: str, grade: int, *parts: tuple[str, int], count: int = 1, listed: bool = True) -> Trait:
        def give(home: Home) -> bool:
            holder = anyone(registry, home, lambda each: not each.covers and bool(each.id_no) and each.age(today) > 6)
            if holder:
                funder_list = FEDERATION if listed else ""
                made = disability(
                    registry, holder, kind, grade, second_generation=True, parts=parts, funder_list=funder_list
                )
                holder.certifications.append(made)
            return holder is not None

        return Trait(f"{kind}{grade}级{'（名单）' if listed else ''}", count, give)

    return [
        trait("肢体", 1),
        trait("肢体", 2, count=2),
        trait("智力", 1),
        trait("精神", 2),
        trait("听力", 1),
        trait("多重", 1, ("视力", 1), ("肢体", 3)),
        trait("肢体", 3),
        trait("视力", 2, listed=False),
        trait("肢体", 4, listed=False),
    ]


def _one(registry: Registry, name: str, category: str, test: Callable[[Somebody], bool], *, count: int = 1) -> Trait:
    """One member who passes the test stands on the list of a category."""

    def give(home: Home) -> bool:
        member = anyone(registry, home, lambda each: not each.covers and test(each))
        if member:
            member.certifications.append(on_list(category, FUNDER_OF[category]))
        return member is not None

    return Trait(name, count, give)


def _is_country(home: Home) -> bool:
    return all(member.hukou_kind in ("rural", "converted") for member in home.members)


def _dibao(home: Home) -> bool:
    for member in home.members:
        if not member.covers:
            member.certifications.append(on_list("dibao", CIVIL_AFFAIRS))
    return True


def _wubao(home: Home, today: date) -> bool:
    """Somebody old who lives alone in a village."""
    fits = len(home.members) <= 2 and home.head.age(today) >= 60 and home.head.hukou_kind == "rural"
    if fits:
        home.members = [home.head]
        home.head.certifications.append(on_list("wubao", CIVIL_AFFAIRS))
    return fits


def _only_child(home: Home, today: date) -> bool:
    child = first(home, lambda each: each.relation in ("21", "31") and each.age(today) < 18)
    if child is None or not _is_country(home):
        return False
    child.certifications.append(on_list("only_child", FAMILY_PLANNING))
    _list_parents(home, "only_child_parent")
    return True


def _two_daughters(home: Home) -> bool:
    daughters = [each for each in home.members if each.relation in ("32", "33")]
    fits = len(daughters) == 2 and _is_country(home)
    if fits:
        _list_parents(home, "two_daughters")
    return fits


def _list_parents(home: Home, category: str) -> None:
    for parent in home.members:
        if parent.relation in PARENTS:
            parent.certifications.append(on_list(category, FUNDER_OF[category]))
