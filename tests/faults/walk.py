"""Every form of the application as a browser finds it: by opening each page and reading what stands on it.

A new field is found by itself, for it stands on a page of PAGES.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from django.test import Client
from django.urls import reverse

from offices.models import Staff
from rosters.services import RosterDraft, open_roster
from tests.builders import at
from tests.test_access import PAGES, address, savepoint

FREE = {"text", "search", "tel", "email", "url", "textarea", ""}
WAITING = {"channel": "school", "place": "第二中学", "coverage_year": 2008, "collector": "赵六"}
CAST = ("主管", "经办员", "管理员", "审计员")


@dataclass(slots=True)
class Field:
    """A field with what the page has put into it."""

    name: str
    kind: str
    value: str = ""

    @property
    def is_free(self) -> bool:
        """Whether anything may be typed."""
        return self.kind in FREE


@dataclass(slots=True)
class Form:
    """A form: who saw it on which page, where it goes, its fields."""

    page: str = ""
    who: str = ""
    action: str = ""
    method: str = "get"
    fields: list[Field] = field(default_factory=list)

    @property
    def free(self) -> list[str]:
        return [each.name for each in self.fields if each.is_free]

    @property
    def files(self) -> list[str]:
        return [each.name for each in self.fields if each.kind == "file"]

    def data(self, **typed: object) -> dict[str, list[object]]:
        """What is sent: as the page has it, but for what is typed."""
        sent: dict[str, list[object]] = {}
        for each in self.fields:
            if each.kind != "file" and each.name not in typed:
                sent.setdefault(each.name, []).append(each.value)
        return sent | {name: [value] for name, value in typed.items()}

    @property
    def place(self) -> str:
        """Where it goes and what it holds: the same form on two pages is one."""
        return f"{self.method} {self.action.split('?')[0]} {sorted({each.name for each in self.fields})}"


class Reader(HTMLParser):
    """Reads the forms out of a page."""

    def __init__(self, page: str, who: str, url: str) -> None:
        super().__init__()
        self.page, self.who, self.url = page, who, url
        self.forms: list[Form] = []
        self.by_id: dict[str, Form] = {}
        self.open: Form | None = None
        self.choosing: Field | None = None
        self.writing: Field | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._begin(given)
        elif tag in {"input", "textarea", "select", "button"} and given.get("name"):
            self._note(tag, given)
        elif tag == "option" and self.choosing and ("selected" in given or not self.choosing.value):
            self.choosing.value = given.get("value", "")

    def _begin(self, given: dict[str, str]) -> None:
        action = given.get("action") or given.get("hx-post") or given.get("hx-get") or self.url
        method = "post" if "hx-post" in given else given.get("method", "get").lower()
        self.open = Form(self.page, self.who, action, method)
        self.forms.append(self.open)
        self.by_id[given.get("id", "")] = self.open

    def _note(self, tag: str, given: dict[str, str]) -> None:
        form = self.by_id.get(given["form"]) if given.get("form") else self.open
        kind = given.get("type", "text" if tag == "input" else tag).lower()
        if form is None or "disabled" in given or (kind in {"checkbox", "radio"} and "checked" not in given):
            return
        if kind in {"button", "submit"} and any(each.kind == "submit" for each in form.fields):
            return
        noted = Field(given["name"], "submit" if tag == "button" else kind, given.get("value", ""))
        form.fields.append(noted)
        self.choosing = noted if tag == "select" else self.choosing
        self.writing = noted if tag == "textarea" else self.writing

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.open = None
        elif tag == "select":
            self.choosing = None
        elif tag == "textarea":
            self.writing = None

    def handle_data(self, data: str) -> None:
        if self.writing is not None:
            self.writing.value += data


def all_forms(arguments: dict[str, object], cast: dict[str, Staff]) -> list[Form]:
    """Every form on any page, once, as somebody sees it who may send it."""
    found: dict[str, Form] = {}
    waiting = open_roster(draft=RosterDraft(**WAITING), by=cast["主管"], at=at("2007-10-25 10:00"))
    for form in _on("roster", reverse("roster", args=[waiting.pk]), "主管", cast["主管"]):  # the other is past its file
        found.setdefault(form.place, form)
    for page, rights in PAGES.items():
        who = next(who for who in CAST if cast[who].role in rights.roles)
        for form in _on(page, address(page, arguments), who, cast[who]):
            found.setdefault(form.place, form)
    return list(found.values())


def _on(page: str, url: str, who: str, staff: Staff) -> Iterator[Form]:
    """What a page shows when it is opened, and when it is sent back for being empty."""
    client = client_of(staff)
    for method in ("get", "post") if PAGES[page].method == "post" else ("get",):
        with savepoint():
            answer = getattr(client, method)(url)
        if answer.status_code in {200, 422} and answer["Content-Type"].startswith("text/html"):
            reader = Reader(page, who, url)
            reader.feed(answer.content.decode())
            yield from (form for form in reader.forms if form.fields)


def client_of(staff: Staff) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(staff)
    return client


def send(client: Client, form: Form, data: dict[str, list[object]]) -> object:
    """Send a form as a browser does, inside a savepoint that undoes what it did."""
    with savepoint():
        return getattr(client, form.method)(form.action, data)
