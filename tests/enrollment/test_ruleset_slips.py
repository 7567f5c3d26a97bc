"""The slips of somebody who writes a rule set in a plain editor: each is told at its line, in words that mend it."""

import pytest

from enrollment.rules.source import RuleSetError, read_ruleset
from tests.enrollment.rule_facts import RULESETS, lianyungang, urban

LIANYUNGANG = (RULESETS / "lianyungang.toml").read_text(encoding="utf-8")
SONGMING = (RULESETS / "songming.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("right", "typed", "says"),
    [
        pytest.param('code = "lianyungang"', 'code ＝ "lianyungang"', "全角的 ＝", id="全角等号"),
        pytest.param("standard = 120, payable", "standard = 120， payable", "全角的 ，", id="全角逗号"),
        pytest.param('code = "lianyungang"', "code = “lianyungang”", "全角的 “", id="中文引号"),
        pytest.param('code = "lianyungang"', 'code = "lianyungang', "引号没有成对", id="少引号"),
        pytest.param('code = "lianyungang"', 'code = "lianyungang"\ncode = "x"', "只能写一次", id="写了两遍"),
        pytest.param("issued_on = 2007-08-07", "issued_on = 2007/8/7", "2029-08-07", id="斜线日期"),
        pytest.param("issued_on = 2007-08-07", "issued_on = 2007年8月7日", "2029-08-07", id="汉字日期"),
        pytest.param("issued_on = 2007-08-07", "issued_on = 2007-02-30", "真实存在", id="没有的日期"),
        pytest.param("{ until = 2007-09-20", "{ until = 2007-9-20", "各两位", id="花括号里的日期"),
        pytest.param('opens = "09-01"', "opens = 09-01", '"09-01"', id="月日没有引号"),
        pytest.param("required = true", "required = 是", "true（是）", id="写成是"),
        pytest.param("required = true", "required = True", "都是小写", id="大写的True"),
        pytest.param('place = "', '地方 = "', "“地方”不能作键名", id="中文键名"),
        pytest.param("L-1-1 = { article", "第一条 = { article", "“第一条”不能作键名", id="中文条款编号"),
        pytest.param('{ category = "general",', '{ category = "general",\n', "同一行", id="花括号断行"),
        pytest.param('issued_within = ["3207"]', 'issued_within = ["3207"', "应补上 ]", id="列表没有结尾"),
    ],
)
def test_a_slip_of_the_keyboard_is_told_by_itself(right, typed, says):
    assert right in LIANYUNGANG
    broken = LIANYUNGANG.replace(right, typed, 1)

    with pytest.raises(RuleSetError) as refused:
        read_ruleset(broken)

    (problem,) = refused.value.problems
    assert says in problem.expected


@pytest.mark.parametrize(
    ("text", "right", "typed", "key", "says"),
    [
        (LIANYUNGANG, "[[admissions]]", "[admissions]", "admissions", "两层方括号开头：[[admissions]]"),
        (LIANYUNGANG, "coverage_year = 2009", "coverage_year = 20090", "periods#2.coverage_year", "1990 到 2199"),
        (LIANYUNGANG, "coverage_year = 2009", "coverage_year = 0", "periods#2.coverage_year", "1990 到 2199"),
        (LIANYUNGANG, "standard = 120", "standard = 1e40", "periods#1.rates#1.standard", "最多两位小数"),
        (LIANYUNGANG, 'opens = "09-01"\n', "", "yearly_window.opens", "缺少这一项"),
        (LIANYUNGANG, '"智力", "精神"', '"智力残疾", "精神"', "categories.list#4.disability.kinds#2", "肢体、智力"),
        (LIANYUNGANG, 'fact = "nrcms"', 'fact = "nrcms"\nmay_override = true', "exclusions#2.may_override", "重复参保"),
        (LIANYUNGANG, '["3207"]', '["连云港"]', "categories.list#2.issued_within#1", "行政区划代码"),
        (LIANYUNGANG, 'proof = "none"', 'proof = "none"\nage_from = 70', "categories.list#1.age_from", "不设条件"),
        (LIANYUNGANG, 'way = "hukou"', 'way = "supervisor"', "admissions#1.hukou_kinds", 'way = "hukou"'),
        (
            LIANYUNGANG,
            "until = 2007-12-10, benefit_starts = 2008-01-01",
            "until = 2007-12-10, benefit_starts = 2007-09-15",
            "periods#1.bands#2.benefit_starts",
            "晚缴费的人反而早享受",
        ),
        (SONGMING, 'code = "disabled_persons_federation"', 'code = "civil_affairs"', "funders#2", "重复"),
        (SONGMING, 'divisions = ["5301"]', 'divisions = ["昆明"]', "after_employee.divisions#1", "行政区划代码"),
    ],
)
def test_what_would_be_read_otherwise_than_meant_is_refused_once_at_its_key(text, right, typed, key, says):
    assert right in text
    broken = text.replace(right, typed, 1)

    with pytest.raises(RuleSetError) as refused:
        read_ruleset(broken)

    (problem,) = [problem for problem in refused.value.problems if problem.key == key]
    assert says in problem.expected


def test_the_mark_that_windows_editors_write_at_the_beginning_is_no_fault():
    assert read_ruleset("\ufeff" + LIANYUNGANG) == read_ruleset(LIANYUNGANG)


def test_an_exemption_that_names_no_level_holds_for_every_level():
    ruleset = read_ruleset(LIANYUNGANG.replace('parent_unit_levels = ["municipal", "市级"]\n', ""))
    child = urban("B", exemption="municipal_staff_child", parent_unit_level="district", applying=False)

    assert lianyungang(urban("A"), child, ruleset=ruleset).eligible
    assert not lianyungang(urban("A"), child).eligible
