"""演示人物: three families of 新浦街道 that the manual, or a test of the search, calls by name."""

from collections.abc import Sequence
from datetime import date

from payments.demo.people import Home, Registry, Somebody
from payments.demo.traits import disability, employee

DIVISION, EMPLOYEE_DIVISION = "320705", "320700"


def families(registry: Registry, homes: Sequence[Home]) -> list[Home]:
    """The three families, living where the given households would have lived."""
    return [_zhang(registry, homes[0]), _rare_names(registry, homes[1]), _uyghur(registry, homes[2])]


def _zhang(registry: Registry, home: Home) -> Home:
    """张建国户, three members who pay 300 yuan together and a son in employee insurance."""
    people = (
        ("张建国", "M", date(1960, 3, 12), "02"),
        ("李秀英", "F", date(1962, 8, 5), "12"),
        ("张小红", "F", date(1988, 3, 4), "32"),
        ("张明", "M", date(1985, 11, 20), "22"),
    )
    zhang = _named(registry, home, people, "新浦街道东村3组12号", "张建国户")
    zhang.village = "320705001001"
    zhang.members[2].certifications = [
        disability(registry, zhang.members[2], "肢体", 2, second_generation=False),
    ]
    zhang.members[3].covers = [employee(registry, EMPLOYEE_DIVISION)]
    zhang.members[3].facts["photos"], zhang.members[3].papers = 0, []
    return zhang


def _rare_names(registry: Registry, home: Home) -> Home:
    """Names whose characters few fonts have."""
    people = (
        ("曾䶮", "M", date(1971, 6, 18), "02"),
        ("单𬱖", "F", date(1973, 1, 30), "12"),
        ("曾𬱖", "F", date(1999, 5, 9), "31"),
    )
    return _named(registry, home, people, home.address, "生僻字姓名")


def _uyghur(registry: Registry, home: Home) -> Home:
    """A family whose names carry the dot and are not shared."""
    people = (
        ("阿迪力·吐尔逊", "M", date(1975, 4, 2), "02"),
        ("古丽娜尔·艾合买提", "F", date(1978, 9, 14), "12"),
        ("迪丽拜尔·阿迪力", "F", date(2001, 12, 1), "31"),
    )
    uyghur = _named(registry, home, people, home.address, "维吾尔族一家")
    for member in uyghur.members:
        member.facts["ethnicity"] = "维吾尔族"
    return uyghur


def _named(
    registry: Registry, home: Home, people: tuple[tuple[str, str, date, str], ...], address: str, trait: str
) -> Home:
    members = [
        Somebody(
            name,
            sex,
            born,
            relation,
            DIVISION,
            "urban",
            id_no=registry.id_number(born, sex, DIVISION),
            facts={"photos": 2, "ethnicity": "汉族"},
            papers=["id_card"],
        )
        for name, sex, born, relation in people
    ]
    members[0].phone = registry.phone()
    return Home(home.village, address, members, hukou_book_no=registry.serial(), papers=["hukou_book"], traits={trait})
