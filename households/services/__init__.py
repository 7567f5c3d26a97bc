"""户的服务: every change of a household, a person and what they have shown."""

from households.services.certifications import (
    correct_certification,
    correct_other_cover,
    record_certification,
    record_other_cover,
)
from households.services.drafts import discard_draft, draft_of, save_draft
from households.services.files import photos_of, remove_file, store_photo, store_scan
from households.services.households import add_member, end_membership, register_household, update_household
from households.services.papers import mark_papers_seen, unmark_paper
from households.services.persons import admit_person, update_person
from households.services.repaid import record_repaid_year, withdraw_repaid_year

__all__ = [
    "add_member",
    "admit_person",
    "correct_certification",
    "correct_other_cover",
    "discard_draft",
    "draft_of",
    "end_membership",
    "mark_papers_seen",
    "photos_of",
    "record_certification",
    "record_other_cover",
    "record_repaid_year",
    "register_household",
    "remove_file",
    "save_draft",
    "store_photo",
    "store_scan",
    "unmark_paper",
    "update_household",
    "update_person",
    "withdraw_repaid_year",
]
