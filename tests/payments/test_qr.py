"""QR codes that are summed up are the codes that a generator draws, whatever stands in them."""

import random
import string

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st

from payments.paper.qr import END_OF_IMAGE, LEVEL, MASKS, SIGNS, _table, code_of


def drawn_by_segno(text: str, mode: str) -> list[list[list[int]]]:
    """The code under every mask, without asking which of them is the prettiest."""
    data = text if mode == "alphanumeric" else text.encode()
    return [
        [list(row) for row in segno.make_qr(data, error=LEVEL, mode=mode, mask=mask, boost_error=False).matrix]
        for mask in MASKS
    ]


@pytest.mark.parametrize("length", range(1, 40))
def test_every_length_that_a_receipt_can_have_is_drawn_as_segno_draws_it(length: int):
    """A book's code has at most 20 characters, a number at most 18 digits: versions 1 to 3."""
    text = "".join(random.Random(length).choices(SIGNS, k=length))

    assert code_of(text).rows in drawn_by_segno(text, "alphanumeric")


@given(st.text(alphabet=SIGNS, min_size=1, max_size=39))
def test_any_text_of_capitals_and_digits_is_drawn_as_segno_draws_it(text: str):
    assert code_of(text).rows in drawn_by_segno(text, "alphanumeric")


@given(
    st.text(alphabet=string.printable + "新浦收𬱖", min_size=1, max_size=30).filter(
        lambda text: not set(text) <= set(SIGNS)
    )
)
def test_any_other_text_is_drawn_as_segno_draws_its_utf_8(text: str):
    assert code_of(text).rows in drawn_by_segno(text, "byte")


def test_a_thousand_receipts_of_a_book_each_have_their_own_code_and_no_picture_ends_itself():
    codes = [code_of(f"32070107.{number:08d}") for number in range(12346, 22346)]

    assert len(set(codes)) == 10_000
    assert {code.side for code in codes} == {21}
    assert not any(END_OF_IMAGE in code.packed for code in codes)


def test_a_code_whose_first_mask_would_end_its_picture_takes_another():
    """Among some thousands of texts there are such."""
    texts = ("".join(random.Random(seed).choices(SIGNS, k=30)) for seed in range(5000))
    odd = [text for text in texts if END_OF_IMAGE in _table(30, 0, True).code(text.encode()).packed]

    assert odd
    for text in odd:
        assert code_of(text).rows in drawn_by_segno(text, "alphanumeric")[1:]
