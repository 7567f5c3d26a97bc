"""日结、冲正、上缴、划解的表单: the shape of what is counted, given back and taken to the bank."""

import re
from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest

from common.dates import SHANGHAI
from common.money import AmountError, parse_yuan
from offices.doors import second_factor
from offices.forms import ClockField, DayField, RefusableForm
from payments.forms import BySupervisorForm, IdsField, code_field, named_by_password
from payments.models import Payment
from payments.money.day_end import DENOMINATIONS, ZERO, piece_name
from payments.services import Counted, SlipDraft

SCAN_LIMIT = 10 * 1024 * 1024
STALE = dict.fromkeys(("required", "invalid", "invalid_choice"), "页面送来的内容不完整，没有办理。请刷新本页后再办。")
PIECES_LIMIT = 100_000


class PiecesField(forms.CharField):
    """How many notes or coins; empty means none."""

    def __init__(self, value: Decimal) -> None:
        attrs = {
            "inputmode": "numeric",
            "autocomplete": "off",
            "data-value": str(value),
            "class": "form-control pieces",
        }
        super().__init__(label=piece_name(value), required=False, max_length=9, widget=forms.TextInput(attrs=attrs))

    def clean(self, value: Any) -> int:
        typed = super().clean(value).strip()
        if not typed:
            return 0
        if not re.fullmatch(r"[0-9]{1,6}", typed) or int(typed) > PIECES_LIMIT:
            raise forms.ValidationError(f"{self.label}的张数只能是0到{PIECES_LIMIT}的整数。")
        return int(typed)


MINUS = "-−－"


class SumField(forms.CharField):
    """A counted sum in yuan; empty means nothing. Below zero where more was given back than taken."""

    def __init__(self, label: str) -> None:
        attrs = {"inputmode": "decimal", "autocomplete": "off", "class": "form-control", "data-counted": ""}
        super().__init__(label=label, required=False, max_length=30, widget=forms.TextInput(attrs=attrs))

    def clean(self, value: Any) -> Decimal:
        typed = super().clean(value).strip()
        try:
            if typed[:1] and typed[0] in MINUS:
                return -parse_yuan(typed[1:])
            return parse_yuan(typed) if typed else ZERO
        except AmountError as error:
            raise forms.ValidationError(str(error)) from error


class DayEndForm(RefusableForm):
    """What the clerk counted; a supervisor's name and password where it differs from what should be there."""

    places: ClassVar = {
        "DIFFERENCE_REASON": "difference_reason",
        "DIFFERENCE_APPROVAL": "username",
        "ADVANCE": "advanced",
    }
    day = DayField(required=True, error_messages=STALE)
    previewed = forms.DecimalField(max_digits=12, decimal_places=2, error_messages=STALE, widget=forms.HiddenInput)
    difference_reason = forms.CharField(
        label="差额事由",
        required=False,
        max_length=200,
        error_messages={"max_length": "事由最多200个字，请写得简短些。"},
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
    )
    username = forms.CharField(
        label="主管登录名",
        required=False,
        max_length=40,
        widget=forms.TextInput(
            attrs={"class": "form-control", "autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    password = forms.CharField(
        label="主管口令",
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"class": "form-control", "autocomplete": "off"}),
    )
    code = code_field(**{"class": "form-control"})
    advanced_by = forms.CharField(
        label="由谁垫付",
        required=False,
        max_length=50,
        error_messages={"max_length": "垫付人最多50个字，请写得简短些。"},
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
    )
    absence_reason = forms.CharField(
        label="代办事由",
        max_length=200,
        error_messages={"required": "代别人日结，请写明事由，例如病假。"},
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, request: HttpRequest, absent: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request, self.supervisor = request, None
        for value in DENOMINATIONS:
            self.fields[_name(value)] = PiecesField(value)
        for means in ("card", "transfer", "qr"):
            self.fields[means] = SumField(str(Payment.Means(means).label))
        self.fields["advanced"] = SumField("其中垫付")
        if not absent:
            del self.fields["absence_reason"]
        if not second_factor.is_used():
            del self.fields["code"]

    @property
    def pieces(self) -> list[Any]:
        """The fields of the notes and coins, the larger first."""
        return [self[_name(value)] for value in DENOMINATIONS]

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if values.get("username") and values.get("password"):
            self.supervisor = named_by_password(self, values, request=self.request)
        return values

    def values(self) -> dict[str, Any]:
        typed = self.cleaned_data
        return {
            "day": typed["day"],
            "previewed": typed["previewed"],
            "counted": Counted(
                {value: typed[_name(value)] for value in DENOMINATIONS},
                *(typed[means] for means in ("card", "transfer", "qr")),
                advanced=typed["advanced"],
                advanced_by=typed["advanced_by"],
            ),
            "difference_reason": typed["difference_reason"],
            "approved_by": self.supervisor,
            "absence_reason": typed.get("absence_reason", ""),
        }


def _name(value: Decimal) -> str:
    """The name of the field of a denomination: 0.5 is d_0_5."""
    return f"d_{value.normalize():f}".replace(".", "_")


class ReversalForm(BySupervisorForm):
    """冲正 a settled receipt: to whom and how the money goes back, and why."""

    reason_label: ClassVar = "冲正事由"
    payee = forms.CharField(
        label="退款收款人", max_length=60, error_messages={"required": "请写明钱退给谁。"}, widget=forms.TextInput()
    )
    means = forms.ChoiceField(
        label="退款方式",
        choices=Payment.Means.choices,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "请选择退款方式。"),
    )
    field_order: ClassVar = ["reason", "payee", "means", "username", "password", "code"]


