"""登录、人员、口令、日志筛选、演示时间的表单."""

import re
from datetime import date, datetime, time
from typing import Any, ClassVar, TypeVar
from urllib.parse import urlencode

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError

from common.dates import YEARS
from common.decision import Clause, Refusal
from common.phone import parse_phone
from common.typed import InputError, compact, visible
from offices.acts_log import VERBS
from offices.doors.passwords import profile
from offices.models import DIVISION_PREFIX, Office, Staff
from offices.staffing import offices_under

D = TypeVar("D", bound=date | None)  # a datetime is a date

# The same words for a wrong name, a wrong password, a closed and a locked login: nobody learns which names exist.
WRONG = "登录名或口令不正确，或因多次输错暂停了登录。请核对大小写后重输，或 15 分钟后再试；忘记口令请找管理员。"


class LoginForm(AuthenticationForm):
    """Name and password."""

    error_messages: ClassVar = {"invalid_login": WRONG, "inactive": WRONG}

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "登录名"
        self.fields["username"].error_messages["required"] = "请输入登录名。"
        self.fields["username"].widget.attrs |= {"autocapitalize": "none", "spellcheck": "false"}
        self.fields["password"].label = "口令"
        self.fields["password"].error_messages["required"] = "请输入口令。"
        self.helper = FormHelper()
        self.helper.add_input(Submit("login", "登录"))


