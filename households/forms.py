"""新户登记表: the shape of what was typed, row by row. A wrong cell says so beside itself; the rest is kept."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from django import forms
from django.forms import formset_factory

from common.disability import DisabilityCertificateError, check_holder, parse_disability_certificate
from common.idcard import IdNumber, parse_id_number
from common.names import parse_name
from common.relations import parse_relation
from common.typed import InputError, compact
from households.drafts import CertificationDraft, HouseholdDraft, MemberDraft, OtherCoverDraft
from households.words import (
    DISABILITY,
    NEWBORN,
    Word,
    cover_words,
    hukou_words,
    read_word,
    relation_words,
    sex_words,
)
from offices.forms import PhoneField

T = TypeVar("T")
MOST_MEMBERS = 30
DISABILITY_CERTIFICATE = "残疾人证"
_HUKOU = re.compile(r"(?P<kind>\D*?\d?)\s*(?P<division>\d{6,12})?")
_DATE = re.compile(r"(\d{4})\D?(\d{1,2})\D?(\d{1,2})\D?")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What an office's registration form offers: categories of its rule set, villages, the usual hukou, today.

    `household_categories` are the codes that hold for a whole household; `certificates` name the papers.
    """

    categories: tuple[Word, ...]
    household_categories: frozenset[str]
    certificates: Mapping[str, str]
    hukou_division: str
    hukou_kind: str
    today: date
    villages: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class RowRead:
    """A row as far as it could be read. `cells` are the whole words for what was typed, `errors` sentences by cell."""

    place: int
    draft: MemberDraft
    number: IdNumber | None
    household_certification: CertificationDraft | None
    cells: Mapping[str, str]
    errors: Mapping[str, str]


class MemberRowForm(forms.Form):
    """One row of the grid, as text; `read` understands it."""

    id_no = forms.CharField(label="证件号", required=False, max_length=40)
    name = forms.CharField(label="姓名", required=False, max_length=80)
    relation = forms.CharField(label="与户主关系", required=False, max_length=20)
    hukou = forms.CharField(label="户口", required=False, max_length=30)
    category = forms.CharField(label="类别", required=False, max_length=40)
    cover = forms.CharField(label="其他医保", required=False, max_length=20)
    certificate = forms.CharField(label="证件号码", required=False, max_length=40)
    birth_certificate_no = forms.CharField(label="出生医学证明编号", required=False, max_length=20)
    mother_id_no = forms.CharField(label="母亲身份证号", required=False, max_length=40)
    sex = forms.CharField(label="性别", required=False, max_length=4)
    birth_date = forms.CharField(label="出生日期", required=False, max_length=20)
    renamed = forms.BooleanField(label="已改名", required=False)

    @property
    def is_blank(self) -> bool:
        """Nobody stands in this row."""
        return not any(str(self.text(name)).strip() for name in ("id_no", "name", "birth_certificate_no"))

    def text(self, name: str) -> str:
        """What was typed in a cell."""
        value = self.data.get(self.add_prefix(name), "") if self.is_bound else self.initial.get(name, "")
        return str(value)

    def read(self, place: int, vocabulary: Vocabulary) -> RowRead:
        """Understand the row; what cannot be understood stays empty in the draft and is named in `errors`."""
        return _RowReader(self, vocabulary).row(place)


