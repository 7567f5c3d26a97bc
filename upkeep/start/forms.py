"""开办的表单."""

from typing import Any, ClassVar

from django import forms

from common.decision import Refusal
from enrollment.models import RuleSet
from offices.forms import DayField, RefusableForm, StaffForm, WelcomeForm
from offices.models import Division, Office, Staff
from offices.staffing import offices_under
from upkeep.start.reading import places_of_file, places_of_text


class FounderForm(WelcomeForm):
    """The first administrator: who it is, login name, password."""

    name = forms.CharField(label="姓名", max_length=50, error_messages={"required": "请填写姓名。"})
    work_number = StaffForm.base_fields["work_number"]
    field_order: ClassVar = ["name", "work_number", "username", "new", "again"]

    def values(self) -> dict[str, Any]:
        typed = self.cleaned_data
        return super().values() | {"name": typed["name"], "work_number": typed["work_number"]}


class DivisionsForm(RefusableForm):
    """Codes and names, typed, pasted or in a file."""

    places: ClassVar = {"divisions": "text", "divisions_day": "starts_on"}
    text = forms.CharField(
        label="代码和名称",
        required=False,
        max_length=200_000,
        help_text="每行一个，代码在前、名称在后；可以从 Excel 里整片复制过来粘贴。县、乡镇、村都要有。",
        widget=forms.Textarea(
            attrs={
                "rows": 7,
                "spellcheck": "false",
                "placeholder": "320705 新浦区\n320705001 新浦街道\n320705001001 东村\n320705001002 西村",
            }
        ),
    )
    file = forms.FileField(
        label="或上传表格",
        required=False,
        help_text="CSV、xlsx、xls、ods，一列代码，一列名称。",
        error_messages={"empty": "这个文件是空的，没有内容。请换一个文件，或直接录入。"},
    )
    starts_on = DayField(label="启用日期", help_text="不清楚就不用改。", initial="2000-01-01", required=True)

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        file, text = values.get("file"), values.get("text", "")
        if "file" in self.errors:
            return values
        try:
            values["places"] = places_of_file(file.read()) if file else places_of_text(text)
        except Refusal as refusal:
            self.add_error("file" if file else "text", str(refusal))
        return values

    def values(self) -> dict[str, Any]:
        return {"places": self.cleaned_data["places"], "starts_on": self.cleaned_data["starts_on"]}


class DivisionNameForm(RefusableForm):
    """The right name of a division that was mistyped, and why it is changed."""

    places: ClassVar = {"division_name": "name", "DIVISION_REASON": "reason"}
    name = forms.CharField(
        label="名称",
        max_length=60,
        error_messages={"required": "请填写区划的名称。", "max_length": "名称最多60个字，请照文件填写。"},
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "off", "spellcheck": "false"}),
    )
    reason = forms.CharField(
        label="事由",
        max_length=200,
        error_messages={"required": "请写明事由，审计时要查。", "max_length": "事由最多200个字，请写得简短些。"},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class DivisionChoice(forms.ModelChoiceField):
    """A division with its code, so that two of one name can be told apart."""

    def label_from_instance(self, obj: Division) -> str:
        return f"{obj.name}（{obj.prefix}）"


class OfficeForm(RefusableForm):
    """An office: where it is and what it is called on paper."""

    places: ClassVar = {"office_division": "division", "office_code": "code"}
    name = forms.CharField(
        label="机构名称",
        max_length=60,
        help_text="印在收据和报表上，请用全称，例如“新浦街道劳动保障所”。",
        error_messages={"required": "请填写机构名称。"},
    )
    division = DivisionChoice(
        label="管辖区划",
        queryset=Division.objects.none(),
        empty_label="请选择",
        help_text="这个区划和它下面的村（社区）都归这个机构。",
        error_messages={"required": "请选择管辖区划。", "invalid_choice": "请从列表中选择管辖区划。"},
    )
    code = forms.RegexField(
        label="机构代码",
        regex=r"^[A-Za-z0-9-]{1,20}$",
        max_length=20,
        help_text="本单位习惯的代码，字母和数字，以后不能更改。",
        error_messages={"required": "请填写机构代码。", "invalid": "机构代码只能用字母、数字和短横，最多 20 位。"},
    )
    phone = forms.CharField(label="电话", max_length=30, required=False)

    def __init__(self, *args: Any, by: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Division.objects.filter(code__startswith=by.division_scope, ends_on=None)
        self.fields["division"].queryset = rows.filter(level__in=[Division.Level.TOWN, Division.Level.COUNTY])

    def values(self) -> dict[str, Any]:
        values = dict(self.cleaned_data)
        return values | {"division_code": values.pop("division").prefix}


class RuleSetForm(RefusableForm):
    """Which rule set an office works under."""

    places: ClassVar = {"office": "office", "ruleset": "ruleset"}
    office = forms.ModelChoiceField(
        label="经办机构", queryset=Office.objects.none(), empty_label=None, error_messages={"required": "请选择机构。"}
    )
    ruleset = forms.ModelChoiceField(
        label="规则集",
        queryset=RuleSet.objects.none(),
        to_field_name="code",
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择规则集。", "invalid_choice": "请从列表中选择规则集。"},
    )

    def __init__(self, *args: Any, by: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["office"].queryset = offices_under(by)
        self.fields["ruleset"].queryset = RuleSet.objects.filter(current_edition__isnull=False)

    def values(self) -> dict[str, Any]:
        return {"office_id": self.cleaned_data["office"].pk, "code": self.cleaned_data["ruleset"].code}
