"""建立名册: a batch of a village, a school or a department is opened, or withdrawn before any money stands on it."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, Max, OuterRef

from common.dates import local_day
from common.decision import Reason, Refusal
from enrollment import library
from enrollment.models import ContributionPeriod
from offices.access import require_role
from offices.acts import accountable, record
from offices.models import Division, Office, Staff
from rosters.clauses import HAND_IN, clause_of
from rosters.models import Roster, RosterDeposit
from rosters.models.roster import RosterQuerySet

AT_THE_COUNTER = (Staff.Role.CLERK, Staff.Role.SUPERVISOR)


@dataclass(frozen=True, slots=True)
class RosterDraft:
    """A roster as it was typed: a village by its code, or a school or department by its name."""

    channel: str
    coverage_year: int
    collector: str
    village_code: str = ""
    place: str = ""
    group: str = ""
    collector_phone: str = ""


def roster_for(roster_id: int, *, by: Staff) -> Roster:
    """The roster of the member of staff's office, locked; a withdrawn one is refused."""
    roster = Roster.objects.visible_to(by).select_for_update(no_key=True).filter(pk=roster_id).first()
    if roster is None:
        raise Refusal(Reason("ROSTER_GONE", "找不到这份名册，或它不归本机构。请回到名册列表重新打开。"))
    if roster.withdrawn_at:
        raise Refusal(Reason("ROSTER_WITHDRAWN", "这份名册已撤销，不能再办理。要办的，请另建一份。"))
    return roster


@accountable
def open_roster(*, draft: RosterDraft, by: Staff, at: datetime) -> Roster:
    """建立 one batch (S-8-4: one for each village, group and day, until that one has been deposited)."""
    require_role(by, *AT_THE_COUNTER)
    office = Office.objects.select_for_update(no_key=True).get(pk=by.office_id)
    place, code = _place(draft, office, at)
    period = _period(office, draft.coverage_year)
    same = Roster.objects.filter(
        office=office,
        coverage_year=draft.coverage_year,
        channel=draft.channel,
        division_code=code,
        place=place,
        group=draft.group,
    )
    _refuse_second(same, at)
    roster = Roster.objects.create(
        office=office,
        division_code=code,
        channel=draft.channel,
        place=place,
        group=draft.group,
        serial=(same.aggregate(last=Max("serial"))["last"] or 0) + 1,
        coverage_year=draft.coverage_year,
        period=period,
        day=local_day(at),
        collector=draft.collector,
        collector_phone=draft.collector_phone,
        created_at=at,
        created_by=by,
    )
    record(by=by, at=at, verb="open_roster", subject=roster, detail={"title": roster.title})
    return roster


def _place(draft: RosterDraft, office: Office, at: datetime) -> tuple[str, str]:
    """How the place is called, and the division that it lies in."""
    if draft.channel != Roster.Channel.VILLAGE:
        if not draft.place.strip():
            raise Refusal(Reason("ROSTER_PLACE", "请填写学校或部门的名称。"))
        return draft.place.strip(), office.division_code
    villages = Division.objects.at(local_day(at)).within(office.division_code)
    village = villages.filter(code=draft.village_code, level=Division.Level.VILLAGE).first()
    if village is None:
        raise Refusal(Reason("ROSTER_VILLAGE", "请选择本机构管辖的一个村（社区）。"))
    return village.name, village.code


def _period(office: Office, year: int) -> ContributionPeriod:
    ruleset = library.current(office.ruleset_code)
    period = ContributionPeriod.objects.filter(ruleset__code=ruleset.code, coverage_year=year).first()
    if period is None or year not in ruleset.periods:
        raise Refusal(Reason("PERIOD_UNKNOWN", f"规则里没有{year}年度，不能建名册。请另选年度。"))
    return period


def _refuse_second(same: RosterQuerySet, at: datetime) -> None:
    deposited = RosterDeposit.objects.filter(agreement__roster=OuterRef("pk"), withdrawn_at=None)
    open_one = same.standing().filter(~Exists(deposited), day=local_day(at)).select_related("office").first()
    if open_one:
        text = f"{open_one.title}是今天建的，还没有缴存；一个村（组）一天交一份，请接着办那一份。"
        raise Refusal(Reason("ROSTER_OPEN", text, clause_of(open_one, HAND_IN)))


@accountable
def withdraw_roster(*, roster_id: int, reason: str, by: Staff, at: datetime) -> Roster:
    """撤销 a roster on which no deposit stands; an agreement has to be withdrawn before."""
    require_role(by, *AT_THE_COUNTER)
    roster = roster_for(roster_id, by=by)
    if roster.agreements.filter(withdrawn_at=None).exists():
        raise Refusal(Reason("ROSTER_AGREED", "这份名册已经核对相符，不能撤销。确要撤销的，请先撤回核对。"))
    roster.withdrawn_at, roster.withdrawn_by, roster.withdraw_reason = at, by, why(reason)
    roster.save(update_fields=["withdrawn_at", "withdrawn_by", "withdraw_reason"])
    record(by=by, at=at, verb="withdraw_roster", subject=roster, detail={"reason": roster.withdraw_reason})
    return roster


def why(reason: str) -> str:
    """A reason that is one."""
    text = reason.strip()
    if not text:
        raise Refusal(Reason("WITHDRAW_REASON", "请写明事由，审计时要查。"))
    return text[:200]
