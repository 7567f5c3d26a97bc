"""A whole way of the money: paid, voided, settled, reversed, remitted, in the district's and the city's account."""

from dataclasses import dataclass

from enrollment.account_services import credit_accounts
from households.drafts import PaperDraft
from households.models import Household
from offices.models import Staff
from payments.models import Receipt, Remittance, Transfer
from payments.services import reverse_receipt, void_receipt
from tests.builders import HEAD, at, make_household, make_staff, member
from tests.payments.card_builders import fill_fees, give, workmanship_book
from tests.payments.conftest import take
from tests.payments.money_builders import confirmed, remit, reviewed, settle, transfer


@dataclass(frozen=True, slots=True)
class Chain:
    """What was made, and who made it."""

    clerk: Staff
    supervisor: Staff
    administrator: Staff
    second: Staff
    remittance: Remittance
    district: Transfer
    city: Transfer


def single(by: Staff, name: str = "王大力", **more: object) -> Household:
    """A household of one whose papers were seen; it pays 120 yuan."""
    shown = {"papers": (PaperDraft("id_card"),), "photos": 2}
    return make_household(by, member(name, HEAD, **shown), papers=(PaperDraft("hukou_book"),), **more)


def paid(by: Staff, name: str, **more: object) -> Receipt:
    """The receipt of 120 yuan from a household of one."""
    return Receipt.objects.get(pk=take(single(by, name), by, "120.00", **more).receipt_id)


def whole_chain(family: Household, clerk: Staff, supervisor: Staff, administrator: Staff) -> Chain:
    """420 yuan with the city, 240 on a remittance, 120 settled less 120 reversed, 120 with the clerk."""
    second = make_staff(None, "gao", name="高复核", role="administrator")
    fill_fees(administrator)
    workmanship_book(supervisor)
    take(family, clerk, "420.00")
    void_receipt(receipt_id=paid(clerk, "钱一").pk, reason="录错", by=supervisor, at=at("2007-10-25 11:00"))
    give(family, clerk, cards={"张建国": "K001"}, books={"李秀英": "B001"}, total="5.00")
    first = settle(clerk)
    sent = reviewed(supervisor, administrator, first.lines.get(period__isnull=False))
    district = confirmed(transfer("district", "320705", sent, by=administrator), by=administrator, second=second)
    city = confirmed(
        transfer("city", "3207", district, by=second, moment="2007-12-20 09:00"),
        by=second,
        second=administrator,
        day="2007-12-25",
    )
    wrong = paid(clerk, "钱二", at=at("2007-10-26 09:00"), means="card")
    paid(clerk, "钱三", at=at("2007-10-26 09:30"))
    later = settle(clerk, day="2007-10-26").lines.get()
    reverse_receipt(
        receipt_id=wrong.pk,
        means="cash",
        payee="钱二",
        reason="重复参保",
        clerk=clerk,
        by=supervisor,
        at=at("2007-10-27 09:00"),
    )
    paid(clerk, "钱四", at=at("2007-10-27 10:00"))
    settle(clerk, day="2007-10-27")
    remit(supervisor, later, moment="2007-10-28 09:00")
    paid(clerk, "钱五", at=at("2007-10-28 10:00"))
    credit_accounts(ruleset_code="lianyungang", coverage_year=2008, by=supervisor, at=at("2008-01-05 09:00"))
    return Chain(clerk, supervisor, administrator, second, sent, district, city)
