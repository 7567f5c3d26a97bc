"""另记: a line that is known and not ours; and the statement's file, kept and given back as it was."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from common.decision import Refusal
from households import vault
from offices.models import Act
from payments.bank import reconciled
from payments.models import StatementMark, StatementMatch
from payments.services import mark_row, rematch, undo_mark
from tests.acting import as_owner
from tests.builders import WHY, at, make_office, make_staff
from tests.payments.bank_builders import IN_420, banked, csv, take
from tests.payments.conftest import Pay
from tests.payments.money_builders import settle

INTEREST = "2007-10-27,9,结息,,1.50,农业银行"
LATER = at("2007-11-02 09:00")


@pytest.fixture
def line(pay: Pay, zhang_household, aunt_liu, book):
    """420 yuan, settled on 2007-10-25."""
    pay(zhang_household, aunt_liu, "420.00")
    return settle(aunt_liu).lines.get()


@pytest.fixture
def statement(line, mr_chen):
    """420 yuan that came in and were found, and interest that nobody knows yet."""
    banked(mr_chen, line)
    return take(mr_chen, csv(IN_420, INTEREST))


@pytest.fixture
def interest(statement):
    return statement.rows.get(number="9")


def marked(row, by, reason=" 结息 "):
    return mark_row(row_id=row.pk, reason=reason, by=by, at=LATER)


def test_a_line_that_is_known_is_no_longer_open(statement, interest, mr_chen):
    assert not reconciled.reconciled(statement).is_clear

    made = marked(interest, mr_chen)

    found = reconciled.reconciled(statement)
    assert (found.is_clear, found.unknown, [each.reason for each in found.marks]) == (True, [], ["结息"])
    (row,) = reconciled.listed(type(statement).objects.all())
    assert (row.came, row.found, row.marked, row.told) == (2, 1, 1, 2)
    assert Act.objects.get(verb="mark_row").detail["reason"] == "结息"
    undo_mark(mark_id=made.pk, reason="看错", by=mr_chen, at=LATER)
    assert reconciled.reconciled(statement).unknown == [interest]


def test_what_is_marked_is_not_matched_and_what_is_matched_is_not_marked(statement, interest, mr_chen):
    match = StatementMatch.objects.get()
    marked(interest, mr_chen)

    with pytest.raises(Refusal, match="已经核对为我方的回单"):
        marked(match.row, mr_chen)
    with pytest.raises(Refusal, match="已经另记"):
        marked(interest, mr_chen)
    assert rematch(statement_id=statement.pk, by=mr_chen, at=LATER) == 0


def test_a_mark_says_what_the_line_is_and_undoing_says_why(interest, mr_chen, aunt_liu):
    with pytest.raises(Refusal, match="写明这一笔是什么"):
        marked(interest, mr_chen, " ")
    with pytest.raises(Refusal, match="只能由主管"):
        marked(interest, aunt_liu)
    made = marked(interest, mr_chen)
    with pytest.raises(Refusal, match="没有写事由"):
        undo_mark(mark_id=made.pk, reason="", by=mr_chen, at=LATER)
    undo_mark(mark_id=made.pk, reason="看错", by=mr_chen, at=LATER)
    with pytest.raises(Refusal, match="已经取消"):
        undo_mark(mark_id=made.pk, reason="看错", by=mr_chen, at=LATER)


def test_the_database_marks_no_line_that_is_matched_and_changes_no_mark(statement, interest, mr_chen):
    made, matched = marked(interest, mr_chen), StatementMatch.objects.get().row
    copy = """INSERT INTO payments_statementmark (row_id, reason, at, by_id, undo_reason)
              SELECT %s, reason, at, by_id, '' FROM payments_statementmark"""

    for statement_, given, words in (
        (copy, [matched.pk], "is not open"),
        ("UPDATE payments_statementmark SET reason = '别的' WHERE id = %s", [made.pk], "Cannot update"),
        ("DELETE FROM payments_statementmark WHERE id = %s", [made.pk], "Cannot delete"),
    ):
        with pytest.raises(DatabaseError, match=words), transaction.atomic(), as_owner(), connection.cursor() as cursor:
            cursor.execute(statement_, given)


def test_a_supervisor_marks_on_the_page_and_takes_the_mark_back(statement, interest, mr_chen):
    client = Client()
    client.force_login(mr_chen)

    page = client.post(reverse("row-mark", args=[interest.pk]), {"reason": "结息"}, follow=True).content.decode()
    assert "另记：不是我方的款" in page
    empty = client.post(reverse("row-mark", args=[interest.pk]), {"reason": ""})
    assert empty.status_code == 422
    mark = StatementMark.objects.get()
    client.post(reverse("mark-undo", args=[mark.pk]), {"reason": "看错"})
    mark.refresh_from_db()
    assert mark.undo_reason == "看错"


def test_the_file_is_kept_and_given_back_as_it_was(statement, mr_chen):
    client, stranger = Client(), Client()
    client.force_login(mr_chen)
    elsewhere = make_office("320706001", name="另一街道")
    stranger.force_login(make_staff(elsewhere, "wai", name="外主管", role="supervisor"))
    address = reverse("statement-file", args=[statement.pk])

    asked = client.get(address)
    answer = client.post(address, WHY)

    assert IN_420.encode() not in asked.content
    assert Act.objects.get(verb="fetch_statement_file").detail["reason"] == "本机构办理业务"
    assert answer.content == csv(IN_420, INTEREST)
    assert answer["Content-Disposition"].startswith("attachment")
    assert address in client.get(reverse("statement", args=[statement.pk])).content.decode()
    assert stranger.post(address, WHY).status_code == 404
    vault.path_of(statement.stored).write_bytes(b"other")
    assert client.post(address, WHY).status_code == 404


def test_the_bytes_of_a_statement_that_is_refused_are_not_kept(statement, mr_chen, settings):
    before = sorted(vault.path_of(statement.stored).parent.parent.rglob("*"))

    with pytest.raises(Refusal, match="不必再导"):
        take(mr_chen, csv(IN_420, INTEREST))

    assert sorted(vault.path_of(statement.stored).parent.parent.rglob("*")) == before
