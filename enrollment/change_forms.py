"""变更的表: what each kind of change asks, and the papers to be ticked."""

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from django import forms

from common.decision import Refusal
from common.kinship import Kin, likely_head, proposals
from common.relations import HEAD, LABELS
from enrollment.change_plan import Kind, Wish
from enrollment.rules.changes import LEAVING
from households.models import Household, Membership
from offices.forms import DayField, RefusableForm

DAYS = {
    Kind.DEATH: "死亡日期",
    Kind.MOVE_OUT: "迁出日期",
    Kind.MOVE_WITHIN: "迁移日期",
    Kind.EMPLOYEE_START: "职工医保开始日期",
}
# Name, label, whether it must be there, length.
TEXTS = {
    Kind.MOVE_OUT: ("to", "迁往何处", False, 80),
    Kind.MOVE_WITHIN: ("to", "新住地", False, 80),
    Kind.EMPLOYEE_START: ("certificate", "职工医保证号", False, 40),
    Kind.NAME: ("name", "更正后的姓名", True, 80),
    Kind.ID_NUMBER: ("id_no", "更正后的身份证号", True, 40),
    Kind.NEWBORN_NUMBER: ("id_no", "身份证号", True, 40),
    Kind.SPLIT: ("address", "新户的地址", False, 120),
    Kind.MERGE: ("into", "并入的户号", True, 20),
}
CHOOSE = ("", "请选择")
NAMES = {"spellcheck": "false", "autocomplete": "off"}


