"""换钥匙: a new data key, and everything in the database and in the vault sealed under it; can be gone on with."""

from collections.abc import Callable

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction

from common.decision import Reason, Refusal
from households import vault
from offices.keys import DIGEST_OF, forget, keep_checks, keys, write_keys
from offices.models import DataKey
from offices.resealing import reseal, sealed_tables, stale_rows

Tell = Callable[[str], None]
EVERY = 100_000  # so many rows between two words about a table
OTHERS = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND usesysid IS NOT NULL
"""


def rotate(tell: Tell) -> None:
    """Seal under a new key. Where something is still sealed by an older key or another cipher, that is done first."""
    waiting = {table: count for table in sealed_tables(apps) if (count := stale_rows(table))}
    if waiting:
        tell(f"还有{sum(waiting.values())}行没有用现在的钥匙和算法封存，接着做；没有新做钥匙。")
    else:
        make_key(tell)
    for table in sealed_tables(apps):
        rows = reseal(table, tell=_told(tell))
        if rows:
            tell(f"{table.name}：{rows} 行")
    files = sum(vault.seal_anew(path) for path in vault.kept())
    if files:
        tell(f"文件：{files} 份")
    if left := sum(map(stale_rows, sealed_tables(apps))):
        text = f"其间又有{left}行是用旧钥匙写的：还有进程没有读到新钥匙。请重新启动网页和任务进程后再运行一次。"
        raise Refusal(Reason("KEYS_LEFT", text))
    tell(f"完成：全部用第{keys().current}版钥匙封存。旧的各版请留在钥匙文件里，恢复以前的备份时要用。")


def make_key(tell: Tell) -> None:
    """Add a key to the file; whatever is written from now on is sealed by it."""
    changed = keys().with_data_key()
    write_keys(changed)
    keep_checks(changed)
    tell(f"新做了第{changed.current}版钥匙。请把钥匙文件复制到每台主机和备份钥匙的存放处。")


def rotate_index(tell: Tell) -> None:
    """Make all digests with a new key, in one transaction: as long as two keys were in force, nobody would be found."""
    _refuse_company()
    made = keys().with_index_key(digest=DIGEST_OF[settings.CIPHER])
    version = max(made.indexes)
    write_keys(made)
    try:
        with transaction.atomic():
            DataKey.objects.filter(purpose=DataKey.Purpose.INDEX).update(
                version=version, check_value=made.check_index(version)
            )
            forget()
            for table in sealed_tables(apps):
                if rows := reseal(table, tell=_told(tell)):
                    tell(f"{table.name}：{rows} 行")
    finally:
        forget()
        write_keys(keys().alone())
    tell(f"完成：查找用第{version}版钥匙。请把钥匙文件复制到每台主机，再启动网页和任务进程。")


def _refuse_company() -> None:
    with connection.cursor() as cursor:
        cursor.execute(OTHERS)
        others = cursor.fetchone()[0]
    if others:
        text = f"还有{others}个连接在用这个数据库。换查找用的钥匙时谁都不能办理：请先停止各台主机上的网页和任务进程。"
        raise Refusal(Reason("KEYS_BUSY", text))


def _told(tell: Tell) -> Callable[[str, int], None]:
    def words(table: str, count: int) -> None:
        if count % EVERY == 0:
            tell(f"{table}：{count} 行…")

    return words
