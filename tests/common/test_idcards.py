"""A column of ID numbers checked at once: the same numbers pass, with the same answer, as one by one."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from common.idcard import IdNumberError, check_digit, parse_id_number
from common.idcards import right_numbers

TODAY = date(2016, 11, 1)
divisions = st.sampled_from(["530127", "320705", "810000", "830000", "932682", "030127"])
days = st.one_of(
    st.dates(date(1890, 1, 1), date(2017, 6, 1)).map(lambda day: day.strftime("%Y%m%d")),
    st.sampled_from(["19000229", "20000229", "20160230", "20161101", "20161102", "19990431", "00000000", "19991301"]),
)
bodies = st.builds(lambda place, born, serial: f"{place}{born:0>8}{serial:03d}", divisions, days, st.integers(0, 999))
numbers = bodies.map(lambda body: body + check_digit(body))
slips = st.builds(
    lambda text, place, sign: text[:place] + sign + text[place + 1 :],
    numbers,
    st.integers(0, 17),
    st.sampled_from("0123456789XxÀ１ '\0"),
)
columns = st.lists(st.one_of(numbers, slips, st.text(max_size=20)), max_size=20)


def one_by_one(texts):
    found = {}
    for text in texts:
        try:
            number = parse_id_number(text, today=TODAY)
        except IdNumberError:
            continue
        if number.number == text:
            found[text] = number
    return found


@given(columns)
def test_a_column_at_once_says_what_each_number_says(texts):
    assert right_numbers(texts, today=TODAY) == one_by_one(texts)
