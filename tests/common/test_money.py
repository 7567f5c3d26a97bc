"""金额与人民币大写: what the receipt says in figures and in words."""

import re
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from common.money import AmountError, capitals, parse_capitals, parse_yuan, yuan

AMOUNTS = st.decimals(min_value=0, max_value=Decimal("9999999999999999.99"), places=2)


# --- yuan ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "amount"),
    [
        (120, "120.00"),
        ("60.5", "60.50"),
        (Decimal("0.005"), "0.01"),
        (Decimal("0.0049"), "0.00"),
        (Decimal("2.675"), "2.68"),
        (Decimal("-0.005"), "-0.01"),
        (Decimal("-0.001"), "0.00"),
        (Decimal("1E+3"), "1000.00"),
        (Decimal("12345678901234567890123456789.125"), "12345678901234567890123456789.13"),
    ],
)
def test_an_amount_has_two_places_and_half_a_cent_goes_up(value: Decimal | int | str, amount: str) -> None:
    assert str(yuan(value)) == amount


@pytest.mark.parametrize("value", [0.1, True, None, (1,)])
def test_only_exact_numbers_become_amounts(value: object) -> None:
    with pytest.raises(TypeError):
        yuan(value)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "value",
    [Decimal("NaN"), Decimal("sNaN"), Decimal("Infinity"), Decimal("1E+30"), "", "abc", "1e3", "1_000", "１", " 1"],
)
def test_what_is_no_number_is_no_amount(value: Decimal | str) -> None:
    with pytest.raises(ValueError, match="not an amount"):
        yuan(value)


# --- typed --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        pytest.param("300", "300.00", id="整数"),
        pytest.param("300.5", "300.50", id="一位小数"),
        pytest.param("１００", "100.00", id="全角"),
        pytest.param("1,050.00", "1050.00", id="千分位"),
        pytest.param("１，０５０．００", "1050.00", id="全角千分位"),
        pytest.param("¥300", "300.00", id="人民币符号"),
        pytest.param(" ￥ 300元 ", "300.00", id="符号和单位"),
        pytest.param("300。5", "300.50", id="中文句号作小数点"),
        pytest.param("\u200b300\ufeff", "300.00", id="粘贴带来的零宽字符"),
        pytest.param("0", "0.00", id="零"),
        pytest.param("9999999999.99", "9999999999.99", id="最大"),
    ],
)
def test_a_clerk_may_type_an_amount_as_she_is_used_to(typed: str, amount: str) -> None:
    assert str(parse_yuan(typed)) == amount


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "empty"),
        ("  ", "empty"),
        ("¥", "empty"),
        ("-5", "negative"),
        ("－５", "negative"),
        ("−5", "negative"),
        ("¥-5", "negative"),
        ("-¥5", "negative"),
        ("300.555", "decimals"),
        ("300.500", "decimals"),
        ("10000000000", "too_large"),
        ("9" * 5000, "too_large"),
        ("abc", "not_number"),
        ("1,05", "not_number"),
        ("1050,000", "not_number"),
        ("1,050,00", "not_number"),
        ("3.0.0", "not_number"),
        ("300.", "not_number"),
        (".5", "not_number"),
        ("1e3", "not_number"),
        ("NaN", "not_number"),
        ("Infinity", "not_number"),
        ("120 60", "not_number"),
        ("٣٠٠", "not_number"),
        ("叁佰元", "not_number"),
    ],
)
def test_a_typed_amount_that_cannot_be_taken_is_refused_with_a_chinese_sentence(typed: str, code: str) -> None:
    with pytest.raises(AmountError) as refused:
        parse_yuan(typed)

    assert refused.value.code == code
    assert "请" in str(refused.value)


@given(st.text(max_size=20))
def test_typing_anything_gives_an_amount_or_a_refusal(typed: str) -> None:
    try:
        amount = parse_yuan(typed)
    except AmountError:
        return
    assert 0 <= amount == yuan(amount)


@given(AMOUNTS.filter(lambda amount: amount < 10**10))
def test_an_amount_as_the_screen_shows_it_can_be_typed_back(amount: Decimal) -> None:
    assert parse_yuan(f"{amount:.2f}") == parse_yuan(f"{amount:,.2f}") == amount


# --- in words -----------------------------------------------------------------------------------------------

