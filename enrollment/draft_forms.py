"""草稿的表单: a year field by field, the whole text, a file, an amendment."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

from django import forms

from common.money import AmountError, parse_yuan
from enrollment.draft_text import edited, quoted
from enrollment.drafting import Amendment
from enrollment.rules.ruleset import RuleSet
from enrollment.rules.source import RuleSetError
from enrollment.rules.toml_lines import Path
from offices.forms import DayField, RefusableForm

RATE = (
    ("standard", "缴费标准"),
    ("payable", "个人缴"),
    ("sponsored", "资助"),
    ("funder", "资助部门"),
    ("clause", "条款"),
)
BAND = (("from", "起"), ("until", "止"), ("benefit_starts", "待遇起始"), ("late", "误期"), ("clause", "条款"))
WINDOW = (("opens", "开始"), ("verify_until", "核定截止"), ("pay_until", "缴费截止"), ("clause", "条款"))
PAYMENT_DAY = "缴费之日"
NEW = "new"
MOMENT = re.compile(r"(\d{4})[-./年](\d{1,2})[-./月](\d{1,2})日?(?:[ T]+(\d{1,2})[:：](\d{2})(?:[:：](\d{2}))?)?")
PLACE = re.compile(r"periods#(\d+)\.(rates|bands)#(\d+)(?:\.(\w+))?|periods#(\d+)\.window(?:\.(\w+))?")


class YearForm(RefusableForm):
    """缴费标准、缴费期、时段 of one coverage year; untouched fields leave the text as it is."""

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
        self._fields("bands", NEW, BAND, {}, "新时段")

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
            if at == NEW or key == "gone":
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
        if any(self.cleaned_data.get(f"bands-{NEW}-{key}") for key, _ in BAND):
            raw = {key: self._value(f"bands-{NEW}-{key}", key) for key, _ in BAND}
            added[(*base, "bands")] = {key: each for key, each in raw.items() if each}
        gone = [at for at in range(len(self.row["bands"])) if self.cleaned_data.get(f"bands-{at}-gone")]
        removed = frozenset((*base, "bands", at) for at in gone)
        return edited(self.source, changes, added=added, removed=removed)

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
            self.add_error(self._place(problem.key), problem.expected if self._place(problem.key) else str(problem))

    def _place(self, key: str) -> str | None:
        found = PLACE.fullmatch(key)
        if found is None or int(found[1] or found[5]) != self.index + 1:
            return None
        if found[5]:
            name = f"window-0-{found[6] or 'opens'}"
        else:
            at = str(int(found[3]) - 1)
            if found[2] == "bands" and int(at) >= len(self.row["bands"]):
                at = NEW
            first = "standard" if found[2] == "rates" else "from"
            name = f"{found[2]}-{at}-{found[4] or first}"
        return name if name in self.fields else None

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

    def window(self) -> list[forms.BoundField]:
        """The window's fields."""
        return [self[f"window-0-{key}"] for key, _ in WINDOW]


def _shown(value: Any) -> str:
    """A value of the text as an office writes it."""
    if value == "payment_day":
        return PAYMENT_DAY
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}" if value.second else f"{value:%Y-%m-%d %H:%M}"
    return "" if value is None else str(value)


def _raw(key: str, typed: str) -> str:
    """The TOML value of what was typed; ValueError with the sentence that mends it."""
    if key in ("standard", "payable", "sponsored"):
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


class TextForm(RefusableForm):
    """The whole text."""

    text = forms.CharField(
        label="规则全文",
        strip=False,
        error_messages={"required": "全文不能为空。"},
        widget=forms.Textarea(attrs={"rows": 28, "spellcheck": "false", "wrap": "off", "class": "draft-text"}),
    )

    def clean_text(self) -> str:
        """Browsers send line ends as CRLF; the text keeps its own."""
        text = str(self.cleaned_data["text"]).replace("\r\n", "\n")
        return text.replace("\n", "\r\n") if "\r\n" in (self.initial.get("text") or "") else text

    def explain(self, error: RuleSetError) -> None:
        for problem in error.problems:
            self.add_error("text", str(problem))


class ImportForm(RefusableForm):
    """A rule set's file."""

    file = forms.FileField(label="规则文件（.toml）", error_messages={"required": "请选择要导入的规则文件。"})

    def clean_file(self) -> str:
        upload = self.cleaned_data["file"]
        if upload.size > 2_000_000:
            raise forms.ValidationError("文件超过 2 MB，不像是规则文件。请核对是否选错了文件。")
        try:
            return str(upload.read().decode("utf-8"))
        except UnicodeDecodeError as error:
            raise forms.ValidationError("文件不是 UTF-8 编码。请用记事本另存为 UTF-8 后再导入。") from error

    def explain(self, error: RuleSetError) -> None:
        for problem in error.problems:
            self.add_error("file", str(problem))


class AmendmentForm(RefusableForm):
    """修订: needed only where money was taken already; all three or none."""

    places: ClassVar[dict[str, str]] = {
        "AMENDMENT_NEEDED": "starts_on",
        "AMENDMENT_BACK": "starts_on",
        "AMENDMENT_EARLIER_DAYS": "starts_on",
        "AMENDMENT_CLAUSE": "clause",
        "AMENDMENT_NOTE": "note",
    }
    starts_on = DayField(label="修订生效日")
    clause = forms.ChoiceField(label="依据的条款", required=False)
    note = forms.CharField(label="修订说明", required=False, max_length=300)

    def __init__(self, data: Any = None, *, clauses: Mapping[str, Any]) -> None:
        super().__init__(data)
        choices = [("", "—"), *((key, f"{key} {each.article}") for key, each in clauses.items())]
        self.fields["clause"] = forms.ChoiceField(label="依据的条款", required=False, choices=choices)
        self.order_fields(["starts_on", "clause", "note"])

    def amendment(self) -> Amendment | None:
        """The amendment, or None where nothing was filled in."""
        values = self.cleaned_data
        if not any(values.values()):
            return None
        return Amendment(values["starts_on"], values["clause"], values["note"])

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if any(values.values()):
            for name, sentence in (
                ("starts_on", "请填写修订从哪一天起生效。"),
                ("clause", "请选择修订所依据的条款。"),
                ("note", "请写明改了什么、为什么。"),
            ):
                if not values.get(name) and name not in self.errors:
                    self.add_error(name, sentence)
        return values
