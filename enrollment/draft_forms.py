"""草稿的表单: the whole text, a file, an amendment. A year field by field is in draft_year."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms

from enrollment.drafting import Amendment
from enrollment.rules.source import RuleSetError
from offices.forms import DayField, RefusableForm


class TextForm(RefusableForm):
    """The whole text."""

    text = forms.CharField(
        label="规则全文",
        strip=False,
        error_messages={"required": "全文不能为空。"},
        widget=forms.Textarea(attrs={"rows": 28, "spellcheck": "false", "wrap": "off", "class": "draft-text"}),
    )

    def clean_text(self) -> str:
        """Browsers send line ends as CRLF; the text keeps its own."""
        text = str(self.cleaned_data["text"]).replace("\r\n", "\n")
        return text.replace("\n", "\r\n") if "\r\n" in (self.initial.get("text") or "") else text

    def explain(self, error: RuleSetError) -> None:
        for problem in error.problems:
            self.add_error("text", str(problem))


class ImportForm(RefusableForm):
    """A rule set's file."""

    file = forms.FileField(label="规则文件（.toml）", error_messages={"required": "请选择要导入的规则文件。"})

    def clean_file(self) -> str:
        upload = self.cleaned_data["file"]
        if upload.size > 2_000_000:
            raise forms.ValidationError("文件超过 2 MB，不像是规则文件。请核对是否选错了文件。")
        try:
            return str(upload.read().decode("utf-8"))
        except UnicodeDecodeError as error:
            raise forms.ValidationError("文件不是 UTF-8 编码。请用记事本另存为 UTF-8 后再导入。") from error

    def explain(self, error: RuleSetError) -> None:
        for problem in error.problems:
            self.add_error("file", str(problem))


class AmendmentForm(RefusableForm):
    """修订: needed only where money was taken already; all three or none."""

    places: ClassVar[dict[str, str]] = {
        "AMENDMENT_NEEDED": "starts_on",
        "AMENDMENT_BACK": "starts_on",
        "AMENDMENT_EARLIER_DAYS": "starts_on",
        "AMENDMENT_CLAUSE": "clause",
        "AMENDMENT_NOTE": "note",
    }
    starts_on = DayField(label="修订生效日")
    clause = forms.ChoiceField(label="依据的条款", required=False)
    note = forms.CharField(label="修订说明", required=False, max_length=300)

    def __init__(self, data: Any = None, *, clauses: Mapping[str, Any]) -> None:
        super().__init__(data)
        choices = [("", "—"), *((key, f"{key} {each.article}") for key, each in clauses.items())]
        self.fields["clause"] = forms.ChoiceField(label="依据的条款", required=False, choices=choices)
        self.order_fields(["starts_on", "clause", "note"])

    def amendment(self) -> Amendment | None:
        """The amendment, or None where nothing was filled in."""
        values = self.cleaned_data
        if not any(values.values()):
            return None
        return Amendment(values["starts_on"], values["clause"], values["note"])

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if any(values.values()):
            for name, sentence in (
                ("starts_on", "请填写修订从哪一天起生效。"),
                ("clause", "请选择修订所依据的条款。"),
                ("note", "请写明改了什么、为什么。"),
            ):
                if not values.get(name) and name not in self.errors:
                    self.add_error(name, sentence)
        return values
