"""户主: who of a household's rows is its head, for the check and for the taking alike."""

from collections.abc import Sequence

from common.relations import HEAD, SELF
from rosters.reading.cells import same_name
from rosters.reading.sheet import RosterRow


def heads_of(rows: Sequence[RosterRow]) -> list[RosterRow]:
    """Whom the relation says, else whom the column 户主 names, else who is 本人; more than one where the file does."""
    return (
        [row for row in rows if row.relation == HEAD]
        or [row for row in rows if row.head_name and row.name and same_name(row.name, row.head_name)]
        or [row for row in rows if row.relation == SELF]
    )
