"""基数人口、督查和责任表的表单."""

from typing import Any, ClassVar

from django import forms

from offices.forms import DayField, PhoneField, RefusableForm
from offices.models import Office, Staff


class BaseForm(RefusableForm):
    """基数人口 of one division, with its source."""

    places: ClassVar = {
        "BASE_PLACE": "division",
        "BASE_PERSONS": "persons",
        "BASE_SOURCE": "source",
        "BASE_SOURCE_DAY": "source_day",
    }
    division = forms.ChoiceField(
        label="镇（街道）或村（社区）", error_messages={"required": "请选择镇（街道）或村（社区）。"}
    )
    persons = forms.IntegerField(
        label="基数人口（人）",
        min_value=0,
        max_value=2_000_000_000,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
        error_messages={
            "required": "请照文件填写人数。",
            "invalid": "人数应是整数，请照文件填写。",
            "min_value": "人数不能为负数，请照文件填写。",
            "max_value": "人数太大，请照文件核对位数后填写。",
        },
    )
    source = forms.CharField(
        label="来源",
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="文件或报表的名称，例如 县统计局2015年农业人口年报。",
        error_messages={"required": "请填写来源。"},
    )
    source_day = DayField(label="来源日期", required=True, help_text="文件或报表上的日期。")

    def __init__(self, *args: Any, divisions: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source_day"].error_messages["required"] = "请照文件填写日期。"
        self.fields["division"].choices = _shown(divisions)


def _shown(divisions: dict[str, str]) -> list[tuple[str, str]]:
    """Towns, and their villages set in below them."""
    rows = [(code, name if len(code) == 9 else f"　{name}") for code, name in divisions.items() if len(code) >= 9]
    return [("", "请选择"), *rows]


class VisitForm(RefusableForm):
    """督查 of a town or village: who, when, what was found, by when it is to be mended."""

    places: ClassVar = {
        "PLACE": "division",
        "VISIT_DAY": "visited_on",
        "VISIT_DUE": "due_on",
        "VISIT_WORDS": "found",
    }
    division = forms.ChoiceField(label="镇（街道）或村（社区）", error_messages={"required": "请选择督查的地方。"})
    visited_on = DayField(label="督查日期", required=True, error_messages={"required": "请填写督查的日期。"})
    visitors = forms.CharField(
        label="督查人",
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": "请填写谁去督查。"},
    )
    found = forms.CharField(
        label="发现的情况",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "请填写发现了什么；没有问题的也照实写。"},
    )
    due_on = DayField(label="整改期限", required=False, help_text="不需要整改的不填。")

    def __init__(self, *args: Any, divisions: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["division"].choices = _shown(divisions)


class MendForm(RefusableForm):
    """整改: what was done."""

    places: ClassVar = {"VISIT_MENDED": "done"}
    done = forms.CharField(
        label="整改情况",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "请写明做了什么。"},
    )


class DutyForm(RefusableForm):
    """责任人 of a village, of the supervisor's own office, and who collects there."""

    places: ClassVar = {"DUTY_STAFF": "staff_id"}
    staff_id = forms.TypedChoiceField(label="责任人", coerce=int, error_messages={"required": "请选择责任人。"})
    collector = forms.CharField(
        label="村级代办员",
        max_length=50,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    collector_phone = PhoneField(label="代办员电话", required=False)

    def __init__(self, *args: Any, office: Office, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        staff = Staff.objects.filter(office=office, is_active=True).order_by("role", "name")
        self.fields["staff_id"].choices = [("", "请选择"), *((each.pk, each.name) for each in staff)]
