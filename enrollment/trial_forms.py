"""试算的表单: the question (rule set, year, moment) and one row per member; shapes only, the rules decide."""

import re
from datetime import datetime
from typing import Any

from django import forms

from common.dates import SHANGHAI
from common.disability import KINDS
from enrollment import library
from enrollment.models import RuleSet
from enrollment.presentation import HUKOU
from enrollment.rules.ruleset import RuleSet as Compiled
from enrollment.trial import MOST, State
from offices.forms import DayField

YEARS = re.compile(r"\d{4}([,，、 ]+\d{4})*")
NO_CATEGORY = ("", "一般居民")
GRADES = "一二三四"
MOMENTS = ["%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d", "%Y%m%d"]


class MomentField(forms.DateTimeField):
    """A day, or a moment as 2007-10-25 09:00, in Beijing time."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"placeholder": "2007-10-25 09:00", "autocomplete": "off"})
        super().__init__(widget=widget, input_formats=MOMENTS, **kwargs)
        self.error_messages["invalid"] = "请按年月日、时分录入，例如 2007-10-25 09:00。"

    def to_python(self, value: Any) -> datetime | None:
        found = super().to_python(value)
        return found.replace(tzinfo=SHANGHAI) if found else None


class QuestionForm(forms.Form):
    """Which rules, for which year, asked when."""

    ruleset = forms.ChoiceField(label="规则集")
    coverage_year = forms.IntegerField(
        label="缴费年度",
        min_value=1990,
        max_value=2199,
        error_messages={"required": "请填写缴费年度，例如 2008。", "invalid": "请填写四位年份，例如 2008。"},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    as_of = MomentField(label="缴费时间", error_messages={"required": "请填写缴费的日期，例如 2007-10-25。"})
    registered_at = MomentField(label="登记时间", required=False, help_text="与缴费同时的不填")
    channel = forms.ChoiceField(label="渠道", required=False)
    household_category = forms.ChoiceField(label="全户的类别", required=False)
    together_lifted = forms.BooleanField(label="主管已放行未同时参保", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = RuleSet.objects.filter(current_edition__isnull=False).order_by("code").values_list("code", "name")
        self.fields["ruleset"].choices = list(rows)
        self.compiled = self._compiled([code for code, _ in rows])
        if self.compiled:
            of_household = [each for each in self.compiled.categories if each.scope == "household"]
            self.fields["household_category"].choices = [("", "没有"), *((c.code, c.name) for c in of_household)]
            self.fields["channel"].choices = [(each.code, each.name) for each in self.compiled.channels]

    def _compiled(self, known: list[str]) -> Compiled | None:
        wanted = self.data.get("ruleset") or self.initial.get("ruleset")
        code = wanted if wanted in known else next(iter(known), None)
        return library.current(code) if code else None

    def state(self) -> State:
        """The question as a state, without its members."""
        typed = self.cleaned_data
        category = typed["household_category"]
        state = {
            "ruleset": typed["ruleset"],
            "coverage_year": typed["coverage_year"],
            "as_of": typed["as_of"].isoformat(),
            "registered_at": typed["registered_at"].isoformat() if typed["registered_at"] else None,
            "channel": typed["channel"],
            "certifications": [{"category": category}] if category else [],
            "overrides": ["HOUSEHOLD_INCOMPLETE"] if typed["together_lifted"] else [],
        }
        return {key: value for key, value in state.items() if value}

    @staticmethod
    def initial_of(state: State) -> dict[str, Any]:
        """The question as it was asked."""
        held = next(iter(state.get("certifications", [])), {})
        return {
            "ruleset": state.get("ruleset"),
            "coverage_year": state.get("coverage_year"),
            "as_of": _shown(state.get("as_of")),
            "registered_at": _shown(state.get("registered_at")),
            "channel": state.get("channel"),
            "household_category": held.get("category", ""),
            "together_lifted": "HOUSEHOLD_INCOMPLETE" in state.get("overrides", []),
        }


class MemberForm(forms.Form):
    """One member by its facts; who it is does not matter here."""

    birth_date = DayField(label="出生日期")
    kind = forms.ChoiceField(label="户口性质", choices=list(HUKOU.items()))
    division = forms.RegexField(
        label="户籍地代码",
        regex=r"^\d{6,12}$",
        required=False,
        error_messages={"invalid": "请填写 6 到 12 位行政区划代码。"},
    )
    category = forms.ChoiceField(label="类别", required=False)
    stays_out = forms.BooleanField(label="不参保", required=False)
    other_cover = forms.ChoiceField(
        label="其他医保", required=False, choices=[("", "没有"), ("employee", "职工医保"), ("nrcms", "新农合")]
    )
    no_original = forms.BooleanField(label="缺原件", required=False)
    no_copy = forms.BooleanField(label="缺复印件", required=False)
    unlisted = forms.BooleanField(label="不在部门名单上", required=False)
    valid_until = DayField(label="证件有效期至")
    ended_on = DayField(label="职工医保终止日")
    ended_division = forms.RegexField(
        label="职工医保所在地代码",
        regex=r"^\d{2,12}$",
        required=False,
        error_messages={"invalid": "请填写 2 到 12 位行政区划代码。"},
    )
    covered_years = forms.RegexField(label="参保过的年度", regex=YEARS, required=False)
    employee_years = forms.RegexField(label="职工医保的年度", regex=YEARS, required=False)
    repaid_years = forms.RegexField(label="已补缴的年度", regex=YEARS, required=False)
    student = forms.CharField(label="在校学生", required=False, max_length=20)
    student_away = forms.BooleanField(label="学校不在本地", required=False)
    residence = forms.BooleanField(label="本人或父母持居住证", required=False)
    in_employee_scope = forms.BooleanField(label="属于职工医保参保范围", required=False)
    exempt = forms.BooleanField(label="市级单位职工子女", required=False)
    photos = forms.IntegerField(label="照片张数", required=False, min_value=0, max_value=9)

    PLAIN = ("division", "kind", "stays_out", "other_cover", "ended_division", "student", "student_away", "residence")
    FLAGS = ("in_employee_scope", "exempt")
    MANY = ("covered_years", "employee_years", "repaid_years")

    def __init__(self, *args: Any, ruleset: Compiled | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ruleset = ruleset
        self.fields["category"].choices = [NO_CATEGORY, *_categories(ruleset)]
        for name in self.MANY:
            self.fields[name].error_messages["invalid"] = "请填写四位年份，几个年份用逗号隔开，例如 2008,2009。"
            self.fields[name].widget.attrs["placeholder"] = "2008,2009"
        for field in self.fields.values():
            field.widget.attrs.setdefault("autocomplete", "off")

    def state(self) -> State:
        """The member as a state; what is empty is left out."""
        typed = self.cleaned_data
        found: State = {name: typed[name] for name in (*self.PLAIN, *self.FLAGS) if typed[name]}
        found["division"] = typed["division"] or (self.ruleset.area.divisions[0].code if self.ruleset else "")
        found |= {name: typed[name].isoformat() for name in ("birth_date", "ended_on") if typed[name]}
        found |= {name: ",".join(re.findall(r"\d{4}", typed[name])) for name in self.MANY if typed[name]}
        if typed["photos"] is not None and typed["photos"] != 2:
            found["photos"] = str(typed["photos"])
        if typed["category"]:
            found["certifications"] = [self._certification(typed)]
        return found

    def _certification(self, typed: dict[str, Any]) -> State:
        name = "disability" if typed["category"].startswith("残疾:") else "category"
        held: State = {name: typed["category"].removeprefix("残疾:"), "listed": not typed["unlisted"]}
        held |= {key: True for key in ("no_original", "no_copy") if typed[key]}
        if typed["valid_until"]:
            held["valid_until"] = typed["valid_until"].isoformat()
        return {key: value for key, value in held.items() if value}

    @classmethod
    def initial_of(cls, state: State) -> dict[str, Any]:
        """The member as it was described."""
        held = next(iter(state.get("certifications", [])), {})
        disability = held.get("disability", "")
        return {name: value for name, value in state.items() if name != "certifications"} | {
            "category": f"残疾:{disability}" if disability else held.get("category", ""),
            "no_original": held.get("no_original", False),
            "no_copy": held.get("no_copy", False),
            "unlisted": bool(held) and not held.get("listed", False),
            "valid_until": held.get("valid_until", ""),
        }


def _categories(ruleset: Compiled | None) -> list[tuple[str, str]]:
    """What can be claimed: the rule set's own categories of persons, then disabilities by kind and grade."""
    named = [(each.code, each.name) for each in ruleset.categories if each.proof in ("certificate", "funder_list")]
    graded = [
        (f"残疾:{kind}{grade}", f"{kind}残疾{GRADES[grade - 1]}级") for kind in KINDS.values() for grade in range(1, 5)
    ]
    return [*named, *graded]


def _shown(moment: str | None) -> str:
    return f"{datetime.fromisoformat(moment).astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if moment else ""


def member_forms(data: Any, *, ruleset: Compiled | None) -> list[MemberForm]:
    """The rows that were sent, at most MOST; a row whose removal was asked for is left out."""
    text = data.get("count", "")
    count = min(int(text), MOST) if text.isascii() and text.isdigit() and len(text) < 4 else 0
    dropped = data.get("drop", "")
    kept = [place for place in range(count) if str(place) != dropped]
    return [MemberForm(data, prefix=f"m{place}", ruleset=ruleset) for place in kept]
