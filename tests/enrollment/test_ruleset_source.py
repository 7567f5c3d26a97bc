"""A rule set's text: what is refused, at which line, in which words."""

import re
import tomllib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrollment.rules.source import RuleSetError, read_ruleset
from enrollment.rules.toml_lines import line_numbers, line_too_deep
from enrollment.rules.toml_table import ENOUGH
from tests.enrollment.rule_facts import RULESETS

LIANYUNGANG = (RULESETS / "lianyungang.toml").read_text(encoding="utf-8")
SONGMING = (RULESETS / "songming.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "right", "wrong", "key", "says"),
    [
        (LIANYUNGANG, 'code = "lianyungang"', "code = lianyungang", "code = lianyungang", "TOML"),
        (LIANYUNGANG, 'clause = "L-15-1"', 'clause = "L-15-9"', "ruleset.clause", "是不是“L-15-1”"),
        (LIANYUNGANG, 'code = "hukou_book"', f'code = "{"h" * 41}"', "papers#1.code", "最多40个字符"),
        (LIANYUNGANG, "issued_on = 2007-08-07", 'issued_on = "2007-08-07"', "document.issued_on", "不带引号"),
        (LIANYUNGANG, "payable = 120, clause", "payable = 110, clause", "periods#1.rates#1.standard", "之和应等于"),
        (LIANYUNGANG, "standard = 120", "standard = 120.555", "periods#1.rates#1.standard", "最多两位小数"),
        (LIANYUNGANG, "until = 2007-09-20", "until = 2007-09-22", "periods#1.bands#2", "重叠"),
        (LIANYUNGANG, "from = 2007-09-21", "from = 2007-09-25", "periods#1.bands", "2007-09-21"),
        (LIANYUNGANG, 'category = "tekun"', 'category = "tekunhu"', "periods#1.rates#3.category", "tekun"),
        (LIANYUNGANG, 'opens = "09-01"', 'opens = "9月1日"', "yearly_window.opens", "09-01"),
        (LIANYUNGANG, 'closes = "12-10"', 'closes = "08-10"', "yearly_window.closes", "开始之前就结束"),
        (LIANYUNGANG, "grades = [1, 2]", "grades = [1, 5]", "categories.list#4.disability.grades#2", "1 到 4"),
        (LIANYUNGANG, 'proof = "none"', 'proof = "certificate"', "categories.list", "只有一个类别"),
        (LIANYUNGANG, "[area]", "[arae]", "arae", "是不是“area”"),
        (LIANYUNGANG, 'scope = "household"', 'scope = "family"', "categories.list#2.scope", "person、household"),
        (LIANYUNGANG, "coverage_year = 2009", "coverage_year = 2008", "periods#2", "重复"),
        (LIANYUNGANG, "coverage_year = 2009", "coverage_year = true", "periods#2.coverage_year", "整数"),
        (SONGMING, "pay_until = 2017-02-23T17", "pay_until = 2016-02-23T17", "periods#1.window.pay_until", "结束"),
        (SONGMING, "verify_until = 2017-02-22", "verify_until = 2017-02-24", "periods#1.window.verify_until", "之间"),
        (SONGMING, 'funder = "civil_affairs"', 'funder = ""', "periods#1.rates#2.funder", "资助部门"),
        (SONGMING, 'code = "530127"', 'code = "嵩明"', "area.divisions#1.code", "行政区划代码"),
        (SONGMING, "months = 2", "months = 0", "after_employee.months", "1 到 60"),
        (SONGMING, "[after_employee]\nmonths", "[after_employee]\nmonht = 1\nmonths", "after_employee.monht", "months"),
    ],
)
def test_a_wrong_rule_set_is_refused_with_the_line_the_key_and_what_was_expected(text, right, wrong, key, says):
    assert right in text
    broken = text.replace(right, wrong, 1)

    with pytest.raises(RuleSetError) as refused:
        read_ruleset(broken)

    found = {problem.key: problem for problem in refused.value.problems}
    assert key in found
    assert says in found[key].expected
    assert _stands_at(broken, found[key].line, key)


def _stands_at(text: str, line: int, key: str) -> bool:
    """Whether the line that was named holds the key, or opens the item that was meant."""
    here = text.splitlines()[line - 1]
    leaf, _, item = key.rpartition(".")[2].partition("#")
    return leaf in here or (bool(item) and here.strip().startswith(("{", f"[[{leaf}]]")))


def test_a_rate_for_every_category_is_asked_for():
    without = re.sub(r'  \{ category = "tekun".*\n', "", LIANYUNGANG, count=1)

    with pytest.raises(RuleSetError, match="没有缴费标准"):
        read_ruleset(without)


