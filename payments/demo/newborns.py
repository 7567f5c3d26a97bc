"""演示新生儿: children who have no ID number yet."""

from datetime import date

from payments.demo.families import surname_of
from payments.demo.people import Home, Registry, Somebody

SECOND = {"M": "23", "F": "33"}
GRANDCHILD = {"M": "41", "F": "42"}
CERTIFICATE_LETTERS = {"32": "H32", "53": "P53"}


def without_number(registry: Registry, mother: Somebody, home: Home, born: date) -> Somebody:
    """A child born on that day, known by its birth certificate and its mother's number."""
    sex = registry.rng.choice("MF")
    relation = (SECOND if mother.relation == "12" else GRANDCHILD)[sex]
    child = registry.somebody(
        sex=sex,
        born=born,
        relation=relation,
        hukou=mother.hukou,
        hukou_kind=mother.hukou_kind,
        surname=surname_of(home.head) if home.head.sex == "M" else "",
    )
    child.id_no = ""
    child.facts |= {
        "birth_certificate_no": f"{CERTIFICATE_LETTERS[home.village[:2]]}{registry.serial(7)}",
        "mother_id_no": mother.id_no,
        "ethnicity": home.head.facts["ethnicity"],
    }
    return child
