"""身份证号: what is read, what is refused and in which words. Everyone here is invented; specimens are official."""

import pickle
from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from common.idcard import (
    IdKind,
    IdNumber,
    IdNumberError,
    check_digit,
    clean_id_number,
    group,
    looks_like_excel_damage,
    mask,
    parse_id_number,
)

TODAY = date(2007, 10, 25)
LIU = "320706196001010015"  # a man born on 1960-01-01; the digits below vary him


def refusal(text: str, today: date | None = TODAY) -> IdNumberError:
    with pytest.raises(IdNumberError) as refused:
        parse_id_number(text, today=today)
    return refused.value


def numbered(first17: str) -> str:
    return first17 + check_digit(first17)


ID_NUMBERS = st.builds(
    lambda division, born, sequence: numbered(f"{division}{born:%Y%m%d}{sequence:03}"),
    st.from_regex(r"[1-9][0-9]{5}", fullmatch=True),
    st.dates(date(1900, 1, 1), date(2099, 12, 31)),
    st.integers(0, 999),
)


# --- read ---------------------------------------------------------------------------------------------------


def test_a_number_says_birth_date_sex_and_division_of_first_issue() -> None:
    assert parse_id_number(LIU, today=TODAY) == IdNumber(LIU, date(1960, 1, 1), "M", "320706", IdKind.RESIDENT)


@pytest.mark.parametrize(
    ("number", "kind", "label", "sex", "division"),
    [
        pytest.param("11010519491231002X", IdKind.RESIDENT, "居民身份证", "F", "110105", id="国标附录示例"),
        pytest.param(
            numbered("81000019850315002"), IdKind.RESIDENCE_PERMIT, "港澳台居民居住证", "F", "810000", id="香港"
        ),
        pytest.param(
            numbered("82000019850315001"), IdKind.RESIDENCE_PERMIT, "港澳台居民居住证", "M", "820000", id="澳门"
        ),
        pytest.param(
            numbered("83000019850315001"), IdKind.RESIDENCE_PERMIT, "港澳台居民居住证", "M", "830000", id="台湾"
        ),
        pytest.param(
            "932682198501010017", IdKind.FOREIGN_PERMANENT, "外国人永久居留身份证", "M", "320000", id="新版永居证样本"
        ),
    ],
)
def test_each_document_with_18_places_is_known(number: str, kind: IdKind, label: str, sex: str, division: str) -> None:
    parsed = parse_id_number(number, today=TODAY)

    assert (parsed.number, parsed.kind, parsed.kind.label) == (number, kind, label)
    assert (parsed.sex, parsed.division) == (sex, division)


def test_a_division_withdrawn_or_unknown_is_no_reason_to_refuse() -> None:
    for division in ("320705", "530127", "512921", "329999", "660001"):
        assert parse_id_number(numbered(f"{division}19600101001"), today=TODAY).division == division


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param("11010519491231002x", id="小写x"),
        pytest.param("11010519491231002×", id="乘号"),
        pytest.param("11010519491231002Ｘ", id="全角X"),
        pytest.param("11010519491231002ⅹ", id="罗马数字十"),
        pytest.param("11010519491231002х", id="西里尔字母"),
        pytest.param("１１０１０５１９４９１２３１００２Ｘ", id="全角"),
        pytest.param(" 110105 19491231 002X\r\n", id="空格和回车"),
        pytest.param("110105-19491231-002X", id="连字符"),
        pytest.param("'11010519491231002X", id="Excel前导撇号"),
        pytest.param("\u202a11010519491231002X\u202c\ufeff", id="粘贴带来的看不见的字符"),
    ],
)
def test_a_number_may_be_typed_pasted_or_read_from_a_card(typed: str) -> None:
    assert parse_id_number(typed, today=TODAY).number == "11010519491231002X"


# --- refused ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "code", "words"),
    [
        pytest.param("", "empty", "未录入身份证号", id="空"),
        pytest.param(" \u3000\u200b", "empty", "新生儿", id="只有空白"),
        pytest.param("320706600101001", "length_15", "第一代身份证", id="15位"),
        pytest.param("KAZ110090123105", "old_foreign", "旧版外国人永久居留证", id="旧版永居证"),
        pytest.param(LIU[:17], "length", "现为17位，少1位", id="17位"),
        pytest.param(LIU + "8", "length", "现为19位，多1位", id="19位"),
        pytest.param("32O706196001010015", "characters", "第3位是“O”", id="字母O"),
        pytest.param("3207061960X1010015", "characters", "第11位是“X”", id="X不在末位"),
        pytest.param("32070619600101001Y", "characters", "第18位是“Y”", id="末位是别的字母"),
        pytest.param("320706********0015", "characters", "第7位是“*”", id="打码的号码"),
        pytest.param("\u0663" + LIU[1:], "characters", "第1位", id="阿拉伯文数字"),
        pytest.param("\x00" + LIU[1:], "characters", "第1位是U+0000", id="控制字符"),
        pytest.param(numbered("00070619600101001"), "first_digit", "首位不会是0", id="首位为零"),
        pytest.param(numbered("32070619600230001"), "date", "19600230不是真实存在的日期", id="二月三十日"),
        pytest.param(numbered("32070619001301001"), "date", "19001301", id="十三月"),
        pytest.param(numbered("32070619000229001"), "date", "19000229", id="1900年不闰"),
        pytest.param(numbered("32070600000101001"), "date", "00000101", id="零年"),
        pytest.param(numbered("32070618991231001"), "too_early", "1899-12-31早于1900年", id="早于1900年"),
        pytest.param(numbered("32070620071026001"), "future", "2007-10-26晚于今天", id="明天出生"),
        pytest.param("320706196001010019", "check_digit", "校验位不符", id="校验位"),
        pytest.param("320706196001100015", "check_digit", "校验位不符", id="两位颠倒"),
        pytest.param("320705198001010000", "check_digit", "Excel", id="末三位为零"),
        pytest.param("3.20705E+17", "excel", "已被Excel按数字保存", id="科学计数"),
        pytest.param("320705198001010000.0", "excel", "已被Excel按数字保存", id="小数点零"),
    ],
)
def test_a_wrong_number_is_sent_back_with_what_is_wrong_and_what_to_do(typed: str, code: str, words: str) -> None:
    refused = refusal(typed)

    assert refused.code == code
    assert words in str(refused)
    assert "请" in str(refused)


