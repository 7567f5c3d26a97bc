"""磁盘空间: whether a fault says that the disk of the database or of the files has no room left."""

import errno

from django.db import DatabaseError

NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
DISK_FULL = "53100"  # PostgreSQL's code


def is_disk_full(error: BaseException | None) -> bool:
    """Whether this is why it failed."""
    if isinstance(error, OSError):
        return error.errno in NO_ROOM
    return isinstance(error, DatabaseError) and getattr(error.__cause__, "sqlstate", None) == DISK_FULL
