"""`manage.py check_roster`: each row's verdict against what is registered, and nothing stored."""

import json
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from common.relations import HEAD
from enrollment.models import Enrollment
from households.models import Household, Person
from offices.models import Division
from tests.builders import OTHER, OtherCoverDraft, at, id_number, make_divisions, make_household, make_staff, newborn
from tests.common.workbooks_made import xlsx
from tests.payments.conftest import rulesets  # noqa: F401 - fixture
from tests.payments.funding_builders import enrolled, listed, songming_book
from tests.rosters.made import LI, LIU, WANG, csv_of, number, village_rows

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rulesets")]
HEADS = ["户号", "姓名", "身份证号", "与户主关系", "特殊人群", "缴费金额"]


@pytest.fixture
def checked(tmp_path, songyang):
    """Check a roster of rows or bytes at 嵩阳街道; the answer and the exit code."""

    def check(content: Any, *more: str, code: int = 0, year: str = "2017", now: bool = False) -> dict:
        file = tmp_path / "roster.csv"
        file.write_bytes(content if isinstance(content, bytes) else csv_of([HEADS, *content]))
        out, found = StringIO(), 0
        moment = () if now or "--at" in more else ("--at", "2016-11-01T10:00")
        try:
            call_command(
                "check_roster", str(file), "--office", songyang.code, "--year", year, *moment, *more, stdout=out
            )
        except SystemExit as end:
            found = end.code
        assert found == code
        return json.loads(out.getvalue())

    return check


def codes(answer: dict) -> list[tuple[int, str]]:
    return [(each["row"], each["code"]) for each in answer["refused"]]


def test_a_village_of_new_households_is_accepted_and_nothing_is_stored(checked):
    answer = checked(xlsx(*[row or [""] for row in village_rows()]))

    assert (answer["rows_read"], answer["accepted"], answer["households"]) == (3, 3, 2)
    assert answer["money"] == {"payable": 450, "sponsored": 0, "by_funder": {}}
    assert answer["refused"] == []
    assert not Person.objects.exists()
    assert not Household.objects.exists()


def test_an_office_of_a_demonstration_checks_in_its_own_time_beside_the_server_too(checked, songyang):
    songyang.demo_moment, songyang.demo_set_at = at("2016-11-08 09:00"), timezone.now()
    songyang.save()
    row = ["1", "李大山", LI, "户主", "", 150]

    assert checked([row], now=True)["accepted"] == 1
    songyang.demo_moment = at("2017-03-08 09:00")
    songyang.save()
    assert codes(checked([row], now=True)) == [(2, "PAYMENT_CLOSED")]


def test_one_row_that_cannot_be_taken_holds_its_household_and_no_other(checked):
    answer = checked(
        [
            ["1", "李大山", LI, "户主", "", 150],
            ["1", "王秀", "5.30127E+17", "妻", "", 150],
            ["2", "刘利", LIU, "户主", "", 150],
        ]
    )

    assert codes(answer) == [(2, "HOUSEHOLD_HELD"), (3, "ID_EXCEL")]
    assert "文本" in answer["refused"][1]["sentence"]
    assert (answer["accepted"], answer["money"]["payable"]) == (1, 150)


def test_new_persons_between_blank_rows_are_no_households_of_one(checked):
    households = (
        [["李大山", LI], ["王秀", WANG]],
        [["赵大", number("19550505", 995)], ["刘英", number("19560606", 996)]],
        [["刘利", LIU]],
    )
    rows = [["姓名", "身份证号"], *(row for household in households for row in (*household, [""]))]

    answer = checked(csv_of(rows))

    assert codes(answer) == [(row, "HOUSEHOLD_UNCLEAR") for row in (2, 3, 5, 6)]
    assert "户号" in answer["refused"][0]["sentence"]
    assert checked(csv_of(rows), "--channel", "school", year="2017")["codes"].get("HOUSEHOLD_UNCLEAR") is None


def test_nobody_pays_nothing_without_standing_on_a_list(checked):
    answer = checked(
        [
            ["1", "李大山", LI, "户主", "低保", "0元"],
            ["2", "刘利", LIU, "户主", "", 0],
            ["3", "王秀", WANG, "户主", "", 100],
        ]
    )

    assert codes(answer) == [(2, "SPONSOR_UNLISTED"), (3, "SPONSOR_UNLISTED"), (4, "MONEY_MISMATCH")]
    assert "应缴150元" in answer["refused"][0]["sentence"]
    assert "嵩政办通〔2016〕50号" in answer["refused"][0]["sentence"]


def test_who_stands_on_a_list_pays_nothing_and_the_funder_is_told(checked, miss_yang):
    home = make_household(miss_yang, listed("普一"), listed("普二", "", OTHER), moment="2016-10-20 09:00")
    one, two = (person.id_no for person in Person.objects.order_by("pk"))

    right = checked([["1", "普一", one, "户主", "低保", 0], ["1", "普二", two, "其他", "", 150]])
    wrong = checked([["1", "普一", one, "户主", "低保", 150], ["1", "普二", two, "其他", "", 150]])
    unsaid = checked([["1", "普一", one, "户主", "", ""], ["1", "普二", two, "其他", "", 150]])

    assert home.number
    assert right["money"] == {"payable": 150, "sponsored": 150, "by_funder": {"民政": 150}}
    assert codes(wrong) == [(2, "MONEY_MISMATCH"), (3, "HOUSEHOLD_HELD")]
    assert unsaid["accepted"] == 2