class ChangeForm(RefusableForm):
    """One kind of change: its fields, then its papers. What is typed stays while the effect is looked at."""

    places: ClassVar = {
        "DAY": "happened_on",
        "PAPERS": "papers",
        "PAYEE": "payee",
        "PAYEE_RELATION": "payee_relation",
        "NEW_HEAD": "new_head",
        "no_head": "new_head",
        "name": "name",
        "relation": "relation",
        "into": "into",
        "division": "division_code",
        "duplicate": "id_no",
    }

    def __init__(
        self,
        *args: Any,
        kind: Kind,
        household: Household,
        membership: Membership | None,
        papers: Sequence[str],
        villages: Sequence[tuple[str, str]] = (),
        today: Any = None,
        names_heir: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self.household, self.membership, self.today = kind, household, membership, today
        self.members = list(household.memberships.filter(ends_on=None).select_related("person").order_by("pk"))
        self.kin = {row.person_id: Kin(row.relation, row.person.sex, row.person.birth_date) for row in self.members}
        if kind in DAYS:
            missing = {"required": f"请填写{DAYS[kind]}。"}
            self.fields["happened_on"] = DayField(label=DAYS[kind], required=True)
            self.fields["happened_on"].error_messages |= missing
        self.fields |= dict(self._own(villages))
        if names_heir:
            self.fields |= dict(_payee())
        if papers:
            self.fields["papers"] = forms.MultipleChoiceField(
                label="已查验的材料",
                choices=[(paper, paper) for paper in papers],
                widget=forms.CheckboxSelectMultiple,
                required=False,
            )
        if "relations_for" in self.fields:
            self._propose_relations()

    def _propose_relations(self) -> None:
        """What everybody is to the new head, as it likely is; what was chosen by hand stays."""
        if not self.is_bound:
            head = likely_head(self.kin) if self.kind in LEAVING else None
            self.initial |= {"new_head": head or "", **self._proposals(str(head or ""))}
            return
        head, shown_for = self.data.get("new_head", ""), self.data.get("relations_for", "")
        if head == shown_for:
            return
        shown, now = self._proposals(shown_for), self._proposals(head)
        self.data = self.data.copy()
        for name in self._relation_fields():
            if self.data.get(name, "") in ("", shown.get(name, "")):
                self.data[name] = now.get(name, "")
        self.data["relations_for"] = head

    def _proposals(self, head: str) -> dict[str, str]:
        """The values of the fields that follow from the choice of a head."""
        if not head.isdecimal():
            return {"relations_for": ""}
        found = proposals(self.kin, new_head=int(head))
        return {"relations_for": head} | {f"relation_{person}": relation for person, relation in found.items()}

    def _relation_fields(self) -> list[str]:
        return [name for name in self.fields if name.startswith("relation_")]

    def clean(self) -> dict[str, Any]:
        """Beside a new head everybody else has a relation."""
        values = super().clean() or self.cleaned_data
        head = values.get("new_head")
        if "relations_for" in self.fields and head:
            for row in self.members:
                name = f"relation_{row.person_id}"
                if name in self.fields and str(row.person_id) != head and not values.get(name):
                    self.add_error(name, f"请选择{row.person.name}与新户主的关系。")
        return values

    def _own(self, villages: Sequence[tuple[str, str]]) -> Iterator[tuple[str, forms.Field]]:
        """What only this kind asks, in the order of the page."""
        if self.kind in TEXTS:
            name, label, required, length = TEXTS[self.kind]
            told = {"required": f"请填写{label}。"}
            text = forms.CharField(label=label, required=required, max_length=length, error_messages=told)
            text.widget.attrs |= NAMES
            yield name, text
        if self.kind in LEAVING and self._leaves_a_household_without_head():
            yield "new_head", self._member_choice("接任户主")
            yield from self._relations_to_new_head()
        elif self.kind == Kind.EMPLOYEE_START:
            yield "division", self._division()
        elif self.kind == Kind.RELATION:
            told = {"required": "请选择与户主关系。"}
            choices = [CHOOSE, *_relations(head=False)]
            yield "relation", forms.ChoiceField(label="与户主关系", choices=choices, error_messages=told)
        elif self.kind in (Kind.HEAD, Kind.SPLIT, Kind.MERGE):
            yield from self._of_household(villages)

    def _of_household(self, villages: Sequence[tuple[str, str]]) -> Iterator[tuple[str, forms.Field]]:
        if self.kind == Kind.HEAD:
            yield "new_head", self._member_choice("新户主", but_head=True)
            yield from self._relations_to_new_head()
        elif self.kind == Kind.SPLIT:
            yield "division_code", forms.ChoiceField(label="新户的村（社区）", choices=villages)
            yield from self._relations_to("留在本户，或在新户中的关系", head=True, required=False)
        else:
            yield from self._relations_to("与并入户户主的关系", head=False, required=True)

    def _leaves_a_household_without_head(self) -> bool:
        return bool(self.membership and self.membership.relation == HEAD and len(self.members) > 1)

    def _member_choice(self, label: str, *, but_head: bool = False) -> forms.Field:
        mine = self.membership.pk if self.membership else None
        rows = [row for row in self.members if row.pk != mine and not (but_head and row.relation == HEAD)]
        choices = [CHOOSE, *((str(row.person_id), row.person.name) for row in rows)]
        return forms.ChoiceField(label=label, choices=choices, error_messages={"required": f"请选择{label}。"})

    def _division(self) -> forms.Field:
        return forms.RegexField(
            label="职工医保参保地区划代码",
            regex=r"^[0-9]{2,12}$",
            required=False,
            help_text="如 320700",
            error_messages={"invalid": "参保地应为区划代码，例如 320700。"},
        )

    def _relations_to_new_head(self) -> Iterator[tuple[str, forms.Field]]:
        leaver = self.membership.person_id if self.membership else None
        stay = [row for row in self.members if row.person_id != leaver]
        for row in stay if len(stay) > 1 else ():
            label = f"{row.person.name} 与新户主的关系"
            choices = [("", "请选择（新户主本人不选）"), *_relations(head=False)]
            yield f"relation_{row.person_id}", forms.ChoiceField(label=label, choices=choices, required=False)
        yield "relations_for", forms.CharField(widget=forms.HiddenInput, required=False)

    def _relations_to(self, what: str, *, head: bool, required: bool) -> Iterator[tuple[str, forms.Field]]:
        for row in self.members:
            if head and row.relation == HEAD:
                continue
            blank = ("", "留在本户") if head else CHOOSE
            choices = [blank, *_relations(head=head)]
            missing = {"required": f"请选择{row.person.name}{what}。"}
            yield (
                f"relation_{row.person_id}",
                forms.ChoiceField(
                    label=f"{row.person.name} {what}", choices=choices, required=required, error_messages=missing
                ),
            )

    def refuse(self, refusal: Refusal) -> None:
        """Whatever is wrong with a number stands beside it."""
        for reason in refusal.reasons:
            place = "id_no" if reason.code.startswith("id_") else self.places.get(reason.code)
            self.add_error(place if place in self.fields else None, str(reason))

    def wish(self) -> Wish:
        """For the services."""
        values = dict(self.cleaned_data)
        day = values.pop("happened_on", None) or self.today
        papers = tuple(values.pop("papers", ()))
        relations = {
            int(name.removeprefix("relation_")): values.pop(name)
            for name in list(values)
            if name.startswith("relation_")
        }
        values.pop("relations_for", None)
        head = values.get("new_head")
        given = {person: relation for person, relation in relations.items() if relation and str(person) != head}
        values |= {"relations": given, "leaving": given}
        if "new_head" in values:
            values["new_head"] = int(values["new_head"])
        person_id = self.membership.person_id if self.membership else None
        return Wish(self.kind, self.household.pk, person_id, day, papers, values)


def _payee() -> Iterator[tuple[str, forms.Field]]:
    """Who takes the balance of a dead person's account."""
    told = {"required": "个人账户有余额，请填写领取余额的继承人姓名。"}
    name = forms.CharField(label="领取余额的继承人", max_length=60, error_messages=told)
    name.widget.attrs |= NAMES
    yield "payee", name
    told = {"required": "请填写继承人与参保人的关系，如 子。"}
    relation = forms.CharField(label="继承人与参保人关系", max_length=20, error_messages=told)
    yield "payee_relation", relation


def _relations(*, head: bool) -> list[tuple[str, str]]:
    return [pair for pair in LABELS.items() if pair[0] != "01" and (head or pair[0] != HEAD)]


class UndoForm(RefusableForm):
    """Why a change is taken back."""

    places: ClassVar = {"UNDO_REASON": "reason"}
    reason = forms.CharField(
        label="撤销事由",
        max_length=200,
        required=False,
        help_text="例如：同名误报，本人健在。撤销后原变更仍留在历史中。",
    )
