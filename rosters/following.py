"""联系记录: noting what was found when somebody who is not enrolled was asked."""

from datetime import datetime

from common.decision import Reason, Refusal
from common.phone import parse_phone
from common.typed import InputError
from households.models import Person
from offices.access import require_role, visible
from offices.acts import accountable, record
from offices.models import Staff
from rosters.models import FollowUp


@accountable
def note_follow_up(
    *, person_id: int, coverage_year: int, found: str, phone: str = "", note: str = "", by: Staff, at: datetime
) -> FollowUp:
    """A dated fact; the last one counts, the earlier ones stay."""
    require_role(by, Staff.Role.CLERK, Staff.Role.SUPERVISOR)
    person = visible(Person.objects.all(), by).filter(pk=person_id).first()
    if person is None:
        raise Refusal(Reason("PERSON_UNKNOWN", "找不到此人，或不在您的管辖范围内。请刷新后重新选择。"))
    made = FollowUp.objects.create(
        person=person,
        coverage_year=coverage_year,
        found=found,
        phone=_phone(phone),
        note=note.strip()[:200],
        division_code=person.division_code,
        at=at,
        by=by,
    )
    record(
        by=by,
        at=at,
        verb="note_follow_up",
        subject=made,
        detail={"person": person_id, "outcome": made.get_found_display()},
    )
    return made


def _phone(typed: str) -> str:
    if not typed.strip():
        return ""
    try:
        return parse_phone(typed)
    except InputError as error:
        raise Refusal(Reason("PHONE", str(error))) from error
