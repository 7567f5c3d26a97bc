"""The slips of somebody who writes a rule set in a plain editor: each is told at its line, in words that mend it."""

from dataclasses import replace
from datetime import date

import pytest

from enrollment.rules.source import RuleSetError, read_ruleset
from tests.enrollment.rule_facts import RULESETS, disabled, lianyungang, rural, songming, urban

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
        pytest.param('place = "', '＃ 备注，另见附件\nplace = "', "以半角的 # 开头", id="全角井号"),
        pytest.param('place = "', '// 备注，另见附件\nplace = "', "以半角的 # 开头", id="双斜线注释"),
        pytest.param('place = "', '; 备注，另见附件\nplace = "', "以半角的 # 开头", id="分号注释"),
        pytest.param('place = "', 'place\u3000= "', "看不见的字符（U+3000）", id="全角空格"),
        pytest.param('place = "', '\u3000\u3000place = "', "看不见的字符（U+3000）", id="全角空格缩进"),
        pytest.param('place = "', 'place\u200b = "', "看不见的字符（U+200B）", id="零宽空格"),
        pytest.param("standard = 120, payable", "standard = 120元, payable", "不写单位，现在是“120元”", id="写了元"),
        pytest.param("coverage_year = 2009", "coverage_year = 2009年", "不写单位，现在是“2009年”", id="写了年"),
        pytest.param('place = "', 'place: "', "不是冒号", id="冒号"),
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
    ("right", "typed", "year"),
    [
        pytest.param("issued_on = 2016-09-28", "issued_on = 0016-09-28", 16, id="日期少录两位"),
        pytest.param("opens = 2016-10-08", "opens = 0001-01-01", 1, id="缴费期开始"),
        pytest.param("pay_until = 2017-02-23T17:00:00", "pay_until = 9999-12-31T23:59:59", 9999, id="缴费截止"),
    ],
)
def test_a_year_that_cannot_be_meant_is_told(right, typed, year):
    assert right in SONGMING
    broken = SONGMING.replace(right, typed, 1)

    with pytest.raises(RuleSetError) as refused:
        read_ruleset(broken)

    assert f"年份应在 1900 至 2199 之间，现在是 {year}，请核对" in refused.value.problems[0].expected


def test_a_window_years_before_or_after_its_year_is_told_at_both_its_days():
    window = "opens = 2016-10-08, verify_until = 2017-02-22T17:00:00, pay_until = 2017-02-23T17:00:00"
    assert window in SONGMING
    for opens, until, expected in (
        ("2014-10-08", "2015-02-23", {"opens": "早两年以上", "pay_until": "早一年以上"}),
        ("2015-10-08", "2015-12-30", {"pay_until": "早一年以上"}),
        ("2018-01-01", "2019-02-23", {"opens": "已经结束", "pay_until": "晚一年以上"}),
        ("2015-01-01", "2016-01-01", {}),
        ("2017-12-31", "2018-12-31", {}),
    ):
        text = SONGMING.replace(window, f"opens = {opens}, pay_until = {until}")
        told = {}
        try:
            read_ruleset(text)
        except RuleSetError as refused:
            told = {each.key: each.expected for each in refused.problems}
        for key in ("opens", "pay_until"):
            says = told.get(f"periods#1.window.{key}", "")
            assert (expected[key] in says) if key in expected else not says, (opens, key, told)


@pytest.mark.parametrize("clock", ["17:00", "24:00:00", "8:30:00", "17"])
def test_a_moment_is_told_to_be_written_to_the_second(clock):
    broken = SONGMING.replace("2017-02-23T17:00:00", f"2017-02-23T{clock}", 1)

    with pytest.raises(RuleSetError, match=f"写到秒.*现在是“2017-02-23T{clock}”"):
        read_ruleset(broken)


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
        (LIANYUNGANG, "coverage_year = 2009", "coverage_year = 2009\nstarts = 2007-01-01", "periods#2.ends", "两年"),
        (SONGMING, "coverage_year = 2017", "coverage_year = 2017\nends = 2016-12-31", "periods#1.ends", "早于起始日"),
        (
            SONGMING,
            "coverage_year = 2017",
            "coverage_year = 2017\nstarts = 2016-01-01\nends = 2016-12-31",
            "periods#1.starts",
            "没有一天在2017年",
        ),
        (SONGMING, "opens = 2016-10-08", "opens = 2006-10-08", "periods#1.window.opens", "早两年以上"),
        (SONGMING, "pay_until = 2017-02", "pay_until = 2027-02", "periods#1.window.pay_until", "晚一年以上"),
        (
            SONGMING,
            "benefit_starts = 2017",
            "benefit_starts = 2007",
            "periods#1.bands#1.benefit_starts",
            "不早于 2016-10",
        ),
        (
            SONGMING,
            "benefit_starts = 2017-01-01",
            'benefit_starts = "paymentday"',
            "periods#1.bands#1.benefit_starts",
            "是不是“payment_day”",
        ),
        (SONGMING, 'proof = "none"', 'proof = "none"\nage_on = "12-31"', "categories.list#1.age_on", "不设条件"),
        (
            SONGMING,
            'category = "dibao", standard = 150, payable = 0,',
            'category = "dibao", standard = 310, payable = 160,',
            "categories.list#2",
            "永远用不上",
        ),
        (SONGMING, 'place = "', 'place = "\u202e', "ruleset.place", "看不见的字符（U+202E）"),
        (SONGMING, '"低保对象", "低保"', '"低保对象", "低\u200b保"', "categories.list#2.aliases#2", "U+200B"),
        (SONGMING, "[once_a_year]", "[once_a_year]\nonce = 1", "once_a_year.once", "应删去"),
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


