"""亲属关系的推定: what a member of a household is to its new head, as far as the relations to the former one tell.

A proposal for a form, in the codes of common.relations: whoever fills it in corrects it. "" where nothing follows.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from common.relations import HEAD, LABELS

SPOUSES = frozenset({"10", "11", "12"})
CHILDREN_IN_LAW = frozenset({"28", "38"})
CHILDREN = frozenset(str(code) for code in range(20, 40)) - CHILDREN_IN_LAW
GRANDCHILDREN = frozenset({"40", "41", "42", "43", "44"})
PARENTS = frozenset({"50", "51", "52", "57", "58", "59"})
PARENTS_IN_LAW = frozenset({"53", "54", "55", "56"})
GRANDPARENTS = frozenset({"60", "61", "62", "63", "64"})
SIBLINGS = frozenset({"70", "71", "73", "75", "77", "79"})


@dataclass(frozen=True, slots=True)
class Kin:
    """A member: the relation to the former head, `M` or `F`, the day of birth."""

    relation: str
    sex: str
    born: date


def towards(new_head: Kin, other: Kin, *, former: Kin) -> str:
    """What `other` is to the new head; both relations are those to the `former` head, who may be the other."""
    seen_from = next((seen for codes, seen in _SEEN if new_head.relation in codes), None)
    return seen_from(new_head, other, former) if seen_from else ""


def _by_sex(kin: Kin, male: str, female: str) -> str:
    return male if kin.sex == "M" else female


def _sibling(of: Kin, kin: Kin) -> str:
    return _by_sex(kin, "71", "75") if kin.born < of.born else _by_sex(kin, "73", "77")


def _from_spouse(new_head: Kin, other: Kin, _: Kin) -> str:
    relation = other.relation
    if relation == HEAD:
        return "10"
    if relation in CHILDREN | CHILDREN_IN_LAW | GRANDCHILDREN or relation == "99":
        return relation
    if relation in PARENTS:
        return _by_sex(other, *(("55", "56") if new_head.sex == "M" else ("53", "54")))
    if relation in PARENTS_IN_LAW:
        return _by_sex(other, "51", "52")
    return "65" if relation in GRANDPARENTS else ""


def _from_child(new_head: Kin, other: Kin, former: Kin) -> str:
    relation = other.relation
    if relation == HEAD or relation in SPOUSES:
        return _by_sex(other, "51", "52")
    if relation in CHILDREN:
        return _sibling(new_head, other)
    if relation in CHILDREN_IN_LAW:
        return "10" if other.sex != new_head.sex else ""
    if relation in GRANDCHILDREN:
        return _by_sex(other, "20", "30")
    if relation in PARENTS:
        return _by_sex(other, *(("61", "62") if former.sex == "M" else ("63", "64")))
    return _aunt_or_uncle(other, former) if relation in SIBLINGS else ""


def _aunt_or_uncle(other: Kin, former: Kin) -> str:
    if former.sex != "M":
        return _by_sex(other, "85", "88")
    return _by_sex(other, "81" if other.born < former.born else "83", "90")


def _from_parent(_: Kin, other: Kin, former: Kin) -> str:
    relation = other.relation
    if relation == HEAD or relation in SIBLINGS:
        return _by_sex(other, "20", "30")
    if relation in SPOUSES:
        return _by_sex(other, "28", "38")
    if relation in PARENTS:
        return "10"
    if relation in CHILDREN:
        return _by_sex(other, *(("41", "42") if former.sex == "M" else ("43", "44")))
    return _by_sex(other, "47", "48") if relation in GRANDCHILDREN else ""


def _from_sibling(new_head: Kin, other: Kin, former: Kin) -> str:
    relation = other.relation
    if relation == HEAD or relation in SIBLINGS:
        return _sibling(new_head, other)
    if relation in PARENTS:
        return relation
    if relation in CHILDREN:
        return _by_sex(other, *(("93", "94") if former.sex == "M" else ("95", "96")))
    if relation in SPOUSES:
        return _by_sex(other, *(("76", "72") if former.born < new_head.born else ("78", "74")))
    return ""


Seen = Callable[[Kin, Kin, Kin], str]
_SEEN: tuple[tuple[frozenset[str], Seen], ...] = (
    (SPOUSES, _from_spouse),
    (CHILDREN, _from_child),
    (PARENTS, _from_parent),
    (SIBLINGS, _from_sibling),
)


def doubt(relation: str, *, born: date, head_born: date) -> str:
    """Why a relation to the head can hardly be: a parent who is younger, a child who is older; else ""."""
    elders, offspring = PARENTS | PARENTS_IN_LAW | GRANDPARENTS, CHILDREN | CHILDREN_IN_LAW | GRANDCHILDREN
    if relation in elders and born >= head_born:
        return f"关系是{LABELS[relation]}，却比户主年轻，请核对关系。"
    if relation in offspring and born <= head_born:
        return f"关系是{LABELS[relation]}，却比户主年长，请核对关系。"
    return ""


def proposals(members: Mapping[int, Kin], *, new_head: int) -> dict[int, str]:
    """What everybody but the new head is to the new head, by person; the former head is among the members."""
    former = next((kin for kin in members.values() if kin.relation == HEAD), None)
    if former is None or new_head not in members:
        return {}
    chosen = members[new_head]
    return {each: towards(chosen, kin, former=former) for each, kin in members.items() if each != new_head}


def likely_head(members: Mapping[int, Kin]) -> int | None:
    """Who most likely follows the head: the spouse, or the only other member."""
    others = {each: kin for each, kin in members.items() if kin.relation != HEAD}
    spouses = [each for each, kin in others.items() if kin.relation in SPOUSES]
    if len(others) == 1:
        return next(iter(others))
    return spouses[0] if len(spouses) == 1 else None
