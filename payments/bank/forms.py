"""银行对账的表单: the file with its account, which slip a line is, and why something is taken back."""

from typing import Any, ClassVar

from django import forms

from common.decision import Refusal
from common.sheets import LIMITS
from offices.forms import RefusableForm
from offices.models import Staff
from payments.bank.file import StatementRead, read_statement
from payments.bank.job import AT_ONCE_BYTES
from payments.models import BankStatement
from payments.services import StatementDraft

Step = BankStatement.Step


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
        if by.office_id:
            self.fields["step"] = forms.CharField(required=False, widget=forms.HiddenInput, initial=Step.OFFICE)

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LIMITS.size:
            raise forms.ValidationError(f"文件超过{LIMITS.size // 1_000_000}MB，没有读取。请按月导出后再上传。")
        self.data_read = file.read()
        if self.is_large:
            return file
        try:
            self.read = read_statement(self.data_read)
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
        return {"data": self.data_read} | about

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


class ReasonForm(RefusableForm):
    """Why a match or a statement is taken back."""

    places: ClassVar = {"WITHDRAW_REASON": "reason", "UNDO_REASON": "reason", "MARK_REASON": "reason"}
    reason = forms.CharField(
        label="事由",
        max_length=200,
        error_messages={"required": "请写明事由，审计时要查。", "max_length": "事由最多200个字，请写得简短些。"},
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "off"}),
    )
