"""登记草稿: kept on the server as it is typed, so that nothing is lost; only its owner sees it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from households.models import RegistrationDraft
from offices.models import Staff


def draft_of(*, staff: Staff) -> RegistrationDraft | None:
    """The open draft of a member of staff."""
    return RegistrationDraft.objects.filter(staff=staff).first()


def save_draft(*, payload: Mapping[str, Any], by: Staff, at: datetime) -> RegistrationDraft:
    """Keep what has been typed so far; one statement, as it runs with every pause in the typing. No act is logged."""
    draft = RegistrationDraft(staff=by, payload=dict(payload), updated_at=at)
    return RegistrationDraft.objects.bulk_create(
        [draft], update_conflicts=True, unique_fields=["staff"], update_fields=["payload", "updated_at"]
    )[0]


def discard_draft(*, by: Staff) -> None:
    """Throw the open draft away: the household is registered, or the clerk does not want it."""
    RegistrationDraft.objects.filter(staff=by).delete()
