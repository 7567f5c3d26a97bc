"""`python -m upkeep.archive_wal SEGMENT`: seal one segment of WAL; for PostgreSQL's archive_command, without Django.

CANBAO_WAL names the folder, CANBAO_BACKUP_KEY the file with the key. The exit code is 0 only once the sealed segment is
on the disk: PostgreSQL keeps its own until then, and asks again.
"""

import os
import sys
from pathlib import Path

from upkeep.backups.archive import archive
from upkeep.backups.sealing import Unsealable
from upkeep.backups.told import BackupError
from upkeep.keys import KeyUnusable, key_of


def main(arguments: list[str]) -> int:
    try:
        (segment,) = arguments
        folder, key = Path(os.environ["CANBAO_WAL"]), Path(os.environ["CANBAO_BACKUP_KEY"])
    except (ValueError, KeyError) as error:
        sys.stderr.write(f"python -m upkeep.archive_wal %p, CANBAO_WAL, CANBAO_BACKUP_KEY: {error}\n")
        return 2
    try:
        if not key.exists():
            raise KeyUnusable(f"找不到钥匙文件 {key}。")
        archive(Path(segment), folder, key=key_of(key))
    except (BackupError, Unsealable, KeyUnusable, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
