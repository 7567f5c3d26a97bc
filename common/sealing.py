"""密封: short personal texts as they lie in the database, and the keyed digests by which they are found.

A sealed value is one run of bytes:

    suite (1)  version of the data key (2)  version of the index key (1)  digests  nonce (12)  ciphertext  tag (16)

The digests are there for what is searched only: 16 bytes of the whole text, then 8 for each tail of `Kind.tails`. The
database cuts its search columns out of the value, so that no way of writing can forget them. Equal texts of one kind
give equal bytes: the nonce is a part of the text's keyed digest (two texts do not share one, and a row that is saved
without a change stays the same); what that shows, the digest of the whole shows anyway.
What stands before the nonce is sealed with the text. Each kind has keys of its own, so that a telephone's bytes do not
open as an ID number. docs/decisions/0014.
"""

import hmac
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum
from functools import lru_cache
from hashlib import blake2b
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.ciphers.modes import GCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

HEAD, NONCE, TAG = 4, 12, 16
WHOLE, TAIL = 16, 8
KEY_BYTES = 32
FORMAT = "canbao-data-keys-1"
INDEXES = ("index", "next_index")


class Suite(IntEnum):
    """The cipher of a value, as its first byte says it."""

    AES_GCM = 1
    SM4_GCM = 2


