"""姓名: one way of writing, rare characters kept, what is no name sent back. The names are invented."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.names import DOT, PersonNameError, check_name, is_han, normalise_name, parse_name

RARE = "𬱖䶮𬭎𠮷㛃龘〇\U000323af﨎"
TRICKY = st.text(st.sampled_from(f"刘利{RARE}小⼩ab'’-.．·•・ \u3000\t\u0301éＡ\ufa0c\u200b?1\ud86c"), max_size=12)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        pytest.param("刘  利", "刘利", id="两字间空格"),
        pytest.param(" 刘　利\t", "刘利", id="全角空格和制表符"),
        pytest.param("刘\u00a0利\n", "刘利", id="不间断空格和换行"),
        pytest.param("买买提•艾力", "买买提·艾力", id="圆点"),
        pytest.param("买买提・艾力", "买买提·艾力", id="片假名中点"),
        pytest.param("买买提．艾力", "买买提·艾力", id="全角句点"),
        pytest.param("买买提‧艾力", "买买提·艾力", id="连字点"),
        pytest.param("买买提∙艾力", "买买提·艾力", id="项目符号运算符"),
        pytest.param("买买提⋅艾力", "买买提·艾力", id="点乘"),
        pytest.param("买买提.艾力", "买买提·艾力", id="半角句点"),
        pytest.param("买买提 · 艾力", "买买提·艾力", id="点两边的空格"),
        pytest.param("阿依古丽·买买提·艾力", "阿依古丽·买买提·艾力", id="多个间隔号"),
        pytest.param("王⼩明", "王小明", id="来自PDF的部首"),
        pytest.param("王⺟", "王母", id="来自PDF的补充部首"),
        pytest.param("\uf92c君", "郎君", id="兼容汉字"),
        pytest.param("Ｊｏｈｎ　Ｓｍｉｔｈ", "John Smith", id="全角字母"),
        pytest.param("John   Smith", "John Smith", id="字母间空格"),
        pytest.param("Rene\u0301 O’Neil", "René O'Neil", id="组合附加符与弯撇号"),
        pytest.param("J．R．R． Smith–Jones", "J.R.R. Smith-Jones", id="缩写与连字符"),
    ],
)
def test_a_name_is_kept_in_one_way_of_writing(typed: str, name: str) -> None:
    assert parse_name(typed) == name


@pytest.mark.parametrize("character", list(RARE))
def test_rare_characters_are_kept_as_they_are(character: str) -> None:
    assert is_han(character)
    assert parse_name(f"李{character}") == f"李{character}"


@pytest.mark.parametrize(
    "name", ["王", "欧阳文静", "Ng", "'t Hooft", "Martin Luther King Jr.", "Nguyễn Văn An", DOT.join("甲乙丙丁")]
)
def test_names_of_every_usual_shape_are_taken(name: str) -> None:
    assert parse_name(name) == name


@pytest.mark.parametrize(
    ("typed", "code", "words"),
    [
        pytest.param("", "empty", "未录入姓名", id="空"),
        pytest.param(" \u3000", "empty", "未录入姓名", id="只有空白"),
        pytest.param("王" * 51, "too_long", "现为51个字", id="51字"),
        pytest.param("𬱖" * 51, "too_long", "现为51个字", id="51个生僻字"),
        pytest.param("张3", "digit", "“3”", id="数字"),
        pytest.param("张３", "digit", "“3”", id="全角数字"),
        pytest.param("张Ⅱ", "digit", "“Ⅱ”", id="罗马数字"),
        pytest.param("张(大)", "sign", "“(”", id="括号"),
        pytest.param("张（大）", "sign", "备注", id="全角括号"),
        pytest.param("张*", "sign", "“*”", id="星号"),
        pytest.param("张，三", "sign", "“,”", id="逗号"),
        pytest.param("张-三", "sign", "“-”", id="汉字间连字符"),
        pytest.param("张三😀", "sign", "“😀”", id="表情"),
        pytest.param("⿰王三", "sign", "“⿰”", id="拆字符"),
        pytest.param("张<b>", "sign", "“<”", id="标签"),
        pytest.param("李?", "lost", "生僻字在传送中丢失", id="问号"),
        pytest.param("李\ufffd", "lost", "生僻字在传送中丢失", id="替换字符"),
        pytest.param("张\x00三", "control", "U+0000", id="空字符"),
        pytest.param("张\x7f三", "control", "U+007F", id="删除字符"),
        pytest.param("张\u200b三", "invisible", "U+200B", id="零宽空格"),
        pytest.param("张\u202e三", "invisible", "U+202E", id="反向书写"),
        pytest.param("张\ufeff三", "invisible", "U+FEFF", id="字节顺序标记"),
        pytest.param("葛\U000e0100", "invisible", "看不见的字符", id="异体选择符"),
        pytest.param("李\ud86c", "broken", "U+D86C", id="半个代理对"),
        pytest.param("李\ue863", "private_use", "自造字", id="自造字"),
        pytest.param("李\U000f0000", "private_use", "自造字", id="第十五平面自造字"),
        pytest.param("Иван", "script", "“И”", id="西里尔字母"),
        pytest.param("ئەلى", "script", "不是汉字", id="阿拉伯字母"),
        pytest.param("张ㄅ", "script", "“ㄅ”", id="注音"),
        pytest.param("李⺮", "sign", "“⺮”", id="部首补充"),
        pytest.param("王伟w", "mixed", "多余的字母", id="输入法残留"),
        pytest.param("-.'", "no_letter", "没有汉字", id="只有符号"),
        pytest.param("·买买提", "dot", "间隔号", id="点在前"),
        pytest.param("买买提·", "dot", "间隔号", id="点在后"),
        pytest.param("买买提··艾力", "dot", "间隔号", id="连续两点"),
        pytest.param("买买提…艾力", "sign", "“…”", id="省略号"),
    ],
)
def test_what_is_no_name_is_sent_back_with_what_to_do(typed: str, code: str, words: str) -> None:
    with pytest.raises(PersonNameError, match="请") as refused:
        parse_name(typed)

    assert refused.value.code == code
    assert words in str(refused.value)


def test_a_name_that_was_not_normalised_is_not_let_through() -> None:
    with pytest.raises(PersonNameError) as refused:
        check_name("刘\u3000利")
    assert refused.value.code == "sign"


def test_fifty_characters_are_the_longest_name() -> None:
    check_name("𬱖" * 50)


@given(st.one_of(TRICKY, st.text(max_size=12)))
def test_normalising_twice_changes_nothing_more(typed: str) -> None:
    once = normalise_name(typed)

    assert normalise_name(once) == once
    assert unicodedata.is_normalized("NFC", once)


@given(st.one_of(TRICKY, st.text(max_size=60)))
def test_every_name_taken_can_be_stored_and_is_taken_again(typed: str) -> None:
    try:
        name = parse_name(typed)
    except PersonNameError:
        return
    assert name.encode("utf-8").decode("utf-8") == name
    assert name.encode("gb18030").decode("gb18030") == name
    assert parse_name(name) == name
