"""草稿的一个年度: standards, window, bands with their own standards and accounts, field by field."""

import re
import tomllib
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import forms

from common.money import AmountError, parse_yuan
from enrollment.draft_text import edited, quoted
from enrollment.rules.ruleset import RuleSet
from enrollment.rules.source import RuleSetError
from enrollment.rules.toml_lines import Path
from offices.forms import RefusableForm

RATE = (
    ("standard", "缴费标准"),
    ("payable", "个人缴"),
    ("sponsored", "资助"),
    ("funder", "资助部门"),
    ("clause", "条款"),
)
BAND = (("from", "起"), ("until", "止"), ("benefit_starts", "待遇起始"), ("late", "误期"), ("clause", "条款"))
WINDOW = (("opens", "开始"), ("verify_until", "核定截止"), ("pay_until", "缴费截止"), ("clause", "条款"))
ACCOUNT = (("credit", "每人划入"), ("due_by", "划入期限"), ("clause", "条款"))
PAYMENT_DAY = "缴费之日"
NEW, YEAR = "new", "year"
MOMENT = re.compile(r"(\d{4})[-./年](\d{1,2})[-./月](\d{1,2})日?(?:[ T]+(\d{1,2})[:：](\d{2})(?:[:：](\d{2}))?)?")
PLACE = re.compile(
    r"periods#(?P<year>\d+)\.(?:rates#(?P<rate>\d+)|window|bands#(?P<band>\d+)(?:\.rates#(?P<own>\d+)|(?P<of>\.account))?|account)"
    r"(?:\.(?P<key>\w+))?"
)


