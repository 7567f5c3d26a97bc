"""演示情形: what makes single households worth looking at: certificates, other cover, papers that are missing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from common.disability import KINDS
from households.drafts import CertificationDraft, OtherCoverDraft
from payments.demo.people import Home, Registry, Somebody

KIND_CODES = {name: code for code, name in KINDS.items()}


@dataclass(frozen=True)
class Trait:
    """A circumstance: in how many households it is wanted, and what gives it to one (False: it does not fit there)."""

    name: str
    count: int
    give: Callable[[Home], bool]


def give_out(traits: Sequence[Trait], homes: Sequence[Home], registry: Registry) -> None:
    """Give each trait to as many households as it is wanted in, each household getting one at the most."""
    order = list(homes)
    registry.rng.shuffle(order)
    for trait in traits:
        free = (home for home in order if not home.traits)
        for _ in range(trait.count):
            home = next((home for home in free if trait.give(home)), None)
            if home is None:
                raise ValueError(f"no household left for {trait.name}")
            home.traits.add(trait.name)


def first(home: Home, test: Callable[[Somebody], bool]) -> Somebody | None:
    """The first member of whom it is true."""
    return next((member for member in home.members if test(member)), None)


def anyone(registry: Registry, home: Home, test: Callable[[Somebody], bool]) -> Somebody | None:
    """One of the members of whom it is true."""
    fitting = [member for member in home.members if test(member)]
    return registry.rng.choice(fitting) if fitting else None


def employee(registry: Registry, division: str, *, seen: bool = True) -> OtherCoverDraft:
    """职工医保 that runs on."""
    number = registry.serial(8) if seen else ""
    return OtherCoverDraft("employee", division=division, certificate_number=number, certificate_seen=seen)


def ended_employee(division: str, ended: date, *, since: date) -> OtherCoverDraft:
    """职工医保 with a last day."""
    return OtherCoverDraft("employee", division=division, starts_on=since, ends_on=ended, certificate_seen=True)


def rural_scheme(registry: Registry, division: str, *, seen: bool = True) -> OtherCoverDraft:
    """新农合."""
    number = registry.serial(8) if seen else ""
    return OtherCoverDraft("nrcms", division=division, certificate_number=number, certificate_seen=seen)


def disability(
    registry: Registry,
    holder: Somebody,
    kind: str,
    grade: int,
    *,
    second_generation: bool,
    original: bool = True,
    copy: bool = True,
    parts: Sequence[tuple[str, int]] = (),
    funder_list: str = "",
) -> CertificationDraft:
    """残疾人证; the second generation's number is the holder's ID number with kind and grade behind it."""
    number = f"{holder.id_no}{KIND_CODES[kind]}{grade}" if second_generation else registry.serial()
    return CertificationDraft(
        disability_kind=kind,
        disability_grade=grade,
        components=tuple({"kind": part, "grade": each} for part, each in parts),
        kind="残疾人证",
        number=number,
        original_seen=original,
        copy_kept=copy,
        funder_list=funder_list,
    )


def certificate(
    registry: Registry,
    category: str,
    kind: str,
    issuer: str,
    *,
    original: bool = True,
    copy: bool = True,
    valid_to: date | None = None,
    claimed: bool = True,
) -> CertificationDraft:
    """低保证, 特困职工证: a certificate of the whole household."""
    return CertificationDraft(
        category=category,
        kind=kind,
        number=registry.serial(),
        issued_by_division=issuer,
        valid_to=valid_to,
        original_seen=original,
        copy_kept=copy,
        claimed=claimed,
    )


def on_list(category: str, funder_list: str) -> CertificationDraft:
    """A name on a department's list."""
    return CertificationDraft(category=category, kind="部门名单", funder_list=funder_list)
