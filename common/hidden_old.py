"""旧版工作簿里隐藏的行: the rows of an xls that nobody sees, from the records of its one stream. Pure.

An xls is a small file system (OLE): sectors, chained by a table of sectors. Its stream `Workbook` is a row of records;
one names the sheets, one describes each row.
"""

import struct
from collections.abc import Iterator

FREE = 0xFFFFFFFA  # and above: no sector
DIFAT_IN_HEADER = 109
BOUNDSHEET, ROW, END = 0x85, 0x208, 0x0A
NOT_SEEN = 0x20  # the row has no height: hidden by hand or by a filter
SMALL_STREAM, SMALL_SECTOR = 4_096, 64


def hidden_rows_of_xls(data: bytes) -> dict[str, list[int]]:
    """By sheet the numbers of its hidden rows; {} where the file is older, or not whole."""
    try:
        stream = _workbook(data)
        places = dict(_sheets(stream))
        found = {name: sorted(set(_hidden(stream, place))) for name, place in places.items()}
    except (struct.error, IndexError, ValueError, UnicodeDecodeError):
        return {}
    return {name: rows for name, rows in found.items() if rows}


def _workbook(data: bytes) -> bytes:
    """The stream of the workbook; a small one lies in a stream of its own kind, cut into small sectors."""
    size = 1 << struct.unpack_from("<H", data, 30)[0]
    sectors = memoryview(data)[size:]
    listed = [each for each in struct.unpack_from(f"<{DIFAT_IN_HEADER}I", data, 76) if each < FREE]
    following = _numbers(b"".join(sectors[size * each : size * (each + 1)] for each in listed))
    directory = _chain(sectors, struct.unpack_from("<I", data, 48)[0], following, size)
    _, first_small, whole_small = _entry(directory, 0)
    for place in range(128, len(directory), 128):
        name, first, whole = _entry(directory, place)
        if name not in {"Workbook", "Book"}:
            continue
        if whole >= SMALL_STREAM:
            return _chain(sectors, first, following, size)[:whole]
        small = _chain(sectors, first_small, following, size)[:whole_small]
        following_small = _numbers(_chain(sectors, struct.unpack_from("<I", data, 60)[0], following, size))
        return _chain(memoryview(small), first, following_small, SMALL_SECTOR)[:whole]
    return b""


def _entry(directory: bytes, place: int) -> tuple[str, int, int]:
    """A stream's name, its first sector and its length."""
    length = struct.unpack_from("<H", directory, place + 64)[0]
    first, whole = struct.unpack_from("<II", directory, place + 116)
    return directory[place : place + max(length - 2, 0)].decode("utf-16-le", "replace"), first, whole


def _numbers(table: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(table) // 4}I", table)


def _chain(sectors: memoryview, first: int, following: tuple[int, ...], size: int) -> bytes:
    found, sector, left = [], first, len(following)
    while sector < FREE and left:
        found.append(sectors[size * sector : size * (sector + 1)])
        sector, left = following[sector], left - 1
    return b"".join(found)


def _records(stream: bytes, place: int) -> Iterator[tuple[int, bytes]]:
    while place + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, place)
        yield kind, stream[place + 4 : place + 4 + length]
        place += 4 + length


def _sheets(stream: bytes) -> Iterator[tuple[str, int]]:
    """Each sheet's name and where its records begin."""
    for kind, body in _records(stream, 0):
        if kind == BOUNDSHEET:
            length, wide = body[6], body[7] & 1
            text = body[8 : 8 + (length * 2 if wide else length)]
            yield text.decode("utf-16-le" if wide else "latin-1"), struct.unpack_from("<I", body)[0]
        if kind == END:
            return


def _hidden(stream: bytes, place: int) -> Iterator[int]:
    for kind, body in _records(stream, place):
        if kind == ROW and struct.unpack_from("<H", body, 12)[0] & NOT_SEEN:
            yield struct.unpack_from("<H", body)[0] + 1
        if kind == END:
            return
