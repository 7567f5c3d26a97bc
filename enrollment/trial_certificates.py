"""试算的证件: the certificates that a form describes; each a name or a disability, and how it is held."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from common.disability import KINDS
from enrollment.case_writing import without_empty
from enrollment.rules.category import MULTIPLE, named_by
from enrollment.rules.ruleset import Category
from offices.forms import DayField

GRADES = "一二三四"
MOST_HELD = 9
LONGEST_NAME = 80
DISABILITY = "残疾:"
PART = rf"({'|'.join(KINDS.values())})(残疾)?([1-4一二三四])?级?"
PARTS = re.compile(rf"{PART}([,，、 ]+{PART})*")
SWITCHES = {"original_seen": "no_original", "copy_kept": "no_copy"}
State = dict[str, Any]


class CertificatesForm(forms.Form):
    """A form with slots for certificates: `category`, `category2` … each with its own details."""

    slots = 0

    def add_certificates(
        self, categories: Iterable[Category], *, none: str, least: int, disabilities: bool = False
    ) -> None:
        """Slots for what is described already and for `least` at the least."""
        held = self.initial.get("certificates") or []
        sent = self.data.get(self.add_prefix("held"), "")
        many = int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 3 else len(held)
        self.slots = max(least, min(many, MOST_HELD))
        provable = [each for each in categories if each.proof in ("certificate", "funder_list")]
        choices = [("", none), *((each.code, each.name) for each in provable), *(_graded() if disabilities else [])]
        for slot, certificate in enumerate([*held, *[{}] * self.slots][: self.slots]):
            self._add_slot(_suffix(slot), certificate, choices, provable)

    def _add_slot(
        self, suffix: str, certificate: Mapping[str, Any], choices: list[tuple[str, str]], known: list[Category]
    ) -> None:
        said = _said(certificate, known)
        current = said["category"] or self.said(f"category{suffix}")
        own = with_current(choices, current)
        self.fields[f"category{suffix}"] = forms.ChoiceField(
            label="类别" if not suffix else f"第{suffix}种类别",
            required=False,
            choices=own if not suffix else [("", "没有"), *own[1:]],
        )
        self.fields[f"parts{suffix}"] = forms.RegexField(
            label="多重残疾含",
            regex=rf"^{PARTS.pattern}$",
            required=False,
            error_messages={"invalid": "请写残疾类别和等级，几项用逗号隔开，例如 肢体1,听力2。"},
            widget=forms.TextInput(attrs={"placeholder": "肢体1,听力2", "autocomplete": "off"}),
        )
        for name, label in (("no_original", "缺原件"), ("no_copy", "缺复印件"), ("unlisted", "不在部门名单上")):
            self.fields[f"{name}{suffix}"] = forms.BooleanField(label=label, required=False)
        self.fields[f"valid_until{suffix}"] = DayField(label="证件有效期至")
        self.fields[f"issued_by{suffix}"] = forms.RegexField(
            label="发证地代码",
            regex=r"^\d{2,12}$",
            required=False,
            error_messages={"invalid": "请填写 2 到 12 位行政区划代码。"},
        )
        if certificate:
            self.initial |= {f"{name}{suffix}": value for name, value in said.items()}

    def said(self, name: str) -> str:
        """What was sent or stands in a field that is yet to be made."""
        return str(self.data.get(self.add_prefix(name), "") or self.initial.get(name) or "")[:LONGEST_NAME]

    @property
    def certificate_rows(self) -> list[dict[str, Any]]:
        """The slots, each with its first field, the rest, and whether the rest says something."""
        found = []
        for slot in range(self.slots):
            names = ("parts", "valid_until", "issued_by", "no_original", "no_copy", "unlisted")
            rest = [self[f"{name}{_suffix(slot)}"] for name in names]
            filled = any(field.value() not in (None, "", False) for field in rest)
            found.append({"category": self[f"category{_suffix(slot)}"], "rest": rest, "filled": filled, "slot": slot})
        return found

    @property
    def has_certificates(self) -> bool:
        """Whether there is anything to choose from."""
        return self.slots > 0 and len(self.fields["category"].choices) > 1

    @property
    def holds_more(self) -> bool:
        """Whether a detail of a certificate, or a second one, is described."""
        return any(each["filled"] or (each["slot"] and each["category"].value()) for each in self.certificate_rows)

    @property
    def held_name(self) -> str:
        """The name under which the number of slots is sent."""
        return self.add_prefix("held")

    def certificates(self) -> list[State]:
        """The certificates as the contract of the cases knows them; empty slots are left out."""
        slots = [_certificate(self.cleaned_data, _suffix(slot)) for slot in range(self.slots)]
        return [each for each in slots if each is not None]


def with_current(choices: list[tuple[str, str]], current: str) -> list[tuple[str, str]]:
    """The choices with what is said already: showing a description, or changing its rule set, loses nothing."""
    if not current or current in dict(choices):
        return choices
    return [*choices, (current, f"{current.removeprefix(DISABILITY)}（这份规则集没有）")]


def _suffix(slot: int) -> str:
    return str(slot + 1) if slot else ""


def _graded() -> list[tuple[str, str]]:
    return [
        (f"{DISABILITY}{kind}{grade}", f"{kind}残疾{GRADES[grade - 1]}级")
        for kind in KINDS.values()
        for grade in range(1, 5)
    ]


def _said(certificate: Mapping[str, Any], known: list[Category]) -> State:
    """A certificate as the slot shows it."""
    disability, name = certificate.get("disability") or {}, certificate.get("category", "")
    code = next((each.code for each in known if name and named_by(name, each)), name)
    shown = f"{DISABILITY}{_with_grade(disability)}" if disability else ""
    if name and disability:  # a name on a list that comes with kind and grade: the name is kept beside it
        shown = f"{shown}:{code}"
    return {
        "category": shown or code,
        "parts": ",".join(_with_grade(each) for each in disability.get("components", [])),
        "no_original": certificate.get("original_seen") is False,
        "no_copy": certificate.get("copy_kept") is False,
        "unlisted": bool(certificate) and not certificate.get("on_funder_list", False),
        "valid_until": certificate.get("valid_until", ""),
        "issued_by": certificate.get("issued_by_division", ""),
    }


def _with_grade(disability: Mapping[str, Any] | str) -> str:
    if isinstance(disability, str):
        return disability
    return f"{disability.get('kind', '')}{disability.get('grade') or ''}"


def _certificate(typed: Mapping[str, Any], suffix: str) -> State | None:
    chosen = typed[f"category{suffix}"]
    if not chosen:
        return None
    valid_until = typed[f"valid_until{suffix}"]
    found: State = {
        "category": chosen,
        "on_funder_list": not typed[f"unlisted{suffix}"],
        "valid_until": valid_until.isoformat() if valid_until else "",
        "issued_by_division": typed[f"issued_by{suffix}"],
    }
    if chosen.startswith(DISABILITY):
        text, _, name = chosen.removeprefix(DISABILITY).partition(":")
        found |= {"category": name, "disability": _disability(text, typed[f"parts{suffix}"])}
    no = {key: False for key, field in SWITCHES.items() if typed[f"{field}{suffix}"]}
    return without_empty(found) | no


def _disability(text: str, parts: str) -> State:
    kind = text.rstrip("1234")
    found: State = {"kind": kind}
    if text != kind:
        found["grade"] = int(text[len(kind) :])
    if kind == MULTIPLE and parts:
        found["components"] = [_part(match) for match in re.finditer(PART, parts)]
    return found


def _part(match: re.Match[str]) -> State:
    grade = match[3]
    return {"kind": match[1], "grade": (GRADES.find(grade) + 1 or int(grade)) if grade else None}
