"""试算 in a real browser: a family described by keyboard, one fact changed, the clause asked for."""

from pathlib import Path

from playwright.sync_api import expect

from tests.browser.counter import Clerk, follow


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


def test_enter_in_a_field_decides_and_the_focus_stays_where_one_types(clerk: Clerk):
    page = clerk.page
    page.goto("/trial/")
    page.fill("#id_m0-birth_date", "1960-01-01")

    clerk.press("Enter")

    expect(page.locator("#decision")).to_contain_text("¥ 120.00")
    assert clerk.focused == "id_m0-birth_date"
    assert "1960" not in page.url


def test_a_link_is_made_opened_and_tried_further(clerk: Clerk):
    page = clerk.page
    page.goto("/trial/")
    page.fill("#id_m0-birth_date", "1960-01-01")
    clerk.press("F9")
    expect(page.locator("#decision")).to_contain_text("¥ 120.00")

    follow(page.get_by_role("button", name="存成链接"))

    link = page.locator("#trial-link").input_value()
    assert link == page.url
    page.goto(link)
    page.select_option("#id_m0-category", label="肢体残疾二级")
    clerk.press("F9")
    expect(page.locator("#decision .trial-changed")).to_contain_text("成员A 个人应缴：120.00 → 60.00")
    assert page.url.endswith("/trial/")


def test_the_case_is_stored_as_a_file_and_opened_again(clerk: Clerk, tmp_path: Path):
    page = clerk.page
    page.goto("/trial/")
    page.fill("#id_m0-birth_date", "1960-01-01")
    page.select_option("#id_m0-category", label="肢体残疾二级")
    clerk.press("F9")
    with page.expect_download() as download:
        page.get_by_role("button", name="存成案例文件").click()
    download.value.save_as(tmp_path / "case.json")

    page.get_by_text("打开案例文件").click()
    page.set_input_files("#trial-file", tmp_path / "case.json")
    follow(page.get_by_role("button", name="打开", exact=True))

    expect(page.locator("#decision")).to_contain_text("¥ 60.00")
