"""批量打印的表单: which receipts, on what paper, by which printer."""

import re
from typing import Any, ClassVar

from django import forms
from django.core.validators import RegexValidator

from common.typed import visible
from offices.forms import CompactField, DayField, RefusableForm
from offices.models import Staff
from payments.books.forms import at_the_counter
from payments.counter.renewal import villages_of
from payments.models import OverprintLayout, Printer, PrintRun
from payments.models.book import MAX_DIGITS
from payments.office_forms import ClerkChoice
from payments.printing.choice import LIMIT

OVERPRINT = "overprint-"


class NumberField(CompactField):
    """A receipt number; zeros in front may be left out."""

    def __init__(self, label: str) -> None:
        told = f"号码只有数字，最多{MAX_DIGITS}位，请照收据右上角的号码录入。"
        super().__init__(
            label=label,
            required=False,
            validators=[RegexValidator(rf"^[0-9]{{1,{MAX_DIGITS}}}\Z", told)],
            widget=forms.TextInput(
                attrs={"class": "form-control is-number", "inputmode": "numeric", "autocomplete": "off"}
            ),
        )


class BatchForm(RefusableForm):
    """What is to be printed. It comes by POST: nothing of it stands in an address."""

    places: ClassVar = {"LAYOUT_UNKNOWN": "form", "PRINTER_UNKNOWN": "printer"}
    village = forms.ChoiceField(label="村（社区）", required=False, widget=forms.Select(attrs={"class": "form-select"}))
    clerk = ClerkChoice(
        label="收款人",
        queryset=Staff.objects.none(),
        required=False,
        empty_label="全部",
        error_messages={"invalid_choice": "请从名单中选择收款人。"},
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    first_day = DayField(label="开票日期 从")
    last_day = DayField(label="到")
    book = CompactField(label="票据代码", required=False, max_length=20)
    first = NumberField("号码 从")
    last = NumberField("到")
    numbers = forms.CharField(
        label="号码名单",
        required=False,
        max_length=200_000,
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 2}),
    )
    reprints = forms.BooleanField(
        label="包括已打印的（印上“补打”）",
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )
    form = forms.ChoiceField(label="版式", widget=forms.Select(attrs={"class": "form-select"}))
    printer = forms.ModelChoiceField(
        label="打印机（只用于套打）",
        queryset=Printer.objects.none(),
        required=False,
        empty_label="不调整偏移",
        widget=forms.Select(attrs={"class": "form-select"}),
        error_messages={"invalid_choice": "没有这台打印机，请重新选择。"},
    )
    seal = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def __init__(self, *args: Any, staff: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        villages = [(village.code, village.name) for village in villages_of(staff, staff.office)]
        self.fields["village"].choices = [("", "全部"), *villages]
        self.fields["clerk"].queryset = at_the_counter().filter(office=staff.office_id)
        self.fields["printer"].queryset = Printer.objects.visible_to(staff).in_use().order_by("name")
        layouts = OverprintLayout.objects.visible_to(staff).in_use().order_by("name")
        self.fields["form"].choices = [
            (PrintRun.Form.HALF, PrintRun.Form.HALF.label),
            (PrintRun.Form.THIRD, PrintRun.Form.THIRD.label),
            *((f"{OVERPRINT}{layout.pk}", f"套打　{layout.name}") for layout in layouts),
        ]
        self.fields["first_day"].widget.attrs["autofocus"] = True
        for name in ("first_day", "last_day", "book"):
            self.fields[name].widget.attrs |= {"class": "form-control is-day", "autocomplete": "off"}

    def clean_numbers(self) -> list[int]:
        """Numbers as they were pasted: in full width too, with blanks, commas or line breaks between."""
        typed = [part for part in re.split(r"[\s,、;]+", visible(self.cleaned_data["numbers"])) if part]
        wrong = [part for part in typed if not re.fullmatch(rf"[0-9]{{1,{MAX_DIGITS}}}", part)]
        if wrong:
            text = f"“{wrong[0][:20]}”不是票据号码。名单里只写号码，用空格、逗号或换行隔开。"
            raise forms.ValidationError(text)
        if len(typed) > LIMIT:
            raise forms.ValidationError(f"名单有{len(typed)}个号码，一批最多{LIMIT}个，请分成几批。")
        return list(dict.fromkeys(int(part) for part in typed))

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        for first, last, text in (
            ("first_day", "last_day", "结束日期在开始日期之前，请核对。"),
            ("first", "last", "终止号码小于起始号码，请核对。"),
        ):
            if values.get(first) and values.get(last) and self._order(values[last]) < self._order(values[first]):
                self.add_error(last, text)
        return values

    @staticmethod
    def _order(value: Any) -> Any:
        return int(value) if isinstance(value, str) else value

    @property
    def chosen(self) -> dict[str, Any]:
        """The choice as plain JSON; what was left empty is not in it."""
        typed = self.cleaned_data
        found = {
            "village": typed["village"],
            "clerk": typed["clerk"].pk if typed["clerk"] else None,
            "first_day": typed["first_day"].isoformat() if typed["first_day"] else None,
            "last_day": typed["last_day"].isoformat() if typed["last_day"] else None,
            "book": typed["book"],
            "first": int(typed["first"]) if typed["first"] else None,
            "last": int(typed["last"]) if typed["last"] else None,
            "numbers": typed["numbers"],
        }
        return {name: value for name, value in found.items() if value not in ("", None, [])}

    def values(self) -> dict[str, Any]:
        """The service's arguments."""
        typed = self.cleaned_data
        form, _, layout = typed["form"].partition("-")
        return {
            "chosen": self.chosen,
            "reprints": typed["reprints"],
            "form": form,
            "layout_id": int(layout) if layout else None,
            "printer_id": typed["printer"].pk if typed["printer"] and layout else None,
        }
