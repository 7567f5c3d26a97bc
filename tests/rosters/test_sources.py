"""不收的依据: every row that is refused says on what the refusal rests, on the page, in the file and as JSON."""

import re
from datetime import date
from pathlib import Path

import pytest
import time_machine
from django.test import Client

from common.sheets import read_sheets
from enrollment import library
from households.models import Person
from offices.models import Division, Staff
from rosters.checks import Terms, check
from rosters.clauses import of_who_is_gone
from rosters.known import read_known
from rosters.models import RosterRow
from rosters.outgoing.renewing import of_village
from rosters.outgoing.template import GUIDE, village_template
from rosters.reading.rows import read_roster
from rosters.reading.sources import REQUIREMENTS
from tests.builders import WHY, OtherCoverDraft, id_number, make_household
from tests.payments.conftest import rulesets  # noqa: F401 - fixture
from tests.payments.funding_builders import listed
from tests.rosters.made import LI, LIU, WANG, csv_of, number
from tests.rosters.roster_builders import MOMENT, VILLAGE, a_roster, a_village, handed_in

TODAY = date(2016, 11, 1)
STANDARD = "GB 11643-1999《公民身份号码》"
MANUAL = Path("docs/manual/rosters.md")


@pytest.mark.parametrize(
    ("heading", "cell", "code", "source"),
    [
        pytest.param("身份证号", LI[:17] + ("1" if LI[17] != "1" else "2"), "ID_CHECK_DIGIT", STANDARD, id="校验位"),
        pytest.param("身份证号", LI[:16], "ID_LENGTH", STANDARD, id="位数"),
        pytest.param("身份证号", "530127600101991", "ID_LENGTH_15", STANDARD, id="第一代"),
        pytest.param("身份证号", "5301271960O1019911"[:18], "ID_CHARACTERS", STANDARD, id="字母"),
        pytest.param("身份证号", "030127196001019911", "ID_FIRST_DIGIT", STANDARD, id="首位"),
        pytest.param("身份证号", "530127196013019911", "ID_DATE", STANDARD, id="日期"),
        pytest.param("身份证号", "530127189901019911", "ID_TOO_EARLY", "名册填写要求第2条", id="早于1900年"),
        pytest.param("身份证号", "530127202001019911", "ID_FUTURE", "名册填写要求第2条", id="尚未出生"),
        pytest.param("身份证号", "5.30127E+17", "ID_EXCEL", "名册填写要求第2条", id="Excel"),
        pytest.param("身份证号", "ABC123456789012", "ID_OLD_FOREIGN", "名册填写要求第2条", id="旧版永久居留证"),
        pytest.param("身份证号", "", "ID_EMPTY", "名册填写要求第1条", id="没有号码"),
        pytest.param("姓名", "", "NAME_EMPTY", "名册填写要求第1条", id="没有姓名"),
        pytest.param("姓名", "李大3", "NAME_DIGIT", "名册填写要求第3条", id="数字"),
        pytest.param("姓名", "李?", "NAME_LOST", "名册填写要求第3条", id="丢了的字"),
        pytest.param("姓名", "买买提·", "NAME_DOT", "民委发〔2016〕33号第一项", id="间隔号"),
        pytest.param("姓名", "李\ue000", "NAME_PRIVATE_USE", "民委发〔2016〕33号第三项", id="自造字"),
        pytest.param("性别", "某", "SEX", "名册填写要求第4条", id="性别"),
        pytest.param("出生日期", "某日", "BIRTH", "名册填写要求第4条", id="出生日期"),
        pytest.param("缴费金额", "一百五", "AMOUNT", "名册填写要求第4条", id="金额"),
    ],
)
def test_a_cell_that_cannot_be_read_names_the_standard_or_the_rule_of_the_form(heading, cell, code, source):
    row = {"姓名": "李大山", "身份证号": LI, "性别": "", "出生日期": "", "缴费金额": ""} | {heading: cell}

    problems = read_roster(csv_of([list(row), list(row.values())]), today=TODAY).rows[0].problems

    assert [(each.code, str(each.clause)) for each in problems] == [(code, source)]
    assert str(problems[0]).endswith(f"（{source}）")


def test_the_rules_of_the_form_stand_numbered_in_the_manual():
    chapter = MANUAL.read_text().partition("### 名册填写要求")[2].partition("###")[0]
    numbered = re.findall(r"^(\d+)\. (.*)$", chapter, re.MULTILINE)

    assert [int(each) for each, _ in numbered] == list(range(1, len(REQUIREMENTS) + 1))
    for (_, text), requirement in zip(numbered, REQUIREMENTS, strict=True):
        assert text.startswith(requirement)


