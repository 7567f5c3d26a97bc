"""密封: a stream of bytes in sealed chunks (AES-256-GCM), so that a backup of any size needs little memory.

After a header (magic, salt) come chunks of at most `CHUNK` bytes, each with its length before it. The salt makes a key
for this stream alone, the nonce is the chunk's number, and the last chunk says that it is the last: a stream that was
cut, shuffled, changed or sealed with another key does not open.
"""

import secrets
import struct
from collections.abc import Iterator
from typing import IO, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC = b"CANBAO-SEALED-1\n"
SALT_BYTES = 32
CHUNK = 1 << 20
_HEAD = struct.Struct(">IB")  # length of the sealed chunk, 1 where it is the last
TAG_BYTES = 16


class Unsealable(ValueError):
    """The bytes do not open: another key, damaged, or cut short; the text says so in Chinese."""


class Reader(Protocol):
    def read(self, size: int, /) -> bytes: ...


def seal(source: Reader, target: IO[bytes], key: bytes) -> None:
    """Write the source to the target, sealed."""
    salt = secrets.token_bytes(SALT_BYTES)
    cipher = _cipher(key, salt)
    target.write(MAGIC + salt)
    number, here = 0, _read_fully(source)
    while True:
        ahead = _read_fully(source) if len(here) == CHUNK else b""
        last = not ahead
        sealed = cipher.encrypt(_nonce(number), here, bytes([last]))
        target.write(_HEAD.pack(len(sealed), last) + sealed)
        if last:
            return
        number, here = number + 1, ahead


def unseal(source: Reader, key: bytes) -> Iterator[bytes]:
    """The chunks of a sealed stream; each was checked before it is handed out."""
    head = source.read(len(MAGIC) + SALT_BYTES)
    if not head.startswith(MAGIC) or len(head) != len(MAGIC) + SALT_BYTES:
        raise Unsealable("这不是本系统的备份文件，或开头已损坏。")
    cipher, number, last = _cipher(key, head[len(MAGIC) :]), 0, 0
    while not last:
        start = source.read(_HEAD.size)
        if len(start) != _HEAD.size:
            raise Unsealable("备份文件不完整，后面的部分丢失了。请换一份备份。")
        length, last = _HEAD.unpack(start)
        if length > CHUNK + TAG_BYTES:
            raise Unsealable("备份文件已损坏。请换一份备份。")
        data = source.read(length)
        if len(data) != length:
            raise Unsealable("备份文件不完整，后面的部分丢失了。请换一份备份。")
        try:
            yield cipher.decrypt(_nonce(number), data, bytes([last]))
        except InvalidTag as error:
            text = "备份打不开：钥匙不是当时的那一把，或文件已损坏。请核对钥匙文件，或换一份备份。"
            raise Unsealable(text) from error
        number += 1
    if source.read(1):
        raise Unsealable("备份文件末尾多出了内容，不是本系统写的。请换一份备份。")


class Opened:
    """A sealed stream to read from, as a file that only goes forward."""

    def __init__(self, source: Reader, key: bytes) -> None:
        self._chunks, self._rest = unseal(source, key), b""

    def read(self, size: int = -1, /) -> bytes:
        while size < 0 or len(self._rest) < size:
            chunk = next(self._chunks, None)
            if chunk is None:
                break
            self._rest += chunk
        found, self._rest = (self._rest, b"") if size < 0 else (self._rest[:size], self._rest[size:])
        return found


def _cipher(key: bytes, salt: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, salt, b"canbao backup").derive(key))


def _nonce(number: int) -> bytes:
    return number.to_bytes(12, "big")


def _read_fully(source: Reader) -> bytes:
    parts, wanted = [], CHUNK
    while wanted and (part := source.read(wanted)):
        parts.append(part)
        wanted -= len(part)
    return b"".join(parts)
