"""What browser tests of the counter share: a keyboard that counts, a card reader, and the office of 2007 at work."""

import time
from dataclasses import dataclass

from playwright.sync_api import Download, Locator, Page

from tests.builders import PASSWORD

FAMILY = (("1960-01-01", "M"), ("1962-02-03", "F"), ("1988-03-04", "F"), ("1985-04-05", "M"))


@dataclass
class Clerk:
    """A clerk at the keyboard of an office PC; `keys` counts what she pressed, names by their characters."""

    page: Page
    keys: int = 0

    def press(self, *names: str) -> None:
        """Press keys one after the other, once the page listens."""
        self.page.wait_for_load_state()
        for name in names:
            self.page.keyboard.press(name)
            self.keys += 1

    def type(self, text: str) -> None:
        """Type by hand: slower than a card reader."""
        for character in text:
            self.page.keyboard.press(character)
            self.page.wait_for_timeout(170)
            self.keys += 1

    def write(self, text: str) -> None:
        """Write Chinese: an input method puts it in at once; each character counts as one key."""
        self.page.keyboard.insert_text(text)
        self.keys += len(text)

    def read_card(self, number: str) -> None:
        """Lay an ID card on the reader: it types the number in a burst and presses Enter; nobody pressed a key."""
        self.page.wait_for_timeout(200)
        type_like_a_reader(self.page, number)
        self.page.wait_for_timeout(120)

    @property
    def focused(self) -> str:
        """Id or name of the element that has the focus."""
        return self.page.evaluate("document.activeElement.id || document.activeElement.name")


def type_like_a_reader(page: Page, text: str, apart: float = 0.015, enter: bool = True) -> None:
    """Type `text` with a key every `apart` seconds, however busy the machine is: the keys carry their own times."""
    keyboard = page.context.new_cdp_session(page)
    keys = [(char, f"Key{char}" if char.isalpha() else f"Digit{char}", ord(char), char) for char in text]
    if enter:
        keys.append(("Enter", "Enter", 13, "\r"))
    first = time.time() - apart * len(keys)
    for place, (key, code, number, typed) in enumerate(keys):
        key_of = {"key": key, "code": code, "windowsVirtualKeyCode": number, "timestamp": first + apart * place}
        keyboard.send("Input.dispatchKeyEvent", {"type": "keyDown", "text": typed, **key_of})
        keyboard.send("Input.dispatchKeyEvent", {"type": "keyUp", **key_of})
    keyboard.detach()


def follow(link: Locator) -> None:
    """Click a link and wait until the page behind it listens: what is typed before that, no script hears."""
    with link.page.expect_navigation():
        link.click()


def taken(link: Locator) -> Download:
    """Take a file with names: click, give the first reason that is offered, and have the file."""
    page = link.page
    link.click()
    page.locator("#dialog form.taking").wait_for()
    page.keyboard.press("1")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    return download.value


def log_in(page: Page, username: str = "liu") -> None:
    """Log in by hand."""
    page.goto("/login/")
    page.fill("[name=username]", username)
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/counter/")
