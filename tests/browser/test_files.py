"""照片和扫描件 in a real browser: a photo chosen and cropped by keys, a scan added, the form printed."""

import os
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect

from common.relations import HEAD
from households import vault
from households.models import Household
from households.services import photos_of
from tests.browser.conftest import Complaints
from tests.browser.counter import Clerk, follow
from tests.households.pictures import files_folder, picture  # noqa: F401 - fixture


def shot(page: Page, name: str) -> None:
    """Keep a picture of the page where somebody asked for it."""
    if folder := os.environ.get("CANBAO_SHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png")


def test_a_photo_is_cropped_by_keys_and_stands_among_the_household_s_files(
    clerk: Clerk, page: Page, zhang_household: Household
):
    head = zhang_household.memberships.get(relation=HEAD).person_id
    page.goto(f"/counter/{zhang_household.pk}/")
    shot(page, "desk")
    follow(page.locator("text=登记表、照片、扫描件"))
    follow(page.locator(".photos a").first)

    page.set_input_files("[name=file]", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": picture((1000, 800))})
    expect(page.locator("#photo-crop")).to_be_focused()
    clerk.press(*["ArrowRight"] * 40)
    shot(page, "photo")
    page.click("button[type=submit]:has-text('存入')")

    expect(page.locator(".messages")).to_contain_text("照片已存入")
    expect(page.locator(".photos img")).to_have_count(1)
    expect(page.locator(".photos img")).to_have_js_property("naturalWidth", 295)
    shot(page, "files")
    stored = photos_of([head])[head]
    kept = Image.open(BytesIO(vault.get(stored.name, sha256=stored.sha256) or b""))
    red, _, blue = kept.getpixel((200, 200))
    assert blue > red


def test_a_photo_is_taken_with_the_camera_cropped_and_kept(clerk: Clerk, page: Page, zhang_household: Household):
    head = zhang_household.memberships.get(relation=HEAD).person_id
    page.goto(f"/counter/{zhang_household.pk}/members/{head}/photo/")

    page.click("#photo-start")
    expect(page.locator("#photo-camera")).to_be_visible()
    expect(page.locator("#photo-snap")).to_be_focused()
    shot(page, "camera")
    clerk.press("Enter")
    expect(page.locator("#photo-crop")).to_be_focused()
    expect(page.locator("#photo-camera")).to_be_hidden()
    clerk.press(*["-"] * 3)
    shot(page, "camera-crop")
    clerk.press("F9")

    expect(page.locator(".messages")).to_contain_text("照片已存入")
    stored = photos_of([head])[head]
    kept = Image.open(BytesIO(vault.get(stored.name, sha256=stored.sha256) or b""))
    assert (kept.format, kept.size) == ("JPEG", (295, 413))
    assert len(kept.getcolors(295 * 413)) > 100


def test_no_other_page_may_have_the_camera(
    clerk: Clerk, page: Page, zhang_household: Household, complaints: Complaints
):
    page.goto(f"/counter/{zhang_household.pk}/files/")

    said = page.evaluate(
        "() => navigator.mediaDevices.getUserMedia({ video: true }).then(() => 'yes', (no) => no.name)"
    )

    assert said == "NotAllowedError"
    assert "camera is not allowed" in complaints.pop()


def test_a_scan_of_the_wrong_kind_is_refused_on_the_page(clerk: Clerk, page: Page, zhang_household: Household):
    page.goto(f"/counter/{zhang_household.pk}/files/")

    page.set_input_files("[name=file]", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": b"<svg/>"})
    page.click("button[type=submit]:has-text('存入')")

    expect(page.locator("body")).to_contain_text("只收JPEG、PNG图片和PDF文件")
    shot(page, "refused")