def test_all_problems_are_told_at_once_in_the_order_of_their_lines():
    broken = LIANYUNGANG.replace("payable = 120", "payable = 100").replace('way = "hukou"', 'way = "hkou"')

    with pytest.raises(RuleSetError) as refused:
        read_ruleset(broken)

    lines = [problem.line for problem in refused.value.problems]
    assert lines == sorted(lines)
    assert len(lines) == 4


@pytest.mark.parametrize("text", ["", "[ruleset]", "= 3", "a = [", "\ufeff", "ruleset = 3\nperiods = [1, 2]"])
def test_a_text_that_is_no_rule_set_is_refused_in_words(text):
    with pytest.raises(RuleSetError) as refused:
        read_ruleset(text)

    assert all(problem.expected and problem.line >= 1 for problem in refused.value.problems)


@given(st.sampled_from([LIANYUNGANG, SONGMING]), st.data())
def test_a_text_with_a_line_left_out_is_read_or_refused_but_never_breaks(text, data):
    lines = text.splitlines()
    del lines[data.draw(st.integers(0, len(lines) - 1))]

    with suppress(RuleSetError):
        read_ruleset("\n".join(lines))


def test_every_key_of_the_seed_rule_sets_has_its_line():
    for text in (LIANYUNGANG, SONGMING):
        lines, numbers = text.splitlines(), line_numbers(text)
        for path in _paths(tomllib.loads(text), ()):
            key = path[-1]
            assert path in numbers
            if isinstance(key, str):
                assert key in lines[numbers[path] - 1]


def _paths(value, path):
    if path:
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from _paths(inner, (*path, key))


@pytest.mark.parametrize("text", ["x = " + "[" * 20_000 + "]" * 20_000, "x = " + "9" * 5000])
def test_what_is_beyond_all_reading_is_refused_in_words(text: str):
    with pytest.raises(RuleSetError) as refused:
        read_ruleset(text)

    assert "不像是规则集" in refused.value.problems[0].expected


@pytest.mark.parametrize(
    "bomb",
    [
        pytest.param("x = 1\n" + ".".join(["a"] * 50_000) + " = 1", id="键"),
        pytest.param("x = 1\n[" + " . ".join(["a"] * 50_000) + "]", id="表头"),
        pytest.param("x = 1\n" + ".".join(['"a"'] * 50_000) + " = 1", id="加引号的键"),
        pytest.param("x = '''\\'''\n" + "a." * 900_000 + "a = 1", id="两兆字节"),
    ],
)
def test_a_key_with_thousands_of_parts_is_refused_before_it_takes_all_memory(bomb):
    with pytest.raises(RuleSetError) as refused:
        read_ruleset(bomb)

    (problem,) = refused.value.problems
    assert (problem.line, problem.expected) == (2, "这一行的键有几百层，不像是规则集。请核对是否选错了文件")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f'a = "{"." * 500}"', id="文字"),
        pytest.param(f'a = "\\"{"." * 500}"', id="带转义的文字"),
        pytest.param(f'a = """\n"{"." * 500}\\""""', id="长文字"),
        pytest.param(f"a = '''\n'{'.' * 500}'''", id="照写的长文字"),
        pytest.param(f"a = '{'.' * 500}'", id="照写的文字"),
        pytest.param(f'a = 1 # "{"." * 500}', id="注释"),
        pytest.param("\n".join(f"a.b{number} = 1.5" for number in range(500)), id="许多行"),
    ],
)
def test_dots_of_texts_and_comments_make_no_key_deep(text):
    tomllib.loads(text)

    assert line_too_deep(text) is None


@pytest.mark.parametrize("sign", [r'\"""', "a = '''", r"\"", 'a"', "'a "])
def test_texts_that_never_end_are_gone_through_once(sign):
    text = sign * (1_900_000 // len(sign))

    assert line_too_deep(text) is None
    with pytest.raises(RuleSetError) as refused:
        read_ruleset(text)
    assert "不合TOML写法" in str(refused.value)


def test_the_lines_of_two_megabytes_are_counted():
    text = "".join(f"strange{number} = {number}\n" for number in range(90_000))

    lines = line_numbers(text)

    assert lines["strange89999",] == 90_000


@pytest.mark.parametrize("text", ["[[periods]]\n" * 20_000, "".join(f"strange{n} = 1\n" for n in range(50_000))])
def test_of_thousands_of_faults_the_first_are_told(text):
    with pytest.raises(RuleSetError) as refused:
        read_ruleset(text)

    assert len(refused.value.problems) == 201
    assert ENOUGH in {problem.expected for problem in refused.value.problems}
