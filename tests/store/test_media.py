"""The store of files: every function, on a disk and on a real S3 server."""

import hashlib
import os
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest

from openspace.store.files import BLOCK, Missing

CONTENT = bytes(range(256)) * (BLOCK // 64) + b"the end"
DIGEST = hashlib.sha256(CONTENT).hexdigest()
OTHER = "f" * 64
NO_DIGESTS = ["", "..", "../secret_key", DIGEST[:-1], DIGEST.upper(), DIGEST + "\n", "pieces/x"]


def put(store, content: bytes = CONTENT) -> str:
    return store.put(BytesIO(content)).digest


def test_put_stores_a_file_under_the_hash_of_its_content(store):
    stored = store.put(BytesIO(CONTENT))

    assert stored == (DIGEST, len(CONTENT))
    assert store.size(DIGEST) == len(CONTENT)
    assert b"".join(store.read(DIGEST, 0, len(CONTENT))) == CONTENT


def test_put_begins_where_the_file_stands(store):
    file = BytesIO(b"not this" + CONTENT)
    file.seek(len(b"not this"))

    assert store.put(file).digest == DIGEST
    assert store.size(DIGEST) == len(CONTENT)


def test_an_empty_file_is_a_file(store):
    digest = put(store, b"")

    assert store.size(digest) == 0
    assert list(store.read(digest, 0, 0)) == []


def test_the_same_content_twice_is_one_file(store):
    put(store)
    put(store)

    assert [file.digest for file in store.list()] == [DIGEST]


@pytest.mark.parametrize(
    ("start", "end"),
    [(0, 1), (5, 300), (BLOCK - 1, BLOCK + 1), (BLOCK, 3 * BLOCK), (len(CONTENT) - 4, len(CONTENT))],
)
def test_read_yields_a_part_in_blocks(store, start, end):
    put(store)

    blocks = list(store.read(DIGEST, start, end))

    assert b"".join(blocks) == CONTENT[start:end]
    assert max(map(len, blocks)) <= BLOCK


def test_open_gives_a_file_in_which_one_can_seek(store):
    put(store)

    with store.open(DIGEST) as file:
        file.seek(-7, os.SEEK_END)
        assert file.read() == b"the end"
        file.seek(0)
        assert file.read() == CONTENT
        assert file.fileno() > 2


def test_delete_removes_a_file_once(store):
    put(store)
    put(store, b"another")

    assert [store.delete(DIGEST), store.delete(DIGEST)] == [True, False]
    assert [file.digest for file in store.list()] == [hashlib.sha256(b"another").hexdigest()]


def test_delete_leaves_what_was_put_since(store):
    put(store)
    now = datetime.now(UTC)

    assert not store.delete(DIGEST, older_than=now - timedelta(minutes=1))
    assert store.size(DIGEST)
    assert store.delete(DIGEST, older_than=now + timedelta(minutes=1))


def test_list_tells_when_a_file_was_put_last(store):
    begun = datetime.now(UTC) - timedelta(seconds=2)
    put(store)

    (file,) = store.list()

    assert file.digest == DIGEST
    assert begun <= file.modified_at <= datetime.now(UTC) + timedelta(seconds=2)


@pytest.mark.parametrize("digest", [OTHER, *NO_DIGESTS])
def test_what_is_not_there_is_missing(store, digest):
    put(store)
    store.put_piece("x", b"piece")

    for ask in (store.open, store.size, store.delete, lambda name: next(store.read(name, 0, 1))):
        if ask == store.delete and digest == OTHER:
            assert not ask(digest)
            continue
        with pytest.raises(Missing):
            ask(digest)


def test_pieces_are_kept_by_name_and_are_no_files(store):
    for key in ("7/0", "7/100", "70/0", "8/0"):
        store.put_piece(key, key.encode())

    assert [(piece.key, piece.size) for piece in store.pieces("7")] == [("7/0", 3), ("7/100", 5)]
    assert [piece.key for piece in store.pieces()] == ["7/0", "7/100", "70/0", "8/0"]
    assert store.read_piece("7/100") == b"7/100"
    assert list(store.list()) == []


def test_a_piece_takes_the_place_of_one_with_its_key(store):
    store.put_piece("7/0", b"first")
    store.put_piece("7/0", b"second")

    assert store.read_piece("7/0") == b"second"
    assert len(store.pieces("7")) == 1


def test_delete_piece_leaves_the_others(store):
    for key in ("7/0", "7/1", "8/0"):
        store.put_piece(key, b"x")

    for key in ("7/0", "8/0", "8/0", "9/0"):
        store.delete_piece(key)

    assert [piece.key for piece in store.pieces()] == ["7/1"]


def test_delete_pieces_leaves_those_of_others(store):
    for key in ("7/0", "7/100", "70/0"):
        store.put_piece(key, b"x")

    store.delete_pieces("7")
    store.delete_pieces("7")

    assert [piece.key for piece in store.pieces()] == ["70/0"]
    assert store.pieces("7") == []
    with pytest.raises(Missing):
        store.read_piece("7/0")


@pytest.mark.parametrize("key", ["", "..", "7/../8", "/7", "7/", "a b", "a\n", "7//8"])
def test_a_key_is_no_path(store, key):
    for ask in (
        lambda: store.put_piece(key, b"x"),
        lambda: store.read_piece(key),
        lambda: store.delete_piece(key),
        lambda: store.delete_pieces(key),
    ):
        with pytest.raises(ValueError, match="no key"):
            ask()
