"""每张表: whose its rows are. A table that is not named here is one that the application cannot even read. Pure.

What the application may do to a table follows from the triggers of its model (`upkeep/wall/grants.py`); here stands
only what no trigger says: which tables it deletes from, and which it but reads.
"""

from collections.abc import Mapping
from types import MappingProxyType

from upkeep.wall.rows import (
    ForAllWhoAreTold,
    InDivisions,
    OfOffice,
    OfPerson,
    OfStaff,
    PartOf,
    Rows,
    Unguarded,
)

_RULES = ForAllWhoAreTold("what documents and administrators say for all; nobody's name or money")
_OF_THE_MACHINE = Unguarded("what the machine did: times, sizes, digests; read by a monitor that logs in as nobody")
_DJANGO = Unguarded("Django's own; nothing of a resident")

_BEFORE_LOGIN = Unguarded("read and written by whoever is about to log in; of staff, nothing of a resident")

_OFFICES: Mapping[str, Rows] = {
    "offices_division": Unguarded("names of places; read before anybody's divisions are known"),
    "offices_office": Unguarded("names of offices; read with whoever logs in"),
    "offices_staff": Unguarded("read to learn who logs in, and so which divisions"),
    "offices_datakey": Unguarded("which keys there are, never a key; read to open whatever is sealed"),
    "offices_invitation": _BEFORE_LOGIN,
    "offices_loginfailure": _BEFORE_LOGIN,
    "offices_loginsession": Unguarded("read to learn who asks"),
    "offices_pastpassword": _BEFORE_LOGIN,
    "offices_recoverycode": _BEFORE_LOGIN,
    "offices_secondfactor": _BEFORE_LOGIN,
    "offices_usage": Unguarded("how often staff searched and revealed: numbers, nothing of a resident"),
    "offices_usagealert": Unguarded("who searched or revealed too often, and who lifted it"),
    "offices_act": InDivisions(or_office=True),
    "offices_job": InDivisions(),
}
_HOUSEHOLDS: Mapping[str, Rows] = {
    "households_person": InDivisions(is_person=True),
    "households_personevent": OfPerson(column="pgh_obj_id"),
    "households_numberseries": OfOffice(),
    "households_household": InDivisions(),
    "households_householdevent": InDivisions(),
    "households_membership": PartOf("households_household", "household_id"),
    "households_membershipevent": PartOf("households_household", "household_id"),
    "households_certification": OfPerson(or_household=True),
    "households_certificationevent": OfPerson(or_household=True),
    "households_othercover": OfPerson(),
    "households_othercoverevent": OfPerson(),
    "households_paper": PartOf("households_household", "household_id"),
    "households_paperevent": PartOf("households_household", "household_id"),
    "households_registrationdraft": OfStaff("staff_id"),
    "households_storedfile": PartOf("households_household", "household_id"),
    "households_storedfileevent": PartOf("households_household", "household_id"),
    "households_repaidyear": OfPerson(),
    "households_repaidyearevent": OfPerson(),
}
_ENROLLMENT: Mapping[str, Rows] = {
    "enrollment_ruleset": _RULES,
    "enrollment_rulesetedition": _RULES,
    "enrollment_contributionperiod": _RULES,
    "enrollment_clause": _RULES,
    "enrollment_rulesetdraft": _RULES,
    "enrollment_assessment": InDivisions(or_office=True),
    "enrollment_enrollment": InDivisions(or_office=True, follows_person=True),
    "enrollment_enrollmentevent": InDivisions(or_office=True),
    "enrollment_accountentry": InDivisions(follows_person=True),
    "enrollment_change": InDivisions(follows_person=True),
    "enrollment_termination": PartOf("enrollment_enrollment", "enrollment_id"),
    "enrollment_preparedoutcome": ForAllWhoAreTold("decisions of kinds of persons, shared by all offices"),
    "enrollment_preparedassessment": InDivisions(),
    "enrollment_savedtrial": ForAllWhoAreTold("a described household without a name, passed on by its random link"),
    "enrollment_verification": PartOf("households_household", "household_id"),
    "enrollment_override": PartOf("households_household", "household_id"),
}
_PAYMENTS: Mapping[str, Rows] = {
    "payments_bankslip": ForAllWhoAreTold("a slip's number and sum; several offices may send money on one"),
    "payments_receiptlot": InDivisions(above=True),
    "payments_receiptbook": OfOffice(),
    "payments_receiptbookevent": OfOffice(),
    "payments_bookholding": PartOf("payments_receiptbook", "book_id"),
    "payments_bookreturn": PartOf("payments_receiptbook", "book_id"),
    "payments_bookloss": PartOf("payments_receiptbook", "book_id"),
    "payments_bookverification": PartOf("payments_receiptbook", "book_id"),
    "payments_payment": InDivisions(or_office=True),
    "payments_receipt": InDivisions(or_office=True),
    "payments_receiptevent": InDivisions(or_office=True),
    "payments_receiptline": PartOf("payments_receipt", "receipt_id"),
    "payments_receiptprint": PartOf("payments_receipt", "receipt_id"),
    "payments_workmanshipreceipt": InDivisions(or_office=True),
    "payments_workmanshipreceiptevent": InDivisions(or_office=True),
    "payments_workmanshipprint": PartOf("payments_workmanshipreceipt", "receipt_id"),
    "payments_cardissue": InDivisions(or_office=True, follows_person=True),
    "payments_cardissueevent": InDivisions(or_office=True),
    "payments_covercertificate": InDivisions(or_office=True),
    "payments_covercertificateevent": InDivisions(or_office=True),
    "payments_certifiedcover": PartOf("payments_covercertificate", "certificate_id"),
    "payments_fundingclaim": InDivisions(above=True),
    "payments_fundingpayment": PartOf("payments_fundingclaim", "claim_id"),
    "payments_funderclaimline": InDivisions(),
    "payments_overprintlayout": InDivisions(),
    "payments_printer": InDivisions(),
    "payments_printrun": InDivisions(),
    "payments_transfer": InDivisions(above=True),
    "payments_transferevent": InDivisions(above=True),
    "payments_remittance": InDivisions(),
    "payments_remittanceevent": InDivisions(),
    "payments_settlement": InDivisions(),
    "payments_settlementline": PartOf("payments_settlement", "settlement_id"),
    "payments_reversal": InDivisions(or_office=True),
    "payments_reversalevent": InDivisions(or_office=True),
    "payments_bankstatement": InDivisions(),
    "payments_bankstatementevent": InDivisions(),
    "payments_statementrow": PartOf("payments_bankstatement", "statement_id"),
    "payments_statementmatch": PartOf("payments_statementrow", "row_id"),
    "payments_statementmatchevent": PartOf("payments_statementrow", "row_id"),
    "payments_statementmark": PartOf("payments_statementrow", "row_id"),
    "payments_statementmarkevent": PartOf("payments_statementrow", "row_id"),
    "payments_subsidyrate": InDivisions(above=True),
    "payments_subsidyclaimline": InDivisions(),
}
_ROSTERS: Mapping[str, Rows] = {
    "rosters_roster": InDivisions(),
    "rosters_rosterfile": PartOf("rosters_roster", "roster_id"),
    "rosters_rosterrow": PartOf("rosters_rosterfile", "file_id"),
    "rosters_columnchoice": OfOffice(),
    "rosters_followup": InDivisions(),
    "rosters_funderlist": InDivisions(above=True),
    "rosters_funderlistline": InDivisions(unplaced=True),
    "rosters_categoryword": _RULES,
    "rosters_rosteragreement": PartOf("rosters_roster", "roster_id"),
    "rosters_rosterdeposit": PartOf("rosters_rosteragreement", "agreement_id"),
    "rosters_rostertaking": PartOf("rosters_rosterdeposit", "deposit_id"),
    "rosters_rostersubmission": PartOf("rosters_roster", "roster_id"),
    "rosters_rosterentry": PartOf("rosters_rostersubmission", "submission_id"),
}
_REPORTS: Mapping[str, Rows] = {
    "reports_basepopulation": InDivisions(),
    "reports_duty": InDivisions(),
    "reports_tally": InDivisions(),
    "reports_placesum": InDivisions(),
    "reports_daysum": InDivisions("town"),
    "reports_visit": InDivisions(),
    "reports_weeklyreport": InDivisions(published=True),
}
_UPKEEP: Mapping[str, Rows] = {
    "upkeep_backup": _OF_THE_MACHINE,
    "upkeep_backupproof": _OF_THE_MACHINE,
    "upkeep_nightaudit": ForAllWhoAreTold("what the audits of the night found, read by administrators; it names rows"),
    "upkeep_actarchive": _OF_THE_MACHINE,
    "upkeep_actseal": _OF_THE_MACHINE,
    "pghistory_context": ForAllWhoAreTold("which request changed a row: page, office and staff by number"),
    "auth_group": _DJANGO,
    "auth_group_permissions": _DJANGO,
    "auth_permission": _DJANGO,
    "django_content_type": _DJANGO,
    "django_migrations": _DJANGO,
    "procrastinate_events": Unguarded("the queue of jobs by number"),
    "procrastinate_jobs": Unguarded("the queue of jobs by number"),
    "procrastinate_periodic_defers": Unguarded("the queue of jobs by number"),
    "procrastinate_workers": Unguarded("who does jobs, and when they were last heard of"),
}
ROWS: Mapping[str, Rows] = MappingProxyType(
    {**_OFFICES, **_HOUSEHOLDS, **_ENROLLMENT, **_PAYMENTS, **_ROSTERS, **_REPORTS, **_UPKEEP}
)

