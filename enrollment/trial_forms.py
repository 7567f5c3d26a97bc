"""试算的表单: the question (rule set, year, moment) and one row per member; shapes only, the rules decide."""

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django import forms

from common.dates import SHANGHAI
from common.dates import YEARS as CASE_YEARS
from enrollment import library
from enrollment.case_writing import COUNTY, LETTERS, MOST, without_empty
from enrollment.models import RuleSet
from enrollment.presentation_sections import HUKOU, LEVELS
from enrollment.rules.lifting import liftable
from enrollment.rules.on_sale import year_on_sale
from enrollment.rules.papers import PHOTO
from enrollment.rules.ruleset import PaperRule
from enrollment.rules.ruleset import RuleSet as Compiled
from enrollment.trial import State
from enrollment.trial_certificates import CertificatesForm, with_current
from offices.forms import DayField

YEARS = re.compile(r"\d{4}([,，、 ]+\d{4})*")
MOMENTS = ["%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d", "%Y%m%d"]
LIFTED = {
    "HOUSEHOLD_INCOMPLETE": "未同时参保",
    "EMPLOYEE_SCOPE": "属于职工医保参保范围",
    "CERTIFICATE_EXPIRED": "证件到期",
}
OTHER_SCHOOL = "其他学校"
CHECKS = forms.CheckboxSelectMultiple


