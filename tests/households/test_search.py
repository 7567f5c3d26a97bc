"""Search: every shape of text finds, within the scope, by an index, in a constant number of statements."""

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common.relations import HEAD
from households import identity
from households.models import Household, Person
from households.search import LIMIT, search
from households.services import end_membership
from offices import scope
from offices.models import Staff
from tests.acting import as_owner
from tests.builders import SON, at, id_number, make_household, make_staff, member

ZHANG = id_number("1960-01-01", serial=1)


def names(text: str, staff: Staff) -> list[str]:
    return [hit.name for hit in search(text, staff=staff).hits]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("张建国", ["张建国"], id="姓名"),
        pytest.param(" 张 建国", ["张建国"], id="姓名有空格"),
        pytest.param("张", ["张建国", "张明", "张小红"], id="一个字"),
        pytest.param("张小", ["张小红"], id="两个字"),
        pytest.param("zjg", ["张建国"], id="首字母"),
        pytest.param("ZX", ["张小红"], id="首字母开头"),
        pytest.param("zhangjian", ["张建国"], id="全拼开头"),
        pytest.param("zhang ming", ["张明"], id="全拼有空格"),
        pytest.param("w", ["王桂兰"], id="一个字母"),
        pytest.param(ZHANG, ["张建国"], id="身份证号"),
        pytest.param(
            identity.clean_id_number(f"{ZHANG[:6]} {ZHANG[6:14]} {ZHANG[14:]}"), ["张建国"], id="分组身份证号"
        ),
        pytest.param(ZHANG[-4:], ["张建国"], id="末四位"),
        pytest.param(ZHANG[-5:], ["张建国"], id="末五位"),
        pytest.param(ZHANG[-6:], ["张建国"], id="末六位"),
        pytest.param("13812348888", ["张建国"], id="手机号"),
        pytest.param("48888", ["张建国"], id="手机尾号"),
        pytest.param("0001-0001", ["张建国"], id="户号"),
        pytest.param("1-1", ["张建国"], id="户号简写"),
        pytest.param("1", ["张建国"], id="户号流水"),
        pytest.param("赵", [], id="没有此人"),
        pytest.param("", [], id="空"),
        pytest.param("   ", [], id="空格"),
    ],
)
def test_every_shape_of_text_finds(zhang_household: Household, aunt_liu: Staff, text: str, found: list[str]):
    assert names(text, aunt_liu) == found


def test_a_last_x_is_found_in_either_case(aunt_liu: Staff):
    number = next(each for each in (id_number("1950-02-02", serial=n) for n in range(200)) if each.endswith("X"))
    make_household(aunt_liu, member("赵老四", HEAD, id_no=number))

    assert names(number[-4:].lower(), aunt_liu) == names(number[-6:], aunt_liu) == names(number, aunt_liu) == ["赵老四"]


def test_a_hit_tells_who_and_where_with_the_number_masked(zhang_household: Household, aunt_liu: Staff):
    (hit,) = search("zxh", staff=aunt_liu).hits

    assert hit.household_id == zhang_household.pk
    assert (hit.birth_year, hit.relation, hit.head_name) == (1988, "女", "张建国")
    assert (hit.household_number, hit.village, hit.office) == ("0001-0001", "东村", "新浦街道劳动保障所")
    assert hit.masked_id.startswith("320705********")
    assert hit.left_on is None


def test_heteronym_surnames_are_found_by_each_reading(aunt_liu: Staff):
    make_household(aunt_liu, member("曾伟", HEAD))

    assert names("zw", aunt_liu) == names("cw", aunt_liu) == ["曾伟"]


def test_rare_characters_and_dots_are_found(aunt_liu: Staff):
    make_household(aunt_liu, member("𬱖䶮", HEAD), member("买买提·艾力", SON))

    assert names("𬱖", aunt_liu) == ["𬱖䶮"]
    assert names("买买提•艾力", aunt_liu) == ["买买提·艾力"]