class YearForm(RefusableForm):
    """缴费标准、缴费期、时段 of one coverage year; untouched fields leave the text as it is.

    A field is called part-place-key: `rates-0-payable`, `bands-new-from`; `own-1_0-payable` is what the first category
    pays within the second band, `account-1-credit` what is credited within it, `account-year-credit` in the year.
    """

    def __init__(self, data: Any = None, *, source: str, ruleset: RuleSet, coverage_year: int) -> None:
        super().__init__(data)
        self.source, self.ruleset = source, ruleset
        rows = tomllib.loads(source.removeprefix("\ufeff"), parse_float=Decimal)["periods"]
        self.index = next(at for at, row in enumerate(rows) if row["coverage_year"] == coverage_year)
        self.row = rows[self.index]
        self.clauses = [("", "—"), *((key, f"{key} {each.article}") for key, each in ruleset.clauses.items())]
        self.funders = [("", "—"), *((each.code, each.name) for each in ruleset.funders)]
        self._window_fields(ruleset, coverage_year)
        for at, rate in enumerate(self.row["rates"]):
            self._fields("rates", at, RATE, rate, self._category(rate["category"]))
        for at, band in enumerate(self.row["bands"]):
            self._fields("bands", at, BAND, band, f"第{at + 1}个时段")
            self.fields[f"bands-{at}-gone"] = forms.BooleanField(required=False, label=f"删去第{at + 1}个时段")
            self._own_fields(at, band, f"第{at + 1}个时段")
        self._fields("bands", NEW, BAND, {}, "新时段")
        self._own_fields(NEW, {}, "新时段")
        self._fields("account", YEAR, ACCOUNT, self.row.get("account") or {}, "个人账户")

    def _own_fields(self, at: int | str, band: Any, name: str) -> None:
        """A band's own standards, one row for each category, and its own account."""
        rows = {row["category"]: row for row in band.get("rates", [])}
        for place, category in enumerate(self.ruleset.categories):
            self._fields("own", f"{at}_{place}", RATE, rows.get(category.code, {}), f"{name}·{category.name}")
        self._fields("account", at, ACCOUNT, band.get("account") or {}, f"{name}·个人账户")

    def _category(self, code: str) -> str:
        return next((each.name for each in self.ruleset.categories if each.code == code), code)

    def _window_fields(self, ruleset: RuleSet, coverage_year: int) -> None:
        window = ruleset.periods[coverage_year].window
        written = self.row.get("window")
        shown = written or {"opens": window.opens.date(), "pay_until": window.pay_until.date()}
        for key, label in WINDOW:
            self.fields[f"window-0-{key}"] = self._field(key, f"缴费期{label}", shown.get(key))

    def _fields(self, part: str, at: int | str, keys: tuple[tuple[str, str], ...], row: Any, name: str) -> None:
        for key, label in keys:
            self.fields[f"{part}-{at}-{key}"] = self._field(key, f"{name}·{label}", row.get(key))

    def _field(self, key: str, label: str, value: Any) -> forms.Field:
        if key == "late":
            return forms.BooleanField(required=False, label=label, initial=bool(value))
        text = _shown(value)
        if key in ("clause", "funder"):
            choices = self.clauses if key == "clause" else self.funders
            return forms.ChoiceField(required=False, label=label, initial=text, choices=choices)
        return forms.CharField(required=False, label=label, initial=text, max_length=40)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name in list(self.fields):
            key = name.rsplit("-", 1)[1]
            if name in cleaned and key not in ("late", "gone", "clause", "funder") and cleaned[name]:
                try:
                    cleaned[f"{name}:raw"] = _raw(key, cleaned[name])
                except ValueError as error:
                    self.add_error(name, str(error))
        return cleaned

    def text(self) -> str:
        """The draft's text with what was changed in the form."""
        changes: dict[Path, str] = {}
        added: dict[Path, dict[str, str]] = {}
        base: Path = ("periods", self.index)
        for name in self.changed_data:
            part, at, key = name.split("-")
            if at == NEW or key == "gone" or part in ("own", "account"):
                continue
            place = (*base, "window") if part == "window" else (*base, part, int(at))
            changes[(*place, key)] = self._value(name, key)
        if any(path[2] == "window" for path in changes) and "window" not in self.row:
            written = ("opens", "verify_until", "pay_until", "clause")
            raw = {key: self._value(f"window-0-{key}", key) for key in written}
            raw["clause"] = raw["clause"] or quoted(self.row["clause"])
            changes = {path: each for path, each in changes.items() if path[2] != "window"}
            pairs = ", ".join(f"{key} = {each}" for key, each in raw.items() if each)
            changes[(*base, "window")] = f"{{ {pairs} }}"
        changes |= self._own_changes(base)
        raw = {key: self._value(f"bands-{NEW}-{key}", key) for key, _ in BAND}
        raw |= {"rates": self._own_rates(NEW), "account": self._account(NEW)}
        if any(raw.values()):
            added[(*base, "bands")] = {key: each for key, each in raw.items() if each}
        gone = [at for at in range(len(self.row["bands"])) if self.cleaned_data.get(f"bands-{at}-gone")]
        removed = frozenset((*base, "bands", at) for at in gone)
        return edited(self.source, changes, added=added, removed=removed)

    def _own_changes(self, base: Path) -> dict[Path, str]:
        """The lists of own standards and the accounts in which anything was changed, each written anew as a whole."""
        changed = {name.rsplit("-", 1)[0] for name in self.changed_data}
        found: dict[Path, str] = {}
        for at in range(len(self.row["bands"])):
            if any(place.startswith(f"own-{at}_") for place in changed):
                found[(*base, "bands", at, "rates")] = self._own_rates(at)
            if f"account-{at}" in changed:
                found[(*base, "bands", at, "account")] = self._account(at)
        if f"account-{YEAR}" in changed:
            found[(*base, "account")] = self._account(YEAR)
        return found

    def _own_rates(self, at: int | str) -> str:
        """A band's own standards as TOML; empty where none is filled."""
        known = {} if at == NEW else {row["category"]: row for row in self.row["bands"][at].get("rates", [])}
        rows = []
        for place in self._filled(at):
            code = self.ruleset.categories[place].code
            row = {"category": quoted(code)}
            row |= {key: self._value(f"own-{at}_{place}-{key}", key) for key, _ in RATE}
            if kept := known.get(code, {}).get("sponsor_clause") if row["sponsored"] else "":
                row["sponsor_clause"] = quoted(kept)
            rows.append(_inline(row))
        return "[\n    " + ",\n    ".join(rows) + ",\n  ]" if rows else ""

    def _filled(self, at: int | str) -> list[int]:
        """The places of the categories that have a standard of their own within a band."""
        places = range(len(self.ruleset.categories))
        return [n for n in places if any(self.cleaned_data.get(f"own-{at}_{n}-{key}") for key, _ in RATE)]

    def _account(self, at: int | str) -> str:
        raw = {key: self._value(f"account-{at}-{key}", key) for key, _ in ACCOUNT}
        return _inline(raw) if any(raw.values()) else ""

    def _value(self, name: str, key: str) -> str:
        value = self.cleaned_data.get(name)
        if key == "late":
            return "true" if value else ""
        if key in ("clause", "funder"):
            return quoted(value) if value else ""
        return str(self.cleaned_data.get(f"{name}:raw", ""))

    def explain(self, error: RuleSetError) -> None:
        """Put each fault of the text beside the field that it is about, or on top."""
        for problem in error.problems:
            place = self._place(problem.key)
            if place or problem.key == f"periods#{self.index + 1}.bands":  # or of the bands as a whole
                self.add_error(place, _in_the_form(place or "", problem.expected))
            else:
                self.add_error(None, str(problem))

    def _place(self, key: str) -> str | None:
        found = PLACE.fullmatch(key)
        if found is None or int(found["year"]) != self.index + 1:
            return None
        inner = found["key"]
        if found["band"]:
            name = self._place_in_band(int(found["band"]) - 1, found["own"], bool(found["of"]), inner)
        elif found["rate"]:
            name = f"rates-{int(found['rate']) - 1}-{inner or 'standard'}"
        elif ".account" in key:
            name = f"account-{YEAR}-{inner or 'credit'}"
        else:
            name = f"window-0-{inner or 'opens'}"
        return name if name in self.fields else None

    def _place_in_band(self, index: int, own: str | None, of_account: bool, key: str | None) -> str:
        """A field of the band that the text has at `index`, after those that were taken out."""
        bands = range(len(self.row["bands"]))
        kept = [at for at in bands if not self.cleaned_data.get(f"bands-{at}-gone")]
        at: int | str = kept[index] if index < len(kept) else NEW
        if own:
            filled = self._filled(at)
            place = filled[int(own) - 1] if int(own) <= len(filled) else 0
            return f"own-{at}_{place}-{key or 'standard'}"
        return f"account-{at}-{key or 'credit'}" if of_account else f"bands-{at}-{key or 'from'}"

    def rates(self) -> Iterator[tuple[str, list[forms.BoundField]]]:
        """Each category's name and its fields."""
        for at, rate in enumerate(self.row["rates"]):
            yield self._category(rate["category"]), [self[f"rates-{at}-{key}"] for key, _ in RATE]

    def bands(self) -> Iterator[tuple[str, list[forms.BoundField]]]:
        """Each band's fields; the last is empty, for one more."""
        for at in range(len(self.row["bands"])):
            fields = [self[f"bands-{at}-{key}"] for key, _ in BAND]
            yield f"第{at + 1}段", [*fields, self[f"bands-{at}-gone"]]
        yield "再加一段", [self[f"bands-{NEW}-{key}"] for key, _ in BAND]

    def own(self) -> Iterator[dict[str, Any]]:
        """What each band, and one more, sets for itself: a row for each category, the account, and whether any is."""
        for at in (*range(len(self.row["bands"])), NEW):
            rows = [
                (category.name, [self[f"own-{at}_{place}-{key}"] for key, _ in RATE])
                for place, category in enumerate(self.ruleset.categories)
            ]
            account = [self[f"account-{at}-{key}"] for key, _ in ACCOUNT]
            every = [*account, *(field for _, fields in rows for field in fields)]
            name = "再加的一段" if at == NEW else f"第{at + 1}段"
            yield {"name": name, "rows": rows, "account": account, "says": any(f.value() or f.errors for f in every)}

    def account(self) -> list[forms.BoundField]:
        """The year's account."""
        return [self[f"account-{YEAR}-{key}"] for key, _ in ACCOUNT]

    def window(self) -> list[forms.BoundField]:
        """The window's fields."""
        return [self[f"window-0-{key}"] for key, _ in WINDOW]