@pytest.mark.django_db
@pytest.mark.usefixtures("rulesets")
class TestRegistered:
    """What is registered about somebody, and what the office's own document says of it."""

    def sources(self, songyang, rows) -> dict[str, str]:
        """By code, on what the refusals of these rows rest."""
        terms = Terms(library.current("songming"), 2017, MOMENT, "village", songyang)
        heads = ["户号", "姓名", "身份证号", "与户主关系", "性别", "出生日期", "村（居）"]
        read = read_roster(csv_of([heads, *rows]), today=TODAY)
        numbers = {row.id_no.number for row in read.rows if row.id_no}
        known = read_known(numbers, office=songyang, coverage_year=2017, at=MOMENT)
        verdicts = [each for household in check(read.rows, known=known, terms=terms) for each in household]
        return {reason.code: str(reason.clause) for each in verdicts for reason in each.reasons}

    def test_the_dead_the_employed_and_the_wrongly_named(self, songyang, miss_yang):
        numbers = [number("19500101", 971), number("19700101", 973), number("19800101", 975)]
        insured = (OtherCoverDraft("employee", division="530100"),)
        make_household(miss_yang, listed("普一", "", id_no=numbers[0]), moment="2016-10-20 09:00")
        make_household(miss_yang, listed("普二", "", id_no=numbers[1], other_covers=insured), moment="2016-10-20 09:00")
        make_household(miss_yang, listed("普三", "", id_no=numbers[2]), moment="2016-10-20 09:00")
        Person.objects.filter(name="普一").update(died_on=date(2016, 10, 25))

        found = self.sources(
            songyang,
            [
                ["1", "普一", numbers[0], "户主"],
                ["2", "普二", numbers[1], "户主"],
                ["3", "普山", numbers[2], "户主"],
            ],
        )

        assert found == {
            "PERSON_DIED": "嵩政办通〔2016〕50号三（一）",
            "EMPLOYEE_INSURED": "嵩政办通〔2016〕50号三",
            "NAME_MISMATCH": "居民身份证法第三条",
        }

    def test_the_file_against_itself_and_against_the_register(self, songyang, miss_yang, aunt_liu):
        a_village()
        theirs = id_number("1966-01-01")
        make_household(aunt_liu, listed("王大力", "", id_no=theirs), moment="2016-10-20 09:00")
        for name, no in (("普一", number("19500101", 971)), ("普二", number("19700101", 973))):
            make_household(miss_yang, listed(name, "", id_no=no), moment="2016-10-20 09:00")

        found = self.sources(
            songyang,
            [
                ["1", "普一", number("19500101", 971), "户主"],
                ["1", "普二", number("19700101", 973), "妻"],
                ["2", "李大山", LI, "子", "女"],
                ["3", "刘利", LIU, "户主", "", "1975-05-07"],
                ["3", "王秀", WANG, "户主"],
                ["4", "王秀", WANG, "户主", "", "", "西山村"],
                ["5", "王大力", theirs, "户主", "", "", "东村"],
            ],
        )

        assert found == {
            "HOUSEHOLD_HELD": "嵩政办通〔2016〕50号八（二）",
            "HOUSEHOLD_SPLIT": "嵩政办通〔2016〕50号八（二）",
            "SEX_MISMATCH": STANDARD,
            "BIRTH_MISMATCH": STANDARD,
            "HEAD_MISSING": "名册填写要求第5条",
            "HEAD_TWICE": "名册填写要求第5条",
            "DUPLICATE": "嵩政办通〔2016〕50号八（二）",
            "DIVISION_OUTSIDE": "名册填写要求第6条",
            "OTHER_OFFICE": "嵩政办通〔2016〕50号八（一）",
        }

    def test_the_document_that_rules_a_death_is_cited_with_that_clause(self, xinpu):
        ruleset = library.current(xinpu.ruleset_code)

        assert of_who_is_gone(ruleset, "death").key == "L-11-4"
        assert of_who_is_gone(ruleset, "move_out").key == "L-11-3"

    def test_page_and_marked_file_and_template_tell_it(self, songyang, miss_yang: Staff):
        a_village()
        roster = a_roster(miss_yang)
        rows = [["1", "李大山", LI[:17] + "-", "户主", "", 150], ["2", "刘利", "5.30127E+17", "户主", "", 150]]
        handed_in(roster, miss_yang, rows)
        client = Client()
        client.force_login(miss_yang)
        with time_machine.travel(MOMENT, tick=False):
            page = client.get(f"/rosters/{roster.pk}/").content.decode()
            file = client.post(f"/rosters/{roster.pk}/marked.xlsx", WHY).content

        assert f'<span class="chip">{STANDARD}</span> <span class="source-mark"' in page
        assert '<span class="chip">名册填写要求第2条</span>' in page
        remarks = [row[-1] for row in read_sheets(file)[0].rows[1:]]
        assert remarks[0].endswith(f"（{STANDARD}）")
        assert remarks[1].endswith("（名册填写要求第2条）")
        assert RosterRow.objects.filter(reasons__0__clause__document="GB 11643-1999").count() == 1

    def test_the_template_says_the_rules_of_the_form(self, songyang):
        a_village()
        terms = Terms(library.current("songming"), 2017, MOMENT, "village", songyang)
        file = village_template(of_village(Division.objects.get(code=VILLAGE), terms), terms, place="东村", mark="")
        guide = next(each for each in read_sheets(file) if each.name == GUIDE)

        lines = [row[0] for row in guide.rows if row]

        for place, text in enumerate(REQUIREMENTS, 1):
            assert f"第{place}条　{text}" in lines