# Rows that the application takes away again, their history staying behind where they have one.
DELETED_FROM = frozenset(
    {
        "enrollment_preparedassessment",
        "enrollment_preparedoutcome",
        "households_membership",
        "households_othercover",
        "households_paper",
        "households_registrationdraft",
        "offices_loginfailure",
        "offices_loginsession",
        "offices_recoverycode",
        "offices_secondfactor",
        "offices_usage",
        "procrastinate_events",
        "procrastinate_jobs",
        "procrastinate_periodic_defers",
        "procrastinate_workers",
    }
)
# Written by the owner alone, or by the database's own functions.
ONLY_READ = frozenset(
    {
        "auth_group",
        "auth_group_permissions",
        "auth_permission",
        "django_content_type",
        "django_migrations",
        "pghistory_context",
        "reports_daysum",
        "reports_placesum",
        "reports_tally",
    }
)
# Rows that never change but are locked (SELECT … FOR UPDATE), which PostgreSQL lets only those do who may update some
# column: they get the key, which the row's trigger holds fast.
LOCKED = frozenset({"enrollment_contributionperiod", "payments_receiptlot"})
# What the search reads through views of the owner's, which say themselves whom they show. Persons: what a policy stands
# before may use an index only by operators known to be leakproof, and that one array holds another is none (initials).
# Members with their household: its division is compared once, where the policy would ask a function for each member.
SEARCHED: Mapping[str, str] = MappingProxyType(
    {
        "households_person_searched": f"SELECT * FROM households_person WHERE {InDivisions().seen}",  # noqa: S608
        "households_membership_searched": f"""
            SELECT m.*, h.number, h.office_id, h.division_code
            FROM households_membership m JOIN households_household h ON h.id = m.household_id
            WHERE {InDivisions("h.division_code").seen}""",  # noqa: S608
    }
)
# Functions besides triggers that work with the owner's rights.
OWNERS_FUNCTIONS = (
    "reports_fold(text)",
    "rosters_count_anew(text[], bigint)",
    "rosters_elsewhere(bytea[], integer, bigint)",
)
