"""备份的现状: the last backup, the last proof, and whether either is too old to sleep on."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from upkeep.models import Backup, BackupProof

BACKUP_EVERY = timedelta(hours=26)  # a night's backup may start late
PROOF_EVERY = timedelta(days=32)


@dataclass(frozen=True, slots=True)
class Standing:
    """What an administrator should know before anything else."""

    at: datetime
    backup: Backup | None
    proof: BackupProof | None

    @property
    def is_late(self) -> bool:
        return self.backup is None or self.at - self.backup.made_at > BACKUP_EVERY

    @property
    def is_unproved(self) -> bool:
        return self.proof is None or bool(self.proof.fault) or self.at - self.proof.proved_at > PROOF_EVERY

    def rows(self, most: int) -> list[tuple[Backup, BackupProof | None]]:
        """The newest backups, each with its last proof."""
        found = list(Backup.objects.all()[:most])
        moments = [each.made_at for each in found]
        proofs = BackupProof.objects.filter(backup_made_at__in=moments).order_by("proved_at")
        last = {each.backup_made_at: each for each in proofs}
        return [(each, last.get(each.made_at)) for each in found]


def standing() -> Standing:
    """As it is now, by the server's clock: backups know no office."""
    return Standing(timezone.now(), Backup.objects.first(), BackupProof.objects.first())