SUITES = {"aes-gcm": Suite.AES_GCM, "sm4-gcm": Suite.SM4_GCM}


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of text; `tails` are the lengths of the endings that are searched, None where nothing is searched."""

    name: str
    tails: tuple[int, ...] | None = None

    @property
    def digests(self) -> int:
        """How many bytes of digests stand in a value."""
        return 0 if self.tails is None else WHOLE + TAIL * len(self.tails)

    def place(self, tail: int | None = None) -> tuple[int, int]:
        """Where the digest of the whole, or of a tail, stands in a value: the first byte, from 1 on, and its length."""
        if self.tails is None:
            raise ValueError(f"{self.name} is not searched")
        return (HEAD + 1, WHOLE) if tail is None else (HEAD + 1 + WHOLE + TAIL * self.tails.index(tail), TAIL)

    def length(self, characters: int) -> int:
        """The bytes of a value of so many ASCII characters."""
        return HEAD + self.digests + NONCE + characters + TAG


ID_NUMBER = Kind("id_no", (6, 4))
PHONE = Kind("phone", (4,))
DOCUMENT = Kind("document")
FORM = Kind("form")
SECRET = Kind("secret")  # what an authenticator shares with us
KINDS = {kind.name: kind for kind in (ID_NUMBER, PHONE, DOCUMENT, FORM, SECRET)}


class Unopenable(ValueError):
    """A sealed value that does not open: another key, or damaged; the text says so in Chinese."""


@dataclass(frozen=True, slots=True)
class IndexKey:
    """The key of the digests, and what they are made with."""

    key: bytes = field(repr=False)
    digest: str


@dataclass(frozen=True)
class Keys:
    """钥匙: the data keys by version, the last one seals; the index keys, of which `index_version` makes the digests.

    There are two index keys only while one takes the other's place.
    """

    data: Mapping[int, bytes] = field(repr=False)
    indexes: Mapping[int, IndexKey]
    index_version: int

    @property
    def current(self) -> int:
        """The version that seals."""
        return max(self.data)

    @property
    def index(self) -> IndexKey:
        """What makes the digests."""
        return self.indexes[self.index_version]

    def check(self, version: int) -> bytes:
        """What the database keeps of a data key to tell whether it is the right one."""
        return _derived(self.data[version], b"check")[:16]

    def check_index(self, version: int) -> bytes:
        """The same of an index key."""
        return _derived(self.indexes[version].key, b"check")[:16]

    def with_data_key(self) -> "Keys":
        """The same with a new data key, which seals from now on."""
        return replace(self, data={**self.data, self.current + 1: _new_key()})

    def with_index_key(self, *, digest: str) -> "Keys":
        """The same with another index key beside the one of now, to take its place."""
        indexes = {**self.indexes, self.index_version + 1: IndexKey(_new_key(), digest)}
        return replace(self, indexes=indexes)

    def using(self, index_version: int) -> "Keys":
        """The same with this index key in force."""
        return replace(self, index_version=index_version)

    def alone(self) -> "Keys":
        """The same without the index keys that are not in force."""
        return replace(self, indexes={self.index_version: self.index})

    def text(self) -> str:
        """As the key file holds them."""
        data = {str(version): key.hex() for version, key in sorted(self.data.items())}
        told: dict[str, Any] = {"format": FORMAT, "data": data}
        for name, (version, each) in zip(INDEXES, sorted(self.indexes.items()), strict=False):
            told[name] = {"version": version, "digest": each.digest, "key": each.key.hex()}
        return json.dumps(told, indent=1) + "\n"


def new_keys(*, digest: str) -> Keys:
    """Keys for an empty database. `digest`: blake2b, or sm3 where national algorithms are asked for."""
    if digest not in _DIGESTS:
        raise ValueError(digest)
    return Keys({1: _new_key()}, {1: IndexKey(_new_key(), digest)}, 1)


def read_keys(text: str) -> Keys:
    """What a key file holds, the older index key in force; ValueError where it is none."""
    try:
        told = json.loads(text)
        data = {int(version): bytes.fromhex(key) for version, key in told["data"].items()}
        indexes = {
            int(each["version"]): IndexKey(bytes.fromhex(each["key"]), each["digest"])
            for each in (told[name] for name in INDEXES if name in told)
        }
        right = told["format"] == FORMAT and {each.digest for each in indexes.values()} <= set(_DIGESTS)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ValueError("not a file of data keys") from error
    lengths = {len(key) for key in (*data.values(), *(each.key for each in indexes.values()))}
    if not right or not data or not indexes or lengths != {KEY_BYTES}:
        raise ValueError("not a file of data keys")
    if min(data) < 1 or max(data) > 0xFFFF or min(indexes) < 1 or max(indexes) > 0xFF:
        raise ValueError("not a file of data keys")
    return Keys(data, indexes, min(indexes))


class Sealer:
    """Seals and opens texts of one kind. Empty stays empty: that somebody has no telephone is no secret."""

    def __init__(self, kind: Kind, keys: Keys, suite: Suite) -> None:
        self.kind, self._keys = kind, keys
        name = kind.name.encode()
        self._index = _DIGESTS[keys.index.digest](_derived(keys.index.key, b"index " + name))
        self._last_four = lru_cache(20_000)(self._tail)
        self._ciphers: dict[bytes, _Cipher] = {}
        self._start = HEAD + kind.digests
        searched = 0 if kind.tails is None else keys.index_version
        self.head = bytes([suite]) + keys.current.to_bytes(2, "big") + bytes([searched])
        self._encrypt = self._cipher(self.head).encrypt

    def seal(self, text: str) -> bytes:
        """The text as it lies in the database."""
        if not text:
            return b""
        data = text.encode()
        digest = self._index(b"=" + data)
        nonce = digest[WHOLE : WHOLE + NONCE]
        before = self.head + self._digests(text, digest)
        return before + nonce + self._encrypt(nonce, data, before)

    def open(self, value: bytes) -> str:
        """The text; Unopenable where the key is another or the bytes were changed."""
        if not value:
            return ""
        start = self._start
        try:
            cipher = self._cipher(value[:HEAD])
            data = cipher.decrypt(value[start : start + NONCE], value[start + NONCE :], value[:start])
        except (InvalidTag, KeyError, ValueError) as error:
            raise Unopenable(
                "数据库里的密文打不开：数据钥匙不是封它的那一把，或内容已损坏。请核对 CANBAO_DATA_KEYS 指的钥匙文件。"
            ) from error
        return data.decode()

    def whole(self, text: str) -> bytes:
        """The digest by which the whole text is found."""
        return self._index(b"=" + text.encode())[:WHOLE]

    def tail(self, ending: str) -> bytes:
        """The digest by which texts with this ending are found; its length is one of the kind's tails."""
        if len(ending) not in (self.kind.tails or ()):
            raise ValueError(f"endings of {len(ending)} characters are not searched")
        return self._tail(ending)

    def is_current(self, value: bytes) -> bool:
        """Whether the value was sealed by the keys and the cipher of now."""
        return not value or value[:HEAD] == self.head

    def _digests(self, text: str, digest: bytes) -> bytes:
        if self.kind.tails is None:
            return b""
        found = digest[:WHOLE]
        for length in self.kind.tails:
            found += self._last_four(text[-4:]) if length == 4 else self._tail(text[-length:])
        return found

    def _tail(self, ending: str) -> bytes:
        return self._index(ending.encode())[:TAIL]

    def _cipher(self, head: bytes) -> "_Cipher":
        cipher = self._ciphers.get(head)
        if cipher is None:
            suite, version = Suite(head[0]), int.from_bytes(head[1:3], "big")
            info = f"seal {self.kind.name} {suite.value}".encode()
            cipher = self._ciphers[head] = _MAKERS[suite](_derived(self._keys.data[version], info))
        return cipher


