"""套打版式和打印机的表单: a layout's measures and its table of fields."""

from decimal import Decimal
from typing import Any, ClassVar

from django import forms

from households.file_forms import UploadField
from offices.forms import RefusableForm
from offices.models import Office, Staff
from offices.staffing import offices_under
from payments.paper import fonts
from payments.printing.overprint import LABELS, Layout

ALIGNS = [("left", "左"), ("centre", "中"), ("right", "右")]
MEASURE = {"invalid": "请填数字，例如 12.5。", "required": "请填写。", "max_digits": "数太大。"}


def measure(label: str, **more: Any) -> forms.DecimalField:
    """A length in millimetres or a size in points, to a tenth."""
    widget = forms.TextInput(attrs={"class": "form-control is-mm", "inputmode": "decimal", "autocomplete": "off"})
    return forms.DecimalField(
        label=label, max_digits=5, decimal_places=1, widget=widget, error_messages=MEASURE, **more
    )


class OfOfficeForm(RefusableForm):
    """A form of something that belongs to an office; who has none says which."""

    places: ClassVar = {"OFFICE_UNKNOWN": "office", "STOCK": "stock"}
    name = forms.CharField(
        label="名称",
        max_length=40,
        error_messages={"required": "请填写名称。"},
        widget=forms.TextInput(attrs={"class": "form-control is-name", "autocomplete": "off"}),
    )
    office = forms.ModelChoiceField(
        label="机构",
        queryset=Office.objects.none(),
        empty_label=None,
        widget=forms.Select(attrs={"class": "form-select"}),
        error_messages={"required": "请选择机构。", "invalid_choice": "这个机构不在您的管辖范围内。"},
    )

    def __init__(self, *args: Any, staff: Staff, is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["office"].queryset = offices_under(staff)
        if staff.office_id or not is_new:
            del self.fields["office"]

    @property
    def office_id(self) -> int | None:
        office = self.cleaned_data.get("office")
        return office.pk if office else None


class PrinterForm(OfOfficeForm):
    """A printer's name and offset."""

    right = measure("向右（毫米）", min_value=Decimal(-30), max_value=Decimal(30), initial=0)
    down = measure("向下（毫米）", min_value=Decimal(-30), max_value=Decimal(30), initial=0)
    field_order: ClassVar = ["office", "name", "right", "down"]

    def values(self) -> dict[str, Any]:
        typed = self.cleaned_data
        return {"office_id": self.office_id} | {key: typed[key] for key in ("name", "right", "down")}


class OverprintForm(OfOfficeForm):
    """A layout's name, the stock's measures, its members' rows and its picture."""

    width = measure("纸宽（毫米）")
    height = measure("纸高（毫米）")
    rows = forms.IntegerField(
        label="成员行数",
        widget=forms.TextInput(attrs={"class": "form-control is-mm", "inputmode": "numeric", "autocomplete": "off"}),
        error_messages=MEASURE,
    )
    pitch = measure("行距（毫米）")
    face = forms.ChoiceField(label="字体", required=False, widget=forms.Select(attrs={"class": "form-select"}))
    stock = UploadField(
        label="票样图片（裁到票据的边）",
        required=False,
        widget=forms.FileInput(attrs={"class": "form-control is-file", "accept": "image/jpeg,image/png"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["face"].choices = [("", "宋体（随系统）"), *((name, name) for name in fonts.choices())]

    def clean_stock(self) -> bytes | None:
        """The bytes, or nothing where none was chosen."""
        return self.cleaned_data["stock"] or None

    @staticmethod
    def initial_of(layout: Layout) -> dict[str, Any]:
        return {key: f"{getattr(layout, key):g}" for key in ("width", "height", "pitch")} | {
            "rows": layout.rows,
            "face": layout.face,
        }


class FieldForm(forms.Form):
    """One row of the table: whether the word is printed, and where."""

    name = forms.CharField(widget=forms.HiddenInput)
    on = forms.BooleanField(required=False, widget=forms.CheckboxInput(attrs={"class": "form-check-input"}))
    x = measure("从左", required=False)
    y = measure("从上", required=False)
    width = measure("宽", required=False)
    size = measure("字号", required=False)
    align = forms.ChoiceField(
        choices=ALIGNS, required=False, widget=forms.Select(attrs={"class": "form-select is-align"})
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        lacking = [
            label
            for key, label in (("x", "从左"), ("y", "从上"), ("width", "宽"), ("size", "字号"))
            if values.get(key) is None
        ]
        if values.get("on") and lacking and not self.errors:
            raise forms.ValidationError(f"{self.label}：请填写{'、'.join(lacking)}，或不勾选。")
        return values

    @property
    def label(self) -> str:
        return LABELS.get(self["name"].value() or "", "")


FieldTable = forms.formset_factory(FieldForm, extra=0, max_num=len(LABELS), validate_max=True)


def table_of(layout: Layout) -> list[dict[str, Any]]:
    """The initial rows of the table: every word that there is, those of the layout with their places."""
    places = {field.name: field for field in layout.fields}
    rows = []
    for name in LABELS:
        field = places.get(name)
        known = {key: f"{getattr(field, key):g}" for key in ("x", "y", "width", "size")} if field else {"size": "10"}
        rows.append({"name": name, "on": field is not None, "align": field.align if field else "left"} | known)
    return rows


def data_of(form: OverprintForm, table: Any) -> dict[str, Any]:
    """The layout as typed, for payments/printing/overprint.py to judge."""
    typed = form.cleaned_data
    fields = [
        {
            key: row[key] if key in ("name", "align") else float(row[key])
            for key in ("name", "x", "y", "width", "align", "size")
        }
        for row in table.cleaned_data
        if row.get("on")
    ]
    measures = {key: float(typed[key]) for key in ("width", "height", "pitch")}
    return measures | {"rows": typed["rows"], "face": typed["face"], "fields": fields}
