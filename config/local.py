"""What a command on this machine needs from its environment when nobody set it: a secret key and a database."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from config.embedded import applications_url, use
from config.places import STATE_DIR


@contextmanager
def environment(cluster: str = "main") -> Iterator[None]:
    """Fill in what is missing while the block runs: the stored secret key, the embedded database of this name."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if not os.environ.get("CANBAO_SECRET_KEY"):
        os.environ["CANBAO_SECRET_KEY"] = secret_key()
    if os.environ.get("DATABASE_URL"):
        yield
        return
    with use(cluster) as url:
        os.environ["DATABASE_URL"], os.environ["CANBAO_OWNER_URL"] = applications_url(cluster), url
        yield


def secret_key() -> str:
    """Read the key that signs sessions, made once and kept where only we can read it."""
    path = STATE_DIR / "secret-key"
    STATE_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48))
    return path.read_text()
