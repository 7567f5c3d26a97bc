"""核账的一项: one promise, and the statement that finds the rows which break it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """One promise. `promise` says in Chinese what holds; `sql` selects the rows that break it.

    Its columns: id, office_id (null where no office is meant), what the paper is called, what should be, what is.
    """

    code: str
    promise: str
    table: str
    kind: str
    sql: str
