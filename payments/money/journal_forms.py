"""日记账的表单."""

from collections.abc import Sequence
from typing import Any

from django import forms

from offices.forms import DayField
from offices.models import Office
from payments.services.exporting import FILES


class JournalForm(forms.Form):
    """Which office, which days, which file."""

    office = forms.ChoiceField(label="机构", required=False, error_messages={"invalid_choice": "请从名单中选择机构。"})
    first = DayField(label="开始日期")
    last = DayField(label="结束日期")
    file = forms.ChoiceField(choices=[(each, each) for each in FILES], initial=FILES[0])

    def __init__(self, *args: Any, offices: Sequence[Office], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offices = offices
        every = [("", f"全部 {len(offices)} 个机构")] if len(offices) != 1 else []
        self.fields["office"].choices = [*every, *((str(each.pk), each.name) for each in offices)]
        for name in ("first", "last"):
            self.fields[name].required = True
            self.fields[name].error_messages["required"] = f"请填写{self.fields[name].label}。"

    def values(self) -> dict[str, Any]:
        """What the service wants."""
        given = self.cleaned_data
        wanted = [int(given["office"])] if given["office"] else [office.pk for office in self.offices]
        return {"office_ids": wanted, "first": given["first"], "last": given["last"], "file": given["file"]}

    def name(self, copy_no: str) -> str:
        """The file's name, with its days and the number of the copy, for which a program's CSV has no other place."""
        kind, _, ending = self.cleaned_data["file"].partition(".")
        return f"{kind}-{self.cleaned_data['first']:%Y%m%d}-{self.cleaned_data['last']:%Y%m%d}-{copy_no}.{ending}"
