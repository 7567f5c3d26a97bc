"""规则的表单: figures that a document leaves open."""

from decimal import Decimal
from typing import Any

from django import forms

from common.money import AmountError, parse_yuan
from offices.forms import RefusableForm


class FeeForm(RefusableForm):
    """工本费 per person."""

    amount = forms.CharField(
        label="工本费（元/人）",
        max_length=12,
        help_text="按物价部门核定的标准，例如 5 或 5.50。",
        error_messages={"required": "请填写金额。"},
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "decimal"}),
    )

    def clean_amount(self) -> Decimal:
        try:
            amount = parse_yuan(self.cleaned_data["amount"])
        except AmountError as error:
            raise forms.ValidationError(str(error)) from error
        if not 0 <= amount <= 100:
            raise forms.ValidationError("工本费应在 0 到 100 元之间，请核对物价部门的文件。")
        return amount

    def values(self) -> dict[str, Any]:
        return {"amount": self.cleaned_data["amount"]}