class PartsForm(RefusableForm):
    """Which sums go onto a slip, and what the page said they come to."""

    parts = IdsField(required=False)
    previewed = forms.DecimalField(max_digits=14, decimal_places=2, error_messages=STALE)
    period = forms.IntegerField(min_value=1, error_messages=STALE)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)

    def chosen(self) -> Collection[int]:
        return self.cleaned_data["parts"]


class SlipForm(RefusableForm):
    """银行回单: number, day, amount, bank and a scan."""

    places: ClassVar = {"SLIP_NUMBER": "number", "SLIP_AMOUNT": "amount", "SLIP_DAY": "day"}
    number = forms.CharField(
        label="回单号",
        max_length=40,
        error_messages={"required": "请填写银行回单号，与回单上印的一致。", "max_length": "回单号最多40个字符。"},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    day = DayField(label="交易日期", required=True)
    amount = forms.CharField(
        label="金额（元）",
        max_length=30,
        error_messages={"required": "请填写回单上的金额。"},
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "decimal"}),
    )
    bank = forms.CharField(label="银行", max_length=60, required=False)
    scan = forms.FileField(label="回单扫描件", required=False, help_text="JPEG、PNG 或 PDF，10 MB 以内；可不交。")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].error_messages["required"] = "请填写回单上的交易日期。"
        if self.files.get("scan"):  # shown only where it was not taken; a browser keeps no file
            self.fields["scan"].help_text = "扫描件没有存下，请重新选择。JPEG、PNG 或 PDF，10 MB 以内。"

    def clean_amount(self) -> Decimal:
        try:
            return parse_yuan(self.cleaned_data["amount"])
        except AmountError as error:
            raise forms.ValidationError(str(error)) from error

    def clean_scan(self) -> bytes:
        file = self.cleaned_data["scan"]
        if file and file.size > SCAN_LIMIT:
            raise forms.ValidationError("扫描件超过10 MB，请降低分辨率后重新上传。")
        return file.read() if file else b""

    def draft(self) -> SlipDraft:
        """The slip alone, whatever else a form asks beside it."""
        return SlipDraft(**{name: self.cleaned_data[name] for name in SlipForm.base_fields})


class EntryForm(SlipForm):
    """补录: the slip of what a household paid at the bank with its time of day, and why it is entered so late."""

    places: ClassVar = SlipForm.places | {
        "SLIP_MOMENT": "clock",
        "SLIP_ENTERED": "number",
        "bank_slip_counts_once": "number",
        "ENTRY_REASON": "reason",
    }
    key = forms.UUIDField(error_messages=STALE, widget=forms.HiddenInput)
    clock = ClockField(label="交易时间", error_messages={"required": "请填写回单上的交易时间，例如 16:40。"})
    reason = forms.CharField(
        label="补录事由",
        max_length=200,
        error_messages={"required": "请写明为什么补录，审计时要查。", "max_length": "事由最多200个字，请改短后再办。"},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    field_order: ClassVar = ["number", "bank", "day", "clock", "amount", "scan", "reason", "key"]

    def focus(self) -> None:
        """Put the cursor where something is to be mended, or else where one begins."""
        wrong = (name for name in self.fields if self.is_bound and name in self.errors)
        self.fields[next(wrong, "number")].widget.attrs["autofocus"] = True

    @property
    def moment(self) -> datetime | None:
        """When the bank took the money, where day and time can be read."""
        day, clock = self.cleaned_data.get("day"), self.cleaned_data.get("clock")
        return datetime.combine(day, clock, SHANGHAI) if day and clock else None
