"""ZIP archives that are written while they are sent."""

import tracemalloc
from io import BytesIO
from zipfile import ZIP64_LIMIT, BadZipFile, ZipFile

import pytest

from openspace.store import transactions
from openspace.store.archives import Entry, answer, whole, zipped
from openspace.store.files import BLOCK, Missing


def test_an_archive_holds_what_was_put_into_it():
    entries = [whole("top/index.html", "Привіт".encode()), Entry("top/film.mp4", 5, iter([b"fi", b"lm", b"!"]))]

    with ZipFile(BytesIO(b"".join(zipped(entries)))) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == {
            "top/index.html": "Привіт".encode(),
            "top/film.mp4": b"film!",
        }


def test_only_some_blocks_are_in_memory_however_large_the_archive():
    size = 64 * 2**20
    entry = Entry("film.mp4", size, (bytes(BLOCK) for _ in range(size // BLOCK)))

    tracemalloc.start()
    largest = max(map(len, zipped([entry])))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert largest <= 3 * BLOCK
    assert peak < 2**20


def test_a_file_is_read_only_when_its_turn_has_come():
    opened = []

    def blocks(name):
        opened.append(name)
        yield bytes(4 * BLOCK)

    parts = zipped(Entry(name, 4 * BLOCK, blocks(name)) for name in ("first", "second"))
    next(parts)

    assert opened == ["first"]


def test_a_file_beyond_four_gigabytes_can_be_in_it(monkeypatch):
    # `ZipFile` refuses more than the limit in a file that was not announced as large.
    monkeypatch.setattr("zipfile.ZIP64_LIMIT", 1000)
    monkeypatch.setattr("openspace.store.archives.ZIP64_LIMIT", 1000)
    assert ZIP64_LIMIT > 1000

    content = b"".join(zipped([Entry("film.mp4", 2000, [bytes(2000)]), whole("after", b"!")]))

    with ZipFile(BytesIO(content)) as archive:
        assert archive.read("film.mp4") == bytes(2000)
        assert archive.read("after") == b"!"


def test_what_cannot_be_read_to_its_end_breaks_the_archive():
    def lost():
        yield bytes(2 * BLOCK)
        raise Missing

    sent = []
    with pytest.raises(Missing):
        sent.extend(zipped([whole("index.html", b"!"), Entry("film.mp4", 9 * BLOCK, lost())]))

    with pytest.raises(BadZipFile):
        ZipFile(BytesIO(b"".join(sent)))


def test_no_archive_is_sent_within_a_transaction_that_writes(in_request):
    with pytest.raises(RuntimeError), transactions.writing():
        answer([], "empty.zip")
