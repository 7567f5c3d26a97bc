"""新户登记 in a real browser: mistakes, doubles, time-outs, crashes; and that nothing is lost or paid twice."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from households.models import Household, Person, RegistrationDraft
from offices.models import LoginSession, Staff
from payments.models import Payment, Receipt
from tests.browser.conftest import Complaints
from tests.browser.counter import Clerk
from tests.builders import HEAD, PASSWORD, id_number, make_household, member, zhang_family


@pytest.fixture
def grid(clerk: Clerk) -> Clerk:
    """The clerk at the empty form."""
    clerk.press("F2")
    clerk.page.wait_for_url("**/registration/")
    return clerk


def said_under(page: Page, row: int) -> str:
    return page.locator(".person-said").nth(row).inner_text()


def with_wrong_check_digit(number: str) -> str:
    return number[:17] + ("1" if number[17] != "1" else "2")


def test_a_wrong_check_digit_is_told_when_the_number_is_complete_and_not_before(grid: Clerk):
    page, number = grid.page, with_wrong_check_digit(id_number("1960-01-01"))

    grid.type(number[:17])
    page.wait_for_timeout(600)
    assert said_under(page, 0) == ""
    grid.type(number[17])

    expect(page.locator(".person-said").first).to_contain_text("身份证号校验位不符")
    assert grid.focused == "rows-0-id_no"
    expect(page.locator("#rows-0-id_no")).to_have_value(number)


def test_a_duplicate_person_is_told_under_the_row_with_place_and_receipt(aunt_liu: Staff, grid: Clerk):
    page, number = grid.page, id_number("1955-05-05")
    household = make_household(aunt_liu, member("周大为", HEAD, id_no=number))

    grid.read_card(number)

    line = page.locator(".person-said").first
    expect(line).to_contain_text(f"已登记在新浦街道劳动保障所户号{household.number}的户中")
    grid.write("周大为")
    grid.press("F9")
    expect(page.locator("#reg-summary")).to_contain_text("还没有登记")
    expect(page.locator("#rows-0-name")).to_have_value("周大为")


@pytest.mark.parametrize("keys", [("Enter",), ()], ids=["在关系栏", "在姓名栏"])
def test_the_next_number_typed_into_the_relation_is_put_together_again(grid: Clerk, keys: tuple[str, ...]):
    page, child = grid.page, id_number("1988-03-04", sex="F")
    grid.read_card(id_number("1960-01-01"))
    grid.write("陈建国")
    grid.press("Enter")
    grid.read_card(id_number("1962-02-03", sex="F"))
    grid.write("李秀英")
    grid.press(*keys)

    grid.type(child)

    expect(page.locator("#rows-2-id_no")).to_have_value(child)
    assert grid.focused == "rows-2-name"
    expect(page.locator("#rows-1-relation")).to_have_value("")
    expect(page.get_by_text(f"“{child[0]}”是这个证件号的第一位")).to_be_visible()
    grid.write("陈小红")
    grid.press("F9")
    expect(page.locator("#reg-summary")).to_contain_text("第2行与户主关系")


def test_all_mistakes_are_named_on_top_and_beside_their_cells_and_nothing_typed_is_lost(grid: Clerk):
    page, number = grid.page, id_number("1962-02-03", sex="F")

    grid.read_card(id_number("1960-01-01"))
    grid.write("陈建国")
    grid.press("Enter")
    grid.read_card(number)
    grid.press("F9")

    summary = page.locator("#reg-summary")
    expect(summary).to_contain_text("2处要改")
    expect(summary.get_by_text("第2行姓名")).to_be_visible()
    expect(page.locator(".person-said").nth(1)).to_contain_text("未录入姓名")
    assert grid.focused == "rows-1-name"
    grid.write("李秀英")
    grid.press("2", "F9")
    page.wait_for_url(re.compile(r"/counter/\d+/$"))
    assert Person.objects.count() == 2


def test_the_draft_is_there_again_after_a_crash(grid: Clerk):
    page, number = grid.page, id_number("1960-01-01")
    grid.read_card(number)
    grid.write("陈建国")
    expect(page.locator("#draft-saved")).to_contain_text("已存草稿")
    expect(page.locator("#reg-total")).to_have_text("¥ 120.00")

    page.goto("about:blank")
    page.goto("/counter/")
    expect(page.locator(".idle-draft")).to_contain_text("1 人")
    grid.press("F2")

    page.wait_for_url("**/registration/")
    expect(page.locator("#rows-0-id_no")).to_have_value(number)
    expect(page.locator("#rows-0-name")).to_have_value("陈建国")
    expect(page.locator("#reg-total")).to_have_text("¥ 120.00")
    kept = page.evaluate("JSON.stringify([localStorage, sessionStorage])")
    assert number not in kept
    assert "陈建国" not in kept


def test_a_session_that_times_out_asks_for_the_password_and_goes_on(grid: Clerk, complaints: Complaints):
    page, number = grid.page, id_number("1960-01-01")
    grid.read_card(number)
    grid.write("陈建")
    expect(page.locator("#draft-saved")).to_contain_text("已存草稿")

    LoginSession.objects.all().delete()
    grid.write("国")
    dialog = page.locator("#relogin")
    expect(dialog).to_be_visible()
    assert grid.focused == "relogin-password"
    grid.write("wrong")
    grid.press("Enter")
    expect(page.locator("#relogin-error")).to_contain_text("口令不正确")
    grid.write(PASSWORD)
    grid.press("Enter")

    expect(dialog).to_be_hidden()
    assert grid.focused == "rows-0-name"
    expect(page.locator("#rows-0-name")).to_have_value("陈建国")
    expect(page.locator("#reg-total")).to_have_text("¥ 120.00")
    grid.press("F9")
    page.wait_for_url(re.compile(r"/counter/\d+/$"))
    assert Person.objects.get().name == "陈建国"
    assert not RegistrationDraft.objects.exists()
    _only_about_login(complaints)


def test_a_refusal_that_comes_after_the_password_neither_asks_again_nor_logs_out(grid: Clerk, complaints: Complaints):
    page, late = grid.page, []
    grid.read_card(id_number("1960-01-01"))
    expect(page.locator("#draft-saved")).to_contain_text("已存草稿")
    LoginSession.objects.all().delete()

    page.route("**/search/", lambda route: late.append((route, route.fetch())), times=1)
    page.locator("#search-box").fill("张")
    grid.press("Enter")
    page.locator("#rows-0-name").focus()
    grid.write("陈建国")
    expect(page.locator("#relogin")).to_be_visible()
    grid.write(PASSWORD)
    grid.press("Enter")
    expect(page.locator("#relogin")).to_be_hidden()
    ((route, refused),) = late
    assert refused.status == 401
    route.fulfill(response=refused)

    expect(page.locator("#search-answer")).to_contain_text("没有找到")
    expect(page.locator("#relogin")).to_be_hidden()
    grid.press("F9")
    page.wait_for_url(re.compile(r"/counter/\d+/$"))
    assert Person.objects.get().name == "陈建国"
    _only_about_login(complaints)


def _only_about_login(complaints: Complaints) -> None:
    """The browser notes each refused request; here they were provoked."""
    assert all("status of 401" in each or "Status Error Code 401" in each for each in complaints), complaints
    complaints.clear()


def test_a_payment_whose_session_timed_out_is_taken_once_after_the_password(
    aunt_liu: Staff, clerk: Clerk, complaints: Complaints
):
    page = ready_to_pay(aunt_liu, clerk)

    LoginSession.objects.all().delete()
    clerk.press("F9", "Enter")
    expect(page.locator("#relogin")).to_be_visible()
    clerk.write(PASSWORD)
    clerk.press("Enter")

    expect(page.locator("#receipt-print")).to_be_visible()
    assert Payment.objects.get().amount == 420
    _only_about_login(complaints)


def ready_to_pay(aunt_liu: Staff, clerk: Clerk) -> Page:
    household = make_household(aunt_liu, *zhang_family())
    clerk.page.goto(f"/counter/{household.pk}/")
    clerk.press("F7")
    expect(clerk.page.locator("#take-money")).to_be_visible()
    return clerk.page


def test_a_double_click_pays_once(aunt_liu: Staff, clerk: Clerk):
    page = ready_to_pay(aunt_liu, clerk)

    page.locator("#take-money").dblclick()
    expect(page.locator("#receipt-print")).to_be_visible()

    assert Receipt.objects.get().amount == 420


def test_enter_pressed_twice_quickly_does_no_harm(aunt_liu: Staff, clerk: Clerk):
    page = ready_to_pay(aunt_liu, clerk)

    clerk.press("F9", "Enter", "Enter", "Enter")
    expect(page.locator("#receipt-print")).to_be_visible()

    assert Payment.objects.count() == 1


def test_the_back_button_shows_what_was_paid(aunt_liu: Staff, clerk: Clerk):
    page = ready_to_pay(aunt_liu, clerk)
    clerk.press("F9", "Enter")
    expect(page.locator("#receipt-print")).to_be_visible()

    page.goto("/counter/")
    page.go_back()

    expect(page.locator("#money")).to_contain_text("00012346")
    expect(page.locator("#take-money")).to_have_count(0)
    assert Payment.objects.count() == 1


def test_a_lost_answer_is_repeated_and_paid_once(aunt_liu: Staff, clerk: Clerk, complaints: Complaints):
    page = ready_to_pay(aunt_liu, clerk)

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/pay/", lose, times=1)
    clerk.press("F9")
    expect(page.locator("#tendered")).to_be_focused()
    with page.expect_event("requestfailed"):
        clerk.press("Enter")
    expect(page.locator("#messages")).to_contain_text("没有连上服务器")
    assert Payment.objects.count() == 1
    clerk.press("Enter")
    expect(page.locator("#receipt-print")).to_be_visible()

    assert Payment.objects.count() == 1
    assert all("ERR_FAILED" in each or "console: htmx:" in each for each in complaints), complaints
    complaints.clear()


def test_too_little_cash_is_told_beside_the_field_and_nothing_is_sent(aunt_liu: Staff, clerk: Clerk):
    page = ready_to_pay(aunt_liu, clerk)

    clerk.press("F9", "4", "0", "0", "Enter")

    expect(page.locator("#tendered-note")).to_have_text("实收少于应收，还差 20.00 元。请补足后再收款。")
    expect(page.locator("#tendered")).to_be_focused()
    assert not Payment.objects.exists()


def test_the_last_x_of_a_number_may_come_through_an_input_method(grid: Clerk):
    page = grid.page
    number = next(each for each in (id_number("1961-01-01", serial=place) for place in range(99)) if each[17] == "X")
    browser = page.context.new_cdp_session(page)

    grid.type(number[:17])
    browser.send("Input.imeSetComposition", {"text": "x", "selectionStart": 1, "selectionEnd": 1})
    browser.send("Input.insertText", {"text": "x"})

    expect(page.locator("#rows-0-id_no")).to_have_value(number)
    assert grid.focused == "rows-0-name"


def test_a_newborn_without_a_number_is_registered_by_birth_certificate_and_mother(grid: Clerk):
    page, mother = grid.page, id_number("1980-01-01", sex="F")

    grid.read_card(mother)
    grid.write("王芳")
    grid.press("Enter", "0")
    grid.write("王小宝")
    grid.press("3")
    page.locator("#rows-1-birth_certificate_no").fill("S320123456")
    page.locator("#rows-1-mother_id_no").fill(mother)
    page.locator("#rows-1-sex").fill("男")
    page.locator("#rows-1-birth_date").fill("2007-10-01")
    expect(page.locator("#reg-total")).to_have_text("¥ 240.00")
    grid.press("F9")

    page.wait_for_url(re.compile(r"/counter/\d+/$"))
    child = Person.objects.get(id_no=None)
    assert (child.name, child.mother_id_no, child.sex) == ("王小宝", mother, "M")


def test_members_are_added_to_a_household_with_the_same_grid(aunt_liu: Staff, clerk: Clerk):
    household = make_household(aunt_liu, *zhang_family())
    page = clerk.page
    page.goto(f"/counter/{household.pk}/")

    clerk.press("F4")
    page.wait_for_url("**/members/add/")
    clerk.read_card(id_number("1990-09-09"))
    clerk.write("张小东")
    clerk.press("3", "F9")

    page.wait_for_url(f"**/counter/{household.pk}/")
    expect(page.locator(".member", has_text="张小东")).to_be_visible()
    assert Household.objects.get().memberships.count() == 6


def test_a_plain_form_left_alone_asks_for_the_password_before_it_is_sent(
    aunt_liu: Staff, clerk: Clerk, complaints: Complaints
):
    household = make_household(aunt_liu, *zhang_family())
    page = clerk.page
    page.clock.install()
    page.goto(f"/counter/{household.pk}/edit/")
    page.get_by_label("地址").fill("新浦街道西村9号")

    page.clock.fast_forward("40:00")
    LoginSession.objects.all().delete()
    clerk.press("F9")
    expect(page.locator("#relogin")).to_be_visible()
    clerk.write(PASSWORD)
    clerk.press("Enter")

    page.wait_for_url(f"**/counter/{household.pk}/")
    household.refresh_from_db()
    assert household.address == "新浦街道西村9号"
    _only_about_login(complaints)


def test_a_tab_by_habit_behind_the_number_does_not_skip_the_name(grid: Clerk):
    page = grid.page

    grid.type(id_number("1960-01-01"))
    grid.press("Tab")
    assert grid.focused == "rows-0-name"
    grid.write("陈建国")
    grid.press("Tab", "Tab")

    expect(page.locator("#rows-0-name")).to_have_value("陈建国")
    assert grid.focused == "rows-0-hukou"


def test_a_second_tab_leaves_an_empty_name(grid: Clerk):
    grid.type(id_number("1960-01-01"))
    grid.press("Tab", "Tab")

    assert grid.focused == "rows-0-relation"