class _RowReader:
    """Reads one row cell by cell, collecting the sentences of the cells that are wrong."""

    def __init__(self, form: MemberRowForm, vocabulary: Vocabulary) -> None:
        self.form, self.vocabulary = form, vocabulary
        self.errors: dict[str, str] = {}
        self.cells: dict[str, str] = {}

    def row(self, place: int) -> RowRead:
        today = self.vocabulary.today
        is_newborn = compact(self.form.text("id_no")) in {NEWBORN, "0"}
        number = None if is_newborn else self.cell("id_no", lambda text: parse_id_number(text, today=today))
        certification = self.certification(number)
        for_all = certification is not None and certification.category in self.vocabulary.household_categories
        kind, division = self.hukou()
        cover = self.word("cover", cover_words())
        own = (certification,) if certification and not for_all else ()
        draft = MemberDraft(
            name=self.cell("name", parse_name) or "",
            relation=self.relation(),
            hukou_division=division,
            hukou_kind=kind,
            id_no=number.number if number else "",
            renamed=bool(self.form.text("renamed")),
            certifications=own,
            other_covers=(OtherCoverDraft(cover.value),) if cover else (),
            **(self.newborn() if is_newborn else {}),
        )
        return RowRead(place, draft, number, certification if for_all else None, self.cells, self.errors)

    def cell(self, name: str, read: Callable[[str], T]) -> T | None:
        """What a cell says, or None and its error."""
        try:
            return read(self.form.text(name))
        except InputError as error:
            self.errors[name] = str(error)
            return None

    def word(self, name: str, words: Iterable[Word]) -> Word | None:
        """A word of a list; the cell is then shown with the whole word."""
        found = self.cell(name, lambda text: read_word(text, words, what=str(self.form.fields[name].label)))
        if found:
            self.cells[name] = found.label
        return found

    def relation(self) -> str:
        code = self.cell("relation", self.relation_code) or ""
        if code:
            self.cells["relation"] = next(word.label for word in relation_words() if word.value == code)
        return code

    def relation_code(self, text: str) -> str:
        word = read_word(text, relation_words(), what="与户主关系") if text.strip() else None
        return word.value if word else parse_relation(text)

    def hukou(self) -> tuple[str, str]:
        """城镇, or 城镇 320102 for a hukou elsewhere; an empty cell is the office's usual one."""
        match = _HUKOU.fullmatch(self.form.text("hukou").strip())
        usual = self.vocabulary.hukou_division
        if match is None:
            self.errors["hukou"] = "户口请录性质；外地户口在后面加6至12位区划代码，例如 城镇 320102。"
            return self.vocabulary.hukou_kind, usual
        read = self.cell("hukou", lambda _: read_word(match["kind"], hukou_words(), what="户口"))
        return (read.value if read else self.vocabulary.hukou_kind), match["division"] or usual

    def certification(self, number: IdNumber | None) -> CertificationDraft | None:
        word = self.word("category", self.vocabulary.categories)
        if word is None or not word.value:
            return None
        typed = self.form.text("certificate").strip()
        if not word.value.startswith(f"{DISABILITY}:"):
            kind = self.vocabulary.certificates.get(word.value, "")
            return CertificationDraft(category=word.value, kind=kind, number=typed)
        _, kind, grade = word.value.split(":")
        if len(compact(typed)) >= 20 and number:
            self.cell("certificate", lambda text: self.disability_number(text, number, kind, int(grade)))
        return CertificationDraft(
            disability_kind=kind, disability_grade=int(grade), kind=DISABILITY_CERTIFICATE, number=typed
        )

    def disability_number(self, text: str, number: IdNumber, kind: str, grade: int) -> str:
        certificate = parse_disability_certificate(text, today=self.vocabulary.today)
        check_holder(certificate, number.number)
        if certificate.label != f"{kind}{'一二三四'[grade - 1]}级":
            text = f"残疾人证号表示{certificate.label}，与所选的类别不一致。请对照证件核对。"
            raise DisabilityCertificateError("kind", text)
        return certificate.number

    def newborn(self) -> dict[str, Any]:
        """The cells of a child without a number."""
        certificate = compact(self.form.text("birth_certificate_no")).upper()
        if not certificate:
            self.errors["birth_certificate_no"] = "请录入出生医学证明编号，孩子有身份证号以前靠它认人。"
        mother = self.cell("mother_id_no", lambda text: parse_id_number(text, today=self.vocabulary.today))
        sex = self.word("sex", sex_words())
        if sex is None:
            self.errors.setdefault("sex", "请录入性别：1 男，2 女。")
        return {
            "birth_certificate_no": certificate,
            "mother_id_no": mother.number if mother else "",
            "sex": sex.value if sex else "",
            "birth_date": self.cell("birth_date", self.day),
        }

    def day(self, text: str) -> date:
        """2007-10-01, 20071001 or 2007年10月1日."""
        match = _DATE.fullmatch(compact(text))
        try:
            read = date(*(int(part) for part in match.groups())) if match else None
        except ValueError:
            read = None
        if read is None:
            raise InputError("date", "出生日期请按年月日录入，例如 2007-10-01。")
        if read > self.vocabulary.today:
            raise InputError("date", f"出生日期{read}晚于今天，请对照出生医学证明核对。")
        return read


MemberFormSet = formset_factory(MemberRowForm, extra=4, max_num=MOST_MEMBERS, absolute_max=MOST_MEMBERS)


class HouseholdForm(forms.Form):
    """What is said once for the whole household."""

    division_code = forms.ChoiceField(label="村（社区）")
    address = forms.CharField(label="地址", required=False, max_length=120)
    phone = PhoneField(label="电话", required=False)
    hukou_book_no = forms.CharField(label="户口簿号", required=False, max_length=30)

    def __init__(self, *args: Any, villages: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["division_code"].choices = list(villages)
        self.fields["division_code"].error_messages |= {
            "required": "请选择村（社区）。",
            "invalid_choice": "请选择村（社区）；列表中没有的，请管理员在行政区划中添加。",
        }


@dataclass(frozen=True, slots=True)
class RegistrationRead:
    """The whole form, understood as far as it goes."""

    household: HouseholdDraft
    rows: tuple[RowRead, ...]
    errors: Mapping[str, str]

    @property
    def is_whole(self) -> bool:
        """Nothing is wrong with the shape of anything."""
        return not self.errors and not any(row.errors for row in self.rows)


def read_registration(data: Mapping[str, Any], *, vocabulary: Vocabulary) -> RegistrationRead:
    """Read what was typed, rows that are blank left out."""
    form = HouseholdForm(data, villages=vocabulary.villages)
    form.full_clean()
    forms_of_rows = MemberFormSet(data, prefix="rows")
    count = min(forms_of_rows.total_form_count(), MOST_MEMBERS)
    typed = [(place, forms_of_rows[place]) for place in range(count)]
    rows = tuple(row.read(place, vocabulary) for place, row in typed if not row.is_blank)
    shared = [row.household_certification for row in rows if row.household_certification]
    once = {each.category: each for each in reversed(shared)}
    household = HouseholdDraft(
        division_code=form.cleaned_data.get("division_code", ""),
        members=tuple(row.draft for row in rows),
        hukou_book_no=form.cleaned_data.get("hukou_book_no", ""),
        address=form.cleaned_data.get("address", ""),
        phone=form.cleaned_data.get("phone", ""),
        certifications=tuple(once.values()),
    )
    errors = {name: "".join(sentences) for name, sentences in form.errors.items()}
    return RegistrationRead(household, rows, errors)
