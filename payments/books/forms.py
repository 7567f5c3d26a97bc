"""票据入库、下发、分配、退回、遗失、核销的表单."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.core.validators import RegexValidator

from offices.forms import CompactField, RefusableForm
from offices.models import Division, Office, Staff
from offices.staffing import AT_THE_COUNTER, offices_under
from payments.models import ReceiptBook, ReceiptLot
from payments.models.lot import MAX_DIGITS, Purpose
from payments.office_forms import ClerkChoice

COUNTY = Division.Level.COUNTY  # finance offices issue receipts to districts and counties as a rule
ZEROS = "照票据上印的录入，前面的 0 也要录：号码印几位，就录几位。"


def office_field(label: str) -> forms.ModelChoiceField:
    """One of the offices within the scope."""
    return forms.ModelChoiceField(
        label=label,
        queryset=Office.objects.none(),
        empty_label=None,
        error_messages={"required": "请选择机构。", "invalid_choice": "这个机构不在您的管辖范围内，请重新选择。"},
    )


def code_field() -> CompactField:
    """票据代码 as it is printed, without the blanks that the print may have."""
    return CompactField(
        label="票据代码",
        max_length=20,
        error_messages={"required": "请填写票据代码，与票据上印的一致。"},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


def number_field(label: str, **more: Any) -> CompactField:
    """A number with all the zeros that are printed before it."""
    told = f"号码只有数字，最多{MAX_DIGITS}位，请照票据上印的录入。"
    return CompactField(
        label=label,
        validators=[RegexValidator(rf"^[0-9]{{1,{MAX_DIGITS}}}\Z", told)],
        error_messages={"required": f"请填写{label}。"},
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
        **more,
    )


class BookForm(RefusableForm):
    """A book of receipts, as it is printed on its cover."""

    places: ClassVar = {
        "OFFICE_UNKNOWN": "office",
        "BOOK_CODE": "code",
        "BOOK_NUMBERS": "last",
        "BOOK_WIDTH": "last",
        "BOOK_SIZE": "last",
        "CLERK_UNKNOWN": "clerk",
        "book_numbers_once_per_code": "first",
        "LOT_NUMBERS": "first",
        "OLD_BOOK_UNVERIFIED": "office",
    }
    office = office_field("机构")
    code, first, last = code_field(), number_field("起始号码", help_text=ZEROS), number_field("终止号码")
    purpose = forms.ChoiceField(
        label="用途",
        choices=Purpose.choices,
        initial=Purpose.CONTRIBUTION,
        required=False,
        error_messages={"invalid_choice": "请选择票据用途：医保缴费或工本费。"},
        help_text="工本费不能开在医保缴费的收据上；入库后用途不能更改。",
    )
    clerk = ClerkChoice(
        label="领用人",
        queryset=Staff.objects.none(),
        required=False,
        empty_label="不指定，本机构经办员共用",
        error_messages={"invalid_choice": "领用人应是本机构在用的经办员或主管，请重新选择。"},
    )

    stored = forms.BooleanField(label="先存库，以后再分配", required=False)

    def __init__(self, *args: Any, staff: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["office"].queryset = offices_under(staff)
        self.fields["clerk"].queryset = clerks_under(staff)

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        refuse_two_widths(self, values)
        if values.get("stored") and values.get("clerk"):
            self.add_error("stored", "选了领用人就是当场发放；先存库的，请不选领用人。")
        return values

    def values(self) -> dict[str, Any]:
        typed = self.cleaned_data
        return {
            "office_id": typed["office"].pk,
            "code": typed["code"],
            **numbers_of(typed),
            "stored": typed["stored"],
            "clerk_id": typed["clerk"].pk if typed["clerk"] else None,
            "purpose": typed["purpose"] or Purpose.CONTRIBUTION,
        }


class AllotForm(RefusableForm):
    """To whom a book goes."""

    places: ClassVar = {"CLERK_UNKNOWN": "clerk", "OLD_BOOK_UNVERIFIED": "clerk"}
    clerk = BookForm.base_fields["clerk"]

    def __init__(self, *args: Any, book: ReceiptBook, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["clerk"].queryset = at_the_counter().filter(office=book.office_id)
        self.fields["clerk"].initial = book.clerk_id

    def values(self) -> dict[str, Any]:
        clerk = self.cleaned_data["clerk"]
        return {"clerk_id": clerk.pk if clerk else None}


class LotForm(RefusableForm):
    """What the finance office issued, as its slip (领购单) and the covers say."""

    places: ClassVar = {
        "DIVISION_UNKNOWN": "division",
        "BOOK_CODE": "code",
        "BOOK_NUMBERS": "last",
        "BOOK_WIDTH": "last",
        "BOOK_SIZE": "last",
        "SLIP_NUMBER": "slip_number",
        "lot_numbers_once_per_code": "first",
    }
    division = forms.ChoiceField(
        label="持有区划",
        help_text="从本批次下发的机构应在这个区划之内。",
        error_messages={"required": "请选择区划。", "invalid_choice": "这个区划不在您的管辖范围内，请重新选择。"},
    )
    slip_number = forms.CharField(
        label="领购单号",
        max_length=40,
        error_messages={"required": "请填写财政部门领购单的编号。"},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    code, first, last = code_field(), number_field("起始号码", help_text=ZEROS), number_field("终止号码")
    purpose = forms.ChoiceField(label="用途", choices=Purpose.choices, initial=Purpose.CONTRIBUTION)

    def __init__(self, *args: Any, staff: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = divisions_under(staff)
        self.fields["division"].choices = choices
        self.fields["division"].initial = next((code for code, _ in choices if len(code) == COUNTY), None)

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        refuse_two_widths(self, values)
        return values

    def values(self) -> dict[str, Any]:
        typed = self.cleaned_data
        return {
            "division_code": typed["division"],
            "slip_number": typed["slip_number"],
            "code": typed["code"],
            "purpose": typed["purpose"],
            **numbers_of(typed),
        }


class LotAllotForm(RefusableForm):
    """A range of a lot for an office."""

    places: ClassVar = {
        "OFFICE_UNKNOWN": "office",
        "LOT_NUMBERS": "last",
        "OLD_BOOK_UNVERIFIED": "office",
        "BOOK_NUMBERS": "last",
        "BOOK_WIDTH": "last",
        "BOOK_SIZE": "last",
        "book_numbers_once_per_code": "first",
    }
    office = office_field("下发给")
    first, last = number_field("起始号码"), number_field("终止号码")

    def __init__(self, *args: Any, staff: Staff, lot: ReceiptLot, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offices = offices_under(staff).filter(division_code__startswith=lot.division_code)
        self.fields["office"].queryset = offices

    def values(self) -> dict[str, Any]:
        typed = self.cleaned_data
        return {
            "office_id": typed["office"].pk,
            "first_number": int(typed["first"]),
            "last_number": int(typed["last"]),
        }


class ReturnForm(RefusableForm):
    """Where an unfinished book goes back to."""

    places: ClassVar = {"RETURNED_TO": "returned_to", "DOCUMENT": "document"}
    returned_to = forms.CharField(
        label="退回给", max_length=60, error_messages={"required": "请写明退回给哪个单位，例如区财政局。"}
    )
    document = forms.CharField(label="退票单号（如有）", max_length=40, required=False)


class LossForm(RefusableForm):
    """How a book was lost."""

    places: ClassVar = {
        "PLACE": "place",
        "LOST_AT": "lost_at",
        "CIRCUMSTANCES": "circumstances",
        "REPORTER": "reporter",
    }
    place = forms.CharField(label="遗失地点", max_length=100, error_messages={"required": "请写明在哪里遗失。"})
    lost_at = forms.DateTimeField(
        label="遗失（发现）时间",
        input_formats=["%Y-%m-%d %H:%M", "%Y%m%d %H:%M", "%Y/%m/%d %H:%M"],
        widget=forms.TextInput(attrs={"placeholder": "年-月-日 时:分", "autocomplete": "off"}),
        error_messages={
            "required": "请填写日期和时刻，例如 2007-10-25 14:00。",
            "invalid": "日期或时刻不对，请写成 2007-10-25 14:00。",
        },
    )
    circumstances = forms.CharField(
        label="经过",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请写明遗失的经过。"},
    )
    reporter = ClerkChoice(
        label="报告人",
        queryset=Staff.objects.none(),
        empty_label="请选择",
        error_messages={"required": "请选择报告人。"},
    )

    def __init__(self, *args: Any, book: ReceiptBook, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reporter"].queryset = at_the_counter().filter(office=book.office_id)
        self.fields["reporter"].initial = book.clerk_id

    def clean_lost_at(self) -> datetime:
        """A day alone would be midnight on the report to the finance office."""
        if ":" not in self.data["lost_at"]:
            raise forms.ValidationError(self.fields["lost_at"].error_messages["required"])
        return self.cleaned_data["lost_at"]

    def values(self) -> dict[str, Any]:
        values = dict(self.cleaned_data)
        return values | {"reporter_id": values.pop("reporter").pk}


class VerifyForm(RefusableForm):
    """Which void receipts are at hand with all their copies."""

    places: ClassVar = {"NOTE": "note"}
    void_copies = forms.TypedMultipleChoiceField(
        label="作废联",
        coerce=int,
        required=False,
        error_messages={"invalid_choice": "作废的收据有变化，请刷新后重新清点。"},
    )
    note = forms.CharField(label="备注", max_length=200, required=False)

    def __init__(self, *args: Any, numbers: Sequence[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["void_copies"].choices = [(number, str(number)) for number in numbers]


def refuse_two_widths(form: forms.Form, values: Mapping[str, Any]) -> None:
    """First and last number of a cover have as many digits."""
    first, last = values.get("first"), values.get("last")
    if first and last and len(first) != len(last):
        text = f"起始号码{len(first)}位，终止号码{len(last)}位。同一本票据的号码位数相同，请照印的补足前面的 0。"
        form.add_error("last", text)


def numbers_of(typed: Mapping[str, Any]) -> dict[str, int]:
    """The service's numbers; the width is that of the numbers as typed."""
    return {"first_number": int(typed["first"]), "last_number": int(typed["last"]), "width": len(typed["last"])}


def divisions_under(staff: Staff) -> list[tuple[str, str]]:
    """The prefixes that may hold a lot: divisions down to streets that have an office within the scope."""
    codes = offices_under(staff).values_list("division_code", flat=True)
    least = len(staff.division_scope)
    prefixes = {code[:size] for code in codes for size in (2, 4, 6, 9) if least <= size <= len(code)}
    whole = {prefix.ljust(12, "0"): prefix for prefix in prefixes}
    names = Division.objects.filter(code__in=whole, ends_on__isnull=True).values_list("code", "name")
    return [(whole[code], f"{name}（{whole[code]}）") for code, name in names.order_by("code")]


def clerks_under(staff: Staff) -> Any:
    """Those who may hold a book, in the offices that a member of staff looks after."""
    return at_the_counter().filter(office__in=offices_under(staff))


def at_the_counter() -> Any:
    """Clerks and supervisors whose login is open."""
    return Staff.objects.filter(role__in=AT_THE_COUNTER, is_active=True).order_by("office__code", "role", "username")
