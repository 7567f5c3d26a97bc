"""户与成员的修改表: small forms for what changes at the counter; the services decide."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.utils.html import format_html

from households.drafts import CertificationDraft, OtherCoverDraft
from households.models import Certification, Household, OtherCover, Person
from households.words import DISABILITY, Exempt, disability_words
from offices.forms import DayField, RefusableForm
from offices.hiding import hidden

CLEARED = "无"


class KeptField(forms.CharField):
    """A number that the form does not show: left empty it stays, another replaces it, 无 clears it."""

    def __init__(self, *, kind: str, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"spellcheck": "false", "autocomplete": "off"})
        super().__init__(required=False, widget=widget, **kwargs)
        self.kind, self.stored = kind, ""

    def keep(self, pk: int, stored: str) -> None:
        """The number that is kept, shown masked with the way to see it."""
        self.stored = stored
        if stored:
            told = "，不改的留空，要清除的填“无”"
            self.help_text = format_html("现为 {}{}", hidden(self.kind, pk, stored), told)

    def clean(self, value: Any) -> Any:
        typed = super().clean(value)
        return self.stored if not typed else "" if typed == CLEARED else typed


def keep_numbers(form: forms.Form, row: Household | Person | Certification | OtherCover) -> None:
    """Give the fields that show nothing what the row has."""
    for name, field in form.fields.items():
        if isinstance(field, KeptField):
            field.keep(row.pk, getattr(row, name))


class HouseholdEditForm(RefusableForm):
    """Where the household lives and how it is reached."""

    places: ClassVar = {"division": "division_code", "phone": "phone"}
    division_code = forms.ChoiceField(label="村（社区）")
    address = forms.CharField(label="地址", required=False, max_length=120)
    phone = KeptField(label="电话", kind="household-phone", max_length=20)
    hukou_book_no = KeptField(label="户口簿号", kind="hukou-book", max_length=30)

    def __init__(self, *args: Any, household: Household, villages: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, initial=self.initial_of(household), **kwargs)
        self.fields["division_code"].choices = villages
        keep_numbers(self, household)

    @staticmethod
    def initial_of(household: Household) -> dict[str, Any]:
        """What the form shows at first."""
        return {name: getattr(household, name) for name in ("division_code", "address")}


class PersonForm(RefusableForm):
    """The facts about a person that the rules ask."""

    places: ClassVar = {"name": "name", "phone": "phone", "follows_from_id": "id_no", "duplicate": "id_no"}
    name = forms.CharField(
        label="姓名",
        max_length=80,
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocomplete": "off"}),
        error_messages={"required": "请填写姓名，与证件上的一致。"},
    )
    id_no = forms.CharField(
        label="身份证号",
        required=False,
        max_length=40,
        help_text="留空不改。新生儿的号码下来后在此补录；更正已有号码须主管办理。",
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocomplete": "off", "autocapitalize": "characters"}),
    )
    phone = KeptField(label="电话", kind="person-phone", max_length=20)
    hukou_kind = forms.ChoiceField(label="户口性质", choices=Person.HukouKind.choices)
    hukou_division = forms.RegexField(
        label="户籍所在地",
        regex=r"^[0-9]{6,12}$",
        help_text="区划代码，6 至 12 位",
        error_messages={
            "required": "请填写户籍所在地的区划代码，6 至 12 位，例如 320705。",
            "invalid": "户籍所在地应为 6 至 12 位区划代码，例如 320705。",
        },
    )
    in_employee_scope = forms.BooleanField(label="属于职工医保参保范围（有用人单位而未参保）", required=False)
    exemption = forms.ChoiceField(label="可暂不参保", required=False)
    parent_unit = forms.CharField(label="父母工作单位", required=False, max_length=80)
    parent_unit_level = forms.ChoiceField(
        label="父母单位级别", required=False, choices=[("", "—"), *Person.UnitLevel.choices]
    )
    student_kind = forms.CharField(
        label="在校学生类别",
        required=False,
        max_length=20,
        help_text="如 小学、中学、职高、中专、技校、大学；不是学生的留空",
    )
    school_name = forms.CharField(label="学校", required=False, max_length=80)
    school_in_area = forms.BooleanField(label="学校在统筹区内", required=False)
    residence_holder = forms.ChoiceField(
        label="居住证持有人", required=False, choices=[("", "没有"), *Person.ResidenceHolder.choices]
    )
    residence_kind = forms.CharField(label="居住证件种类", required=False, max_length=20, help_text="如 居住证、暂住证")
    residence_number = KeptField(label="居住证件号码", kind="residence", max_length=40)
    residence_valid_to = DayField(label="居住证件有效期至", help_text="长期有效的留空")

    def __init__(self, *args: Any, person: Person, exemptions: Sequence[Exempt], **kwargs: Any) -> None:
        super().__init__(*args, initial=self.initial_of(person), **kwargs)
        self.exemptions = {each.code: each for each in exemptions}
        choices = [("", "不适用"), *((each.code, each.name) for each in exemptions)]
        if person.exemption and person.exemption not in self.exemptions:
            choices.append((person.exemption, f"{person.exemption}（现行规则没有）"))
        self.fields["exemption"].choices = choices
        keep_numbers(self, person)

    def clean(self) -> dict[str, Any]:
        """An exemption by the parents' unit names the unit and its level."""
        typed = super().clean()
        chosen = self.exemptions.get(typed.get("exemption", ""))
        if chosen and chosen.asks_unit and not (typed.get("parent_unit") and typed.get("parent_unit_level")):
            self.add_error("exemption", f"{chosen.name}可暂不参保的，须填父母工作单位及其级别。请补填后保存。")
        return typed

    @classmethod
    def initial_of(cls, person: Person) -> dict[str, Any]:
        """What the form shows at first; numbers stay hidden."""
        shown = (name for name, field in cls.base_fields.items() if not isinstance(field, KeptField))
        return {name: getattr(person, name) for name in shown if name != "id_no"}

    def values(self) -> dict[str, Any]:
        """The changes for the service: an empty number changes nothing."""
        values = dict(self.cleaned_data)
        if not values["id_no"].strip():
            del values["id_no"]
        return values


