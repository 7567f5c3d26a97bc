"""花名册的表单: a new roster, a file, the columns, what is on paper and in the hand, and reasons."""

from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar

from django import forms

from common.dates import SHANGHAI
from common.decision import Refusal
from common.money import AmountError, parse_yuan
from common.sheets import LIMITS
from offices.forms import ClockField, PhoneField, RefusableForm
from offices.models import Staff
from payments.models import ReceiptBook
from payments.money.forms import SlipForm
from rosters.models import Roster
from rosters.reading.headings import FIELDS, NEEDED
from rosters.services import RosterDraft
from rosters.stage import Steps
from rosters.taking.books import lasting, numbers_needed
from rosters.taking.writing import short

TEXT = {"autocomplete": "off", "spellcheck": "false"}


class RosterForm(RefusableForm):
    """新名册."""

    places: ClassVar = {
        "ROSTER_VILLAGE": "village",
        "ROSTER_PLACE": "place",
        "PERIOD_UNKNOWN": "coverage_year",
        "ROSTER_OPEN": "group",
    }
    channel = forms.ChoiceField(
        label="由谁收取", choices=Roster.Channel.choices, initial=Roster.Channel.VILLAGE, widget=forms.RadioSelect
    )
    village = forms.ChoiceField(label="村（社区）", required=False)
    place = forms.CharField(
        label="学校或部门",
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs=TEXT),
        help_text="村组的名册不填。",
    )
    group = forms.CharField(
        label="小组或班级",
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs=TEXT),
        help_text="整村一份的不填。",
    )
    coverage_year = forms.TypedChoiceField(label="参保年度", coerce=int)
    collector = forms.CharField(
        label="代办员",
        max_length=50,
        widget=forms.TextInput(attrs=TEXT),
        help_text="谁收的钱、交来的名册。",
        error_messages={"required": "请填写代办员（由谁收取、交来）。"},
    )
    collector_phone = PhoneField(label="代办员电话", required=False)

    def __init__(
        self, *args: Any, villages: list[tuple[str, str]], years: list[tuple[int, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["village"].choices = [("", "（请选择）"), *villages]
        self.fields["coverage_year"].choices = years

    def draft(self) -> RosterDraft:
        """Of a valid form."""
        typed = dict(self.cleaned_data)
        return RosterDraft(village_code=typed.pop("village"), **typed)


class FileForm(RefusableForm):
    """交表."""

    file = forms.FileField(
        label="花名册文件",
        help_text="xlsx、xls、ods 或 csv，10 MB、6万行以内；不必删标题、合计和签字。",
        error_messages={
            "required": "请选择花名册文件。",
            "empty": "这是空文件，里面什么也没有。请核对是否选错了文件。",
        },
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.et,.ods,.csv,.txt"}),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LIMITS.size:
            text = f"文件超过{LIMITS.size // 1_000_000}MB，没有读取。请分成几份，或删去多余的列和图片后再上传。"
            raise forms.ValidationError(text)
        return file

    def refuse(self, refusal: Any) -> None:
        """Whatever is wrong with a file stands beside it."""
        for reason in refusal.reasons:
            self.add_error("file", str(reason))


class ColumnsForm(RefusableForm):
    """改正栏目: for each column which field it is, and the sheet that is read."""

    places: ClassVar = {"ROSTER_SHEET": "sheet"}
    sheet = forms.ChoiceField(label="工作表", required=False)

    def __init__(self, *args: Any, letters: list[str], sheets: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.letters = letters
        self.fields["sheet"].choices = [("", "所有看得见的工作表"), *((name, name) for name in sheets)]
        for letter in letters:
            choices = [("", "—"), *((field, label) for field, (label, _) in FIELDS.items())]
            self.fields[letter] = forms.ChoiceField(label=f"{letter}列", choices=choices, required=False)

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        chosen = [values[letter] for letter in self.letters if values.get(letter)]
        twice = next((field for field in chosen if chosen.count(field) > 1), None)
        if twice:
            raise forms.ValidationError(f"有两列都选了“{FIELDS[twice][0]}”，只能留一列。")
        missing = [FIELDS[field][0] for field in NEEDED if field not in chosen]
        if missing:
            raise forms.ValidationError(f"请指明哪一列是{'、哪一列是'.join(missing)}。")
        return values

    def mapping(self) -> dict[str, str]:
        """Field to column letter; a field of no column is left out."""
        chosen = {self.cleaned_data[letter]: letter for letter in self.letters if self.cleaned_data.get(letter)}
        return {field: chosen.get(field, "") for field in FIELDS}


class YuanField(forms.CharField):
    """A sum in yuan."""

    def __init__(self, label: str, *, required: str) -> None:
        attrs = TEXT | {"inputmode": "decimal"}
        super().__init__(
            label=label, max_length=30, widget=forms.TextInput(attrs=attrs), error_messages={"required": required}
        )

    def clean(self, value: Any) -> Any:
        try:
            return parse_yuan(super().clean(value))
        except AmountError as error:
            raise forms.ValidationError(str(error)) from error


class AgreeForm(RefusableForm):
    """核对: what the paper says and what is in the hand. The page shows the clause once, below what differs."""

    paper_count = forms.IntegerField(
        label="纸质名册人数",
        min_value=0,
        max_value=1_000_000,
        widget=forms.TextInput(attrs=TEXT | {"inputmode": "numeric"}),
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"), "请填写纸质名册上的人数（不含划去的）。"
        ),
    )
    paper_total = YuanField("纸质名册合计（元）", required="请填写纸质名册上的合计金额。")
    cash = YuanField("收到现款（元）", required="请填写收到的现款。")

    def refuse(self, refusal: Refusal) -> None:
        super().refuse(Refusal(*(replace(reason, clause=None) for reason in refusal.reasons)))
        self.clauses = list(dict.fromkeys(each.clause for each in refusal.reasons if each.clause))


class DepositForm(SlipForm):
    """缴存: the bank's slip; with its time of day and a reason it is entered as paid then, by a supervisor."""

    places: ClassVar = SlipForm.places | {
        "SLIP_MOMENT": "clock",
        "bank_slip_counts_once": "number",
        "ENTRY_REASON": "reason",
    }
    clock = ClockField(label="交易时间", required=False)
    reason = forms.CharField(
        label="补录事由",
        required=False,
        max_length=200,
        error_messages={"max_length": "事由最多200个字，请改短后再办。"},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    @property
    def of_slip(self) -> list[forms.BoundField]:
        """What every slip says."""
        return [self[name] for name in SlipForm.base_fields]

    @property
    def is_entry(self) -> bool:
        """Whether an earlier payment is meant: something is typed where only such a one has it."""
        return self.is_bound and any(self[name].data for name in ("clock", "reason"))

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if self.is_entry and not values.get("clock") and "clock" not in self.errors:
            self.add_error("clock", "请填写回单上的交易时间，例如 16:40；现在登记的，事由不要填。")
        if self.is_entry and not values.get("reason") and "reason" not in self.errors:
            self.add_error("reason", "请写明为什么补录，审计时要查；现在登记的，交易时间不要填。")
        return values

    @property
    def moment(self) -> datetime:
        """When the bank took the money; of a valid form that enters an earlier payment."""
        return datetime.combine(self.cleaned_data["day"], self.cleaned_data["clock"], SHANGHAI)


class TakeForm(RefusableForm):
    """入账: from which book the receipts are; `needed` numbers in one run, `lacking` says where no book lasts."""

    places: ClassVar = {"BOOK_SHORT": "book"}
    book = forms.TypedChoiceField(label="票据号段", required=False, coerce=int, empty_value=None)

    def __init__(self, *args: Any, steps: Steps, by: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.needed = numbers_needed(steps.agreement.file) if steps.agreement else 0
        books = lasting(self.needed, by) if self.needed else []
        self.lacking = ""
        if self.needed and not books:
            self.lacking = str(
                short(max(ReceiptBook.objects.for_clerk(by), key=lambda each: each.left, default=None), self.needed)
            )
        choices = [(each.pk, f"{each.code} {each.printed(each.next_number)} 起，剩 {each.left} 张") for each in books]
        if choices:
            self.fields["book"].choices = choices
        else:
            del self.fields["book"]

    def clean(self) -> dict[str, Any]:
        return {"book": None, **super().clean()}