class MomentField(forms.DateTimeField):
    """A day, or a moment as 2007-10-25 09:00, in Beijing time."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"placeholder": "年-月-日 时:分", "autocomplete": "off"})
        super().__init__(widget=widget, input_formats=MOMENTS, **kwargs)
        self.error_messages["invalid"] = "请按年月日、时分录入，例如 2007-10-25 09:00。"

    def to_python(self, value: Any) -> datetime | None:
        found = super().to_python(value)
        if found and found.year not in CASE_YEARS:
            raise forms.ValidationError(f"年份应在 {CASE_YEARS[0]} 至 {CASE_YEARS[-1]} 之间，请核对。")
        return found.replace(tzinfo=SHANGHAI) if found else None


class QuestionForm(CertificatesForm):
    """Which rules, for which year, asked when; and what holds for the household as a whole."""

    ruleset = forms.ChoiceField(label="规则集")
    coverage_year = forms.IntegerField(
        label="缴费年度",
        min_value=1990,
        max_value=2199,
        error_messages={"required": "请填写缴费年度，例如 2008。", "invalid": "请填写四位年份，例如 2008。"},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    as_of = MomentField(label="缴费时间", error_messages={"required": "请填写缴费的日期，例如 2007-10-25。"})
    channel = forms.ChoiceField(label="渠道", required=False)
    registered_at = MomentField(label="登记时间（与缴费同时的不填）", required=False)
    verified_at = MomentField(label="核定时间（与缴费同时的不填）", required=False)
    paid = forms.BooleanField(label="款已收，看当时收得对不对", required=False)
    unseen = forms.MultipleChoiceField(label="户里没有出示的材料", required=False, widget=CHECKS)
    overrides = forms.MultipleChoiceField(label="主管已放行", required=False, widget=CHECKS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = RuleSet.objects.filter(current_edition__isnull=False).order_by("code").values_list("code", "name")
        self.fields["ruleset"].choices = list(rows)
        self.compiled = self._compiled([code for code, _ in rows])
        if self.compiled:
            of_household = [each for each in self.compiled.categories if each.scope == "household"]
            self.add_certificates(of_household, none="没有", least=1)
            self.fields["channel"].choices = [(each.code, each.name) for each in self.compiled.channels]
            self.fields["unseen"].choices = [(each.code, each.name) for each in _asked(self.compiled, "household")]
            lifted = liftable(self.compiled) | set(self.initial.get("overrides") or ())
            self.fields["overrides"].choices = [(code, LIFTED.get(code, code)) for code in sorted(lifted)]
        for name in ("ruleset", "channel"):
            self.fields[name].error_messages["invalid_choice"] = "这份规则集没有这一项，请重新选择。"

    def _compiled(self, known: list[str]) -> Compiled | None:
        wanted = self.data.get("ruleset") or self.initial.get("ruleset")
        code = wanted if wanted in known else next(iter(known), None)
        return library.current(code) if code else None

    @property
    def says_more(self) -> bool:
        """Whether one of the fields that are seldom needed is filled, so that it must be seen."""
        names = ("registered_at", "verified_at", "paid", "unseen", "overrides", *(["category"] if self.slots else []))
        return bool(self.errors) or any(self[name].value() not in (None, "", False, []) for name in names)

    def state(self, rows: Iterable["MemberForm"]) -> State:
        """The whole description as a case."""
        typed = self.cleaned_data
        moments = {name: typed[name] for name in ("as_of", "registered_at", "verified_at")}
        moments["paid_at"] = typed["as_of"] if typed["paid"] else None
        members = [row.state(ref) for row, ref in zip(rows, LETTERS, strict=False)]
        household = without_empty(
            {"members": members, "certifications": self.certificates(), "overrides": typed["overrides"]}
        )
        if typed["unseen"] or any("papers" in member for member in members):
            household["papers"] = _seen(self.compiled, "household", typed["unseen"])
        state = {"ruleset": typed["ruleset"], "coverage_year": typed["coverage_year"], "channel": typed["channel"]}
        state |= {name: moment.isoformat() for name, moment in moments.items() if moment}
        return without_empty(state) | {"household": household}

    @classmethod
    def initial_of(cls, state: State) -> dict[str, Any]:
        """The question as it was asked."""
        household = state["household"]
        return {
            "ruleset": state.get("ruleset"),
            "coverage_year": state.get("coverage_year"),
            "as_of": _shown(state.get("as_of")),
            "registered_at": _shown(state.get("registered_at")),
            "verified_at": _shown(state.get("verified_at")),
            "paid": bool(state.get("paid_at")),
            "channel": state.get("channel"),
            "overrides": household.get("overrides", []),
            "certificates": household.get("certifications", []),
        }

    def show_papers(self, papers: Collection[str] | None, *, day: date) -> None:
        """Tick what was not shown for the household."""
        self.initial["unseen"] = _unseen(self.compiled, "household", papers, day=day)


class MemberForm(CertificatesForm):
    """One member by its facts; who it is does not matter here."""

    birth_date = DayField(label="出生日期")
    kind = forms.ChoiceField(label="户口性质", choices=list(HUKOU.items()))
    stays_out = forms.BooleanField(label="不参保", required=False)
    other_cover = forms.ChoiceField(
        label="其他医保", required=False, choices=[("", "没有"), ("employee", "职工医保"), ("nrcms", "新农合")]
    )
    cover_unseen = forms.BooleanField(label="没看到医保证原件", required=False)
    division = forms.RegexField(
        label="户籍地代码（本地的不填）",
        regex=r"^\d{6,12}$",
        required=False,
        error_messages={"invalid": "请填写 6 到 12 位行政区划代码。"},
    )
    covered_years = forms.RegexField(label="参保过的年度", regex=YEARS, required=False)
    employee_years = forms.RegexField(label="职工医保的年度", regex=YEARS, required=False)
    repaid_years = forms.RegexField(label="已补缴的年度", regex=YEARS, required=False)
    ended_on = DayField(label="职工医保终止日")
    ended_division = forms.RegexField(
        label="职工医保所在地代码",
        regex=r"^\d{2,12}$",
        required=False,
        error_messages={"invalid": "请填写 2 到 12 位行政区划代码。"},
    )
    student = forms.ChoiceField(label="在校学生", required=False)
    student_away = forms.BooleanField(label="学校不在本地", required=False)
    residence = forms.BooleanField(label="本人持居住证", required=False)
    parent_residence = forms.BooleanField(label="父母持居住证", required=False)
    in_employee_scope = forms.BooleanField(label="属于职工医保参保范围", required=False)
    admitted = forms.BooleanField(label="主管已核准参保", required=False)
    exemption = forms.ChoiceField(label="可暂不参保的", required=False)
    photos = forms.IntegerField(label="照片张数", required=False, min_value=0, max_value=99)
    unseen = forms.MultipleChoiceField(label="没有出示的材料", required=False, widget=CHECKS)

    MANY = ("covered_years", "employee_years", "repaid_years")
    MORE = (
        *("division", "covered_years", "employee_years", "repaid_years", "ended_on", "ended_division", "student"),
        *("exemption", "photos", "student_away", "residence", "parent_residence", "in_employee_scope", "admitted"),
        *("cover_unseen", "unseen"),
    )

    def __init__(self, *args: Any, ruleset: Compiled | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ruleset = ruleset
        if ruleset:
            self.add_certificates(ruleset.categories, none=ruleset.general.name, least=2, disabilities=True)
            self.fields["student"].choices = with_current(_schools(ruleset), self.said("student"))
            self.fields["exemption"].choices = with_current(_exemptions(ruleset), self.said("exemption"))
            self.fields["unseen"].choices = [(each.code, each.name) for each in _asked(ruleset, "applicant")]
        for name in self.MANY:
            self.fields[name].error_messages["invalid"] = "请填写四位年份，几个年份用逗号隔开，例如 2008,2009。"
            self.fields[name].widget.attrs["placeholder"] = "2008,2009"
        for field in self.fields.values():
            field.widget.attrs.setdefault("autocomplete", "off")

    @property
    def more(self) -> list[forms.BoundField]:
        """The fields that are seldom needed."""
        return [self[name] for name in self.MORE if name != "unseen" or self.fields["unseen"].choices]

    @property
    def says_more(self) -> bool:
        """Whether one of those is filled, so that it must be seen."""
        return bool(self.errors) or any(self[name].value() not in (None, "", False, []) for name in self.MORE)

    def state(self, ref: str) -> State:
        """The member as the contract knows one; what is empty is left out."""
        typed = self.cleaned_data
        exemption, _, level = typed["exemption"].partition(":")
        found = {
            "ref": ref,
            "hukou": {"division": typed["division"] or _local(self.ruleset), "kind": typed["kind"]},
            "birth_date": _iso(typed["birth_date"]),
            "certifications": self.certificates(),
            "in_employee_scope": typed["in_employee_scope"],
            "residence_certificate": typed["residence"],
            "parent_residence_certificate": typed["parent_residence"],
            "admitted_by_supervisor": typed["admitted"],
            "exemption": exemption,
            "parent_unit_level": level,
        }
        found |= {name: [int(year) for year in re.findall(r"\d{4}", typed[name])] for name in self.MANY}
        if typed["ended_on"]:
            ended = {"ended_on": _iso(typed["ended_on"]), "division": typed["ended_division"]}
            found["employee_cover"] = without_empty(ended)
        said = without_empty(found) | self._switches(typed)
        if typed["unseen"]:
            said["papers"] = _seen(self.ruleset, "applicant", typed["unseen"])
        return said

    def _switches(self, typed: Mapping[str, Any]) -> State:
        """What is told by a no: without the key it would hold."""
        said: State = {"applying": False} if typed["stays_out"] else {}
        if typed["other_cover"]:
            unseen = {"certificate_seen": False} if typed["cover_unseen"] else {}
            said["insured_elsewhere"] = {"kind": typed["other_cover"]} | unseen
        if typed["student"]:
            said["student"] = {"kind": typed["student"], "school_in_area": not typed["student_away"]}
        if typed["photos"] is not None and typed["photos"] != 2:
            said["photos"] = typed["photos"]
        return said

    @classmethod
    def initial_of(cls, state: State, *, ruleset: Compiled | None) -> dict[str, Any]:
        """The member as it was described."""
        hukou, cover = state.get("hukou") or {}, state.get("insured_elsewhere") or {}
        student, ended = state.get("student") or {}, state.get("employee_cover") or {}
        division, level = hukou.get("division", ""), state.get("parent_unit_level", "")
        return {
            "birth_date": state.get("birth_date", ""),
            "kind": hukou.get("kind", "urban"),
            "division": "" if division == _local(ruleset) else division,
            "stays_out": state.get("applying") is False,
            "other_cover": cover.get("kind", ""),
            "cover_unseen": cover.get("certificate_seen") is False,
            "ended_on": ended.get("ended_on", ""),
            "ended_division": ended.get("division", ""),
            "student": student.get("kind", ""),
            "student_away": bool(student) and not student.get("school_in_area", student.get("school_in_county", False)),
            "residence": state.get("residence_certificate", False),
            "parent_residence": state.get("parent_residence_certificate", False),
            "in_employee_scope": state.get("in_employee_scope", False),
            "admitted": state.get("admitted_by_supervisor", False),
            "exemption": f"{state['exemption']}:{level}" if state.get("exemption") else "",
            "photos": str(state.get("photos", "")),
            "certificates": state.get("certifications", []),
            **{name: ",".join(map(str, state.get(name, []))) for name in cls.MANY},
        }

    def show_papers(self, papers: Collection[str] | None, *, day: date) -> None:
        """Tick what was not shown for the member, by himself or with the household's papers."""
        born = self.initial.get("birth_date")
        birth_date = date.fromisoformat(born) if born else None
        self.initial["unseen"] = _unseen(self.ruleset, "applicant", papers, day=day, birth_date=birth_date)