def word_of(row: Certification) -> str:
    """The value under which lists and selects know what is certified: dibao, disability:肢体:2."""
    return row.category or f"{DISABILITY}:{row.disability_kind}:{row.disability_grade}"


class CertificationForm(RefusableForm):
    """类别认定: a category or a disability, its paper, until when it holds."""

    places: ClassVar = {"disability_number": "number", "reversed_dates": "valid_to"}
    category = forms.ChoiceField(label="类别")
    number = KeptField(label="证件号码", kind="certification", max_length=40)
    valid_from = DayField(label="有效期自")
    valid_to = DayField(label="有效期至", help_text="长期有效的留空")
    issued_by_division = forms.RegexField(
        label="发证地区划代码",
        regex=r"^[0-9]{2,12}$",
        required=False,
        error_messages={"invalid": "发证地应为区划代码，例如 320700。"},
    )
    funder_list = forms.CharField(
        label="资助部门名单",
        required=False,
        max_length=80,
        help_text="列在哪一份名单上，如 民政局2016年10月名单；不在名单上的留空",
    )
    original_seen = forms.BooleanField(label="已查验原件", required=False)
    copy_kept = forms.BooleanField(label="已留存复印件", required=False)
    claimed = forms.BooleanField(label="按此类别缴费（不勾选则按全额）", required=False, initial=True)
    ended_on = DayField(label="终止日期", help_text="不再属于此类别的，填最后一日")

    def __init__(self, *args: Any, row: Certification | None, categories: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, initial=self.initial_of(row) if row else {}, **kwargs)
        self.fields["category"].choices = categories
        if row:
            keep_numbers(self, row)

    @staticmethod
    def initial_of(row: Certification) -> dict[str, Any]:
        """What the form shows at first."""
        names = ("valid_from", "valid_to", "issued_by_division", "funder_list", "claimed", "ended_on")
        seen = {"original_seen": bool(row.original_seen_at), "copy_kept": bool(row.copy_kept_at)}
        return {name: getattr(row, name) for name in names} | seen | {"category": word_of(row)}

    def draft(self, *, papers: dict[str, str]) -> CertificationDraft:
        """For the services; `papers` are the certificates' names by category."""
        values = dict(self.cleaned_data)
        chosen = values.pop("category")
        if not chosen.startswith(f"{DISABILITY}:"):
            return CertificationDraft(category=chosen, kind=papers.get(chosen, ""), **values)
        _, kind, grade = chosen.split(":")
        return CertificationDraft(disability_kind=kind, disability_grade=int(grade), kind="残疾人证", **values)


def disability_choices() -> list[tuple[str, str]]:
    """Kinds and grades for a select."""
    return [(word.value, f"残疾 {word.label}") for word in disability_words()]


class RepaidYearForm(RefusableForm):
    """补缴: which year, when it was paid, by which evidence."""

    places: ClassVar = {
        "repaid_year": "coverage_year",
        "repaid_once_a_year": "coverage_year",
        "repaid_paid_on": "paid_on",
        "repaid_year_has_evidence": "evidence",
    }
    coverage_year = forms.IntegerField(
        label="补缴的年度",
        min_value=1990,
        max_value=2199,
        help_text="例如 2024",
        error_messages={
            "required": "请填写补缴的年度，例如 2024。",
            "invalid": "请填写四位年份，例如 2024。",
            "min_value": "请填写四位年份，例如 2024。",
            "max_value": "请填写四位年份，例如 2024。",
        },
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    paid_on = DayField(label="补缴日期", required=True)
    evidence = forms.CharField(
        label="缴费凭证号",
        max_length=60,
        help_text="税务或原经办机构开具的缴费凭证号码",
        error_messages={"required": "请填写缴费凭证号，没有凭证的不能登记补缴。"},
    )


class OtherCoverForm(RefusableForm):
    """其他医保: which, where, from when to when."""

    places: ClassVar = {"reversed_dates": "ends_on"}
    kind = forms.ChoiceField(label="险种", choices=OtherCover.Kind.choices)
    division = forms.RegexField(
        label="参保地区划代码",
        regex=r"^[0-9]{2,12}$",
        required=False,
        help_text="如 530100（昆明市）",
        error_messages={"invalid": "参保地应为区划代码，例如 530100。"},
    )
    starts_on = DayField(label="开始日期")
    ends_on = DayField(label="最后一日", help_text="还在参保的留空；已停保的填最后一日")
    certificate_number = KeptField(label="医保证号", kind="cover", max_length=40)
    certificate_seen = forms.BooleanField(label="已查验医保证（停保证明）原件", required=False)

    def __init__(self, *args: Any, row: OtherCover | None, **kwargs: Any) -> None:
        super().__init__(*args, initial=self.initial_of(row) if row else {}, **kwargs)
        if row:
            keep_numbers(self, row)

    @staticmethod
    def initial_of(row: OtherCover) -> dict[str, Any]:
        """What the form shows at first."""
        names = ("kind", "division", "starts_on", "ends_on")
        return {name: getattr(row, name) for name in names} | {"certificate_seen": bool(row.certificate_seen_at)}

    def draft(self) -> OtherCoverDraft:
        """For the services."""
        return OtherCoverDraft(**self.cleaned_data)
