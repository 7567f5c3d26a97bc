"""收据筛选的表单."""

import re
from typing import Any

from django import forms

from common.typed import visible
from offices.forms import DayField
from offices.models import Staff
from offices.staffing import AT_THE_COUNTER, offices_under
from payments.models.book import MAX_DIGITS


class ClerkChoice(forms.ModelChoiceField):
    """Those who work at the counter, by name; who has left says so."""

    def label_from_instance(self, staff: Staff) -> str:
        return staff.name if staff.is_active else f"{staff.name}（已停用）"


class ReceiptFilter(forms.Form):
    """What to look for among receipts. It comes by POST and is kept in the session: a payer's name is no address."""

    day = DayField(label="日期")
    clerk = ClerkChoice(
        label="收款人",
        queryset=Staff.objects.none(),
        required=False,
        empty_label="全部",
        error_messages={"invalid_choice": "请从名单中选择收款人。"},
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    number = forms.CharField(label="票据号码", required=False, max_length=40)
    payer = forms.CharField(label="缴款人", required=False, max_length=60)

    def __init__(self, *args: Any, staff: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        clerks = Staff.objects.filter(role__in=AT_THE_COUNTER).order_by("-is_active", "office__code", "username")
        within = (
            clerks.filter(office=staff.office_id) if staff.office_id else clerks.filter(office__in=offices_under(staff))
        )
        self.fields["clerk"].queryset = within

    def clean_number(self) -> str:
        """The number alone: whoever copies code and number means the number."""
        typed = visible(self.cleaned_data["number"]).split()
        if typed and not re.fullmatch(r"[0-9]{1,18}", typed[-1]):
            raise forms.ValidationError(f"票据号码只有数字，最多{MAX_DIGITS}位，请照收据右上角的号码录入。")
        return typed[-1] if typed else ""

    def clean_payer(self) -> str:
        return self.cleaned_data["payer"].strip()
