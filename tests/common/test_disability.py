"""残疾人证号: ID number, kind, grade, issued again. The persons are invented."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.disability import (
    GRADES,
    KINDS,
    DisabilityCertificateError,
    check_holder,
    parse_disability_certificate,
)
from common.idcard import check_digit

TODAY = date(2016, 11, 8)
LIU = "320706196001010015"
CHEN = "53012719800315002" + check_digit("53012719800315002")


@pytest.mark.parametrize(
    ("typed", "kind", "grade", "reissue", "label"),
    [
        (LIU + "42", 4, 2, 0, "肢体二级"),
        (LIU + "11", 1, 1, 0, "视力一级"),
        (LIU + "23", 2, 3, 0, "听力三级"),
        (LIU + "34", 3, 4, 0, "言语四级"),
        (LIU + "51B1", 5, 1, 1, "智力一级"),
        (LIU + "62b2", 6, 2, 2, "精神二级"),
        (LIU + "71B12", 7, 1, 12, "多重一级"),
        (f" {LIU[:6]} {LIU[6:14]} {LIU[14:]} 4 2 ", 4, 2, 0, "肢体二级"),
    ],
)
def test_a_number_says_kind_grade_and_how_often_it_was_issued_again(
    typed: str, kind: int, grade: int, reissue: int, label: str
) -> None:
    certificate = parse_disability_certificate(typed, today=TODAY)

    assert (certificate.kind, certificate.grade, certificate.reissue, certificate.label) == (
        kind,
        grade,
        reissue,
        label,
    )
    assert certificate.holder.number == LIU


def test_an_x_in_the_id_number_stays_in_its_place() -> None:
    certificate = parse_disability_certificate("11010519491231002x42", today=TODAY)

    assert certificate.number == "11010519491231002X42"


@pytest.mark.parametrize(
    ("typed", "code", "words"),
    [
        pytest.param("", "empty", "未录入残疾人证号", id="空"),
        pytest.param(LIU, "length", "现为18位", id="只有身份证号"),
        pytest.param(LIU + "4", "length", "现为19位", id="少等级"),
        pytest.param(LIU + "42C1", "length", "现为22位", id="补办记号不是B"),
        pytest.param(LIU + "42B", "length", "现为21位", id="补办没有次数"),
        pytest.param(LIU + "42B0", "length", "现为22位", id="补办零次"),
        pytest.param("连残字第0012号", "length", "第一代残疾人证", id="第一代证"),
        pytest.param(LIU[:17] + "642", "holder_number", "校验位不符", id="身份证号校验位"),
        pytest.param("3207061960010100I542", "holder_number", "第17位是“I”", id="身份证号有字母"),
        pytest.param(LIU + "02", "kind", "第19位是残疾类别", id="类别零"),
        pytest.param(LIU + "81", "kind", "现为“8”", id="类别八"),
        pytest.param(LIU + "²1", "kind", "现为“²”", id="类别上标"),
        pytest.param(LIU + "40", "grade", "第20位是残疾等级", id="等级零"),
        pytest.param(LIU + "45", "grade", "现为“5”", id="等级五"),
    ],
)
def test_a_wrong_number_is_sent_back_with_the_place_that_is_wrong(typed: str, code: str, words: str) -> None:
    with pytest.raises(DisabilityCertificateError) as refused:
        parse_disability_certificate(typed, today=TODAY)

    assert refused.value.code == code
    assert words in str(refused.value)
    assert "请" in str(refused.value)


def test_neither_number_shows_in_a_log() -> None:
    assert LIU not in repr(parse_disability_certificate(LIU + "42", today=TODAY))


def test_a_certificate_must_be_its_holders() -> None:
    certificate = parse_disability_certificate(LIU + "42B1", today=TODAY)

    check_holder(certificate, LIU)
    with pytest.raises(DisabilityCertificateError, match="不一致") as refused:
        check_holder(certificate, CHEN)
    assert refused.value.code == "holder"


@given(st.sampled_from(sorted(KINDS)), st.sampled_from(sorted(GRADES)), st.integers(0, 99))
def test_every_kind_and_grade_is_read_back(kind: int, grade: int, reissue: int) -> None:
    number = f"{LIU}{kind}{grade}" + (f"B{reissue}" if reissue else "")

    certificate = parse_disability_certificate(number, today=TODAY)

    assert (certificate.number, certificate.kind, certificate.grade, certificate.reissue) == (
        number,
        kind,
        grade,
        reissue,
    )


@given(st.text(max_size=26))
def test_typing_anything_gives_a_certificate_or_a_refusal(typed: str) -> None:
    with pytest.raises(DisabilityCertificateError):
        parse_disability_certificate(typed, today=TODAY)