def _schools(ruleset: Compiled) -> list[tuple[str, str]]:
    kinds = {kind for each in (*ruleset.admissions, *ruleset.categories) for kind in each.student_kinds}
    return [("", "不是"), *((kind, kind) for kind in sorted(kinds)), (OTHER_SCHOOL, OTHER_SCHOOL)]


def _exemptions(ruleset: Compiled) -> list[tuple[str, str]]:
    named = [
        (f"{each.code}:{level}", f"{each.name}（单位{word}）")
        for each in ruleset.together.exemptions
        for level, word in LEVELS.items()
    ]
    return [("", "不是"), *named]


def _local(ruleset: Compiled | None) -> str:
    """A place within the area, for who says nothing of his hukou."""
    return ruleset.area.divisions[0].code.ljust(COUNTY, "0") if ruleset else ""


def _asked(ruleset: Compiled, of: str) -> list[PaperRule]:
    return [each for each in ruleset.papers if each.asked_of == of and each.code != PHOTO]


def _seen(ruleset: Compiled | None, of: str, unseen: Collection[str]) -> list[str]:
    return [each.code for each in _asked(ruleset, of) if each.code not in unseen] if ruleset else []


def _unseen(
    ruleset: Compiled | None, of: str, papers: Collection[str] | None, *, day: date, birth_date: date | None = None
) -> list[str]:
    if ruleset is None or papers is None:
        return []
    return [each.code for each in _asked(ruleset, of) if not each.shown_by(papers, birth_date=birth_date, day=day)]


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _shown(moment: str | None) -> str:
    """A moment as one types it; seconds only where there are any, for they may decide about a cut-off."""
    if not moment:
        return ""
    local = datetime.fromisoformat(moment).astimezone(SHANGHAI)
    return f"{local:%Y-%m-%d %H:%M:%S}" if local.second else f"{local:%Y-%m-%d %H:%M}"


