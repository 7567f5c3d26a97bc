"""Certifications, other cover and papers: recorded, corrected, seen by somebody."""

from dataclasses import replace
from datetime import date

import pytest

from common.decision import Refusal
from common.relations import HEAD
from households.drafts import CertificationDraft, OtherCoverDraft, SeenToday
from households.models import Certification, Household, OtherCover, Paper, Person
from households.services import (
    correct_certification,
    correct_other_cover,
    discard_draft,
    draft_of,
    mark_papers_seen,
    record_certification,
    record_other_cover,
    save_draft,
    unmark_paper,
)
from offices.models import Act, Staff
from tests.builders import PaperDraft, at, make_household, member

NOON = at("2007-10-26 12:00")
LATER = at("2007-11-26 12:00")
DIBAO = CertificationDraft(category="dibao", kind="低保证", number="D1", original_seen=True)


def person_named(name: str) -> Person:
    return Person.objects.get(name=name)


def test_a_households_category_is_recorded_with_who_saw_the_original(zhang_household: Household, aunt_liu: Staff):
    certification = record_certification(draft=DIBAO, household_id=zhang_household.pk, by=aunt_liu, at=NOON)

    assert (certification.household, certification.person, certification.category) == (zhang_household, None, "dibao")
    assert (certification.original_seen_at, certification.original_seen_by) == (NOON, aunt_liu)
    assert (certification.copy_kept_at, certification.copy_kept_by) == (None, None)
    assert Act.objects.get(verb="record_certification").detail["household"] == zhang_household.pk


def test_a_correction_keeps_who_saw_it_first(zhang_household: Household, aunt_liu: Staff, mr_chen: Staff):
    certification = record_certification(draft=DIBAO, household_id=zhang_household.pk, by=aunt_liu, at=NOON)
    complete = replace(DIBAO, copy_kept=True, funder_list="民政局2007年10月名单", claimed=False)

    corrected = correct_certification(certification_id=certification.pk, draft=complete, by=mr_chen, at=LATER)

    assert (corrected.original_seen_at, corrected.original_seen_by) == (NOON, aunt_liu)
    assert (corrected.copy_kept_at, corrected.copy_kept_by) == (LATER, mr_chen)
    assert corrected.on_funder_list
    assert not corrected.claimed


def test_an_ended_certification_makes_room_for_the_next(zhang_household: Household, aunt_liu: Staff):
    first = record_certification(draft=DIBAO, household_id=zhang_household.pk, by=aunt_liu, at=NOON)

    with pytest.raises(Refusal, match="本户已有同一类别的认定"):
        record_certification(draft=DIBAO, household_id=zhang_household.pk, by=aunt_liu, at=NOON)
    ended = replace(DIBAO, ended_on=date(2007, 12, 31))
    correct_certification(certification_id=first.pk, draft=ended, by=aunt_liu, at=NOON)
    record_certification(draft=DIBAO, household_id=zhang_household.pk, by=aunt_liu, at=NOON)

    assert Certification.objects.filter(category="dibao").count() == 2


@pytest.mark.parametrize(
    ("draft", "says"),
    [
        pytest.param(CertificationDraft(), "请选择人员类别", id="空"),
        pytest.param(
            CertificationDraft(category="dibao", disability_kind="肢体"), "请选择人员类别", id="类别和残疾都填"
        ),
        pytest.param(CertificationDraft(disability_kind="肢体", disability_grade=5), "一级至四级", id="五级"),
        pytest.param(
            replace(DIBAO, valid_from=date(2008, 1, 1), valid_to=date(2007, 1, 1)), "有效期至", id="有效期倒置"
        ),
        pytest.param(
            CertificationDraft(disability_kind="肢体", components=({"kind": "肢体", "grade": 1},)),
            "多重残疾",
            id="不是多重",
        ),
    ],
)
def test_a_certification_that_cannot_be_is_refused_in_words(
    zhang_household: Household, aunt_liu: Staff, draft: CertificationDraft, says: str
):
    with pytest.raises(Refusal, match=says):
        record_certification(draft=draft, person_id=person_named("张明").pk, by=aunt_liu, at=NOON)


@pytest.mark.parametrize(
    ("holder", "suffix", "says"),
    [
        pytest.param("李秀英", "42", "不是同一人", id="他人的证"),
        pytest.param("张明", "41", "不一致", id="等级不同"),
        pytest.param("张明", "22", "不一致", id="类别不同"),
        pytest.param("张明", "92", "残疾类别", id="没有这一类"),
    ],
)
def test_a_disability_number_must_agree_with_its_holder(
    zhang_household: Household, aunt_liu: Staff, holder: str, suffix: str, says: str
):
    number = f"{person_named(holder).id_no}{suffix}"
    draft = CertificationDraft(disability_kind="肢体", disability_grade=2, number=number)

    with pytest.raises(Refusal, match=says):
        record_certification(draft=draft, person_id=person_named("张明").pk, by=aunt_liu, at=NOON)


def test_a_first_generation_disability_certificate_has_any_number(zhang_household: Household, aunt_liu: Staff):
    draft = CertificationDraft(disability_kind="肢体", disability_grade=2, number="苏残字第0123号")

    certification = record_certification(draft=draft, person_id=person_named("张明").pk, by=aunt_liu, at=NOON)

    assert certification.number == "苏残字第0123号"


