"""规则的表单: figures that a document leaves open."""

from decimal import Decimal

from django import forms

from common.money import AmountError, parse_yuan
from offices.forms import RefusableForm


def _amount(label: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=12,
        help_text="按物价部门核定的标准，例如 5 或 5.50；不收的填 0。",
        error_messages={"required": "请填写金额，不收的填 0。"},
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "decimal"}),
    )


class FeeForm(RefusableForm):
    """工本费 of a card and of a record book."""

    card_amount = _amount("医疗保险卡（元/张）")
    book_amount = _amount("医疗保险病历（元/本）")

    def clean_card_amount(self) -> Decimal:
        return self._checked("card_amount")

    def clean_book_amount(self) -> Decimal:
        return self._checked("book_amount")

    def _checked(self, name: str) -> Decimal:
        try:
            amount = parse_yuan(self.cleaned_data[name])
        except AmountError as error:
            raise forms.ValidationError(str(error)) from error
        if not 0 <= amount <= 100:
            raise forms.ValidationError("工本费应在 0 到 100 元之间，请核对物价部门的文件。")
        return amount
