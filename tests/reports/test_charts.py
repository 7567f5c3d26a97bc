"""图: where the line, the target and the bars lie."""

from datetime import date

import pytest

from reports.charts import BOTTOM, LEFT, TOP, length, trend

FIRST, LAST = date(2016, 10, 8), date(2017, 2, 23)


def test_the_line_goes_from_the_first_day_to_today_and_the_target_lies_above_it():
    chart = trend(
        [(date(2016, 10, 20), 30), (date(2016, 11, 8), 79)], first=FIRST, last=LAST, today=date(2016, 11, 9), wanted=426
    )

    points = [tuple(map(float, each.split(","))) for each in chart.line.split()]
    assert points[0] == (LEFT, BOTTOM)
    assert points == sorted(points)
    assert points[-1] == chart.last
    assert chart.last[0] == chart.today_at
    assert TOP <= chart.target_at < chart.last[1]


@pytest.mark.parametrize("wanted", [1, 7, 96, 426, 4260, 15_000, 300_000, 5_000_000])
def test_the_axis_is_a_little_higher_than_what_it_shows(wanted):
    chart = trend([], first=FIRST, last=LAST, today=FIRST, wanted=wanted)

    top = int(chart.heights[-1].text.replace(",", ""))
    assert wanted <= top <= wanted * 1.4 + 4
    assert top % 4 == 0


def test_whoever_was_enrolled_before_the_window_stands_at_its_first_day():
    chart = trend([(date(2016, 9, 1), 5)], first=FIRST, last=LAST, today=FIRST, wanted=None)

    assert {float(each.split(",")[0]) for each in chart.line.split()} == {float(LEFT)}


def test_a_bar_is_never_longer_than_its_place():
    assert [length(part, 100, wide=200) for part in (0, 48, 100, 130)] == [0, 96, 200, 200]
    assert length(5, 0) == 0
