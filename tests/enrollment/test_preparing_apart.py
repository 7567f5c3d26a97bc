"""续保预核: where the rule set lets each stand alone, deciding one by one says what deciding the household says."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from common.dates import local_day
from enrollment.preparing import answer_of, answers_in, told_of
from enrollment.rules.assess import assess
from enrollment.rules.eligibility import not_due
from tests.enrollment.rule_facts import ruleset
from tests.enrollment.test_alike import MOMENTS, asked, at

APART = [(code, year, at(text)) for (code, year), texts in MOMENTS.items() if code != "lianyungang" for text in texts]


@given(st.sampled_from(APART), asked())
def test_members_decided_alone_make_the_household(question, household):
    (code, year, moment), (facts, told) = question, household
    rules = ruleset(code)
    everybody = tuple(
        replace(each, applying=not not_due(each, ruleset=rules, coverage_year=year, day=local_day(moment)))
        for each in facts.members
    )

    def decided(members):
        return assess(replace(facts, members=members), ruleset=rules, coverage_year=year, at=moment, **told)

    alone = [decided((each,)) for each in everybody]
    heard = frozenset().union(*(told_of(each) for each in alone))
    joined = {each.members[0].ref: answer_of(each.members[0]).in_household(heard) for each in alone}
    assert rules.decides_apart
    assert joined == dict(answers_in(decided(everybody)))


def test_a_rule_set_that_looks_across_the_household_is_decided_by_households():
    assert not ruleset("lianyungang").decides_apart
