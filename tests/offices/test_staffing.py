"""人员管理: adding, changing, closing logins, passwords; within the administrator's divisions, and in the log."""

from functools import partial

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from common.decision import Refusal
from offices.inviting import Slip, invite_anew, invite_staff
from offices.models import Act, Invitation, Office, Staff
from offices.staffing import change_own_password, change_staff, deactivate_staff, reactivate_staff
from tests.builders import PASSWORD, at, make_staff

NOW = at("2007-10-25 09:00")
GOOD = "xinpu-8215-mofa"


def invited(by: Staff, **more: object) -> Slip:
    given = {"name": "王敏", "work_number": "017", "role": "clerk", "office_id": None, "division_scope": ""}
    return invite_staff(**(given | more), by=by, at=NOW)


def logged_in(staff: Staff) -> Client:
    client = Client()
    client.force_login(staff)
    return client


@pytest.fixture
def county_admin(xinpu: Office) -> Staff:
    """An administrator of 新浦区 alone."""
    return make_staff(None, "county", name="区管理员", role="administrator", division_scope="320705")


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        pytest.param({"office": "xinpu", "work_number": "001"}, "工号 001 已有登录 liu（经办员，在用）", id="同一个人"),
        pytest.param({}, "请选择所在的经办机构", id="经办员没有机构"),
        pytest.param({"office": "xinpu", "division_scope": "530127001"}, "只能管辖本机构的区划", id="范围在机构之外"),
        pytest.param({"office": "songyang"}, "不在您的管辖范围内", id="别处的机构"),
        pytest.param({"role": "administrator"}, "不能大于您自己的（320705）", id="比自己管得宽"),
    ],
)
def test_inviting_is_refused_in_words(
    county_admin: Staff, aunt_liu: Staff, xinpu: Office, songyang: Office, more: dict[str, str], sentence: str
):
    Staff.objects.filter(pk=aunt_liu.pk).update(work_number="001")
    offices = {"xinpu": xinpu.pk, "songyang": songyang.pk}
    given = {key: value for key, value in more.items() if key != "office"} | {
        "office_id": offices.get(more.get("office"))
    }

    with pytest.raises(Refusal, match=sentence):
        invited(county_admin, **given)

    assert not Invitation.objects.exists()


def test_only_an_administrator_invites_staff(mr_chen: Staff):
    with pytest.raises(Refusal, match="只能由管理员办理"):
        invited(mr_chen, office_id=mr_chen.office_id)


def test_an_administrator_is_not_invited_to_audit_under_another_number(mr_zhou: Staff):
    with pytest.raises(Refusal, match="管理员和审计员不能是同一个人"):
        invited(mr_zhou, name=mr_zhou.name, work_number="999", role="auditor")


@pytest.mark.parametrize("between", [None, "clerk"], ids=["直接", "绕道"])
def test_the_database_lets_no_administrator_become_an_auditor(mr_zhou: Staff, xinpu: Office, between: str | None):
    boss = make_staff(xinpu, "boss", role="administrator")
    if between:
        Staff.objects.filter(pk=boss.pk).update(role=between)
    place = {"office_id": xinpu.pk, "division_scope": "", "by": mr_zhou, "at": NOW}

    with pytest.raises(Refusal, match="做过管理员的不能再做审计员"):
        change_staff(staff_id=boss.pk, name="某人", work_number="", role="auditor", **place)
    with pytest.raises(IntegrityError), transaction.atomic():
        Staff.objects.filter(pk=boss.pk).update(seat="", role="auditor")


def test_a_work_number_is_one_persons(mr_zhou: Staff, mr_chen: Staff, aunt_liu: Staff):
    Staff.objects.filter(pk=aunt_liu.pk).update(work_number="001")

    with pytest.raises(IntegrityError), transaction.atomic():
        Staff.objects.filter(pk=mr_chen.pk).update(work_number="001")


def test_a_change_is_told_with_what_it_was_before(mr_zhou: Staff, aunt_liu: Staff):
    change_staff(
        staff_id=aunt_liu.pk,
        name="刘兰",
        work_number="",
        role="supervisor",
        office_id=aunt_liu.office_id,
        division_scope="",
        by=mr_zhou,
        at=NOW,
    )

    assert Act.objects.get(verb="change_staff").detail == {"name": ["刘阿姨", "刘兰"], "role": ["clerk", "supervisor"]}


def test_a_change_of_nothing_is_not_told(mr_zhou: Staff, aunt_liu: Staff):
    change_staff(
        staff_id=aunt_liu.pk,
        name="刘阿姨",
        work_number="",
        role="clerk",
        office_id=aunt_liu.office_id,
        division_scope="320705001",
        by=mr_zhou,
        at=NOW,
    )

    assert not Act.objects.filter(verb="change_staff").exists()


