"""看护内嵌数据库: while the application is served, look whether its PostgreSQL runs; bring it back, and say so."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from config.embedded import end_of, revive
from config.postgres_home import EmbeddedError, Home, find_home

PAUSE = 1.0
PAUSE_AFTER_FAILURE = 30.0

CRASHED = """\
内嵌数据库意外停止（常因内存不足或被强行结束），正在重新启动，请稍候…
The embedded database ended unexpectedly; starting it again …"""
BACK = """\
内嵌数据库已重新启动，已保存的资料和收据都在。正在收款的，请先查找这一户，看是否已办成。
The embedded database is back; nothing that was saved is lost."""
STOPPED = """\
内嵌数据库已被停止，参保不能办理业务。请按 Ctrl-C 结束，再运行 make run。
The embedded database was stopped. End with Ctrl-C, then make run."""
FAILED = """\
内嵌数据库起不来，参保不能办理业务；30 秒后再试。也可按 Ctrl-C 结束，排除下面的原因后再运行 make run。
The embedded database does not start; trying again in 30 seconds."""


@contextmanager
def watching(name: str) -> Iterator[None]:
    """Watch the cluster while the block runs."""
    over = threading.Event()
    watcher = threading.Thread(target=_watch, args=(find_home(name), over), daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()


def _watch(home: Home, over: threading.Event) -> None:
    looks_stopped = 0
    pause = PAUSE
    while not over.wait(pause):
        pause, end = PAUSE, end_of(home)
        looks_stopped = looks_stopped + 1 if end == "stopped" else 0
        if looks_stopped == 2:  # once may be another window of ours that is just starting it
            print(STOPPED, flush=True)
        if end == "crashed":
            pause = _revived(home)


def _revived(home: Home) -> float:
    """Start the cluster anew; how long to wait before the next look."""
    print(CRASHED, flush=True)
    try:
        revive(home)
    except (EmbeddedError, OSError) as error:
        print(f"{FAILED}\n{error}", flush=True)
        return PAUSE_AFTER_FAILURE
    print(BACK, flush=True)
    return PAUSE
