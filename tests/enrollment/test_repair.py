"""补缴: what paying back broken years would cost and spare, told before anybody pays."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrollment.rules.assess import assess
from enrollment.rules.facts import Household
from tests.enrollment.rule_facts import at, listed, ruleset, rural

NATIONAL = ruleset("national-2025")


def decided(paid: str, **facts: object):
    household = Household((rural(**facts),))
    return assess(household, ruleset=NATIONAL, coverage_year=2025, at=at(paid))


def offered(paid: str, **facts: object) -> str:
    (member,) = decided(paid, **facts).members
    told = next((reason.text for reason in member.reasons if reason.code == "REPAIR"), "")
    return told or next((reason.text for reason in member.refusals if "补缴中断年度" in reason.text), "")


@pytest.mark.parametrize(
    ("covered", "repaid", "told"),
    [
        pytest.param({2023}, set(), "：2024；每年按2025年度个人缴费标准400元补缴", id="断一年"),
        pytest.param({2022}, set(), "补缴2年共800元，等待期由5个月减为3个月", id="断两年"),
        pytest.param({2022}, {2023}, "补缴1年共400元，等待期由4个月减为3个月", id="已补一年"),
        pytest.param({2019}, set(), "补缴2年共800元，等待期由8个月减为6个月，再补缴不再减少", id="断五年不必全补"),
        pytest.param({2020}, set(), "补缴1年共400元，等待期由7个月减为6个月，再补缴不再减少", id="断四年"),
    ],
)  # fmt: skip
def test_paying_back_is_offered_with_its_price_and_what_it_spares(covered, repaid, told):
    text = offered("2024-10-10", covered_years=frozenset(covered), repaid_years=frozenset(repaid))

    assert told in text


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param({}, id="第一次参保"),
        pytest.param({"covered_years": frozenset({2024})}, id="没有中断"),
        pytest.param({"covered_years": frozenset({2022}), "repaid_years": frozenset({2023, 2024})}, id="已全部补缴"),
        pytest.param({"covered_years": frozenset({2019}), "repaid_years": frozenset({2020, 2021})}, id="再补不减"),
        pytest.param({"covered_years": frozenset({2022}), "certifications": (listed("低保对象"),)}, id="不等待的人"),
    ],
)
def test_nothing_is_offered_that_would_spare_nothing(facts):
    assert not offered("2024-10-10", **facts)


def test_it_is_offered_even_where_the_wait_as_it_stands_outlasts_the_year():
    decision = decided("2024-10-10", covered_years=frozenset({2014}))

    assert decision.reason == "WAITING_BEYOND_YEAR"
    assert "等待期由13个月减为6个月" in offered("2024-10-10", covered_years=frozenset({2014}))


def test_it_is_not_offered_where_the_shortened_wait_would_outlast_the_year_too():
    decision = decided("2025-11-03", covered_years=frozenset({2022}))

    assert decision.reason == "WAITING_BEYOND_YEAR"
    assert decision.refusals[0].text.endswith("请缴纳下一年度。")


def test_the_counter_tells_it_with_the_first_day_of_cover():
    (member,) = decided("2024-10-10", covered_years=frozenset({2022})).members

    assert [reason.code for reason in member.benefit.reasons] == ["WAITING", "BENEFIT", "REPAIR"]


def test_who_pays_late_at_the_full_price_pays_back_at_the_ordinary_one():
    decision = decided("2025-07-01", covered_years=frozenset({2023}))

    assert decision.payable == Decimal(1070)
    assert "400元补缴" in offered("2025-07-01", covered_years=frozenset({2023}))


@given(st.integers(2005, 2023), st.frozensets(st.integers(2005, 2024)), st.booleans())
def test_doing_as_offered_gives_the_wait_that_was_promised_and_no_further_offer(last, repaid, late):
    paid = "2025-03-01" if late else "2024-10-10"
    text = offered(paid, covered_years=frozenset({last}), repaid_years=repaid)
    if not text:
        return
    unpaid = [year for year in range(last + 1, 2025) if year not in repaid]
    years = int(text.split("补缴，补缴")[1].split("年")[0])

    again = frozenset({*repaid, *unpaid[:years]})

    promised = text.split("减为")[1].split("个月")[0]
    (member,) = decided(paid, covered_years=frozenset({last}), repaid_years=again).members
    waits = [reason.text for reason in member.reasons if reason.code == "WAITING"]
    assert not member.refusals or member.refusals[0].code == "WAITING_BEYOND_YEAR"
    assert member.refusals or f"共{promised}个月" in waits[0] or "固定等待期3个月" in waits[0]
    assert not offered(paid, covered_years=frozenset({last}), repaid_years=again)
