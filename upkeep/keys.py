"""钥匙: 32 secret bytes in a file outside the database, made once."""

import os
import secrets
from pathlib import Path


class KeyUnusable(ValueError):
    """The key file holds something else; the text says so in Chinese."""


def key_of(path: Path) -> bytes:
    """The 32 bytes of the key file, made where there is none; only its owner may read it."""
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(f"{secrets.token_hex(32)}\n")
    try:
        key = bytes.fromhex(path.read_text().strip())
    except ValueError:
        key = b""
    if len(key) != 32:
        raise KeyUnusable(f"钥匙文件 {path} 的内容不对，应为64个十六进制字符。请换回原来的钥匙文件。")
    return key
