"""参保登记表、材料清单、照片版: what stands on the paper, and who may print it."""

import re

import pypdfium2 as pdfium
import pytest
from django.test import Client
from django.urls import reverse

from common.relations import HEAD
from households.models import Household
from households.services import store_photo
from offices.models import Act, Staff
from payments.paper.form_sheet import FormDocument, FormMember, form_pdf, in_pages
from payments.paper.form_shown import filled_form
from tests.builders import WHY, at
from tests.households.pictures import files_folder, picture  # noqa: F401 - fixture


def login(staff: Staff) -> Client:
    client = Client()
    client.force_login(staff)
    return client


def text_of(data: bytes) -> str:
    """What the pages say, without spaces and line ends."""
    pages = [page.get_textpage().get_text_range() for page in pdfium.PdfDocument(data)]
    return re.sub(r"\s+", "", "".join(pages))


def test_the_form_is_headed_by_the_name_of_the_insurance(rulesets, aunt_liu):
    named = text_of(login(aunt_liu).get(reverse("form-blank")).content)
    type(aunt_liu.office).objects.filter(pk=aunt_liu.office_id).update(ruleset_code="")
    unnamed = text_of(login(aunt_liu).get(reverse("form-blank")).content)

    assert "连云港市市区城镇居民基本医疗保险参保登记表" in named
    assert unnamed.startswith("居民基本医疗保险参保登记表")


def test_a_blank_form_has_every_field_and_four_places(rulesets, aunt_liu):
    answer = login(aunt_liu).get(reverse("form-blank"))

    text = text_of(answer.content)
    assert answer["Content-Type"] == "application/pdf"
    for field in (
        "户主姓名",
        "户口簿号",
        "户籍地址",
        "居住地址",
        "联系电话",
        "经办人签字",
        "申请人（户主）签字",
        "盖章",
    ):
        assert text.count(field) == 1
    for field in ("性别", "民族", "出生日期", "证件类型", "证件号码", "与户主关系", "户口性质", "特殊身份及证号"):
        assert text.count(field) == 4
    assert "声明：本表所填内容和所交材料真实、完整" in text
    assert "第五条" in text


def test_a_filled_form_says_who_they_are_what_they_pay_and_why(rulesets, zhang_household, aunt_liu):
    answer = login(aunt_liu).post(reverse("form-filled", args=[zhang_household.pk]), WHY)

    text = text_of(answer.content)
    head = zhang_household.memberships.get(relation=HEAD).person
    assert head.id_no in text
    assert zhang_household.number in text
    assert "重度残疾" in text
    assert "残疾人证肢体2级" in text
    assert "职工医保" in text
    assert "第2页共2页" in text
    assert Act.objects.filter(verb="print_form", by=aunt_liu, subject_id=zhang_household.pk).count() == 1


def test_a_form_is_printed_although_no_rule_set_is_loaded(zhang_household):
    document = filled_form(zhang_household, at=at("2007-10-25 10:00"))

    assert [member.fee for member in document.members] == [""] * 5
    assert document.members[0].name == "张建国"


def test_a_stored_photo_stands_on_the_form(rulesets, zhang_household, aunt_liu):
    head = zhang_household.memberships.get(relation=HEAD).person
    moment = at("2007-10-25 10:00")
    store_photo(household_id=zhang_household.pk, person_id=head.pk, data=picture(), by=aunt_liu, at=moment)

    document = filled_form(zhang_household, at=moment)

    assert document.members[0].photo.startswith(b"\xff\xd8\xff")
    assert b"/DCTDecode" in form_pdf(document)


@pytest.mark.parametrize(("members", "pages"), [(0, 1), (1, 1), (4, 1), (5, 2), (9, 3)])
def test_members_beyond_the_fourth_go_to_another_page(members: int, pages: int):
    found = in_pages([FormMember(name="王大力")] * members)

    assert len(found) == pages
    assert {len(page) for page in found} == {4}


def test_long_names_and_certificates_fit_into_their_boxes():
    member = FormMember(
        name="阿卜杜拉·买买提·吐尔逊·艾合买提江", special="残疾人证 肢体2级 " + "3" * 40 + "；低保证 " + "7" * 40
    )

    text = text_of(form_pdf(FormDocument(office="新浦街道劳动保障所", members=(member,))))

    assert "艾合买提江" in text


def test_the_checklist_says_what_was_seen_by_whom(rulesets, zhang_household, aunt_liu):
    client = login(aunt_liu)

    page = client.get(reverse("checklist", args=[zhang_household.pk])).content.decode()
    paper = text_of(client.get(reverse("checklist-paper", args=[zhang_household.pk])).content)

    for text in (re.sub(r"\s+", "", page), paper):
        assert "居民户口簿" in text
        assert "残疾人证" in text
        assert "刘阿姨" in text
        assert "交来2张" in text


def test_the_photo_sheet_holds_two_prints_of_each_photo(rulesets, zhang_household: Household, aunt_liu):
    head = zhang_household.memberships.get(relation=HEAD).person
    moment = at("2007-10-25 10:00")
    store_photo(household_id=zhang_household.pk, person_id=head.pk, data=picture(), by=aunt_liu, at=moment)

    answer = login(aunt_liu).get(reverse("photos-paper", args=[zhang_household.pk]))

    assert text_of(answer.content).count(head.name) == 2


def test_a_clerk_of_another_office_prints_nothing(zhang_household, miss_yang):
    client = login(miss_yang)

    assert client.post(reverse("form-filled", args=[zhang_household.pk]), WHY).status_code == 404
    for name in ("checklist", "checklist-paper", "photos-paper"):
        assert client.get(reverse(name, args=[zhang_household.pk])).status_code == 404


def test_a_character_that_no_typeface_draws_is_named(rulesets, zhang_household, aunt_liu):
    Household.objects.filter(pk=zhang_household.pk).update(address="東村\U000323ae号")

    answer = login(aunt_liu).post(reverse("form-filled", args=[zhang_household.pk]), WHY)

    assert answer.status_code == 400
    assert "U+323AE" in answer.content.decode()


def test_an_auditor_prints_no_form(zhang_household, mrs_wu):
    assert login(mrs_wu).post(reverse("form-filled", args=[zhang_household.pk]), WHY).status_code == 403
