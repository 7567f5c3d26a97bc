"""试算的链接: keep a described household under a random token, so that its address says nothing about anybody."""

import secrets
from datetime import datetime

from common.decision import Reason, Refusal
from enrollment.models import SavedTrial
from enrollment.trial import State, case_of, state_of_case
from offices.acts import accountable, record
from offices.models import Staff

TOKEN_BYTES = 9


@accountable
def save_trial(*, state: State, by: Staff, at: datetime) -> SavedTrial:
    """Keep a description that the rules can read; what is not part of one, names above all, is left behind."""
    try:
        described = state_of_case(case_of(state))
    except (ValueError, TypeError) as problem:
        raise Refusal(Reason("TRIAL_UNREADABLE", f"这样的描述无法核定，没有存下：{problem}")) from problem
    row = SavedTrial.objects.create(
        token=secrets.token_urlsafe(TOKEN_BYTES),
        ruleset_code=described["ruleset"],
        described=described,
        by=by,
        at=at,
        office=by.office,
    )
    record(by=by, at=at, verb="save_trial", subject=row, detail={"ruleset": row.ruleset_code})
    return row
