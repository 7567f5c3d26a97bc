"""试算 in a real browser: a family described by keyboard, one fact changed, the clause asked for."""

from playwright.sync_api import expect

from tests.browser.counter import Clerk


def test_a_family_is_tried_and_one_changed_fact_shows_what_it_changes(clerk: Clerk):
    page = clerk.page
    page.goto("/trial/")
    page.fill("#id_m0-birth_date", "1960-01-01")
    clerk.press("F4")
    page.fill("#id_m1-birth_date", "1988-03-04")
    clerk.press("F9")
    expect(page.locator("#decision")).to_contain_text("¥ 240.00")

    page.select_option("#id_m1-category", label="肢体残疾二级")
    clerk.press("F9")

    expect(page.locator("#decision .trial-changed")).to_contain_text("成员B 个人应缴：120.00 → 60.00")
    expect(page.locator("#decision")).to_contain_text("¥ 180.00")
    page.wait_for_load_state()
    page.locator("#decision .chip").first.click()
    expect(page.locator(".why-clause").last).to_be_visible()


def test_another_rule_set_is_picked_and_its_choices_are_there_at_once(clerk: Clerk):
    page = clerk.page
    page.goto("/trial/")
    page.fill("#id_m0-birth_date", "1950-01-01")

    page.select_option("#id_ruleset", "songming")

    expect(page.locator("#id_coverage_year")).to_have_value("2017")
    page.select_option("#id_m0-kind", "rural")
    page.select_option("#id_m0-category", label="农村五保供养对象")
    clerk.press("F9")
    expect(page.locator("#decision")).to_contain_text("另由部门资助 150.00 元")
