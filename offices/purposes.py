"""事由: why somebody reads a hidden number or takes a list away; one of a few choices, or in words of one's own."""

from typing import Any

from django import forms
from django.http import HttpRequest

from offices.forms import RefusableForm

OTHER = "other"
REVEALING = (
    ("check", "核对证件"),
    ("call", "电话联系"),
    ("correct", "更正资料"),
    ("oversee", "上级核查"),
    (OTHER, "其他"),
)
EXPORTING = (
    ("work", "本机构办理业务"),
    ("village", "下发村（社区）核对"),
    ("report", "报送上级或有关部门"),
    ("audit", "审计、督查"),
    (OTHER, "其他"),
)
SHORTEST = 2


class PurposeForm(RefusableForm):
    """One of the choices; what is none of them needs words."""

    purpose = forms.ChoiceField(label="事由", widget=forms.RadioSelect, error_messages={"required": "请选择事由。"})
    other = forms.CharField(
        label="其他事由",
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, choices: tuple[tuple[str, str], ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["purpose"].choices = choices
        self.fields["purpose"].error_messages["invalid_choice"] = "请选择列出的事由。"

    @classmethod
    def asked(cls, request: HttpRequest) -> "PurposeForm":
        """Why a number or a paper is to be seen, as far as it was said."""
        return cls(request.POST if request.method == "POST" else None, choices=REVEALING)

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        if said.get("purpose") == OTHER and len(said.get("other", "")) < SHORTEST:
            self.add_error("other", "选“其他”的，请写明事由，例如：协助派出所核实。")
        return said

    @property
    def words(self) -> str:
        """What the log keeps."""
        said = self.cleaned_data
        return said["other"] if said["purpose"] == OTHER else dict(self.fields["purpose"].choices)[said["purpose"]]
