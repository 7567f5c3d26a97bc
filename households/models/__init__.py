"""户: households, persons, memberships, certifications, other cover, papers and the registration draft."""

from households.models.certification import Certification, OtherCover, Paper
from households.models.draft import RegistrationDraft
from households.models.file import StoredFile
from households.models.household import Household, Membership, NumberSeries
from households.models.person import Person
from households.models.repaid import RepaidYear

__all__ = [
    "Certification",
    "Household",
    "Membership",
    "NumberSeries",
    "OtherCover",
    "Paper",
    "Person",
    "RegistrationDraft",
    "RepaidYear",
    "StoredFile",
]