@pytest.mark.parametrize("wanted", [{"role": "auditor"}, {"division_scope": ""}], ids=["角色", "范围"])
def test_nobody_changes_the_own_role_or_scope(county_admin: Staff, wanted: dict[str, str]):
    given = {"role": "administrator", "division_scope": "320705"} | wanted

    with pytest.raises(Refusal):
        change_staff(
            staff_id=county_admin.pk, name="我", work_number="", office_id=None, by=county_admin, at=NOW, **given
        )


@pytest.mark.parametrize(
    "act",
    [
        pytest.param(deactivate_staff, id="停用"),
        pytest.param(partial(invite_anew, reason="忘记口令"), id="重设口令"),
    ],
)
def test_an_administrator_has_no_hand_in_another_county(county_admin: Staff, miss_yang: Staff, mr_zhou: Staff, act):
    for stranger in (miss_yang, mr_zhou):
        with pytest.raises(Refusal, match="不在您的管辖范围内"):
            act(staff_id=stranger.pk, by=county_admin, at=NOW)


def test_a_closed_login_ends_what_is_open_and_can_be_opened_again(mr_zhou: Staff, aunt_liu: Staff):
    at_work = logged_in(aunt_liu)

    deactivate_staff(staff_id=aunt_liu.pk, by=mr_zhou, at=NOW)
    closed = at_work.get(reverse("rulesets"))
    reactivate_staff(staff_id=aunt_liu.pk, by=mr_zhou, at=NOW)

    assert closed.status_code == 302
    assert Client().login(username="liu", password=PASSWORD)
    assert list(Act.objects.filter(subject_id=aunt_liu.pk).order_by("pk").values_list("verb", flat=True)) == [
        "deactivate_staff",
        "reactivate_staff",
    ]


def test_nobody_closes_the_own_login(mr_zhou: Staff):
    with pytest.raises(Refusal, match="另一位管理员"):
        deactivate_staff(staff_id=mr_zhou.pk, by=mr_zhou, at=NOW)


def test_the_own_password_wants_the_old_one(aunt_liu: Staff):
    with pytest.raises(Refusal, match="原口令不正确"):
        change_own_password(old="wrong", new=GOOD, by=aunt_liu, at=NOW)

    aunt_liu.refresh_from_db()
    assert aunt_liu.check_password(PASSWORD)


def test_a_demonstration_password_stays(mr_zhou: Staff, aunt_liu: Staff):
    Staff.objects.filter(pk=aunt_liu.pk).update(is_demo=True)

    with pytest.raises(Refusal, match="口令是公开的"):
        invite_anew(staff_id=aunt_liu.pk, reason="忘记口令", by=mr_zhou, at=NOW)


def test_the_list_shows_those_within_the_scope_and_nobody_else(county_admin: Staff, aunt_liu: Staff, miss_yang: Staff):
    page = logged_in(county_admin).get(reverse("staff")).content.decode()

    assert "刘阿姨" in page
    assert "杨燕" not in page


def test_a_refused_form_keeps_what_was_typed_and_says_why_beside_the_field(mr_zhou: Staff, aunt_liu: Staff):
    Staff.objects.filter(pk=aunt_liu.pk).update(work_number="001")
    typed = {"work_number": "001", "name": "王敏", "role": "clerk", "office": aunt_liu.office_id}

    response = logged_in(mr_zhou).post(reverse("staff-add"), typed)

    assert response.status_code == 422
    assert response.context["form"].errors["work_number"][0].startswith("工号 001 已有登录 liu")
    assert 'value="王敏"' in response.content.decode()


def test_a_change_by_the_page(mr_zhou: Staff, aunt_liu: Staff):
    client = logged_in(mr_zhou)
    url = reverse("staff-change", args=[aunt_liu.pk])
    typed = {"name": "刘兰", "work_number": "001", "role": "clerk", "office": aunt_liu.office_id, "division_scope": ""}

    shown = client.get(url).content.decode()
    response = client.post(url, typed)

    assert 'value="刘阿姨"' in shown
    assert response.status_code == 302
    assert Staff.objects.get(pk=aunt_liu.pk).name == "刘兰"


def test_the_own_password_is_changed_by_the_page_and_the_login_goes_on(aunt_liu: Staff):
    client = logged_in(aunt_liu)
    url = reverse("own-password")

    differing = client.post(url, {"old": PASSWORD, "new": GOOD, "again": GOOD + "x"})
    done = client.post(url, {"old": PASSWORD, "new": GOOD, "again": GOOD}, follow=True)

    assert differing.context["form"].errors == {"again": ["两次输入的新口令不一致，请重新输入。"]}
    assert "口令已更改" in done.content.decode()
    assert Client().login(username="liu", password=GOOD)


def test_closing_a_login_by_the_page(mr_zhou: Staff, aunt_liu: Staff):
    page = logged_in(mr_zhou).post(reverse("staff-active", args=[aunt_liu.pk]), {"to": "0"}, follow=True)

    assert "刘阿姨的登录已停用。点错了的，在名单末尾点“恢复”。" in page.content.decode()
    assert not Staff.objects.get(pk=aunt_liu.pk).is_active