def test_who_is_on_a_list_but_fails_its_condition_pays_in_full(checked, miss_yang):
    child = listed("普一", "two_daughters", hukou_kind="urban")
    make_household(miss_yang, child, moment="2016-10-20 09:00")

    answer = checked([["1", "普一", child.id_no, "户主", "双女", 0]])

    assert codes(answer) == [(2, "SPONSOR_CONDITION")]
    assert "名册上是0元，应缴150元：普一在资助名单上" in str(answer["refused"])


def test_who_has_paid_anywhere_is_not_taken_twice(checked, songyang, miss_yang):
    songming_book(songyang)
    enrolled(miss_yang, "")
    person = Person.objects.get()
    assert Enrollment.objects.count() == 1

    answer = checked([["1", "普一", person.id_no, "户主", "", 150]])

    assert codes(answer) == [(2, "DUPLICATE")]
    assert "嵩阳街道" in answer["refused"][0]["sentence"]


def test_a_number_stands_once_in_a_file(checked):
    answer = checked([["1", "李大山", LI, "户主", "", 150], ["2", "李大山", LI, "户主", "", 150]])

    assert codes(answer) == [(3, "DUPLICATE")]


def test_the_dead_the_employed_and_the_wrongly_named_are_refused(checked, miss_yang):
    people = [
        listed("普一", "", id_no=number("19500101", 971)),
        listed(
            "普二", "", id_no=number("19700101", 973), other_covers=(OtherCoverDraft("employee", division="530100"),)
        ),
        listed("普三", "", id_no=number("19800101", 975)),
    ]
    for each in people:
        make_household(miss_yang, each, moment="2016-10-20 09:00")
    Person.objects.filter(name="普一").update(died_on=date(2016, 10, 25))

    answer = checked(
        [
            ["1", "普一", people[0].id_no, "户主", "", 150],
            ["2", "普二", people[1].id_no, "户主", "", 150],
            ["3", "普山", people[2].id_no, "户主", "", 150],
        ]
    )

    assert codes(answer) == [(2, "PERSON_DIED"), (3, "EMPLOYEE_INSURED"), (4, "NAME_MISMATCH")]


def test_two_registered_households_are_not_one_and_a_new_one_needs_its_head(checked, miss_yang):
    for name, no in (("普一", number("19500101", 971)), ("普二", number("19700101", 973))):
        make_household(miss_yang, listed(name, "", id_no=no), moment="2016-10-20 09:00")

    answer = checked(
        [
            ["1", "普一", number("19500101", 971), "户主", "", 150],
            ["1", "普二", number("19700101", 973), "妻", "", 150],
            ["2", "李大山", LI, "子", "", 150],
            ["3", "刘利", LIU, "户主", "", 150],
            ["3", "王秀", WANG, "户主", "", 150],
        ]
    )

    assert codes(answer) == [
        (2, "HOUSEHOLD_HELD"),
        (3, "HOUSEHOLD_SPLIT"),
        (4, "HEAD_MISSING"),
        (5, "HOUSEHOLD_HELD"),
        (6, "HEAD_TWICE"),
    ]


def test_who_is_called_the_person_itself_is_the_head_of_a_new_household(checked):
    answer = checked([["1", "李大山", LI, "本人", "", 150], ["1", "王秀", WANG, "配偶", "", 150]])

    assert (answer["accepted"], answer["households"], answer["refused"]) == (2, 1, [])


def test_a_child_of_a_household_that_nothing_names_is_no_household_of_one(checked):
    head = ["1", "李大山", LI, "户主", "", 150]
    answer = checked([head, ["合计", "", "", "", "", 150], ["", "刘利", LIU, "子", "", 150]])

    assert codes(answer) == [(4, "HEAD_MISSING")]
    assert "看不出是哪一户" in answer["refused"][0]["sentence"]
    assert answer["accepted"] == 1


def test_a_child_of_the_household_is_not_registered_again_under_its_number(checked, miss_yang):
    mother = number("19800101", 982)
    twins = [newborn(name, born="2016-10-01", mother_id_no=mother) for name in ("普宝", "普珍")]
    make_household(miss_yang, listed("普芳", "", HEAD, id_no=mother), *twins, moment="2016-10-20 09:00")

    answer = checked(
        [
            ["1", "普芳", mother, "户主", "", 150],
            ["1", "普宝", id_number("2016-10-01"), "子", "", 150],
            ["1", "普贝", id_number("2016-10-01"), "子", "", 150],
        ]
    )

    assert codes(answer) == [(2, "HOUSEHOLD_HELD"), (3, "NEWBORN_KNOWN"), (4, "HOUSEHOLD_HELD")]
    assert "补录身份证号" in answer["refused"][1]["sentence"]


