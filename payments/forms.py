"""收款、作废、放行的表单: the shape of what comes from the counter."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.contrib.auth import authenticate
from django.http import HttpRequest

from common.money import AmountError, parse_yuan
from offices.doors import second_factor
from offices.doors.entering import code_holds
from offices.forms import WRONG, RefusableForm
from offices.models import Staff
from offices.services import note_failed_login
from payments.models import Payment


class IdsField(forms.Field):
    """Row numbers, as many as were ticked; what cannot be one is left out."""

    widget = forms.MultipleHiddenInput

    def clean(self, value: Any) -> tuple[int, ...]:
        return tuple(int(each) for each in value or () if re.fullmatch(r"[0-9]{1,18}", str(each)))


class TenderedField(forms.CharField):
    """实收: the amount handed over, as an office writes it; empty means exactly what is due (None)."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=30, **kwargs)

    def clean(self, value: Any) -> Decimal | None:
        typed = super().clean(value).strip()
        if not typed:
            return None
        try:
            return parse_yuan(typed)
        except AmountError as error:
            raise forms.ValidationError(str(error)) from error


STALE = dict.fromkeys(
    ("required", "invalid", "max_digits", "max_decimal_places", "max_whole_digits"),
    "页面送来的内容不完整，没有收款。请刷新本页，核对金额后再收。",
)
MEANS = dict.fromkeys(("required", "invalid_choice"), "没有选择收款方式，没有收款。请选择现金、刷卡、转账或扫码。")


class DeskForm(forms.Form):
    """Who is ticked, and which papers were seen."""

    applying = IdsField(required=False)


class PaymentForm(forms.Form):
    """The money as it was typed. `previewed` is the total that the page showed."""

    key = forms.UUIDField(error_messages=STALE)
    previewed = forms.DecimalField(max_digits=12, decimal_places=2, error_messages=STALE)
    applying = IdsField(required=False)
    tendered = TenderedField(
        error_messages={"max_length": "实收金额太长，没有收款。请重新录入，例如 300 或 300.50。"},
    )
    means = forms.ChoiceField(choices=Payment.Means.choices, error_messages=MEANS)


def named_by_password(form: forms.Form, values: Mapping[str, Any], *, request: HttpRequest) -> Staff | None:
    """Who was named with the right password and code at somebody else's screen; else None, and it is noted and said."""
    found = authenticate(request, username=values["username"], password=values["password"])
    if found is None:
        note_failed_login(username=values["username"], locked=False)
        form.add_error("password", WRONG)
        return None
    if second_factor.has(found):
        if code_holds(request, found, values.get("code", "")):
            return found
        note_failed_login(username=found.username, locked=False)
        form.add_error("code", second_factor.WRONG_CODE)
        return None
    if second_factor.must_have(found):
        form.add_error("username", UNBOUND)
        return None
    return found


UNBOUND = "这位主管还没有绑定动态码，不能在这里放行。请先用自己的登录名登录并绑定，再来办理。"


def code_field(**attributes: str) -> forms.CharField:
    """Where whoever has a second factor gives its code beside the password."""
    return forms.CharField(
        label="主管动态码",
        required=False,
        max_length=20,
        help_text="没有启用动态码的不填。",
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"} | attributes
        ),
    )


class BySupervisorForm(RefusableForm):
    """Something that a supervisor must do: at the supervisor's own screen, or by name and password at the clerk's."""

    reason = forms.CharField(
        max_length=200,
        error_messages={"required": "请写明事由，审计时要查。", "max_length": "事由最多200个字，请改短后再办。"},
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "off"}),
    )
    username = forms.CharField(
        label="主管登录名",
        max_length=40,
        error_messages={"required": "请主管输入登录名。"},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    password = forms.CharField(
        label="主管口令",
        strip=False,
        error_messages={"required": "请主管输入口令。"},
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    code = code_field()
    reason_label: ClassVar = "事由"

    def __init__(self, data: Mapping[str, Any] | None = None, *, request: HttpRequest) -> None:
        super().__init__(data)
        self.request, self.supervisor = request, request.user
        self.fields["reason"].label = self.reason_label
        if request.user.role in SUPERVISORS:
            del self.fields["username"], self.fields["password"], self.fields["code"]
        elif not second_factor.is_used():
            del self.fields["code"]

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if values.get("username") and values.get("password"):
            self.supervisor = named_by_password(self, values, request=self.request)
        return values


SUPERVISORS = (Staff.Role.SUPERVISOR, Staff.Role.ADMINISTRATOR)


class VoidForm(BySupervisorForm):
    """作废 a receipt."""

    reason_label: ClassVar = "作废事由"


class CancelForm(BySupervisorForm):
    """撤销 enrolments that departments paid for."""

    reason_label: ClassVar = "撤销事由"


class OverrideForm(BySupervisorForm):
    """主管放行 a refusal that the rule set lets a supervisor lift."""

    reason_label: ClassVar = "放行事由"