@pytest.mark.parametrize(
    ("right", "typed", "told"),
    [
        pytest.param("benefit_starts = 2017-01-01", "benefit_start = 2017-01-01", 2, id="键名写错"),
        pytest.param("pay_until = 2017-02-23T17:00:00", "pay_until = 17:00:00", 1, id="只有时刻"),
        pytest.param("[clauses]", "[klauses]", 2, id="没有条款登记"),
    ],
)
def test_a_fault_draws_no_others_after_it(right, typed, told):
    with pytest.raises(RuleSetError) as refused:
        read_ruleset(SONGMING.replace(right, typed, 1))

    assert len(refused.value.problems) == told


def test_a_registry_without_clauses_is_told_once():
    start, end = SONGMING.index("[clauses]\n") + len("[clauses]\n"), SONGMING.index("[area]")

    with pytest.raises(RuleSetError) as refused:
        read_ruleset(SONGMING[:start] + "\n" + SONGMING[end:])

    (problem,) = refused.value.problems
    assert (problem.key, problem.expected) == ("clauses", "至少要登记一条，别处才能写它的编号")


def test_a_text_over_several_lines_is_read_as_one_line():
    text = SONGMING.replace('place = "昆明市嵩明县"', 'place = """嵩明县\n  （示例）"""', 1)

    assert read_ruleset(text).place == "嵩明县 （示例）"


def test_a_disability_is_on_record_before_a_category_by_facts_holds():
    category = """
[[categories.list]]
code = "disabled_pupil"
name = "残疾学生"
proof = "facts"
age_below = 18
disability = { grades = [1, 2] }
clause = "S-4-1"

[[funders]]
"""
    rate = 'rates = [\n  { category = "disabled_pupil", standard = 10, payable = 10, clause = "S-4-1" },\n'
    ruleset = read_ruleset(SONGMING.replace("\n[[funders]]\n", category, 1).replace("rates = [\n", rate, 1))
    child = rural(birth_date=date(2008, 5, 1))

    decision = songming(
        child, replace(child, ref="B", certifications=(disabled("肢体", 1),)), ruleset=ruleset, paid="2016-10-10"
    )

    assert [member.charge.category for member in decision.members] == ["general", "disabled_pupil"]


def test_the_mark_that_windows_editors_write_at_the_beginning_is_no_fault():
    assert read_ruleset("\ufeff" + LIANYUNGANG) == read_ruleset(LIANYUNGANG)


def test_an_exemption_that_names_no_level_holds_for_every_level():
    ruleset = read_ruleset(LIANYUNGANG.replace('parent_unit_levels = ["municipal", "市级"]\n', ""))
    child = urban("B", exemption="municipal_staff_child", parent_unit_level="district", applying=False)

    assert lianyungang(urban("A"), child, ruleset=ruleset).eligible
    assert not lianyungang(urban("A"), child).eligible


def test_a_dearer_category_is_of_use_where_the_price_of_a_band_makes_it_the_cheaper_one():
    text = SONGMING.replace('"dibao", standard = 150, payable = 0,', '"dibao", standard = 310, payable = 160,', 1)
    price = '{ category = "dibao", standard = 150, payable = 0, sponsored = 150, funder = "civil_affairs", '
    price += 'clause = "S-4-1", sponsor_clause = "S-7-3" }'
    starts = "bands = [{ benefit_starts = 2017-01-01, "

    found = read_ruleset(text.replace(starts, f"{starts}rates = [{price}], ", 1))

    assert found.periods[2017].bands[0].rates["dibao"].payable == 0
