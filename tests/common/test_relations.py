"""与户主关系: the standard's codes and the counter's short list."""

import pytest

from common.relations import CHOICES, HEAD, LABELS, RelationError, is_valid, label, parse_relation


def test_codes_have_two_digits_and_each_name_stands_once() -> None:
    assert all(len(code) == 2 and code.isdigit() for code in LABELS)
    assert len(set(LABELS.values())) == len(LABELS)


@pytest.mark.parametrize(
    ("code", "name"),
    [("02", "户主"), ("10", "配偶"), ("28", "女婿"), ("38", "儿媳"), ("55", "岳父"), ("77", "妹妹"), ("99", "非亲属")],
)
def test_a_code_has_its_chinese_name(code: str, name: str) -> None:
    assert label(code) == name


def test_a_code_that_the_standard_lacks_is_not_valid() -> None:
    assert is_valid("02")
    assert not any(is_valid(code) for code in ("", "2", "00", "03", "98", "户主"))
    with pytest.raises(KeyError):
        label("98")


def test_the_counter_offers_nine_relations_by_one_key_each() -> None:
    assert [choice.key for choice in CHOICES] == list("123456789")
    assert [choice.code for choice in CHOICES] == ["02", "10", "20", "30", "50", "40", "70", "60", "80"]
    assert CHOICES[0].code == HEAD


@pytest.mark.parametrize(
    ("typed", "code"),
    [("1", "02"), ("３", "20"), (" 4 ", "30"), ("38", "38"), ("儿媳", "38"), ("孙辈", "40"), ("户主", "02")],
)
def test_a_relation_is_typed_by_key_code_or_name(typed: str, code: str) -> None:
    assert parse_relation(typed) == code


def test_every_choice_and_every_name_leads_to_its_code() -> None:
    assert [parse_relation(choice.label) for choice in CHOICES] == [choice.code for choice in CHOICES]
    assert {code: parse_relation(name) for code, name in LABELS.items()} == {code: code for code in LABELS}


@pytest.mark.parametrize(
    ("typed", "code"), [("", "empty"), ("　", "empty"), ("0", "unknown"), ("98", "unknown"), ("朋友", "unknown")]
)
def test_a_relation_that_does_not_exist_is_sent_back(typed: str, code: str) -> None:
    with pytest.raises(RelationError, match="请") as refused:
        parse_relation(typed)

    assert refused.value.code == code