class RefusableForm(forms.Form):
    """A form that can show a service's refusal: beside the field that it is about, or on top."""

    # Code of the refusal → field.
    places: ClassVar[dict[str, str]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.clauses: list[Clause] = []

    def refuse(self, refusal: Refusal) -> None:
        """Take a service's no into the form, with the clauses that it rests on; what was typed stays."""
        self.clauses = list(dict.fromkeys(each.clause for each in refusal.reasons if each.clause))
        for reason in refusal.reasons:
            place = self.places.get(reason.code)
            self.add_error(place if place in self.fields else None, str(reason))

    def values(self) -> dict[str, Any]:
        """The cleaned values under the service's names."""
        return self.cleaned_data


def _in_years_meant(typed: D) -> D:
    """Refuse the years with which nothing can be reckoned."""
    if typed is not None and typed.year not in YEARS:
        raise ValidationError(f"年份应在 {YEARS[0]} 至 {YEARS[-1]} 之间，请核对后重录。", code="year")
    return typed


class DayField(forms.DateField):
    """A day as 2007-10-01, 20071001 or as an office writes it, in full width too."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"placeholder": "年-月-日", "autocomplete": "off", "inputmode": "numeric"})
        formats = ["%Y-%m-%d", "%Y%m%d", "%Y.%m.%d", "%Y/%m/%d", "%Y年%m月%d日"]
        told = {"required": "请填写日期，例如 2007-10-01。"} | kwargs.pop("error_messages", {})
        required = kwargs.pop("required", False)
        super().__init__(widget=widget, input_formats=formats, required=required, error_messages=told, **kwargs)
        self.error_messages["invalid"] = "请按年月日录入，例如 2007-10-01。"

    def to_python(self, value: Any) -> date | None:
        """The day, written in full or half width, of a year that can be meant."""
        return _in_years_meant(super().to_python(visible(value) if isinstance(value, str) else value))


class ClockField(forms.TimeField):
    """A time of day as 16:40, 16:40:05, 1640, 900 or 164005, in full width too; minutes have two digits, always."""

    shapes = re.compile(r"([0-9]{1,2}):?([0-9]{2})(?::([0-9]{2}))?|([0-9]{2})([0-9]{2})([0-9]{2})")

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"placeholder": "时:分", "autocomplete": "off"})
        told = {"invalid": "请按时:分录入，例如 16:40。"} | kwargs.pop("error_messages", {})
        super().__init__(widget=widget, input_formats=["%H:%M", "%H:%M:%S"], error_messages=told, **kwargs)

    def to_python(self, value: Any) -> time | None:
        """The time; 16 alone is none, which strptime would read as 01:06, nor is 1660, which it would as 16:06:00."""
        if not isinstance(value, str) or not compact(value):
            return super().to_python(value)
        found = self.shapes.fullmatch(compact(value))
        if not found:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(":".join(part for part in found.groups() if part))


class CompactField(forms.CharField):
    """A number or a code, typed in full width or with blanks too; kept in half width and without any."""

    def to_python(self, value: Any) -> str:
        return compact(super().to_python(value))


class PhoneField(forms.CharField):
    """A telephone number, kept as digits; empty where it is not required."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"autocomplete": "off", "inputmode": "tel"})
        super().__init__(max_length=30, widget=widget, **kwargs)
        told = "电话太长，不像一个号码。请只录一个手机号或带区号的固定电话，例如 0518-85412345。"
        self.error_messages["max_length"] = told

    def clean(self, value: Any) -> str:
        typed = super().clean(value)
        try:
            return parse_phone(typed) if typed else ""
        except InputError as error:
            raise forms.ValidationError(str(error)) from error


class StaffForm(RefusableForm):
    """A member of staff: name, role, office, scope."""

    places: ClassVar = {
        "staff_number": "work_number",
        "staff_seat": "name",
        "staff_has_one_seat": "role",
        "staff_office": "office",
        "staff_scope": "division_scope",
        "staff_self": "role",
    }
    name = forms.CharField(label="姓名", max_length=50, error_messages={"required": "请填写姓名。"})
    work_number = forms.RegexField(
        label="工号",
        regex=r"^[A-Za-z0-9-]{1,20}$",
        max_length=20,
        help_text="本单位的工号或编号，一人一个，用来认定是不是同一个人。",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": "请填写工号。", "invalid": "工号只能用字母、数字和短横，最多 20 位。"},
    )
    role = forms.ChoiceField(
        label="角色", choices=Staff.Role.choices, error_messages={"required": "请选择角色。"}, initial=Staff.Role.CLERK
    )
    office = forms.ModelChoiceField(
        label="经办机构", queryset=Office.objects.none(), required=False, empty_label="（无，只限管理员和审计员）"
    )
    division_scope = forms.RegexField(
        label="管辖范围",
        regex=DIVISION_PREFIX,
        max_length=12,
        required=False,
        help_text="区划代码的前 2、4、6、9 或 12 位。经办员和主管留空，即本机构全部；管理员和审计员留空，即全部区划。",
        error_messages={"invalid": "管辖范围应为区划代码的前 2、4、6、9 或 12 位数字，例如 320705001。"},
    )

    def __init__(self, *args: Any, by: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["office"].queryset = offices_under(by)
        self.fields["office"].error_messages["invalid_choice"] = "这个经办机构不在您的管辖范围内，请重新选择。"

    @staticmethod
    def initial_of(staff: Staff) -> dict[str, Any]:
        """What the form shows of somebody who is there already."""
        return {field: getattr(staff, field) for field in ("name", "work_number", "role", "office", "division_scope")}

    def values(self) -> dict[str, Any]:
        values = dict(self.cleaned_data)
        office = values.pop("office")
        return values | {"office_id": office.pk if office else None}


class NewPasswordField(forms.CharField):
    """A password that somebody chooses."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
        super().__init__(strip=False, max_length=128, widget=widget, **kwargs)
        self.error_messages["required"] = "请输入新口令。"


class AgainField(NewPasswordField):
    """The same password once more."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.error_messages["required"] = "请把新口令再输一遍。"


def refuse_differing(form: forms.Form) -> dict[str, Any]:
    """Say beside the second field that it differs from the first."""
    values = form.cleaned_data
    if values.get("new") and values.get("again") and values["new"] != values["again"]:
        form.add_error("again", "两次输入的新口令不一致，请重新输入。")
    return values


class WelcomeForm(RefusableForm):
    """Whoever was invited chooses login name and password; a login name that is there stays."""

    places: ClassVar = {"staff_username": "username", "password_weak": "new", "password_same": "new"}
    username = forms.RegexField(
        label="登录名",
        regex=r"^[a-z0-9][a-z0-9._-]{1,39}$",
        max_length=40,
        help_text="自己起，小写字母和数字，2 至 40 位，以后不能更改。例如姓名的拼音。",
        widget=forms.TextInput(attrs={"autocomplete": "username", "spellcheck": "false", "autocapitalize": "none"}),
        error_messages={
            "required": "请起一个登录名。",
            "invalid": "登录名只能用小写字母、数字和 . _ -，2 至 40 位，以字母或数字开头。",
        },
    )
    new = NewPasswordField(label="口令")
    again = AgainField(label="再输一遍")

    def __init__(self, *args: Any, known: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["new"].help_text = profile().words
        if known:
            del self.fields["username"]

    def clean(self) -> dict[str, Any]:
        super().clean()
        return refuse_differing(self)

    def values(self) -> dict[str, Any]:
        return {"username": self.cleaned_data.get("username", ""), "password": self.cleaned_data["new"]}


class OwnPasswordForm(RefusableForm):
    """One's own password: the old one, the new one twice."""

    places: ClassVar = {"password_old": "old", "password_same": "new", "password_weak": "new"}
    old = forms.CharField(
        label="原口令",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": "请输入原口令。"},
    )
    new = NewPasswordField(label="新口令")
    again = AgainField(label="再输一遍")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["new"].help_text = profile().words

    def clean(self) -> dict[str, Any]:
        super().clean()
        return refuse_differing(self)

    def values(self) -> dict[str, Any]:
        return {"old": self.cleaned_data["old"], "new": self.cleaned_data["new"]}


class ResetForm(RefusableForm):
    """Why somebody's password is taken away."""

    reason = forms.CharField(
        label="事由",
        max_length=100,
        help_text="例如：忘记口令，本人已到场核实。",
        error_messages={"required": "请写明事由，例如忘记口令，并核实是本人。"},
    )


class FactorResetForm(ResetForm):
    """Why somebody's second factor is taken away."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reason = self.fields["reason"]
        reason.help_text = "例如：手机丢失，备用码也不在身边，本人已到场核实。"
        reason.error_messages["required"] = "请写明事由，例如手机丢失，并核实是本人。"


class ActFilter(forms.Form):
    """What to look for in the log. Nothing here names an insured person: the words stand in the address."""

    day = DayField(label="日期")
    last = DayField(label="至")
    who = forms.CharField(label="操作人", required=False, max_length=50)
    verb = forms.ChoiceField(label="操作", required=False, choices=[("", "全部操作"), *VERBS.items()])
    office = forms.ModelChoiceField(
        label="机构", required=False, queryset=Office.objects.none(), empty_label="全部机构", to_field_name="code"
    )
    subject = forms.CharField(label="户号或收据号", required=False, max_length=20)
    copy_no = forms.RegexField(
        label="份号",
        required=False,
        regex=r"^[0-9A-Fa-f]{8}$",
        error_messages={"invalid": "份号是导出文件上的八位字母和数字，请整串照录。"},
    )
    request_id = forms.UUIDField(
        label="请求编号",
        required=False,
        error_messages={"invalid": "请求编号应为出错页上的一串字母和数字，中间有短横，请整串复制。"},
    )

    def __init__(self, *args: Any, by: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["office"].queryset = offices_under(by)

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        if said.get("day") and said.get("last") and said["last"] < said["day"]:
            self.add_error("last", "止日早于起日，请按先后填写。")
        return said

    def query(self) -> str:
        """The words of this filter for the address of another page of the list."""
        return urlencode({key: self.data[key] for key in self.fields if self.data.get(key)})


class DemoClockForm(RefusableForm):
    """The moment in which a demonstration office is to live."""

    places: ClassVar = {"demo_clock_back": "back_is_understood", "office_unknown": "office"}
    office = forms.ModelChoiceField(
        label="机构",
        queryset=Office.objects.none(),
        empty_label=None,
        error_messages={"required": "请选择机构。", "invalid_choice": "这个机构不在您的管辖范围内，请重新选择。"},
    )
    to = forms.DateTimeField(
        label="设为",
        input_formats=["%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y%m%d %H:%M", "%Y/%m/%d %H:%M", "%Y-%m-%d"],
        error_messages={
            "required": "请填写日期和时刻，例如 2007-12-10 09:00。",
            "invalid": "日期或时刻不对，请写成 2007-12-10 09:00。",
        },
    )
    back_is_understood = forms.BooleanField(label="我知道往回拨会使已登记的户、已开的收据晚于当前时间", required=False)

    def __init__(self, *args: Any, by: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["office"].queryset = offices_under(by)

    def clean_to(self) -> datetime:
        """Not so late that the clock could run out of the calendar, and no page would open to turn it back."""
        return _in_years_meant(self.cleaned_data["to"])

    def values(self) -> dict[str, Any]:
        values = dict(self.cleaned_data)
        return values | {"office_id": values.pop("office").pk}
