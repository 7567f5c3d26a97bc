"""银行对账的表单: the file with its account, which slip a line is, and why something is taken back."""

import unicodedata
from typing import Any, ClassVar

from django import forms

from common.decision import Refusal
from common.sheets import LIMITS
from offices.forms import RefusableForm
from offices.models import Staff
from payments.bank.file import CHOOSABLE, StatementRead, read_statement
from payments.bank.job import AT_ONCE_BYTES
from payments.models import BankStatement
from payments.services import StatementDraft

Step = BankStatement.Step


class ColumnField(forms.RegexField):
    """A column by its letters, as a spreadsheet names it; empty: as the headings say."""

    def __init__(self, label: str) -> None:
        attrs = {"autocomplete": "off", "maxlength": 3, "spellcheck": "false"}
        super().__init__(
            r"^[A-Z]{1,3}$",
            label=label,
            required=False,
            widget=forms.TextInput(attrs=attrs),
            error_messages={"invalid": "请写列的字母，例如 A 或 E；不知道的留空，照表头取。"},
        )

    def to_python(self, value: Any) -> str:
        return unicodedata.normalize("NFKC", str(super().to_python(value))).strip().upper().removesuffix("列")


class StatementForm(RefusableForm):
    """导入对账单. The file is read here, so that what is wrong with it stands beside it; a large one by a job."""

    places: ClassVar = {"STATEMENT_STEP": "step", "STATEMENT_DAY": "file", "STATEMENT_AGAIN": "file"}
    file = forms.FileField(
        label="对账单文件",
        help_text="从网银导出的 CSV、xlsx 或 xls，10 MB 以内；不必删表头上的标题和末尾的合计。",
        error_messages={
            "required": "请选择从网银导出的对账单文件。",
            "empty": "这是空文件，里面什么也没有。请核对是否选错了文件。",
        },
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.xlsx,.xls"}),
    )
    account = forms.CharField(
        label="账户",
        max_length=60,
        help_text="同一账户每次写得一样，重叠的日期才能认出。",
        error_messages={"required": "请填写账户，例如“农行上缴专户”。", "max_length": "账户最多60个字。"},
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "accounts"}),
    )
    step = forms.ChoiceField(
        label="款项",
        choices=Step.choices,
        help_text="这个账户收的是哪一步的款。",
        error_messages=dict.fromkeys(("required", "invalid_choice"), "请选择这个账户收的是哪一步的款。"),
    )

    def __init__(self, *args: Any, by: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.read: StatementRead | None = None
        self.data_read = b""
        for role, name in CHOOSABLE.items():
            self.fields[f"column_{role}"] = ColumnField(name)
        # The file is read last: what it says depends on the columns.
        self.order_fields(["account", "step", *self._columns, "file"])
        if by.office_id:
            self.fields["step"] = forms.CharField(required=False, widget=forms.HiddenInput, initial=Step.OFFICE)

    @property
    def _columns(self) -> list[str]:
        return [f"column_{role}" for role in CHOOSABLE]

    def column_fields(self) -> list[forms.BoundField]:
        """The fields that say which column holds what."""
        return [self[name] for name in self._columns]

    @property
    def names_columns(self) -> bool:
        """Somebody says which column is what, or should look there."""
        return any(self[name].value() or name in self.errors for name in self._columns)

    def columns(self) -> dict[str, str]:
        """The letters of the columns that were named, by what they hold."""
        named = {role: self.cleaned_data.get(f"column_{role}", "") for role in CHOOSABLE}
        return {role: letters for role, letters in named.items() if letters}

    def _refuse_twice(self) -> None:
        seen: dict[str, str] = {}
        for role, letters in self.columns().items():
            if letters in seen:
                both = f"“{CHOOSABLE[seen[letters]]}”和“{CHOOSABLE[role]}”"
                text = f"{both}都写了{letters}列，一列只能当作一样，请改正一处。"
                self.add_error(f"column_{role}", text)
            seen.setdefault(letters, role)

    def clean_file(self) -> Any:
        self._refuse_twice()
        if any(name in self.errors for name in self._columns):
            return self.cleaned_data["file"]
        file = self.cleaned_data["file"]
        if file.size > LIMITS.size:
            raise forms.ValidationError(f"文件超过{LIMITS.size // 1_000_000}MB，没有读取。请按月导出后再上传。")
        self.data_read = file.read()
        if self.is_large:
            return file
        try:
            self.read = read_statement(self.data_read, self.columns())
        except Refusal as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        return file

    @property
    def is_large(self) -> bool:
        """Reading the file is for a job."""
        return len(self.data_read) > AT_ONCE_BYTES

    def upload(self) -> dict[str, Any]:
        """What the job of a large file wants, of a valid form."""
        typed = self.cleaned_data
        about = {"name": typed["file"].name, "account": typed["account"], "step": typed["step"] or Step.OFFICE}
        return {"data": self.data_read, "columns": self.columns()} | about

    def draft(self) -> StatementDraft:
        """Of a valid form."""
        typed = self.cleaned_data
        assert self.read is not None  # noqa: S101 - the form is valid
        step = typed["step"] or Step.OFFICE
        return StatementDraft(self.data_read, typed["file"].name, self.read, typed["account"], step)


class SlipChoiceForm(RefusableForm):
    """Which slip a line of the bank's is."""

    slip = forms.IntegerField(
        min_value=1, error_messages=dict.fromkeys(("required", "invalid", "min_value"), "请选择一张回单。")
    )
