"""名单、模板、联系记录的表单."""

from datetime import date
from typing import Any, ClassVar

from django import forms

from common.sheets import LIMITS
from common.typed import visible
from enrollment.rules.ruleset import Category
from offices.forms import RefusableForm
from rosters.lists.importing import ListDraft
from rosters.lists.words import categories_of
from rosters.models import FollowUp, FunderList
from rosters.place import Chosen
from rosters.reading.listing import NAMES

Kind = FunderList.Kind


class ListForm(RefusableForm):
    """导入名单."""

    places: ClassVar = {
        "LIST_MONTH": "month",
        "LIST_FUNDER": "source",
        "funder_list_one_waits": "source",
        "ROSTER_HEAD": "file",
        "ROSTER_EMPTY": "file",
    }
    source = forms.ChoiceField(label="谁的名单", error_messages={"required": "请选择是谁的名单。"})
    month = forms.CharField(
        label="月份",
        max_length=7,
        help_text="名单从这个月起有效，例如 2016-11。",
        error_messages={"required": "请填写月份，例如 2016-11。"},
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric", "placeholder": "年-月"}),
    )
    file = forms.FileField(
        label="名单文件",
        help_text="xlsx、xls、ods 或 csv，10 MB 以内；照部门给的原样交，不必改表头。",
        error_messages={"required": "请选择名单文件。", "empty": "这是空文件，里面什么也没有。请核对是否选错了文件。"},
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.ods,.csv,.txt"}),
    )

    def __init__(self, *args: Any, chosen: Chosen, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.chosen = chosen
        funders = [each for each in chosen.ruleset.funders if categories_of(chosen.ruleset, each.code)]
        named = [(f"support:{each.code}", f"{each.name} 资助名单（本月全部对象）") for each in funders]
        agency = [(f"{Kind.DIED}:", "经办机构 死亡名单"), (f"{Kind.EMPLOYED}:", "经办机构 职工参保名单")]
        self.fields["source"].choices = [("", "请选择"), *named, *agency]

    def clean_month(self) -> date:
        typed = visible(self.cleaned_data["month"]).strip().replace("/", "-").replace("年", "-").removesuffix("月")
        try:
            return date.fromisoformat(f"{typed}-01")
        except ValueError as error:
            raise forms.ValidationError("月份不对，请写成 2016-11。") from error

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LIMITS.size:
            raise forms.ValidationError(f"文件超过{LIMITS.size // 1_000_000}MB，没有读取。请删去图片，或分开导入。")
        return file

    def draft(self) -> ListDraft:
        """Of a valid form."""
        kind, _, funder = self.cleaned_data["source"].partition(":")
        file = self.cleaned_data["file"]
        return ListDraft(
            kind=kind,
            ruleset_code=self.chosen.ruleset.code,
            division=self.chosen.scope,
            month=self.cleaned_data["month"],
            filename=file.name,
            data=file.read(),
            funder=funder,
        )


class WordsForm(RefusableForm):
    """名称对照: one choice for each word that nobody has explained."""

    def __init__(
        self, *args: Any, words: tuple[tuple[str, int], ...], categories: list[Category], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.words = [word for word, _ in words]
        choices = [("", "请选择"), *((each.code, each.name) for each in categories), ("-", "不是资助的类别，不入库")]
        for number, (word, count) in enumerate(words):
            label = f"“{word or '（空）'}” {count} 人"
            self.fields[f"word{number}"] = forms.ChoiceField(label=label, choices=choices, required=False)

    def chosen(self) -> dict[str, str]:
        """Word to category; those left open are left out."""
        picked = {word: self.cleaned_data[f"word{number}"] for number, word in enumerate(self.words)}
        return {word: "" if category == "-" else category for word, category in picked.items() if category}


class ColumnsForm(RefusableForm):
    """改正栏目: which column is what, by its letter."""

    places: ClassVar = {"ROSTER_HEAD": "id_no"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in NAMES.items():
            self.fields[name] = forms.RegexField(
                label=label,
                regex="^[A-Za-z]{1,2}$",
                required=False,
                error_messages={"invalid": "请写列的字母，例如 D；没有这一列的留空。"},
                widget=forms.TextInput(attrs={"autocomplete": "off", "maxlength": 2, "class": "is-column"}),
            )

    def mapping(self) -> dict[str, str]:
        """Of a valid form: every field, empty where the list has no such column."""
        return {name: self.cleaned_data[name].upper() for name in NAMES}


class WithdrawForm(RefusableForm):
    """撤回."""

    places: ClassVar = {"WITHDRAW_REASON": "reason"}
    reason = forms.CharField(
        label="事由",
        max_length=200,
        error_messages={"required": "请写明撤回的事由。", "max_length": "事由最多200个字。"},
    )


class FollowUpForm(RefusableForm):
    """联系记录."""

    places: ClassVar = {"PHONE": "phone", "follow_up_away_leaves_a_phone": "phone", "follow_up_found_is_known": "found"}
    found = forms.ChoiceField(
        label="情况",
        choices=[("", "请选择"), *FollowUp.Found.choices],
        error_messages={"required": "请选择联系的情况。"},
    )
    phone = forms.CharField(
        label="外出电话", max_length=20, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    note = forms.CharField(
        label="说明", max_length=200, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
