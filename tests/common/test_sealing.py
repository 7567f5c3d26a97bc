"""Sealing: texts open as they were, are found by their digests, and do not open with anything changed."""

import pytest

from common.sealing import (
    DOCUMENT,
    ID_NUMBER,
    KINDS,
    PHONE,
    FileSealer,
    Keys,
    Kind,
    Sealer,
    Suite,
    Unopenable,
    new_keys,
    read_keys,
)

NUMBER, OTHER = "530127195001010971", "530127197001010973"
DIGESTS = ["blake2b", "sm3"]


@pytest.fixture(scope="module", params=DIGESTS)
def keys(request: pytest.FixtureRequest) -> Keys:
    return new_keys(digest=request.param)


@pytest.fixture(params=list(Suite), ids=lambda suite: suite.name)
def suite(request: pytest.FixtureRequest) -> Suite:
    return request.param


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
@pytest.mark.parametrize("text", ["", NUMBER, "13812348888", "残疾人证 53012719500101097143"])
def test_what_was_sealed_opens_and_does_not_show(keys: Keys, suite: Suite, kind: Kind, text: str):
    sealer = Sealer(kind, keys, suite)

    value = sealer.seal(text)

    assert sealer.open(value) == text
    assert not text or text.encode() not in value
    assert not text or len(value) == kind.length(len(text.encode()))


def test_equal_texts_are_equal_bytes_and_others_share_no_nonce(keys: Keys, suite: Suite):
    sealer = Sealer(ID_NUMBER, keys, suite)
    start = len(sealer.head) + ID_NUMBER.digests

    assert sealer.seal(NUMBER) == sealer.seal(NUMBER)
    assert sealer.seal(NUMBER)[start : start + 12] != sealer.seal(OTHER)[start : start + 12]


def test_a_number_is_found_by_the_whole_and_by_its_ends(keys: Keys, suite: Suite):
    sealer = Sealer(ID_NUMBER, keys, suite)
    value = sealer.seal(NUMBER)

    def cut(tail: int | None = None) -> bytes:
        first, length = ID_NUMBER.place(tail)
        return value[first - 1 : first - 1 + length]

    assert cut() == sealer.whole(NUMBER) != sealer.whole(OTHER)
    assert cut(6) == sealer.tail(NUMBER[-6:])
    assert cut(4) == sealer.tail(NUMBER[-4:])
    with pytest.raises(ValueError, match="5 characters"):
        sealer.tail(NUMBER[-5:])


@pytest.mark.parametrize("place", [0, 1, 2, 3, 4, 30, -1, -17, -30])
def test_a_changed_byte_does_not_open(keys: Keys, suite: Suite, place: int):
    sealer = Sealer(ID_NUMBER, keys, suite)
    value = bytearray(sealer.seal(NUMBER))
    value[place] ^= 1

    with pytest.raises(Unopenable, match="密文打不开"):
        sealer.open(bytes(value))


def test_a_telephone_does_not_open_as_a_document(keys: Keys, suite: Suite):
    value = Sealer(PHONE, keys, suite).seal("13812348888")

    with pytest.raises(Unopenable):
        Sealer(DOCUMENT, keys, suite).open(value)


def test_another_key_opens_nothing(keys: Keys, suite: Suite):
    value = Sealer(PHONE, keys, suite).seal("13812348888")

    with pytest.raises(Unopenable):
        Sealer(PHONE, new_keys(digest=keys.index.digest), suite).open(value)


def test_a_new_key_seals_and_the_old_one_still_opens(keys: Keys, suite: Suite):
    old, anew = Sealer(ID_NUMBER, keys, suite), Sealer(ID_NUMBER, keys.with_data_key(), suite)

    assert anew.open(old.seal(NUMBER)) == anew.open(anew.seal(NUMBER)) == NUMBER
    assert anew.whole(NUMBER) == old.whole(NUMBER)
    assert not anew.is_current(old.seal(NUMBER))
    assert anew.is_current(anew.seal(NUMBER))
    with pytest.raises(Unopenable):
        old.open(anew.seal(NUMBER))


def test_a_new_index_key_finds_otherwise_and_opens_the_same(keys: Keys, suite: Suite):
    both = keys.with_index_key(digest="sm3")
    old, anew = Sealer(ID_NUMBER, both, suite), Sealer(ID_NUMBER, both.using(2).alone(), suite)

    assert old.seal(NUMBER) == Sealer(ID_NUMBER, keys, suite).seal(NUMBER)
    assert anew.whole(NUMBER) != old.whole(NUMBER)
    assert anew.open(old.seal(NUMBER)) == NUMBER
    assert not anew.is_current(old.seal(NUMBER))


def test_either_cipher_opens_what_the_other_sealed(keys: Keys):
    aes, sm4 = (Sealer(ID_NUMBER, keys, suite) for suite in Suite)

    assert sm4.open(aes.seal(NUMBER)) == aes.open(sm4.seal(NUMBER)) == NUMBER
    assert aes.whole(NUMBER) == sm4.whole(NUMBER)


def test_a_file_opens_as_it_was_and_not_when_changed(keys: Keys, suite: Suite):
    sealer, data = FileSealer(keys, suite), b"\x89PNG" + bytes(100_000)
    sealed = sealer.seal(data)

    assert sealer.open(sealed) == data
    assert sealer.open(data) == data
    assert b"\x89PNG" not in sealed
    with pytest.raises(Unopenable):
        sealer.open(sealed[:-1] + bytes([sealed[-1] ^ 1]))


def test_the_key_file_is_read_as_it_was_written_and_nothing_else_is_taken(keys: Keys):
    more = keys.with_data_key().with_index_key(digest="sm3")

    assert read_keys(more.text()) == more
    assert keys.data[1].hex() not in repr(keys)
    assert repr(keys.data[1]) not in repr(keys)
    assert repr(keys.index.key) not in repr(keys)
    for wrong in ("", "{}", "[]", more.text().replace("blake2b", "md5").replace("sm3", "md5"), more.text()[:-40]):
        with pytest.raises(ValueError, match="not a file of data keys"):
            read_keys(wrong)
