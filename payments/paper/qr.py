"""二维码: QR codes by the thousand, without working each out anew.

With its version, level and mask fixed, every module of a QR code is a sum modulo 2 of bits of the text and a constant:
the correction words are linear, the mask is added. So segno draws one blank text of each length and one text for each
bit that is ever set; whatever else is asked for is their sum. A picture is a whole number, its rows filled up to bytes.
"""

from functools import lru_cache
from typing import NamedTuple

import segno

LEVEL = "m"  # 15 % of the modules may be lost to a fold or a stamp
MASKS = range(8)
SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"  # two of them share eleven bits
ONLY_SIGNS = frozenset(SIGNS).issuperset
LENGTH = 4  # of the stretches whose sums are kept: ten thousand at most in each place of a number
END_OF_IMAGE = b"EI"


class Code(NamedTuple):
    """A QR code: how many modules to a side, and its rows from the top, each filled up with zeros to whole bytes."""

    side: int
    packed: bytes

    @property
    def rows(self) -> list[list[int]]:
        """Ones are dark."""
        length = -(-self.side // 8)
        lines = [self.packed[start : start + length] for start in range(0, len(self.packed), length)]
        return [[line[place >> 3] >> (7 - (place & 7)) & 1 for place in range(self.side)] for line in lines]


def code_of(text: str) -> Code:
    """The text as a QR code of level M, in the smallest version. A picture never holds the letters EI.

    Within a page these end a picture that stands in it; programs that look for them would stop too early.
    """
    signs = ONLY_SIGNS(text)
    data = text.encode("ascii") if signs else text.encode()
    for mask in MASKS:
        code = _table(len(data), mask, signs).code(data)
        if END_OF_IMAGE not in code.packed:
            break
    return code


class _Table:
    """The texts of one length under one mask: what a bit, a piece, a stretch of a text adds to the blank text."""

    def __init__(self, length: int, mask: int, signs: bool) -> None:
        self._mask, self._mode = mask, "alphanumeric" if signs else "byte"
        self._step = 2 if signs else 1
        self._empty = (b"0" if signs else b"\0") * length
        blank = self._drawn(self._empty)
        self._side, self._blank = len(blank), _number(blank)
        self._bytes = self._side * -(-self._side // 8)
        self._stretches = [(slice(start, start + LENGTH), _Sums(self, start)) for start in range(0, length, LENGTH)]
        self._bits: dict[tuple[int, int], int] = {}

    def code(self, data: bytes) -> Code:
        picture = self._blank
        for stretch, sums in self._stretches:
            picture ^= sums[data[stretch]]
        return Code(self._side, picture.to_bytes(self._bytes, "big"))

    def added_by(self, stretch: bytes, start: int) -> int:
        """What the characters from `start` on add to the blank text."""
        picture = 0
        for place in range(0, len(stretch), self._step):
            piece = stretch[place : place + self._step]
            value = self._value(piece)
            for bit in range(value.bit_length()):
                if value >> bit & 1:
                    picture ^= self._bit(start + place, 1 << bit, len(piece))
        return picture

    def _bit(self, place: int, value: int, length: int) -> int:
        if (place, value) not in self._bits:
            text = self._empty[:place] + self._piece(value, length) + self._empty[place + length :]
            self._bits[place, value] = _number(self._drawn(text)) ^ self._blank
        return self._bits[place, value]

    def _value(self, piece: bytes) -> int:
        if self._step == 1:
            return piece[0]
        value = 0
        for sign in piece.decode("ascii"):
            value = value * len(SIGNS) + SIGNS.index(sign)
        return value

    def _piece(self, value: int, length: int) -> bytes:
        """What stands for the value."""
        if self._step == 1:
            return bytes([value])
        signs = SIGNS[value // len(SIGNS)] + SIGNS[value % len(SIGNS)]
        return signs[-length:].encode("ascii")

    def _drawn(self, data: bytes) -> list[bytearray]:
        text = data.decode("ascii") if self._step == 2 else data
        return list(segno.make_qr(text, error=LEVEL, mode=self._mode, mask=self._mask, boost_error=False).matrix)


class _Sums(dict[bytes, int]):
    """What each stretch that was met at one place adds."""

    def __init__(self, table: _Table, start: int) -> None:
        super().__init__()
        self._table, self._start = table, start

    def __missing__(self, stretch: bytes) -> int:
        self[stretch] = found = self._table.added_by(stretch, self._start)
        return found


_table = lru_cache(maxsize=64)(_Table)


def _number(rows: list[bytearray]) -> int:
    """The rows, each filled up to whole bytes, as one number."""
    filled = -len(rows) % 8
    return int("".join("".join(map(str, row)) + "0" * filled for row in rows), 2)
