"""发放、收回、参保证明的表单."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django import forms

from offices.forms import RefusableForm
from payments.cards.fees import ITEMS, Member
from payments.forms import MEANS, STALE, BySupervisorForm, TenderedField
from payments.models import CardIssue, Payment
from payments.services import WantedCard

CERTIFICATE_STALE = dict.fromkeys(("required", "invalid"), "页面送来的内容不完整，没有开具。请刷新本页后再开。")
CERTIFICATE_WHO = dict.fromkeys(
    ("required", "invalid_choice"), "此人现在不在本户有效参保的人里，没有开具。请重新选择开给谁。"
)
CERTIFICATE_YEAR = dict.fromkeys(
    ("required", "invalid_choice"), "本户没有这个年度的有效参保，没有开具。请选择列出的年度。"
)
FIELD = re.compile(rf"(?P<item>{'|'.join(ITEMS)})-(?P<person>[0-9]{{1,18}})")


class _MoneyForm(RefusableForm):
    """Who receives it and how it is paid; `previewed` is the total that the page showed."""

    key = forms.UUIDField(label="页面", error_messages=STALE, widget=forms.HiddenInput)
    previewed = forms.DecimalField(
        label="页面",
        max_digits=12,
        decimal_places=2,
        error_messages=STALE,
        widget=forms.HiddenInput,
        initial="0.00",
    )
    receiver = forms.CharField(
        label="领取人",
        max_length=60,
        error_messages={"required": "请填写领取人姓名。", "max_length": "姓名最多60个字，请改短后再办。"},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    means = forms.ChoiceField(label="收款方式", choices=Payment.Means.choices, error_messages=MEANS)
    tendered = TenderedField(
        label="实收（元）",
        help_text="收整找零的填；不填就是正好。",
        error_messages={"max_length": "金额太长，请重新录入，例如 10 或 10.50。"},
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "decimal"}),
    )

    def __init__(self, data: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["key"].initial = uuid4

    def money(self) -> dict[str, Any]:
        """The service's arguments about receiver and money."""
        typed = self.cleaned_data
        return {
            "receiver": typed["receiver"],
            "key": typed["key"],
            "expected_total": typed["previewed"],
            "tendered": typed["tendered"],
            "means": typed["means"],
        }

    def preview(self, total: Decimal) -> None:
        """Let the next submit be about the total that is shown now; the rest stays as it was typed."""
        self.data = self.data.copy()
        self.data["previewed"] = str(total)


class CardsForm(_MoneyForm):
    """The numbers of what is handed out: `open` names a field for each card or book that a covered member has not got.

    A number that came for somebody else, who has got it meanwhile, is wanted all the same: the service says why not.
    """

    def __init__(self, data: Mapping[str, Any] | None = None, *, members: Mapping[int, Member], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.open = [
            f"{item}-{person}"
            for person, member in members.items()
            if member.cover
            for item in ITEMS
            if item not in member.held
        ]

    def wanted(self) -> list[WantedCard]:
        """What was typed, whether or not the rest of the form is in order."""
        typed = ((FIELD.fullmatch(name), str(self.data[name]).strip()) for name in self.data)
        return [WantedCard(int(field["person"]), field["item"], number) for field, number in typed if field and number]


class ReplaceForm(_MoneyForm):
    """补发: the new number, and why."""

    number = forms.CharField(
        label="新编号",
        max_length=30,
        error_messages={"required": "请照实物录入新编号。", "max_length": "编号最多30位，请照实物重新录入。"},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True}),
    )
    cause = forms.ChoiceField(
        label="事由",
        choices=[each for each in CardIssue.Cause.choices if each[0] != CardIssue.Cause.FIRST],
        error_messages={"required": "请选择事由。", "invalid_choice": "请选择遗失或损坏。"},
    )
    field_order = ("number", "cause", "receiver", "means", "tendered")


class TakeBackForm(BySupervisorForm):
    """收回 a card or book that was handed out by mistake."""

    reason_label = "收回事由"


class RevokeForm(BySupervisorForm):
    """撤销 a certificate."""

    reason_label = "撤销事由"


class CertificateForm(RefusableForm):
    """参保证明: for whom, for which year."""

    key = forms.UUIDField(label="页面", error_messages=CERTIFICATE_STALE, widget=forms.HiddenInput)
    person_id = forms.TypedChoiceField(
        label="开给", coerce=lambda text: int(text) or None, empty_value=None, error_messages=CERTIFICATE_WHO
    )
    coverage_year = forms.TypedChoiceField(label="参保年度", coerce=int, error_messages=CERTIFICATE_YEAR)

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        people: list[tuple[int, str]],
        years: list[int],
        **kwargs: Any,
    ) -> None:
        super().__init__(data, **kwargs)
        self.fields["key"].initial = uuid4
        self.fields["person_id"].choices = [("0", "全户"), *((str(pk), name) for pk, name in people)]
        self.fields["coverage_year"].choices = [(str(year), f"{year}年度") for year in years]