def test_another_office_finds_nothing_but_where_a_whole_number_is_registered(
    zhang_household: Household, miss_yang: Staff
):
    for text in ("张", "zjg", "zhangjianguo", ZHANG[-6:], "13812348888", "0001-0001", "1"):
        assert search(text, staff=miss_yang).hits == ()

    (hit,) = search(ZHANG, staff=miss_yang).hits

    assert hit.elsewhere == "新浦街道劳动保障所"
    assert (hit.name, hit.household_id, hit.person_id, hit.masked_id) == ("", None, None, "")


def test_a_scope_of_one_village_sees_that_village_only(zhang_household: Household, aunt_liu: Staff):
    make_household(aunt_liu, member("张西", HEAD, phone="13900008888"), division_code="320705001002")
    west = make_staff(aunt_liu.office, "west", division_scope="320705001002")

    assert names("张", west) == names("8888", west) == ["张西"]


def test_whoever_sees_everything_finds_in_every_office(zhang_household: Household, miss_yang: Staff, mr_zhou: Staff):
    make_household(miss_yang, member("张三丰", HEAD))

    assert names("张", mr_zhou) == ["张建国", "张明", "张三丰", "张小红"]


def test_whoever_left_is_still_found_with_the_last_day(zhang_household: Household, aunt_liu: Staff):
    ming = zhang_household.memberships.get(person__name="张明")
    end_membership(membership_id=ming.pk, last_day=date(2007, 10, 25), by=aunt_liu, at=at("2007-10-25 10:00"))

    assert search("张明", staff=aunt_liu).hits[0].left_on == date(2007, 10, 25)


def test_more_hits_than_a_list_holds_are_said(aunt_liu: Staff):
    make_household(aunt_liu, member("李一", HEAD), *(member("李二", SON) for _ in range(LIMIT)))

    found = search("李", staff=aunt_liu)

    assert len(found.hits) == LIMIT
    assert found.more


@pytest.mark.parametrize("alike", [2, LIMIT, LIMIT + 1])
def test_telephones_are_looked_at_where_the_numbers_leave_room(aunt_liu: Staff, alike: int):
    days = (date(1950, 1, 1) + timedelta(days) for days in range(2_000))
    numbers = [number for day in days if (number := id_number(f"{day}", serial=100)).endswith("2015")]
    rest = [member("李二", SON, id_no=number) for number in numbers[:alike]]
    make_household(aunt_liu, member("王一", HEAD, phone="13900002015"), *rest)

    found = search("2015", staff=aunt_liu)

    assert len(found.hits) == min(alike + 1, LIMIT)
    assert found.more == (alike >= LIMIT)
    assert ("王一" in {hit.name for hit in found.hits}) == (alike < LIMIT)


