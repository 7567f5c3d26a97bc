"""演示区: the whole demonstration district, written once; a second time finds it there and changes nothing."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from random import Random

from django.conf import settings
from django.db import transaction

from common.dates import SHANGHAI
from common.decision import Reason, Refusal
from enrollment.models import RuleSet
from enrollment.services import load_ruleset
from households.models import Household
from offices.demo import create_demo_offices
from offices.models import Office, Staff
from payments.demo import bank, cards, claims, earlier, settling, songyang, writing, xinpu
from payments.demo.calendar import moments, working_days
from payments.demo.listed import MISMATCH
from payments.demo.paying import Book, Till
from payments.demo.writing import Written
from payments.models.lot import Purpose
from payments.services import allot_from_lot, receive_lot

RULESETS = Path(settings.BASE_DIR) / "enrollment" / "rulesets"


@transaction.atomic
def seed_demo() -> list[str]:
    """Write what is missing of the demonstration district; one sentence for each street that was written."""
    if not settings.DEMO:
        raise Refusal(Reason("not_demo", "现在不是演示模式，不能写入演示数据：编造的人会混进真实的户中。"))
    offices = {office.code: office for office in create_demo_offices()}
    streets = (("LYG-XINPU", _seed_xinpu), ("SM-SONGYANG", _seed_songyang))
    said = []
    for code, seed in streets:
        office = offices[code]
        if not Household.objects.filter(office=office).exists():
            _have_ruleset(office.ruleset_code)
            said.append(seed(office))
    return said


def _have_ruleset(code: str) -> None:
    """Load the rule set that came with the application, unless there is one of that name."""
    if not RuleSet.objects.filter(code=code).exclude(current_edition=None).exists():
        text = (RULESETS / f"{code}.toml").read_text(encoding="utf-8")
        load_ruleset(text=text, by=None, at=datetime(2007, 8, 15, 9, tzinfo=SHANGHAI))


def _staff(office: Office) -> dict[str, Staff]:
    return {each.username: each for each in Staff.objects.filter(office=office, is_demo=True).select_related("office")}


def _seed_xinpu(office: Office) -> str:
    """150 households, a third of them paid: early birds by 20 September, the others after it; a few have cards."""
    staff = _staff(office)
    cards.price(office.ruleset_code, by=Staff.objects.get(username="admin", is_demo=True), at=_at(2007, 8, 24))
    written = writing.register(xinpu.households(), staff)
    till = Till(
        office=office,
        staff=staff,
        clerks=("liu", "sun"),
        supervisor="chen",
        coverage_year=2008,
        rng=Random(xinpu.SEED + 1),
        first=frozenset({"维吾尔族一家", "缴费后新增成员"}),
        never=frozenset({"张建国户"}),
    )
    rest_of_last_year = Book("320705-06B", 8801, 8806, "sun")
    books = (rest_of_last_year, Book("320705-07A", 12301, 12330, "liu"), Book("320705-07B", 20001, 20500))
    till.receive(books, _at(2007, 8, 28))
    early = working_days(date(2007, 9, 3), date(2007, 9, 20))
    late = working_days(date(2007, 9, 21), date(2007, 10, 24), holidays=xinpu.HOLIDAYS)
    when = [*moments(till.rng, early, 15), *moments(till.rng, late, 36)]
    paid = till.take(written, when, void_at=(6, 21, 33))
    window = cards.Window(office=office, staff=staff, clerks=("liu", "sun"), supervisor="chen", coverage_year=2008)
    window.receive("320705-07G", 801, 900, _at(2007, 10, 8))
    days = working_days(date(2007, 10, 9), date(2007, 10, 22))
    window.hand_out(moments(till.rng, days, 18), lost_at=_at(2007, 10, 23))
    _settle(office, staff, till)
    bank.take_in(office, by=staff["chen"], at=_at(2007, 10, 24, 16))
    till.verify(rest_of_last_year.code, _at(2007, 10, 24, 17))
    _have_lot(office)
    return _sentence(office, written, paid)


def _seed_songyang(office: Office) -> str:
    """150 households, most of them covered for years; most paid again in the first four weeks."""
    staff = _staff(office)
    written = writing.register(songyang.households(), staff)
    earlier.enrol(written, staff["yang"], Random(songyang.SEED + 1))
    till = Till(
        office=office,
        staff=staff,
        clerks=("yang", "he"),
        supervisor="duan",
        coverage_year=2017,
        rng=Random(songyang.SEED + 2),
        never=frozenset(trait for each in written for trait in each.home.traits if trait.startswith(MISMATCH)),
        held=songyang.HELD,
    )
    till.receive((Book("530127-16A", 3301, 3339, "yang"), Book("530127-16B", 60001, 60500)), _at(2016, 9, 29))
    paid = till.take(written, moments(till.rng, songyang.THIS_AUTUMN, 112), void_at=(9, 70))
    _settle(office, staff, till)
    claims.claim(_at(2016, 11, 8))
    return _sentence(office, written, paid)


def _settle(office: Office, staff: dict[str, Staff], till: Till) -> None:
    """The days are closed and the weeks sent up; one clerk has her last day before her."""
    clerks = [staff[name] for name in till.clerks]
    settling.close_days(office, clerks, left=clerks[1])
    reviewer = Staff.objects.get(username="admin", is_demo=True)
    settling.send_up(office, supervisor=staff[till.supervisor], reviewer=reviewer)


def _have_lot(office: Office) -> None:
    """Receipts that the district got from the finance office; a book of them lies in the street's cupboard."""
    given = {"by": Staff.objects.get(username="admin"), "at": _at(2007, 10, 24, 18)}
    lot = receive_lot(
        division_code=office.division_code[:6],
        code="320705-07C",
        first_number=30001,
        last_number=32000,
        width=8,
        purpose=Purpose.CONTRIBUTION,
        slip_number="领2007-021",
        **given,
    )
    allot_from_lot(lot_id=lot.pk, office_id=office.pk, first_number=30001, last_number=30200, **given)


def _at(year: int, month: int, day: int, hour: int = 9) -> datetime:
    return datetime(year, month, day, hour, tzinfo=SHANGHAI)


def _sentence(office: Office, written: Sequence[Written], paid: int) -> str:
    persons = sum(len(each.home.members) for each in written)
    return f"{office.name}：已建立演示户{len(written)}户、{persons}人，其中{paid}户已缴费。"
