"""基数人口的表单."""

from typing import Any, ClassVar

from django import forms

from offices.forms import DayField, RefusableForm


class BaseForm(RefusableForm):
    """基数人口 of one division, with its source."""

    places: ClassVar = {
        "BASE_PLACE": "division",
        "BASE_PERSONS": "persons",
        "BASE_SOURCE": "source",
        "BASE_SOURCE_DAY": "source_day",
    }
    division = forms.ChoiceField(label="镇（街道）或村（社区）")
    persons = forms.IntegerField(
        label="基数人口（人）",
        min_value=0,
        max_value=2_000_000_000,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
        error_messages={"required": "请照文件填写人数。", "invalid": "人数应是整数，请照文件填写。"},
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
        shown = [(code, name if len(code) == 9 else f"　{name}") for code, name in divisions.items() if len(code) >= 9]
        self.fields["division"].choices = [("", "请选择"), *shown]