@pytest.fixture
def crowd(db: None) -> None:
    """5,000 persons in two streets, ours one of them, so that the planner has a choice."""
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO households_person (name, pinyin, initials, id_no, birth_certificate_no, mother_id_no, sex,
                   birth_date, ethnicity, phone, hukou_division, hukou_kind, division_code, exemption, parent_unit,
                   parent_unit_level, in_employee_scope, student_kind, school_name, school_in_area, residence_holder,
                   residence_kind, residence_number, photos, admission_reason)
               SELECT '王' || n, 'wang ' || n, ARRAY['wa' || n % 100], sealed || substring(made, 1, 78), '', '',
                   'M', '1960-01-01', '', sealed || substring(made, 1, 63), '320705', 'urban',
                   '32070500' || 1 + n % 2 || '001', '', '', '', false, '', '', false, '', '', '', 0, ''
               FROM generate_series(1, 5000) n, LATERAL (
                   SELECT '\\x01000101'::bytea AS sealed, decode(repeat(md5(n::text), 5), 'hex') AS made) AS bytes"""
        )
        # Everybody lives somewhere: were the other tables all but empty, the planner would rightly begin with them.
        cursor.execute(
            """WITH homes AS (
                   INSERT INTO households_household (number, office_id, division_code, address, phone, hukou_book_no,
                       registered_at, registered_by_id)
                   SELECT '9999-' || p.id, h.office_id, p.division_code, '', '', '', h.registered_at, h.registered_by_id
                   FROM households_person p, (SELECT * FROM households_household LIMIT 1) h WHERE p.name ~ '^王[0-9]+$'
                   RETURNING id, number)
               INSERT INTO households_membership (household_id, person_id, relation, starts_on)
               SELECT id, split_part(number, '-', 2)::bigint, %s, '2007-01-01' FROM homes""",
            [HEAD],
        )
    with as_owner(), connection.cursor() as cursor:  # PostgreSQL passes over the tables of another with a mere warning
        cursor.execute("ANALYZE households_person, households_household, households_membership")


@pytest.mark.parametrize(
    ("text", "indexes"),
    [
        pytest.param("张建国", {"person_by_name"}, id="姓名"),
        pytest.param("张", {"person_by_name"}, id="一个字"),
        pytest.param("zjg", {"person_by_initials", "person_by_pinyin"}, id="字母"),
        pytest.param(ZHANG, {"person_id_no_once"}, id="身份证号"),
        pytest.param(ZHANG[-6:], {"person_by_last_six", "household_by_phone", "person_by_phone"}, id="末六位"),
        pytest.param("13812348888", {"person_by_phone"}, id="手机号"),
    ],
)
def test_every_look_up_uses_its_index_and_never_reads_all_persons(
    zhang_household: Household, aunt_liu: Staff, crowd: None, text: str, indexes: set[str]
):
    with scope.within(aunt_liu.office_scope):
        with CaptureQueriesContext(connection) as queries:
            search(text, staff=aunt_liu)
        plans = "\n".join(explained(query["sql"]) for query in queries)

    # A whole number looks beyond, and tells the session so before and after; an ending reads the numbers that end so.
    assert len(queries) == {ZHANG: 3, ZHANG[-6:]: 2, "13812348888": 2}.get(text, 1)
    assert "Seq Scan on households_person" not in plans
    for index in indexes:
        assert index in plans


@pytest.mark.parametrize(
    ("text", "indexes"),
    [
        pytest.param("0001-0001", ("household_by_number", "household_number_once_per_office"), id="户号"),
        pytest.param("13812348888", ("household_by_phone",), id="住户电话"),
        pytest.param("2345", ("household_by_number", "household_number_once_per_office"), id="四位数"),
    ],
)
def test_households_are_looked_up_by_an_index(
    zhang_household: Household, aunt_liu: Staff, crowd: None, text: str, indexes: tuple[str, ...]
):
    with scope.within(aunt_liu.office_scope):
        with CaptureQueriesContext(connection) as queries:
            search(text, staff=aunt_liu)
        plans = "\n".join(explained(query["sql"]) for query in queries)

    assert "Seq Scan on households_household" not in plans
    assert "households_household_office_id" not in plans  # all households of the office
    assert any(index in plans for index in indexes)


def test_the_number_of_statements_does_not_grow_with_the_hits(aunt_liu: Staff):
    make_household(aunt_liu, member("李一", HEAD))
    with CaptureQueriesContext(connection) as one:
        search("李", staff=aunt_liu)
    for _ in range(5):
        make_household(aunt_liu, member("李一", HEAD), member("李二", SON))
    with CaptureQueriesContext(connection) as many:
        search("李", staff=aunt_liu)

    assert len(one) == len(many) == 1


def test_whoever_sees_more_than_one_town_pays_no_statement_more(zhang_household: Household, mr_zhou: Staff):
    with CaptureQueriesContext(connection) as queries:
        search("张", staff=mr_zhou)

    assert len(queries) == 1
    assert Person.objects.count() == 5


def explained(sql: str) -> str:
    """The plan of a statement as it was prepared: the same whatever it is asked."""
    asked = max(map(int, re.findall(r"\$(\d+)", sql)), default=0)
    if not asked:
        return ""
    with connection.cursor() as cursor:
        cursor.execute(f"PREPARE looked AS {sql}")
        cursor.execute(f"EXPLAIN EXECUTE looked({', '.join(['NULL'] * asked)})")
        plan = "\n".join(row[0] for row in cursor.fetchall())
        cursor.execute("DEALLOCATE looked")
    return plan
