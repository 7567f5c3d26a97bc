"""What a sentence names of many."""

from common.listing import listed


def test_few_are_all_named():
    assert listed(["甲", "乙"], most=2) == "甲、乙"
    assert listed([], most=2) == ""


def test_of_many_the_first_and_that_there_are_more():
    assert listed(["甲", "乙", "丙"], most=2) == "甲、乙等"
    assert listed(["甲", "乙", "丙"], most=2, unit="人") == "甲、乙等3人"
    assert listed([3, 4, 5], most=2, between="；") == "3；4等"
