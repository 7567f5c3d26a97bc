"""服务: gunicorn on this machine only, and the lines that say where to go."""

import gc
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from socket import socket
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

from gunicorn import util
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.workers.base import Worker
from gunicorn.workers.gthread import ThreadWorker

from config.places import STATE_DIR
from config.roles import forget_owner

HOST = "127.0.0.1"
# What gunicorn says of itself, before a request reaches the application: too long an address, headers, nonsense.
UNREADABLE = """\
<!doctype html>
<html lang="zh-CN">
<head>
  <meta charset="utf-8">
  <title>请求有误 · 参保</title>
  <link rel="stylesheet" href="/static/css/door.css">
</head>
<body class="door">
  <main class="door-sheet">
    <p class="door-name">参保</p>
    <h1>服务器看不懂这个请求</h1>
    <p>浏览器送来的地址或请求头太长，或格式不对，没有保存任何改动。</p>
    <p>请回到首页重新办理；仍然出错时，请清除浏览器的 Cookie 后再登录。</p>
    <p class="door-ways"><a class="btn btn-primary door-go" href="/">回到首页</a></p>
  </main>
</body>
</html>
"""
GUARDS = (
    "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n"
    "Content-Security-Policy: default-src 'none'; style-src 'self'; frame-ancestors 'none'\r\n"
)
ANSWER_SECONDS = 60
JOB_WORKER_PAUSE = 2.0
WORKER_DIED = """\
后台任务的进程意外结束（常因内存不足或被强行结束），已重新启动；做到一半的任务会接着做。
The worker for background jobs ended unexpectedly; there is a new one."""


def write_error(sock: socket, status: int, reason: str, message: str) -> None:
    """Answer in Chinese, in the place of gunicorn's own function of this name; what was wrong stands in the log."""
    page = UNREADABLE.encode()
    head = f"HTTP/1.1 {status} {reason}\r\nConnection: close\r\nContent-Type: text/html; charset=utf-8\r\n{GUARDS}"
    util.write_nonblock(sock, f"{head}Content-Length: {len(page)}\r\n\r\n".encode("latin-1") + page)


class OfficeWorker(ThreadWorker):
    """A worker that leaves Ctrl-C and a closed terminal, which reach every process of it, to the master."""

    def init_signals(self) -> None:
        super().init_signals()
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)


class Application(BaseApplication):
    """What gunicorn runs; loaded once, before the workers part from it."""

    def __init__(self, bind: str, *, port: int = 0) -> None:
        self.bind, self.port = bind, port
        super().__init__()

    def load_config(self) -> None:
        options = {
            "bind": self.bind,
            "workers": min(4, max(2, os.cpu_count() or 2)),
            "worker_class": OfficeWorker,
            "threads": 4,
            "timeout": 120,
            "graceful_timeout": 10,
            "preload_app": True,
            "control_socket_disable": True,
            "loglevel": "warning",
            "post_worker_init": self.announce_once,
            "child_exit": forget_worker,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Callable[..., object]:
        from config.wsgi import application
        from payments.paper import fonts

        fonts.warm_up()
        gc.collect()
        gc.freeze()  # it stays: a collection that looks through all of it takes 0.1 s, and unshares it from the workers
        return application

    def announce_once(self, worker: Worker) -> None:
        if self.port and worker.age == 1:
            threading.Thread(target=announce, args=(self.port,), daemon=True).start()


def share_figures() -> None:
    """Have all processes count their requests in one folder; set before any of them counts, empty at each start."""
    folder = STATE_DIR / "figures"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)


def forget_worker(server: Arbiter, worker: Worker) -> None:
    """A worker that is gone counts no more; what it counted stays. Without a folder each counts for itself."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return
    from prometheus_client import multiprocess  # not before the folder is named

    multiprocess.mark_process_dead(worker.pid)


class Server(Arbiter):
    def handle_int(self) -> None:
        """End as when told by SIGTERM: requests under way are answered."""
        self.handle_term()

    def handle_hup(self) -> None:
        """End when the terminal is closed; gunicorn would start anew."""
        self.handle_term()


def serve(port: int) -> None:
    """Serve until told to stop; ends by SystemExit, as gunicorn does."""
    util.write_error = write_error
    with jobs_done():
        forget_owner()
        Server(Application(f"{HOST}:{port}", port=port)).run()


@contextmanager
def jobs_done() -> Iterator[None]:
    """A worker for background jobs beside the server, and another where it dies; it ends with the server, however."""
    master, over = os.getpid(), threading.Event()
    keeper = threading.Thread(target=_keep_a_worker, args=(over, os.environ.copy()), daemon=True)
    keeper.start()
    try:
        yield
    finally:
        # gunicorn's workers come this way too, and the job worker is no child of theirs.
        if os.getpid() == master:
            over.set()
            keeper.join()


def _keep_a_worker(over: threading.Event, environment: Mapping[str, str]) -> None:
    """Have one until told otherwise: nobody else would notice that it was killed, and jobs would wait for ever."""
    worker = _start_worker(environment)
    while not over.wait(JOB_WORKER_PAUSE):
        if worker.poll() is not None:
            print(WORKER_DIED, flush=True)
            worker = _start_worker(environment)
    worker.terminate()
    try:
        worker.wait(timeout=10)
    except subprocess.TimeoutExpired:  # in a long step; the job goes on when there is a worker again
        worker.kill()
        worker.wait()


def _start_worker(environment: Mapping[str, str]) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "manage.py", "run_jobs", "--beside", str(os.getpid())]
    return subprocess.Popen(command, cwd=Path(__file__).parent.parent, env=environment, start_new_session=True)


def announce(port: int) -> None:
    """Say where to go, once the application answers there."""
    address = f"http://{HOST}:{port}"
    opener = build_opener(ProxyHandler({}))
    deadline = time.monotonic() + ANSWER_SECONDS
    while time.monotonic() < deadline:
        with suppress(URLError, ConnectionError, TimeoutError), opener.open(f"{address}/healthz/", timeout=5):
            lines = [
                "",
                f"参保已启动，请在浏览器中打开： {address}",
                *demo_lines(),
                *first_lines(address),
                "按 Ctrl-C 结束。",
                "",
            ]
            print("\n".join(lines), flush=True)
            return
        time.sleep(0.1)
    print(f"参保在 {ANSWER_SECONDS} 秒内没有应答，请看上面的出错信息。", flush=True)


def first_lines(address: str) -> Iterator[str]:
    """Where an installation without an administrator is set up; the token is for whoever sees this terminal."""
    from django.conf import settings

    if settings.SETUP_TOKEN.exists():
        yield "还没有管理员。请在浏览器中打开下面的地址开办（一次性，设立管理员后失效）："
        yield f"  {address}/setup/?token={settings.SETUP_TOKEN.read_text()}"


def demo_lines() -> Iterator[str]:
    from offices.demo import demo_logins

    if os.environ.get("CANBAO_DEMO") == "1":
        yield "演示账号（用户名 / 密码 / 角色 / 机构）："
        yield from (f"  {' / '.join(login)}" for login in demo_logins())