def test_the_first_day_of_1900_is_early_enough() -> None:
    assert parse_id_number(numbered("32070619000101001"), today=TODAY).birth_date == date(1900, 1, 1)


def test_born_today_is_not_the_future_and_without_a_day_there_is_none() -> None:
    assert parse_id_number(numbered("32070620071025001"), today=TODAY).birth_date == TODAY
    assert parse_id_number(numbered("32070620310203001"), today=None).birth_date == date(2031, 2, 3)


def test_the_words_never_tell_what_the_check_digit_should_be() -> None:
    wrong = [LIU[:17] + last for last in "012346789X"]

    assert {str(refusal(number)) for number in wrong} == {
        "身份证号校验位不符，至少有一位录错或两位颠倒。请对照证件逐位核对后重录。"
    }


def test_a_refusal_keeps_its_code_on_the_way_to_another_process() -> None:
    refused = pickle.loads(pickle.dumps(refusal("")))  # noqa: S301 -- our own bytes

    assert (type(refused), refused.code) == (IdNumberError, "empty")


@given(st.text(max_size=24))
def test_typing_anything_gives_a_number_or_a_refusal(typed: str) -> None:
    try:
        parsed = parse_id_number(typed, today=None)
    except IdNumberError:
        return
    assert parse_id_number(parsed.number, today=None) == parsed


# --- the check digit ----------------------------------------------------------------------------------------


@given(ID_NUMBERS)
def test_every_number_with_its_check_digit_is_taken(number: str) -> None:
    assert parse_id_number(number, today=None).number == number


@given(ID_NUMBERS)
def test_the_check_follows_iso_7064(number: str) -> None:
    value = 0
    for character in number:
        value = value * 2 + (10 if character == "X" else int(character))

    assert value % 11 == 1


@given(ID_NUMBERS, st.integers(0, 17), st.sampled_from("0123456789X"))
def test_one_wrong_digit_is_always_found(number: str, place: int, digit: str) -> None:
    assume(number[place] != digit)

    refusal(number[:place] + digit + number[place + 1 :], today=None)


@given(ID_NUMBERS, st.integers(0, 16))
def test_two_neighbours_swapped_are_always_found(number: str, place: int) -> None:
    assume(number[place] != number[place + 1])

    refusal(number[:place] + number[place + 1] + number[place] + number[place + 2 :], today=None)


@pytest.mark.parametrize("digits", ["", "1" * 16, "1" * 18, "1" * 16 + "X", "１" * 17])
def test_a_check_digit_needs_17_digits(digits: str) -> None:
    with pytest.raises(ValueError, match="17 digits"):
        check_digit(digits)


# --- shown --------------------------------------------------------------------------------------------------


@given(st.text(max_size=24))
def test_cleaning_twice_changes_nothing_more(typed: str) -> None:
    assert clean_id_number(clean_id_number(typed)) == clean_id_number(typed)


@pytest.mark.parametrize(
    ("text", "damaged"),
    [
        ("3.20705E+17", True),
        ("3.2070519800101E17", True),
        ("3e+17", True),
        ("３．２Ｅ＋１７", True),
        ("'3.20705E+17", True),
        ("320705198001010000.0", True),
        ("320705198001010018", False),
        ("11010519491231002X", False),
        ("", False),
        ("E17", False),
    ],
)
def test_a_number_that_excel_has_counted_is_recognised(text: str, damaged: bool) -> None:
    assert looks_like_excel_damage(text) is damaged


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("320706196001010014", "320706********0014"),
        ("11010519491231002X", "110105********002X"),
        ("KAZ110090123105", "***********3105"),
        ("1234567", "*******"),
        ("", ""),
    ],
)
def test_a_masked_number_hides_the_birth_date(number: str, shown: str) -> None:
    assert mask(number) == shown


def test_a_whole_number_is_shown_in_its_parts() -> None:
    assert group(LIU) == "320706 19600101 0015"
