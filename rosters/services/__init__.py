"""花名册的服务: opened, handed in, set aside, agreed, deposited, submitted, entered; one module each."""

from rosters.services.agreeing import agree, withdraw_agreement
from rosters.services.depositing import deposit, enter_deposit, withdraw_deposit
from rosters.services.handing import check_again, correct_columns, hand_in
from rosters.services.opening import RosterDraft, open_roster, withdraw_roster
from rosters.services.sending import (
    answer_return,
    enter_rows,
    return_row,
    submit_roster,
    undo_entry,
    withdraw_submission,
)
from rosters.services.setting_aside import put_back, set_aside

__all__ = [
    "RosterDraft",
    "agree",
    "answer_return",
    "check_again",
    "correct_columns",
    "deposit",
    "enter_deposit",
    "enter_rows",
    "hand_in",
    "open_roster",
    "put_back",
    "return_row",
    "set_aside",
    "submit_roster",
    "undo_entry",
    "withdraw_agreement",
    "withdraw_deposit",
    "withdraw_roster",
    "withdraw_submission",
]