class _Sm4Gcm:
    """SM4-GCM with the methods of AESGCM."""

    def __init__(self, key: bytes) -> None:
        self._algorithm = SM4(key[:16])

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes:
        context = Cipher(self._algorithm, GCM(nonce)).encryptor()
        context.authenticate_additional_data(associated_data)
        return context.update(data) + context.finalize() + context.tag

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes:
        context = Cipher(self._algorithm, GCM(nonce, data[-TAG:])).decryptor()
        context.authenticate_additional_data(associated_data)
        return context.update(data[:-TAG]) + context.finalize()


_Cipher = AESGCM | _Sm4Gcm
_MAKERS: dict[Suite, Callable[[bytes], _Cipher]] = {Suite.AES_GCM: AESGCM, Suite.SM4_GCM: _Sm4Gcm}


class FileSealer:
    """Seals files whole: their nonces are random, as nobody looks for a file by what stands in it."""

    MAGIC = b"CANBAO-FILE-1\n"

    def __init__(self, keys: Keys, suite: Suite) -> None:
        self._keys = keys
        self.head = self.MAGIC + bytes([suite]) + keys.current.to_bytes(2, "big")

    def seal(self, data: bytes) -> bytes:
        """The file as it lies on the disk."""
        nonce = secrets.token_bytes(NONCE)
        return self.head + nonce + self._cipher(self.head).encrypt(nonce, data, self.head)

    def open(self, data: bytes) -> bytes:
        """What was sealed; a file that never was is as it is."""
        if not data.startswith(self.MAGIC):
            return data
        start = len(self.head)
        head = data[:start]
        try:
            return self._cipher(head).decrypt(data[start : start + NONCE], data[start + NONCE :], head)
        except (InvalidTag, KeyError, ValueError, IndexError) as error:
            raise Unopenable("文件打不开：数据钥匙不是封它的那一把，或文件已损坏。请核对钥匙文件。") from error

    def is_current(self, data: bytes) -> bool:
        """Whether the file was sealed by the key and the cipher of now."""
        return data.startswith(self.head)

    def _cipher(self, head: bytes) -> _Cipher:
        suite, version = Suite(head[-3]), int.from_bytes(head[-2:], "big")
        return _MAKERS[suite](_derived(self._keys.data[version], f"seal file {suite.value}".encode()))


_DIGESTS: dict[str, Callable[[bytes], Callable[[bytes], bytes]]] = {
    "blake2b": lambda key: lambda data: blake2b(data, digest_size=32, key=key).digest(),
    "sm3": lambda key: lambda data: hmac.digest(key, data, "sm3"),
}


def _derived(key: bytes, info: bytes) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, None, b"canbao data: " + info).derive(key)


def _new_key() -> bytes:
    return secrets.token_bytes(KEY_BYTES)