def _in_the_form(place: str, expected: str) -> str:
    """What is wrong with a field; what is missing is asked for in the form's words, not in those of the text."""
    if not expected.startswith("缺少这一项"):
        return expected.replace("或写 gaps_closed", "确实不收费的，在“修改全文”里写 gaps_closed")
    key = place.rsplit("-", 1)[1]
    if key in ("clause", "funder"):
        return "请选择所依据的条款。" if key == "clause" else "请选择资助部门。"
    if key in ("standard", "payable", "sponsored", "credit"):
        return "请填写金额，最多两位小数。"
    return f"请填写日期，或“{PAYMENT_DAY}”。" if key == "benefit_starts" else "请填写日期。"


def _inline(row: dict[str, str]) -> str:
    """An inline table of raw values; what is empty is left out."""
    return "{ " + ", ".join(f"{key} = {value}" for key, value in row.items() if value) + " }"


def _shown(value: Any) -> str:
    """A value of the text as an office writes it."""
    if value == "payment_day":
        return PAYMENT_DAY
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}" if value.second else f"{value:%Y-%m-%d %H:%M}"
    return "" if value is None else str(value)


def _raw(key: str, typed: str) -> str:
    """The TOML value of what was typed; ValueError with the sentence that mends it."""
    if key in ("standard", "payable", "sponsored", "credit"):
        try:
            amount = parse_yuan(typed)
        except AmountError as error:
            raise ValueError(str(error)) from error
        return str(int(amount)) if amount == int(amount) else str(amount)
    if key == "benefit_starts" and typed == PAYMENT_DAY:
        return quoted("payment_day")
    return _day_or_moment(typed, with_time=key in ("opens", "verify_until", "pay_until"), key=key)


def _day_or_moment(typed: str, *, with_time: bool, key: str) -> str:
    sample = "2026-02-28 17:00 或 2026-02-28" if with_time else "2026-02-28"
    hint = f"；从缴费之日起的写“{PAYMENT_DAY}”" if key == "benefit_starts" else ""
    found = MOMENT.fullmatch(typed.strip())
    if found is None or (found[4] and not with_time):
        raise ValueError(f"“{typed}”不是日期。请写成 {sample}{hint}。")
    year, month, day, hour, minute, second = (int(part) if part else 0 for part in found.groups())
    try:
        if not found[4]:
            return date(year, month, day).isoformat()
        return datetime(year, month, day, hour, minute, second).isoformat()  # noqa: DTZ001 - written without a zone
    except ValueError as error:
        raise ValueError(f"没有“{typed}”这一天或这一时刻，请核对。") from error
