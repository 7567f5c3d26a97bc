"""电话: mobile numbers and land lines of the mainland. The numbers are invented."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.phone import PhoneError, is_mobile, mask_phone, parse_phone

MOBILES = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
LAND_LINES = st.from_regex(r"(010|02[0-9])[2-9][0-9]{7}|0[3-9][0-9]{2}[2-9][0-9]{6,7}", fullmatch=True)


@pytest.mark.parametrize(
    ("typed", "digits"),
    [
        pytest.param("13812348888", "13812348888", id="手机"),
        pytest.param("138 1234 8888", "13812348888", id="空格"),
        pytest.param("１３８-1234-8888", "13812348888", id="全角和连字符"),
        pytest.param("+86 138 1234 8888", "13812348888", id="加86"),
        pytest.param("008613812348888", "13812348888", id="0086"),
        pytest.param("8613812348888", "13812348888", id="86"),
        pytest.param("19912345678", "19912345678", id="199号段"),
        pytest.param("0518-85412345", "051885412345", id="四位区号八位号码"),
        pytest.param("(0871)67912345", "087167912345", id="括号区号"),
        pytest.param("（010）65123456", "01065123456", id="三位区号"),
        pytest.param("0691-2123456", "06912123456", id="七位号码"),
        pytest.param("+86-518-85412345", "051885412345", id="加86的固定电话"),
        pytest.param("+86 0518 85412345", "051885412345", id="加86而未去0"),
        pytest.param("+86 10 65123456", "01065123456", id="加86的北京电话"),
        pytest.param("\u202d13812348888\u202c", "13812348888", id="从通讯录粘贴"),
    ],
)
def test_a_number_is_kept_as_its_digits(typed: str, digits: str) -> None:
    assert parse_phone(typed) == digits


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "empty"),
        (" - ", "empty"),
        ("1381234888", "length"),
        ("138123488888", "length"),
        ("12812348888", "not_phone"),
        ("85412345", "no_area_code"),
        ("2123456", "no_area_code"),
        ("010-2123456", "not_phone"),
        ("0518-15412345", "not_phone"),
        ("0118-85412345", "not_phone"),
        ("0518-854123456", "not_phone"),
        ("110", "length"),
        ("95555", "not_phone"),
        ("无", "characters"),
        ("13812348888转801", "characters"),
        ("13812348888/0518-85412345", "characters"),
        ("138x2348888", "characters"),
        ("٠١٢٣٤٥٦٧٨٩٠", "characters"),
        ("+85291234567", "characters"),
    ],
)
def test_a_wrong_number_is_sent_back_with_what_to_do(typed: str, code: str) -> None:
    with pytest.raises(PhoneError, match="请") as refused:
        parse_phone(typed)

    assert refused.value.code == code


@given(st.one_of(MOBILES, LAND_LINES))
def test_a_number_as_kept_is_read_as_itself(digits: str) -> None:
    assert parse_phone(digits) == digits


@given(MOBILES, LAND_LINES)
def test_mobile_and_land_line_are_told_apart(mobile: str, land_line: str) -> None:
    assert is_mobile(mobile)
    assert not is_mobile(land_line)


@given(st.text(max_size=16))
def test_typing_anything_gives_a_number_or_a_refusal(typed: str) -> None:
    try:
        digits = parse_phone(typed)
    except PhoneError:
        return
    assert parse_phone(digits) == digits


@pytest.mark.parametrize(
    ("digits", "shown"),
    [
        ("13812348888", "138****8888"),
        ("051885412345", "0518****2345"),
        ("06912123456", "0691****3456"),
        ("01065123456", "010****3456"),
        ("12345", "*****"),
        ("", ""),
    ],
)
def test_a_masked_number_keeps_its_beginning_and_its_last_four(digits: str, shown: str) -> None:
    assert mask_phone(digits) == shown