def test_other_cover_of_one_kind_does_not_overlap(zhang_household: Household, aunt_liu: Staff):
    ming = person_named("张明").pk
    again = OtherCoverDraft("employee", starts_on=date(2008, 1, 1))

    with pytest.raises(Refusal, match="同一时期已有这种医保"):
        record_other_cover(person_id=ming, draft=again, by=aunt_liu, at=NOON)
    cover = OtherCover.objects.get()
    ended = OtherCoverDraft("employee", division="320700", ends_on=date(2007, 12, 31), certificate_seen=True)
    correct_other_cover(cover_id=cover.pk, draft=ended, by=aunt_liu, at=NOON)
    record_other_cover(person_id=ming, draft=again, by=aunt_liu, at=NOON)

    assert OtherCover.objects.filter(person=ming).count() == 2


def test_reversed_dates_of_a_cover_are_refused_in_words(zhang_household: Household, aunt_liu: Staff):
    draft = OtherCoverDraft("nrcms", starts_on=date(2008, 1, 2), ends_on=date(2008, 1, 1))

    with pytest.raises(Refusal, match="早于开始日期"):
        record_other_cover(person_id=person_named("李秀英").pk, draft=draft, by=aunt_liu, at=NOON)


def test_everything_on_the_counter_is_ticked_in_one_go(aunt_liu: Staff):
    severe = CertificationDraft(disability_kind="肢体", disability_grade=2)
    household = make_household(
        aunt_liu,
        member("赵大", HEAD, certifications=(severe,)),
        member("赵二", other_covers=(OtherCoverDraft("employee"),)),
    )
    head = person_named("赵大").pk
    certification, cover = Certification.objects.get().pk, OtherCover.objects.get().pk
    seen = SeenToday(
        papers=((None, PaperDraft("hukou_book")), (head, PaperDraft("id_card", coverage_year=2008, copies=1))),
        originals=frozenset({certification}),
        copies=frozenset({certification}),
        covers=frozenset({cover}),
        photos={head: 2},
    )

    mark_papers_seen(household_id=household.pk, seen=seen, by=aunt_liu, at=NOON)
    mark_papers_seen(household_id=household.pk, seen=seen, by=aunt_liu, at=LATER)

    certified = Certification.objects.get()
    assert (certified.original_seen_at, certified.copy_kept_at) == (NOON, NOON)
    assert OtherCover.objects.get().certificate_seen_at == NOON
    assert Person.objects.get(pk=head).photos == 2
    assert {(paper.document, paper.original_seen_at) for paper in Paper.objects.all()} == {
        ("hukou_book", LATER),
        ("id_card", LATER),
    }
    assert Paper.objects.get(document="id_card").copies == 1


def test_ticks_reach_this_household_only(zhang_household: Household, aunt_liu: Staff):
    other = make_household(aunt_liu, member("赵大", HEAD, certifications=(replace(DIBAO, original_seen=False),)))
    foreign = Certification.objects.get(category="dibao")

    mark_papers_seen(
        household_id=zhang_household.pk, seen=SeenToday(originals=frozenset({foreign.pk})), by=aunt_liu, at=NOON
    )
    with pytest.raises(Refusal, match="已不在本户"):
        mark_papers_seen(
            household_id=zhang_household.pk,
            seen=SeenToday(photos={other.memberships.get().person_id: 2}),
            by=aunt_liu,
            at=NOON,
        )

    assert Certification.objects.get(pk=foreign.pk).original_seen_at is None


def test_another_office_reaches_none_of_it(zhang_household: Household, miss_yang: Staff):
    certification, cover, paper = Certification.objects.get(), OtherCover.objects.get(), Paper.objects.first()

    with pytest.raises(Certification.DoesNotExist):
        correct_certification(certification_id=certification.pk, draft=DIBAO, by=miss_yang, at=NOON)
    with pytest.raises(OtherCover.DoesNotExist):
        correct_other_cover(cover_id=cover.pk, draft=OtherCoverDraft("nrcms"), by=miss_yang, at=NOON)
    with pytest.raises(Paper.DoesNotExist):
        unmark_paper(paper_id=paper.pk, by=miss_yang, at=NOON)
    with pytest.raises(Household.DoesNotExist):
        mark_papers_seen(household_id=zhang_household.pk, seen=SeenToday(), by=miss_yang, at=NOON)
    with pytest.raises(Person.DoesNotExist):
        record_certification(draft=DIBAO, person_id=certification.person_id, by=miss_yang, at=NOON)


def test_a_draft_is_kept_once_per_clerk_and_seen_by_her_only(aunt_liu: Staff, mr_chen: Staff):
    save_draft(payload={"address": "东村"}, by=aunt_liu, at=NOON)
    save_draft(payload={"address": "东村3组", "members": [{"name": "张"}]}, by=aunt_liu, at=LATER)

    draft = draft_of(staff=aunt_liu)
    assert draft is not None
    assert (draft.payload["address"], draft.updated_at) == ("东村3组", LATER)
    assert draft_of(staff=mr_chen) is None
    discard_draft(by=aunt_liu)
    assert draft_of(staff=aunt_liu) is None