def test_a_village_brings_its_own_office_s_people(checked, rulesets, xinpu, aunt_liu):  # noqa: F811
    theirs = id_number("1966-01-01")
    make_household(aunt_liu, listed("王大力", "", HEAD, id_no=theirs), moment="2016-10-20 09:00")

    answer = checked([["1", "王大力", theirs, "户主", "", 150]])

    assert codes(answer) == [(2, "OTHER_OFFICE")]


def test_sex_birth_and_village_are_compared(checked):
    heads = ["村（居）", "姓名", "身份证号", "性别", "出生日期"]
    rows = [
        ["东村村委会", "李大山", LI, "女", ""],
        ["东村", "刘利", LIU, "", "1975年5月7日"],
        ["西山村", "王秀", WANG, "女", "1962.2.3"],
    ]

    answer = checked(csv_of([heads, *rows]))

    assert codes(answer) == [(2, "SEX_MISMATCH"), (3, "BIRTH_MISMATCH"), (4, "DIVISION_OUTSIDE")]
    assert "这里有东村" in answer["refused"][-1]["sentence"]


@pytest.mark.parametrize(
    ("village", "refused"),
    [
        ("东村村民委员会", []),
        ("东村村委会", []),
        ("东村委会", []),
        ("嵩阳街道东村", []),
        ("东村三组", []),
        ("嵩阳街道东村民委员会第二村民小组", []),
        ("东村村委会大石头村", []),
        ("嵩明县嵩阳街道东村村民委员会", []),
        ("杨桥街道东村", [(2, "DIVISION_OUTSIDE")]),
    ],
)
def test_a_village_may_be_named_with_its_own_town_and_no_other(checked, village, refused):
    make_divisions(("530127000000", "", 6), ("530127002000", "杨桥街道", 9))
    for code, name in (("530127000000", "嵩明县"), ("530127001000", "嵩阳街道")):
        Division.objects.filter(code=code).update(name=name)

    answer = checked(csv_of([["村（居）", "姓名", "身份证号"], [village, "李大山", LI]]))

    assert codes(answer) == refused


def test_the_window_decides_and_the_office_s_rules(checked):
    row = ["1", "李大山", LI, "户主", "", 150]

    early = checked([row], "--at", "2016-10-07T10:00")
    no_year = checked([row], code=2, year="2016")

    assert codes(early) == [(2, "WINDOW_NOT_OPEN")]
    assert no_year["error"]["code"] == "PERIOD_UNKNOWN"


def test_a_school_brings_pupils_without_households(checked):
    rows = [["序号", "姓名", "身份证号", "班级"], [1, "李大山", LI, "一班"], [2, "王秀", WANG, ""]]

    answer = checked(csv_of(rows), "--channel", "school")

    assert (answer["accepted"], answer["households"]) == (2, 2)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param(b"", "FILE_EMPTY", id="empty"),
        pytest.param(b"%PDF-1.7", "FILE_KIND", id="PDF"),
        pytest.param(b"a,b\n1,2\n", "ROSTER_HEAD", id="no headings"),
        pytest.param("姓名,身份证号\n".encode(), "ROSTER_EMPTY", id="nobody"),
        pytest.param(("姓名,身份证号" + ",列" * 200).encode(), "FILE_COLUMNS", id="200 columns"),
        pytest.param(b"1\n" * 4_000_000, "FILE_ROWS", id="four million rows"),
        pytest.param(b"1" * 11_000_000, "FILE_BIG", id="too large"),
    ],
)
def test_a_file_that_cannot_be_read_ends_with_a_sentence(checked, content, code):
    answer = checked(content, code=2)

    assert answer["error"]["code"] == code
    assert answer["error"]["sentence"]


def test_the_number_of_statements_does_not_grow_with_the_rows(checked, songyang):
    boss = make_staff(songyang, "duan", role="supervisor")
    rows = []
    for n in range(12):
        person = listed("普一", "", id_no=number("19500101", 900 + n))
        make_household(boss, person, moment="2016-10-20 09:00")
        rows.append([str(n), "普一", person.id_no, "户主", "", 150])

    checked(rows[:1])  # the first check reads the rule set
    with CaptureQueriesContext(connection) as few:
        checked(rows[:2])
    with CaptureQueriesContext(connection) as many:
        answer = checked(rows)

    assert answer["accepted"] == 12
    assert len(many) == len(few) <= 9  # two of them to look beyond the office and back


def test_an_unknown_office_is_refused_with_the_codes_that_there_are(tmp_path, songyang):
    out = StringIO()

    with pytest.raises(SystemExit):
        call_command("check_roster", str(tmp_path), "--office", "530127001", "--year", "2017", stdout=out)

    error = json.loads(out.getvalue())["error"]
    assert error["code"] == "OFFICE_UNKNOWN"
    assert f"{songyang.code}（{songyang.name}）" in error["sentence"]
