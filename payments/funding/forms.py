"""请款、到账、补助标准的表单."""

from decimal import Decimal
from typing import Any, ClassVar

from django import forms

from common.money import AmountError, parse_yuan
from enrollment import library
from enrollment.models import ContributionPeriod
from offices.forms import DayField, RefusableForm
from payments.models import SubsidyRate


def _line(label: str, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, widget=forms.TextInput(attrs={"autocomplete": "off"}), **more)


class AmountField(forms.CharField):
    """An amount as an office types it."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"autocomplete": "off", "inputmode": "decimal"})
        super().__init__(max_length=20, widget=widget, **kwargs)

    def clean(self, value: Any) -> Decimal:
        typed = super().clean(value)
        try:
            return parse_yuan(typed)
        except AmountError as error:
            raise forms.ValidationError(str(error)) from error


class ReceivedForm(RefusableForm):
    """登记到账, as on the bank's slip."""

    places: ClassVar = {"MORE_THAN_OWED": "amount", "RECEIVED_ON": "received_on", "VOUCHER": "voucher_number"}
    amount = AmountField(label="到账金额（元）", error_messages={"required": "请照进账单填写金额。"})
    received_on = DayField(label="到账日期", required=True)
    voucher_number = _line(
        "凭证号", max_length=40, help_text="银行进账单或拨款凭证的号码。", error_messages={"required": "请填写凭证号。"}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["received_on"].error_messages["required"] = "请照进账单填写到账日期。"


class SubsidyClaimForm(RefusableForm):
    """编制补助请款单: of which budget, for the heads of which day."""

    places: ClassVar = {"COUNTED_ON": "counted_on", "RATE_MISSING": "payer"}
    payer = forms.ChoiceField(label="付款财政", choices=SubsidyRate.Level.choices)
    counted_on = DayField(
        label="统计日",
        required=True,
        help_text="按这一天已参保、没有撤销的人数计算。",
        error_messages={"required": "请填写统计日。"},
    )


class RateForm(RefusableForm):
    """补助标准 of one budget, for everybody or for one category."""

    places: ClassVar = {
        "RATE_AMOUNT": "amount",
        "RATE_SOURCE": "source",
        "RATE_PLACE": "payer",
        "subsidy_rate_once": "category",
    }
    payer = forms.ChoiceField(label="付款财政", choices=SubsidyRate.Level.choices)
    category = forms.ChoiceField(
        label="人员类别", required=False, help_text="不选的，适用于没有单独填写标准的各类人员。"
    )
    amount = AmountField(label="每人每年（元）", error_messages={"required": "请填写补助标准，没有补助的填 0。"})
    source = _line(
        "依据文号",
        max_length=100,
        help_text="规定这个标准的文件，例如 示例财社〔2016〕1号。",
        error_messages={"required": "请填写依据文号。"},
    )

    def __init__(self, *args: Any, period: ContributionPeriod, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ruleset = library.current(period.ruleset.code)
        names = [(each.code, each.name) for each in ruleset.categories]
        self.fields["category"].choices = [("", "全部类别"), *names]
