"""收据筛选、票据入库、票据分配的表单."""

import re
from typing import Any, ClassVar

from django import forms

from offices.forms import DayField, RefusableForm
from offices.models import Office, Staff
from offices.staffing import AT_THE_COUNTER, offices_under
from payments.models import ReceiptBook
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
        typed = self.cleaned_data["number"].split()
        if typed and not re.fullmatch(r"[0-9]{1,18}", typed[-1]):
            raise forms.ValidationError(f"票据号码只有数字，最多{MAX_DIGITS}位，请照收据右上角的号码录入。")
        return typed[-1] if typed else ""

    def clean_payer(self) -> str:
        return self.cleaned_data["payer"].strip()


class BookForm(RefusableForm):
    """A book of receipts, as it is printed on its cover."""

    places: ClassVar = {
        "OFFICE_UNKNOWN": "office",
        "BOOK_CODE": "code",
        "BOOK_NUMBERS": "last",
        "BOOK_WIDTH": "last",
        "CLERK_UNKNOWN": "clerk",
        "book_numbers_once_per_code": "first",
    }
    office = forms.ModelChoiceField(
        label="机构",
        queryset=Office.objects.none(),
        empty_label=None,
        error_messages={"required": "请选择机构。", "invalid_choice": "这个机构不在您的管辖范围内，请重新选择。"},
    )
    code = forms.CharField(
        label="票据代码",
        max_length=20,
        error_messages={"required": "请填写票据代码，与票据上印的一致。"},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    first = forms.RegexField(
        label="起始号码",
        regex=rf"^[0-9]{{1,{MAX_DIGITS}}}$",
        help_text="照票据上印的录入，前面的 0 也要录：号码印几位，就录几位。",
        error_messages={
            "required": "请填写起始号码。",
            "invalid": f"号码只有数字，最多{MAX_DIGITS}位，请照票据上印的录入。",
        },
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )
    last = forms.RegexField(
        label="终止号码",
        regex=rf"^[0-9]{{1,{MAX_DIGITS}}}$",
        error_messages={
            "required": "请填写终止号码。",
            "invalid": f"号码只有数字，最多{MAX_DIGITS}位，请照票据上印的录入。",
        },
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )
    purpose = forms.ChoiceField(
        label="用途",
        choices=ReceiptBook.Purpose.choices,
        initial=ReceiptBook.Purpose.CONTRIBUTION,
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

    def __init__(self, *args: Any, staff: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["office"].queryset = offices_under(staff)
        self.fields["clerk"].queryset = clerks_under(staff)

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        first, last = values.get("first"), values.get("last")
        if first and last and len(first) != len(last):
            text = f"起始号码{len(first)}位，终止号码{len(last)}位。同一本票据的号码位数相同，请照印的补足前面的 0。"
            self.add_error("last", text)
        return values

    def values(self) -> dict[str, Any]:
        """The service's arguments; the width is that of the numbers as typed."""
        typed = self.cleaned_data
        return {
            "office_id": typed["office"].pk,
            "code": typed["code"],
            "first_number": int(typed["first"]),
            "last_number": int(typed["last"]),
            "width": len(typed["last"]),
            "clerk_id": typed["clerk"].pk if typed["clerk"] else None,
            "purpose": typed["purpose"] or ReceiptBook.Purpose.CONTRIBUTION,
        }


class AllotForm(RefusableForm):
    """To whom a book goes."""

    places: ClassVar = {"CLERK_UNKNOWN": "clerk"}
    clerk = BookForm.base_fields["clerk"]

    def __init__(self, *args: Any, book: ReceiptBook, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["clerk"].queryset = at_the_counter().filter(office=book.office_id)
        self.fields["clerk"].initial = book.clerk_id

    def values(self) -> dict[str, Any]:
        clerk = self.cleaned_data["clerk"]
        return {"clerk_id": clerk.pk if clerk else None}


def clerks_under(staff: Staff) -> Any:
    """Those who may hold a book, in the offices that a member of staff looks after."""
    return at_the_counter().filter(office__in=offices_under(staff))


def at_the_counter() -> Any:
    """Clerks and supervisors whose login is open."""
    return Staff.objects.filter(role__in=AT_THE_COUNTER, is_active=True).order_by("office__code", "role", "username")
