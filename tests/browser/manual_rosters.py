"""花名册 as the manual shows it: the list, rows to mend, columns, and a roster that is at the bank."""

from playwright.sync_api import Page, expect

from rosters.demo import seed_rosters
from tests.browser.counter import follow
from tests.browser.manual import Shot, go


def the_rosters(page: Page, shot: Shot) -> None:
    """Both rosters of the demonstration, and the steps before one is agreed."""
    seed_rosters()
    go(page, "花名册")
    expect(page.locator("tbody tr")).to_have_count(2)
    shot("rosters")
    follow(page.locator("tr", has_text="有问题").get_by_role("link").first)
    expect(page.locator("#rows")).to_contain_text("剔出这一户")
    shot("roster-mend")
    follow(page.get_by_role("link", name="改正栏目"))
    expect(page.get_by_label("D列当作")).to_have_value("name")
    shot("roster-columns")
    go(page, "花名册")
    follow(page.locator("tr", has_text="已缴存").get_by_role("link").first)
    expect(page.get_by_role("button", name="入账")).to_be_visible()
    shot("roster-paid-in")
