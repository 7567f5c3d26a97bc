"""A sealed stream opens whole, with its key, or not at all."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upkeep.backups.sealing import CHUNK, Opened, Unsealable, seal, unseal

KEY, OTHER = b"k" * 32, b"o" * 32


def sealed(data: bytes) -> bytes:
    target = io.BytesIO()
    seal(io.BytesIO(data), target, KEY)
    return target.getvalue()


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 7])
def test_what_was_sealed_comes_back(size: int):
    data = (b"0123456789abcdef" * (size // 16 + 1))[:size]

    assert b"".join(unseal(io.BytesIO(sealed(data)), KEY)) == data


def test_what_is_sealed_cannot_be_read():
    assert "张建国".encode() not in sealed("张建国 320705".encode() * 100)


def test_another_key_opens_nothing():
    with pytest.raises(Unsealable, match="钥匙"):
        list(unseal(io.BytesIO(sealed(b"money")), OTHER))


@given(place=st.integers(0, 200), bit=st.integers(0, 7))
def test_a_single_bit_that_changed_is_noticed(place: int, bit: int):
    stream = bytearray(sealed(b"money" * 30))
    stream[place] ^= 1 << bit

    with pytest.raises(Unsealable):
        list(unseal(io.BytesIO(bytes(stream)), KEY))


@given(st.integers(1, 250))
def test_a_stream_that_was_cut_is_noticed(lost: int):
    stream = sealed(b"money" * 40)

    with pytest.raises(Unsealable):
        list(unseal(io.BytesIO(stream[:-lost]), KEY))


def test_chunks_cannot_be_left_out_or_exchanged():
    stream = sealed(b"a" * CHUNK + b"b" * CHUNK + b"c")
    head, size = 48, CHUNK + 16 + 5
    first, second, rest = stream[head : head + size], stream[head + size : head + 2 * size], stream[head + 2 * size :]

    for forged in (stream[:head] + second + first + rest, stream[:head] + first + rest, stream + b"x"):
        with pytest.raises(Unsealable):
            list(unseal(io.BytesIO(forged), KEY))


@given(st.lists(st.integers(1, 70_000), max_size=20))
def test_it_reads_as_a_file_in_any_steps(steps: list[int]):
    data = b"0123456789" * 30_000
    opened = Opened(io.BytesIO(sealed(data)), KEY)

    assert b"".join([*(opened.read(size) for size in steps), opened.read()]) == data
