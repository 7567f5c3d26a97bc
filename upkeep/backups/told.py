"""What goes wrong with a backup, in words, and what its description says."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

DESCRIPTION = "backup.json"
DATABASE, FILES = "database.sealed", "files.sealed"


class BackupError(Exception):
    """A backup or its return cannot go on; str() is the Chinese sentence."""


@dataclass(frozen=True, slots=True)
class Description:
    """What lies in a backup: no names, no numbers of persons, so that it may be read by anybody."""

    made_at: str
    counts: dict[str, int]
    receipts_amount: str
    files: int
    digests: dict[str, str]
    migrations: dict[str, str]

    @property
    def moment(self) -> datetime:
        return datetime.fromisoformat(self.made_at)

    def write(self, folder: Path) -> None:
        (folder / DESCRIPTION).write_text(json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n")


def read_description(folder: Path) -> Description:
    """The description in a backup's folder."""
    try:
        return Description(**json.loads((folder / DESCRIPTION).read_text()))
    except FileNotFoundError as error:
        raise BackupError(f"{folder} 里没有备份（缺 {DESCRIPTION}）。请写明备份所在的文件夹。") from error
    except (OSError, ValueError, TypeError) as error:
        raise BackupError(f"{folder / DESCRIPTION} 读不懂，这份备份已损坏。请换一份备份。") from error
