"""规则和个人账户的表单: figures that a document leaves open, the year of the accounts, a reversal."""

from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from django import forms

from common.money import AmountError, parse_yuan
from enrollment import library
from enrollment.models import RuleSet
from enrollment.rules.ruleset import RuleSet as Compiled
from offices.forms import RefusableForm
from offices.models import Staff


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


class AccountYearForm(forms.Form):
    """Which rule set and coverage year the individual accounts are looked at for; by default the office's own, now."""

    ruleset = forms.ChoiceField(label="规则集", required=False)
    year = forms.IntegerField(label="缴费年度", required=False)

    def __init__(self, *args: Any, staff: Staff, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = RuleSet.objects.filter(current_edition__isnull=False).order_by("code")
        if staff.office:
            rows = rows.filter(code=staff.office.ruleset_code)
        self.fields["ruleset"].choices = list(rows.values_list("code", "name"))
        self.staff, self.at = staff, at

    def chosen(self) -> tuple[str, int]:
        """Rule set and year; ("", 0) where there is no rule set at all."""
        known = [code for code, _ in self.fields["ruleset"].choices]
        typed = self.cleaned_data if self.is_valid() else {}
        code = typed.get("ruleset") or next(iter(known), "")
        if not code:
            return "", 0
        return code, typed.get("year") or self._usual_year(library.current(code))

    def years(self) -> list[int]:
        """The coverage years of the chosen rule set."""
        code, _ = self.chosen()
        return sorted(library.current(code).periods) if code else []

    def _usual_year(self, ruleset: Compiled) -> int:
        """The latest year whose cover has begun, or the first."""
        begun = [year for year, period in ruleset.periods.items() if period.starts_on <= self.at.date()]
        return max(begun, default=min(ruleset.periods))


class RefundForm(RefusableForm):
    """退还余额: to whom; where the person is paid, the name is known."""

    places: ClassVar = {"PAYEE": "payee", "PAYEE_RELATION": "relation"}
    payee = forms.CharField(label="领取人姓名", max_length=60, required=False, help_text="退给本人的不填")
    relation = forms.CharField(
        label="与参保人的关系", max_length=20, required=False, help_text="例如 配偶；退给本人的不填"
    )


class ReversalForm(RefusableForm):
    """冲正 of an account entry."""

    places: ClassVar = {"REVERSAL_REASON": "reason"}
    reason = forms.CharField(
        label="冲正事由",
        max_length=200,
        help_text="写明哪里错了、依据什么冲正，例如：收据已作废，不应划入。",
        error_messages={"required": "没有写冲正事由，无法存查。请写明为什么冲正。"},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
