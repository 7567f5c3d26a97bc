"""Hosts of a test's own: network namespaces on one bridge that can be cut off. They want root and `ip`."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from config.places import BASE_DIR

BRIDGE = "canbao0"
HERE = "10.77.0.1"  # where the database and the web server in front are
HERE_ONLY = f"{HERE}/24"


@dataclass(slots=True)
class Host:
    """One of them, and what runs there."""

    name: str
    address: str
    running: list[psutil.Popen] = field(default_factory=list)

    @property
    def cable(self) -> str:
        """The bridge's end of its cable."""
        return f"cb-{self.name}"

    def start(self, *command: str, environment: Mapping[str, str], log: Path) -> None:
        """Run a Python program there until the end of the block."""
        with log.open("ab") as output:
            streams = {"stdin": subprocess.DEVNULL, "stdout": output, "stderr": output}
            program = ["ip", "netns", "exec", self.name, sys.executable, *command]
            self.running.append(psutil.Popen(program, cwd=BASE_DIR, env=dict(environment), **streams))

    def cut(self) -> None:
        """As when the cable is pulled: what it sends and what is sent to it is lost, and nobody is told."""
        _ip("link", "set", self.cable, "down")

    def join(self) -> None:
        _ip("link", "set", self.cable, "up")

    def stop(self) -> None:
        for program in self.running:
            with suppress(psutil.NoSuchProcess):
                program.kill() if program.status() == psutil.STATUS_ZOMBIE else program.terminate()
        psutil.wait_procs(self.running, timeout=20)
        for program in self.running:
            with suppress(psutil.NoSuchProcess):
                for each in (*program.children(recursive=True), program):
                    each.kill()


def why_not() -> str:
    """Why there can be no such hosts here; nothing where there can."""
    if os.geteuid() or not shutil.which("ip"):
        return "network namespaces want root and iproute2"
    if subprocess.run(["ip", "link", "show", BRIDGE], capture_output=True, check=False).returncode == 0:
        return f"{BRIDGE} is there already"
    return ""


@contextmanager
def network(*names: str) -> Iterator[dict[str, Host]]:
    """Hosts by name on a network of their own, which is gone after the block."""
    hosts = {name: Host(name, f"10.77.0.{place}") for place, name in enumerate(names, start=11)}
    with ExitStack() as stack:
        _ip("link", "add", BRIDGE, "type", "bridge")
        stack.callback(_ip, "link", "del", BRIDGE)
        _ip("addr", "add", HERE_ONLY, "dev", BRIDGE)
        _ip("link", "set", BRIDGE, "up")
        for host in hosts.values():
            _ip("netns", "add", host.name)
            stack.callback(_ip, "netns", "del", host.name)
            stack.callback(host.stop)
            _plug_in(host)
        yield hosts


def _plug_in(host: Host) -> None:
    _ip("link", "add", host.cable, "type", "veth", "peer", "name", "eth0", "netns", host.name)
    _ip("link", "set", host.cable, "master", BRIDGE)
    _ip("link", "set", host.cable, "up")
    for command in (("addr", "add", f"{host.address}/24", "dev", "eth0"), ("link", "set", "eth0", "up")):
        _ip("-n", host.name, *command)
    _ip("-n", host.name, "link", "set", "lo", "up")


def _ip(*command: str) -> None:
    subprocess.run(["ip", *command], check=True, capture_output=True)
