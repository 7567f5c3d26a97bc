"""Departments' lists as they come, and households of 嵩阳街道 whom they name. All people are invented."""

from datetime import date
from typing import Any

from common.relations import HEAD
from households.models import Household
from offices.models import Staff
from rosters.lists.applying import apply_list
from rosters.lists.comparing import compare
from rosters.lists.importing import ListDraft, import_list
from rosters.models import FunderList
from tests.builders import OTHER, at, make_household
from tests.payments.funding_builders import listed
from tests.rosters.made import csv_of, number

DETAIL = ["序号", "身份证号", "姓名", "医疗救助身份", "镇（街）", "村（居）", "纳入资助时间", "缴费时间"]
ONE, TWO, THREE = number("19500101", 971), number("19700101", 973), number("19800101", 975)
OCTOBER, NOVEMBER = at("2016-10-12 09:00"), at("2016-11-10 09:00")


def rows(*people: tuple[str, str, str], heads: list[str] | None = None) -> bytes:
    body = [[n, no, name, said, "嵩阳街道", "东村", "2016-09-01", ""] for n, (name, no, said) in enumerate(people, 1)]
    return csv_of([heads or DETAIL, *body])


def draft(data: bytes, *, month: str = "2016-10-01", funder: str = "civil_affairs", **more: Any) -> ListDraft:
    given = {"kind": "support", "ruleset_code": "songming", "division": "530127001", "filename": "名单.csv"}
    return ListDraft(**given | more, month=date.fromisoformat(month), data=data, funder=funder)


def took_in(by: Staff, *people: tuple[str, str, str], moment: Any = OCTOBER, **more: Any) -> FunderList:
    found = import_list(draft=draft(rows(*people), **more), by=by, at=moment)
    return apply_list(list_id=found.pk, seen=compare(found).counts.get("ended", 0), by=by, at=moment)


def home(clerk: Staff, *people: tuple[str, str], **more: Any) -> Household:
    members = [
        listed(name, "", HEAD if place == 0 else OTHER, id_no=no, **more) for place, (name, no) in enumerate(people)
    ]
    return make_household(clerk, *members, moment="2016-09-20 09:00")