def member_forms(data: Any, *, ruleset: Compiled | None) -> list[MemberForm]:
    """The rows that were sent, at most MOST; a row whose removal was asked for is left out."""
    text = data.get("count", "")
    count = min(int(text), MOST) if text.isascii() and text.isdigit() and len(text) < 4 else 0
    dropped = data.get("drop", "")
    kept = [place for place in range(count) if str(place) != dropped]
    return [MemberForm(data, prefix=f"m{place}", ruleset=ruleset) for place in kept]


def opening(ruleset: Compiled, asked: Mapping[str, Any], *, now: datetime) -> dict[str, Any]:
    """Year and moment under another rule set, where those that stood there mean nothing to it."""
    year = str(asked.get("coverage_year") or "")
    if year.isdecimal() and int(year) in ruleset.periods:
        return {}
    on_sale = year_on_sale(ruleset, now)
    window = ruleset.window(on_sale) if on_sale else None
    if window is None or window.opens <= now <= window.pay_until:
        return {"coverage_year": on_sale, "as_of": _shown(now.isoformat())}
    first = window.opens.replace(hour=window.opens.hour or 9)
    return {"coverage_year": on_sale, "as_of": _shown(first.isoformat()), "registered_at": "", "verified_at": ""}


def filled(state: State) -> tuple[QuestionForm, list[MemberForm]]:
    """The forms as they describe a state that `read_case` has read."""
    question = QuestionForm(initial=QuestionForm.initial_of(state))
    ruleset, household = question.compiled, state["household"]
    day = datetime.fromisoformat(state["as_of"]).astimezone(SHANGHAI).date()
    papers = household.get("papers")
    question.show_papers(papers, day=day)
    rows = []
    for place, each in enumerate(household["members"]):
        initial = MemberForm.initial_of(each, ruleset=ruleset)
        row = MemberForm(initial=initial, prefix=f"m{place}", ruleset=ruleset)
        own = each.get("papers")
        row.show_papers(None if own is None else {*own, *(papers or ())}, day=day)
        rows.append(row)
    return question, rows
