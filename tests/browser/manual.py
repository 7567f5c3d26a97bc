"""Tools of the manual's tests: where its pictures lie, how one is taken, and how the demonstration users go about."""

import io
import os
from collections.abc import Callable
from pathlib import Path

import pypdfium2
from PIL import Image
from playwright.sync_api import Page

from offices.demo import PASSWORD
from tests.browser.counter import follow

MANUAL = Path(__file__).resolve().parents[2] / "docs" / "manual"
IMAGES = MANUAL / "images"
TAKING = os.environ.get("CANBAO_MANUAL") == "1"
COLOURS = 128
PAPER_SCALE = 1.3
# Hiding the caret leaves empty style attributes behind, which htmx copies and the page's policy refuses.
FORGET = """for (const each of document.querySelectorAll('[style=""]')) each.removeAttribute("style")"""
Shot = Callable[[str], None]


def take(page: Page, name: str) -> None:
    """Keep a picture of the page, if pictures are wanted."""
    page.wait_for_load_state("networkidle" if TAKING else "load")
    if TAKING:
        page.mouse.move(0, 0)
        _keep(Image.open(io.BytesIO(page.screenshot(animations="disabled"))), name)
        page.evaluate(FORGET)


def draw_paper(paper: bytes, name: str) -> None:
    """The first page of a PDF as a picture for the manual; a page that cannot be drawn fails either way."""
    drawn = pypdfium2.PdfDocument(paper)[0].render(scale=PAPER_SCALE).to_pil()
    if TAKING:
        _keep(drawn, name)


def _keep(picture: Image.Image, name: str) -> None:
    """In few colours, as a page of words has."""
    few = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(IMAGES / f"{name}.png", optimize=True)


def enter(page: Page, username: str) -> None:
    """Log in as one of the demonstration users."""
    page.context.clear_cookies()
    page.goto("/login/")
    page.fill("[name=username]", username)
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "/login/" not in address)


def go(page: Page, tab: str) -> None:
    """Open a page by the line of pages at the top."""
    page.goto("/receipts/")
    follow(page.locator("nav.tabs").get_by_role("link", name=tab, exact=True))


def open_from_counter(page: Page, household_id: int, link: str) -> None:
    """Open a household at the counter, and from there a page of its own."""
    page.goto(f"/counter/{household_id}/")
    follow(page.locator(".household-more").get_by_role("link", name=link))