IN_WORDS = [
    # POLICY 4.7, from 支付结算办法 附一
    ("60", "陆拾元整"),
    ("120", "壹佰贰拾元整"),
    ("150", "壹佰伍拾元整"),
    ("300", "叁佰元整"),
    ("1050", "壹仟零伍拾元整"),
    ("15750", "壹万伍仟柒佰伍拾元整"),
    ("1409.50", "壹仟肆佰零玖元伍角整"),
    ("6007.14", "陆仟零柒元壹角肆分"),
    ("1680.32", "壹仟陆佰捌拾元零叁角贰分"),
    ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
    ("107000.53", "壹拾万柒仟元零伍角叁分"),
    ("325.04", "叁佰贰拾伍元零肆分"),
    # nothing, and less than one yuan
    ("0", "零元整"),
    ("0.05", "伍分"),
    ("0.50", "伍角整"),
    ("0.55", "伍角伍分"),
    # where 零 stands
    ("1", "壹元整"),
    ("1.05", "壹元零伍分"),
    ("10", "壹拾元整"),
    ("10.50", "壹拾元零伍角整"),
    ("100.05", "壹佰元零伍分"),
    ("110", "壹佰壹拾元整"),
    ("101", "壹佰零壹元整"),
    ("1001", "壹仟零壹元整"),
    ("1010", "壹仟零壹拾元整"),
    ("1100", "壹仟壹佰元整"),
    ("10001", "壹万零壹元整"),
    ("10100", "壹万零壹佰元整"),
    ("11000", "壹万壹仟元整"),
    ("100010", "壹拾万零壹拾元整"),
    ("100110", "壹拾万零壹佰壹拾元整"),
    ("1000000", "壹佰万元整"),
    ("1010101", "壹佰零壹万零壹佰零壹元整"),
    ("20003000.50", "贰仟万叁仟元零伍角整"),
    ("20000003", "贰仟万零叁元整"),
    ("100000000", "壹亿元整"),
    ("100000001", "壹亿零壹元整"),
    ("100001000", "壹亿零壹仟元整"),
    ("100010000", "壹亿零壹万元整"),
    ("110000000", "壹亿壹仟万元整"),
    ("120000005", "壹亿贰仟万零伍元整"),
    ("1001000000", "壹拾亿零壹佰万元整"),
    ("1000000000000", "壹万亿元整"),
    ("1000100000001", "壹万零壹亿零壹元整"),
    ("9999999999999999.99", "玖仟玖佰玖拾玖万玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
]


@pytest.mark.parametrize(("amount", "words"), IN_WORDS)
def test_an_amount_stands_in_words_as_the_payment_rules_write_it(amount: str, words: str) -> None:
    assert capitals(Decimal(amount)) == f"人民币{words}"


@pytest.mark.parametrize("amount", [Decimal("-0.01"), -1, Decimal("0.005"), Decimal(10) ** 16, Decimal("NaN")])
def test_an_amount_without_words_is_refused(amount: Decimal | int) -> None:
    with pytest.raises(ValueError, match=r"no words for|not an amount"):
        capitals(amount)


@given(AMOUNTS)
@example(Decimal("1000000010000000.10"))
def test_words_read_back_give_the_amount(amount: Decimal) -> None:
    assert parse_capitals(capitals(amount)) == amount


@given(AMOUNTS)
def test_words_keep_the_form_that_a_bank_takes(amount: Decimal) -> None:
    words = capitals(amount)

    assert "零零" not in words
    assert not re.search("零[元万亿仟佰拾角整]", words) or words == "人民币零元整"
    assert words.endswith("分") != words.endswith("整")
    assert words.startswith("人民币")


@given(st.integers(min_value=0, max_value=10**7 - 1), st.integers(min_value=0, max_value=10**7 - 1))
def test_two_amounts_never_share_their_words(one: int, other: int) -> None:
    assert (capitals(one) == capitals(other)) == (one == other)


@pytest.mark.parametrize(
    ("words", "amount"),
    [
        ("叁佰元", "300"),
        ("叁佰圆正", "300"),
        ("人民币叁佰圆整", "300"),
        ("壹仟肆佰零玖元伍角", "1409.50"),
        ("壹仟陆佰捌拾元叁角贰分", "1680.32"),
        ("壹拾万零柒仟元伍角叁分", "107000.53"),
        ("零元整", "0"),
    ],
)
def test_words_that_others_write_differently_are_read_too(words: str, amount: str) -> None:
    assert parse_capitals(words) == Decimal(amount)


@pytest.mark.parametrize(
    "words",
    [
        "",
        "整",
        "元整",
        "人民币",
        "三百元",
        "壹贰元",
        "壹佰壹仟元",
        "万元",
        "壹万贰万元",
        "壹亿亿元",
        "伍分伍角",
        "叁佰",
    ],
)
def test_what_is_no_amount_in_words_is_refused(words: str) -> None:
    with pytest.raises(ValueError, match="not an amount in words"):
        parse_capitals(words)
