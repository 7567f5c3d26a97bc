"""花名册: a roster, the files handed in for it with their rows, and its steps: agreed, deposited, taken, submitted."""

from rosters.models.file import ColumnChoice, RosterFile, RosterRow
from rosters.models.following import FollowUp
from rosters.models.listing import CategoryWord, FunderList, FunderListLine
from rosters.models.money import RosterAgreement, RosterDeposit, RosterTaking
from rosters.models.roster import Roster
from rosters.models.sent import RosterEntry, RosterSubmission

__all__ = [
    "CategoryWord",
    "ColumnChoice",
    "FollowUp",
    "FunderList",
    "FunderListLine",
    "Roster",
    "RosterAgreement",
    "RosterDeposit",
    "RosterEntry",
    "RosterFile",
    "RosterRow",
    "RosterSubmission",
    "RosterTaking",
]
