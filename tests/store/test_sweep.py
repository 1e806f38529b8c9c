"""A file stays as long as a row names it, and for an hour after it was put; on both databases and in both stores."""

import os
from collections.abc import Iterator
from io import BytesIO

import pytest
from sqlalchemy import Column, Integer, MetaData, String, Table, delete, insert, select

from openspace.extensions import db
from openspace.jobs import housekeeping
from openspace.jobs.models import Job
from openspace.store import media, transactions
from openspace.store.files import Missing

# Tables as a feature would have them. They are not among the app's own, which all have migrations.
tables = MetaData()
pictures = Table("test_picture", tables, Column("id", Integer, primary_key=True), Column("digest", String(64)))
posters = Table("test_poster", tables, Column("id", Integer, primary_key=True), Column("digest", String(64)))
parts = Table("test_part", tables, Column("key", String(80), primary_key=True))


@pytest.fixture
def kept(app, store, monkeypatch, later) -> Iterator[media.Store]:
    """The store of an app with two columns of digests, one of them empty in a row, and one of keys of pieces."""
    monkeypatch.setitem(app.extensions, "media", store)
    monkeypatch.setattr(media, "_columns", [])
    monkeypatch.setattr(media, "_piece_columns", [])
    for column in (pictures.c.digest, posters.c.digest):
        media.refer(column)
    media.refer_pieces(parts.c.key)
    with app.app_context():
        tables.create_all(db.engine)
        write(insert(pictures).values(digest=None), insert(pictures).values(digest=""))
        later()
        yield store
        db.session.rollback()
        tables.drop_all(db.engine)


def write(*statements) -> None:
    with transactions.writing():
        for statement in statements:
            db.session.execute(statement)


def put(store, content: bytes) -> str:
    return store.put(BytesIO(content)).digest


def digests(store) -> set[str]:
    return {file.digest for file in store.list()}


def test_a_sweep_removes_what_no_row_names(kept, later):
    picture, poster, both, nobodys = (put(kept, content) for content in (b"1", b"2", b"3", b"4"))
    write(
        insert(pictures).values(digest=picture),
        insert(posters).values(digest=poster),
        insert(pictures).values(digest=both),
        insert(posters).values(digest=both),
    )
    later(hours=2)

    assert media.sweep() == (1, 0)
    assert digests(kept) == {picture, poster, both}
    with pytest.raises(Missing):
        kept.size(nobodys)


def test_a_file_goes_with_its_last_row(kept, later):
    digest = put(kept, b"a picture of two stories")
    write(insert(pictures).values(id=10, digest=digest), insert(pictures).values(id=11, digest=digest))
    later(hours=2)

    write(delete(pictures).where(pictures.c.id == 10))
    assert media.sweep().files == 0
    write(delete(pictures).where(pictures.c.id == 11))
    assert media.sweep().files == 1


@pytest.mark.parametrize(("minutes", "left"), [(0, 1), (58, 1), (62, 0)])
def test_what_was_put_for_a_transaction_that_has_not_ended_is_kept_for_an_hour(kept, later, minutes, left):
    put(kept, b"new")
    later(minutes=minutes)

    media.sweep()

    assert len(digests(kept)) == left


@pytest.mark.parametrize("store", ["disk"], indirect=True)
def test_what_is_put_again_while_a_sweep_is_under_way_is_kept(kept, monkeypatch):
    digest = put(kept, b"old, and wanted again")
    os.utime(kept.folder / digest[:2] / digest[2:], (0, 0))
    named = media._named

    def put_again(asked):
        found = named(asked)
        put(kept, b"old, and wanted again")
        return found

    # The moment between the look at the rows and the deletion.
    monkeypatch.setattr(media, "_named", put_again)

    assert media.sweep() == (0, 0)
    assert digests(kept) == {digest}


def test_many_files_are_asked_for_in_batches(kept, later, monkeypatch):
    monkeypatch.setattr(media, "BATCH", 2)
    names = [put(kept, str(number).encode()) for number in range(5)]
    write(*(insert(pictures).values(digest=name) for name in names[1:4]))
    later(hours=2)

    assert media.count() == (5, 2, 0)
    media.sweep()

    assert digests(kept) == set(names[1:4])


def test_a_sweep_removes_pieces_that_no_row_names(kept, later):
    """Also those whose upload has other pieces."""
    write(insert(parts).values(key="7/0"))
    for key in ("7/0", "7/1", "8/0"):
        kept.put_piece(key, b"x")

    assert media.sweep() == (0, 0)
    later(hours=2)
    assert media.sweep() == (0, 2)
    assert [piece.key for piece in kept.pieces()] == ["7/0"]


def test_nothing_is_removed_where_no_feature_has_said_what_it_needs(kept, later, monkeypatch):
    put(kept, b"x")
    kept.put_piece("7/0", b"x")
    monkeypatch.setattr(media, "_columns", [])
    monkeypatch.setattr(media, "_piece_columns", [])
    later(hours=2)

    assert media.sweep() == (0, 0)


def test_count_finds_files_without_rows_and_rows_without_files(kept, later):
    named, gone, _ = (put(kept, content) for content in (b"named", b"gone", b"nobody's"))
    write(insert(pictures).values(digest=named), insert(posters).values(digest=gone))
    kept.delete(gone)

    assert media.count() == (2, 0, 1)
    later(hours=2)
    assert media.count() == (2, 1, 1)


def test_a_store_may_not_be_waited_for_within_a_transaction_that_writes(kept):
    for wait in (lambda: put(kept, b"x"), kept.list, kept.pieces, lambda: kept.read("a" * 64, 0, 1), media.sweep):
        with pytest.raises(RuntimeError, match="slow"), transactions.writing():
            wait()


@pytest.mark.parametrize("store", ["disk"], indirect=True)
def test_a_sweep_is_enqueued_once_there_was_a_file(kept):
    enqueued = []
    for _ in range(2):
        with transactions.writing():
            housekeeping.enqueue_sweep()
        enqueued.append([job.kind for job in db.session.scalars(select(Job))])
        put(kept, b"x")

    assert enqueued == [[], ["media.sweep"]]
