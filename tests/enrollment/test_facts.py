"""事实: what the database knows of a household becomes what the rules ask, in one query."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection

from common.decision import Refusal
from enrollment.facts import read_household, read_households
from enrollment.models import ContributionPeriod, Override, Verification
from enrollment.rules.facts import Disability, EndedCover, OtherCover, Student
from enrollment.services import lift_refusal, load_ruleset, verify_papers
from households.drafts import CertificationDraft, OtherCoverDraft, PaperDraft
from households.models import Household, Person
from offices.models import Act, Staff
from tests.builders import HEAD, SON, WIFE, at, make_household, member

RULESETS = Path(__file__).parents[2] / "enrollment" / "rulesets"
NOW = at("2007-10-25 10:00")


@pytest.fixture(autouse=True)
def rulesets(db: None) -> None:
    for path in sorted(RULESETS.glob("*.toml")):
        load_ruleset(text=path.read_text(), by=None, at=at("2007-08-07 09:00"))


def facts_of(household: Household, *, year: int = 2008, moment=NOW, applying=None):
    return read_household(household.pk, coverage_year=year, at=moment, applying=applying)


def one(by: Staff, moment=NOW, year: int = 2008, **more):
    """What the rules ask about the head of a household of one."""
    household = make_household(by, member("王大力", HEAD, **more))
    return facts_of(household, year=year, moment=moment).asked.members[0]


def test_a_household_is_read_whole(zhang_household: Household):
    facts = facts_of(zhang_household)

    assert (facts.number, facts.office_name, facts.phone) == ("0001-0001", "新浦街道劳动保障所", "13812348888")
    assert facts.registered_at == at("2007-10-25 09:00")
    assert [each.name for each in facts.members] == ["张建国", "李秀英", "张小红", "张明", "王桂兰"]
    assert facts.head.name == "张建国"
    assert facts.asked.papers == {"hukou_book"}
    daughter, son = facts.members[2].asked, facts.members[3].asked
    assert daughter.certifications[0].disability == Disability("肢体", 2)
    assert (daughter.certifications[0].original_seen, daughter.certifications[0].copy_kept) == (True, True)
    assert (daughter.papers, daughter.photos) == ({"id_card"}, 2)
    assert son.insured_elsewhere == OtherCover("employee", certificate_seen=True)


def test_who_ought_to_be_insured_takes_part_and_who_is_insured_elsewhere_does_not(zhang_household: Household):
    facts = facts_of(zhang_household)

    assert [each.asked.applying for each in facts.members] == [True, True, True, False, True]
    assert facts.decide(at=NOW).payable == Decimal("420.00")


def test_the_clerk_may_say_who_takes_part(zhang_household: Household):
    head = facts_of(zhang_household).head

    facts = facts_of(zhang_household, applying=[head.person_id])

    assert [each.asked.applying for each in facts.members] == [True, False, False, False, False]
    assert facts.decide(at=NOW).reason == "HOUSEHOLD_INCOMPLETE"


def test_one_query_reads_a_household_however_many_members(aunt_liu: Staff, django_assert_num_queries):
    small = make_household(aunt_liu, member("王大力", HEAD))
    large = make_household(aunt_liu, member("赵大", HEAD), *(member(f"赵{n}", SON) for n in "二三四五六七八"))
    facts_of(small)

    with django_assert_num_queries(1):
        assert len(facts_of(small).members) == 1
    with django_assert_num_queries(1):
        assert len(facts_of(large).members) == 8


def test_one_query_reads_many_households(aunt_liu: Staff, django_assert_num_queries):
    known = [make_household(aunt_liu, member(f"王{n}", HEAD)).pk for n in "一二三四五"]
    facts_of(Household.objects.first())

    with django_assert_num_queries(1):
        assert set(read_households(known, coverage_year=2008, at=NOW)) == set(known)


def test_a_household_that_is_not_there_is_none():
    assert read_household(0, coverage_year=2008, at=NOW) is None


def test_members_are_those_of_the_day(zhang_household: Household):
    wife = zhang_household.memberships.get(relation=WIFE)
    wife.ends_on = date(2007, 11, 1)
    wife.save()

    assert "李秀英" in {each.name for each in facts_of(zhang_household, moment=at("2007-11-01 23:59")).members}
    assert "李秀英" not in {each.name for each in facts_of(zhang_household, moment=at("2007-11-02 00:00")).members}
    assert facts_of(zhang_household, moment=at("2007-10-24 12:00")).members == ()


def test_the_dead_are_shown_but_the_rules_are_not_asked_about_them(zhang_household: Household):
    Person.objects.filter(name="王桂兰").update(died_on=date(2007, 10, 24))

    facts = facts_of(zhang_household)

    assert [each.name for each in facts.members][-1] == "王桂兰"
    assert [each.name for each in facts.asked.members] == ["张建国", "李秀英", "张小红", "张明"]
    assert not facts.members[-1].asked.applying


@pytest.mark.parametrize(
    ("cover", "elsewhere", "ended", "years"),
    [
        pytest.param(OtherCoverDraft("employee"), OtherCover("employee", False), None, set(), id="职工医保在保"),
        pytest.param(
            OtherCoverDraft("employee", division="530102", starts_on=date(2005, 3, 1), ends_on=date(2007, 9, 30)),
            None,
            EndedCover(date(2007, 9, 30), "530102"),
            {2005, 2006, 2007},
            id="职工医保已终止",
        ),
        pytest.param(
            OtherCoverDraft("employee", division="320700", ends_on=date(2007, 9, 30)),
            None,
            EndedCover(date(2007, 9, 30), "320700"),
            {2007},
            id="起始不详只算最后一年",
        ),
        pytest.param(
            OtherCoverDraft("employee", starts_on=date(2007, 1, 1), ends_on=date(2007, 12, 31)),
            None,
            EndedCover(date(2007, 12, 31), ""),
            {2007},
            id="年底到期的交给规则",
        ),
        pytest.param(OtherCoverDraft("nrcms", ends_on=date(2007, 12, 31)), None, None, set(), id="新农合到年底"),
        pytest.param(
            OtherCoverDraft("nrcms", ends_on=date(2008, 12, 31)),
            OtherCover("nrcms", False),
            None,
            set(),
            id="新农合跨年",
        ),
        pytest.param(OtherCoverDraft("nrcms", starts_on=date(2007, 11, 1)), None, None, set(), id="尚未开始"),
    ],
)
def test_other_cover_is_in_force_or_has_ended(aunt_liu: Staff, cover, elsewhere, ended, years):
    asked = one(aunt_liu, other_covers=(cover,))

    assert asked.insured_elsewhere == elsewhere
    assert asked.employee_cover == ended
    assert asked.employee_years == years


def test_a_certification_counts_while_it_is_claimed_and_not_ended(aunt_liu: Staff):
    asked = one(
        aunt_liu,
        certifications=(
            CertificationDraft(category="dibao", kind="低保证", valid_to=date(2007, 6, 30), original_seen=True),
            CertificationDraft(category="tekun", kind="特困职工证", claimed=False),
            CertificationDraft(disability_kind="视力", disability_grade=1, ended_on=date(2007, 10, 24)),
            CertificationDraft(disability_kind="听力", disability_grade=1, valid_from=date(2007, 10, 26)),
        ),
    )

    (held,) = asked.certifications
    assert (held.category, held.original_seen, held.copy_kept) == ("dibao", True, False)
    assert held.valid_until == date(2007, 6, 30)


def test_parts_of_a_multiple_disability_are_told_to_the_rules(aunt_liu: Staff):
    parts = ({"kind": "肢体", "grade": 3}, {"kind": "智力", "grade": 2})
    asked = one(
        aunt_liu, certifications=(CertificationDraft(disability_kind="多重", disability_grade=2, components=parts),)
    )

    assert asked.certifications[0].disability == Disability("多重", 2, (Disability("肢体", 3), Disability("智力", 2)))


def test_papers_of_another_year_do_not_count(aunt_liu: Staff):
    household = make_household(
        aunt_liu,
        member("王大力", HEAD, papers=(PaperDraft("id_card"),)),
        papers=(PaperDraft("hukou_book", coverage_year=2008),),
    )

    assert facts_of(household, year=2008).asked.papers == {"hukou_book"}
    assert facts_of(household, year=2009).asked.papers == set()
    assert facts_of(household, year=2009).asked.members[0].papers == {"id_card"}


def test_a_student_is_told_to_the_rules(miss_yang: Staff):
    student = one(miss_yang, at("2016-11-08 10:00"), 2017, student_kind="中专", school_in_area=True)

    assert student.student == Student("中专", school_in_area=True)


@pytest.mark.parametrize(
    ("holder", "valid_to", "own", "parents"),
    [
        ("self", None, True, False),
        ("parent", date(2016, 11, 8), False, True),
        ("self", date(2016, 11, 7), False, False),
    ],
)
def test_a_residence_certificate_counts_while_it_is_valid(miss_yang: Staff, holder, valid_to, own, parents):
    residence = {"residence_holder": holder, "residence_kind": "居住证", "residence_number": "K1"}
    asked = one(miss_yang, at("2016-11-08 10:00"), 2017, residence_valid_to=valid_to, **residence)

    assert (asked.residence_certificate, asked.parent_residence_certificate) == (own, parents)


def test_an_override_of_the_year_reaches_the_rules(zhang_household: Household, mr_chen: Staff):
    head = facts_of(zhang_household).head.person_id
    assert facts_of(zhang_household, applying=[head]).decide(at=NOW).reason == "HOUSEHOLD_INCOMPLETE"

    given = {"household_id": zhang_household.pk, "coverage_year": 2008, "by": mr_chen, "at": NOW}
    lift_refusal(code="HOUSEHOLD_INCOMPLETE", reason="妻子在外地，已核实", **given)
    lift_refusal(code="HOUSEHOLD_INCOMPLETE", reason="再点一次", **given)

    assert facts_of(zhang_household, applying=[head]).decide(at=NOW).eligible
    assert facts_of(zhang_household, year=2009, applying=[head]).asked.overrides == set()
    assert Override.objects.get().reason == "妻子在外地，已核实"
    assert Act.objects.filter(verb="lift_refusal").count() == 1


@pytest.mark.parametrize(
    ("who", "code", "reason", "sentence"),
    [
        ("aunt_liu", "HOUSEHOLD_INCOMPLETE", "已核实", "只能由主管、管理员办理"),
        ("mr_chen", "HOUSEHOLD_INCOMPLETE", "  ", "没有写特批事由"),
        ("mr_chen", "HUKOU_OUTSIDE", "已核实", "没有规定这一项可以由主管放行"),
    ],
)
def test_an_override_is_a_supervisors_has_a_reason_and_a_rule(
    request, zhang_household: Household, who, code, reason, sentence
):
    with pytest.raises(Refusal, match=sentence):
        lift_refusal(
            household_id=zhang_household.pk,
            coverage_year=2008,
            code=code,
            reason=reason,
            by=request.getfixturevalue(who) if who == "aunt_liu" else request.getfixturevalue("mr_chen"),
            at=NOW,
        )

    assert not Override.objects.exists()


def test_papers_found_complete_are_noted_once(zhang_household: Household, aunt_liu: Staff):
    given = {"household_id": zhang_household.pk, "coverage_year": 2008, "by": aunt_liu}

    verify_papers(at=NOW, **given)
    verify_papers(at=at("2007-11-11 10:00"), **given)

    assert Verification.objects.get().verified_at == NOW
    assert facts_of(zhang_household).verified_at == NOW
    assert Act.objects.filter(verb="verify_papers").count() == 1


def test_missing_papers_are_named_instead_of_noted_as_complete(aunt_liu: Staff):
    household = make_household(aunt_liu, member("王大力", HEAD, photos=2))

    with pytest.raises(Refusal, match="还缺居民户口簿原件、居民身份证原件（王大力）"):
        verify_papers(household_id=household.pk, coverage_year=2008, by=aunt_liu, at=NOW)

    assert not Verification.objects.exists()


def test_a_household_of_another_office_is_not_there(zhang_household: Household, miss_yang: Staff):
    with pytest.raises(Refusal, match="找不到这一户"):
        verify_papers(household_id=zhang_household.pk, coverage_year=2008, by=miss_yang, at=NOW)


def test_an_office_without_a_rule_set_is_told_so(aunt_liu: Staff, zhang_household: Household):
    aunt_liu.office.ruleset_code = ""
    aunt_liu.office.save()

    facts = facts_of(zhang_household)

    assert (facts.edition_id, facts.period_id) == (None, None)
    with pytest.raises(Refusal, match="本机构尚未指定规则集"):
        facts.decide(at=NOW)


def test_a_year_that_is_not_published_is_told_so(aunt_liu: Staff, zhang_household: Household):
    assert not facts_of(zhang_household, year=2030).decide(at=NOW).eligible
    with pytest.raises(Refusal, match="还没有公布2030年度"):
        verify_papers(household_id=zhang_household.pk, coverage_year=2030, by=aunt_liu, at=NOW)
    assert not ContributionPeriod.objects.filter(coverage_year=2030).exists()


def test_the_reading_uses_indexes_only(zhang_household: Household):
    """Over a large table the same statement must not read it all: with sequential scans forbidden, none is needed."""
    from enrollment.facts import facts_parameters
    from enrollment.facts_sql import HOUSEHOLDS

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {HOUSEHOLDS}", facts_parameters([1], coverage_year=2008, at=NOW))
        plan = "\n".join(row[0] for row in cursor.fetchall())

    large = ("household", "membership", "person", "certification", "paper", "othercover", "enrollment_enrollment")
    assert not [line for line in plan.splitlines() if "Seq Scan" in line and any(name in line for name in large)]
