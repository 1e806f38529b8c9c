"""A finished upload is taken over by a feature; members leave, limits hold, what is old goes."""

import io
import subprocess
import tempfile
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from openspace import clock
from openspace.access import actions as access
from openspace.access.merging import merge
from openspace.extensions import db
from openspace.jobs.models import Job, State
from openspace.store import media
from openspace.store.disk import Disk
from openspace.uploads import actions, limits
from openspace.uploads.content import open_content
from openspace.uploads.models import Upload, UploadPiece
from openspace.uploads.problems import AlreadyTaken, EventFull, Expired, TooLarge, TooManyOpen, Unfinished
from openspace.web.errors import NotFound
from tests.factories import a_member, an_event, an_upload
from tests.uploads.tus import Tus, id_of


def add(upload: Upload, content: bytes) -> None:
    start = upload.offset
    key = f"{upload.id}/{start}-x"
    media.store().put_piece(key, content)
    actions.append(upload, UploadPiece(upload_id=upload.id, start=start, size=len(content), key=key))


@pytest.fixture
def member(inside):
    return a_member(an_event())


@pytest.fixture
def upload(member):
    return an_upload(member.event, member, 10)


@pytest.fixture
def finished(upload):
    add(upload, b"12345")
    add(upload, b"67890")
    return upload


def test_a_finished_upload_is_taken_once_and_kept(member, finished):
    taken = actions.take(finished.id, by=member)

    assert open_content(taken).read() == b"1234567890"
    with pytest.raises(AlreadyTaken):
        actions.take(finished.id, by=member)
    clock.held += timedelta(days=29)
    actions.discard_expired()
    assert actions.find(finished.id, by=member) is taken


def test_take_refuses_what_is_unfinished_unknown_expired_or_of_another_member(member, upload, finished):
    half = an_upload(member.event, member, 10)
    for upload_id, by, refusal in (
        (half.id, member, Unfinished),
        ("unknown", member, NotFound),
        (finished.id, a_member(member.event, "Анна"), NotFound),
    ):
        with pytest.raises(refusal):
            actions.take(upload_id, by=by)
    clock.held += timedelta(days=3)
    with pytest.raises(Expired):
        actions.take(finished.id, by=member)


def test_a_taken_upload_cannot_be_cancelled_by_its_member(tus, hall):
    address = tus.created(4, b"1234")
    with hall.app.app_context():
        db.session.execute(update(Upload).values(is_taken=True))
        db.session.commit()

    refused = tus.delete(address)

    assert (refused.status_code, tus.offset(address)) == (403, 4)
    assert "in use already" in refused.json["says"]


def test_content_can_be_read_from_anywhere(finished):
    content = open_content(finished)

    assert content.seek(-3, io.SEEK_END) == 7
    assert content.read() == b"890"
    assert content.seek(3) == 3
    assert content.read(4) == b"4567"
    assert content.seek(1, io.SEEK_CUR) == 8
    assert content.read(10) == b"90"
    assert content.read() == b""


def test_a_feature_hears_of_the_last_byte_in_its_transaction(member, upload, monkeypatch):
    heard = []
    monkeypatch.setattr(actions, "_when_finished", [lambda each: heard.append((each.id, each.is_finished))])
    add(upload, b"12345")
    assert heard == []

    add(upload, b"67890")
    empty = an_upload(member.event, member, 0)

    assert heard == [(upload.id, True), (empty.id, True)]


def test_a_file_larger_than_any_may_be_is_refused_in_words(tus, app, monkeypatch):
    monkeypatch.setitem(app.config, "MEDIA_FILE", 5 * 2**20)

    refused = tus.create(5 * 2**20 + 1)

    assert refused.status_code == 413
    assert "at most 5 MB can be sent" in refused.json["says"]
    assert tus.browser.options(tus.uploads).headers["Tus-Max-Size"] == str(5 * 2**20)
    assert tus.create(5 * 2**20).status_code == 201


def test_an_event_has_room_for_so_much(tus, hall, monkeypatch, tmp_path):
    monkeypatch.setitem(hall.app.extensions, "media", Disk(tmp_path))
    monkeypatch.setitem(hall.app.config, "MEDIA_ROOM", 10 * 2**20)
    monkeypatch.setattr(limits, "_counted", [lambda event_id: 2**20 if event_id == hall.id else 0])
    address = tus.created(6 * 2**20)

    refused = Tus(hall, "convener").create(4 * 2**20, b"begun")

    assert refused.status_code == 507
    assert pieces_in_store(hall.app) == 0
    assert "only 3 MB left" in refused.json["says"]
    assert tus.browser.options(tus.uploads).headers["Tus-Max-Size"] == str(3 * 2**20)
    assert Tus(hall, "convener").create(3 * 2**20).status_code == 201
    tus.delete(address)
    assert tus.create(6 * 2**20).status_code == 201


def pieces_in_store(app) -> int:
    with app.app_context():
        return len(media.store().pieces())


def test_a_member_has_so_many_uploads_under_way(tus, hall):
    addresses = [tus.created(1) for _ in range(limits.MOST_OPEN)]

    refused = tus.create(1)

    assert refused.status_code == 429
    assert "Too many of your files" in refused.json["says"]
    assert Tus(hall, "convener").create(1).status_code == 201
    tus.delete(addresses[0])
    assert tus.create(1).status_code == 201


def test_limits_are_checked_within_the_transaction_too(member, monkeypatch, inside):
    """Another tab may have begun an upload between the look before the piece was stored and the row."""
    monkeypatch.setitem(inside.config, "MEDIA_ROOM", 10)
    an_upload(member.event, member, 8)
    with pytest.raises(EventFull):
        an_upload(member.event, member, 3)
    monkeypatch.setitem(inside.config, "MEDIA_FILE", 4)
    with pytest.raises(TooLarge):
        an_upload(member.event, member, 5)
    with pytest.raises(TooManyOpen):
        an_upload(member.event, member, 1)
    for _ in range(limits.MOST_OPEN - 1):
        an_upload(member.event, member, 0)
    with pytest.raises(TooManyOpen):
        an_upload(member.event, member, 0)


def test_nobody_takes_the_room_of_an_event_with_files_that_do_not_come(tus, hall, monkeypatch):
    monkeypatch.setitem(hall.app.config, "MEDIA_FILE", 3 * 2**20)
    monkeypatch.setitem(hall.app.config, "MEDIA_ROOM", 10 * 2**20)
    begun = [tus.create(3 * 2**20).status_code for _ in range(4)]

    assert begun == [201, 201, 429, 429]
    assert Tus(hall, "convener").create(3 * 2**20).status_code == 201


def test_what_a_feature_has_taken_does_not_keep_its_sender_from_sending_more(member, monkeypatch, inside):
    monkeypatch.setitem(inside.config, "MEDIA_FILE", 2)
    for _ in range(3):
        sent = an_upload(member.event, member, 2)
        add(sent, b"12")
        actions.take(sent.id, by=member)

    assert an_upload(member.event, member, 2).offset == 0


def test_an_upload_of_which_nothing_comes_expires_after_an_hour(member, inside):
    begun, silent = an_upload(member.event, member), an_upload(member.event, member)
    add(begun, b"1")
    clock.held += timedelta(hours=1)

    actions.discard_expired()

    assert db.session.scalars(select(Upload.id)).all() == [begun.id]
    with pytest.raises(NotFound):
        actions.find(silent.id, by=member)


def test_a_file_in_too_many_small_parts_is_refused(tus, monkeypatch):
    monkeypatch.setattr(actions, "MOST_PIECES", 2)
    address = tus.created(10, b"1")
    assert tus.patch(address, 1, b"2").status_code == 204

    assert tus.patch(address, 2, b"3").status_code == 429
    assert tus.offset(address) == 2


def test_a_hall_at_work_meets_no_rate_limit(tus, app, monkeypatch):
    """300 pieces in a minute: the largest film on a fast network."""
    monkeypatch.setattr("openspace.extensions.limiter.enabled", True)
    address = tus.created(301)

    assert {tus.patch(address, number, b"x").status_code for number in range(300)} == {204}


@pytest.fixture
def small_disk(app, tmp_path, monkeypatch):
    """A disk of 64 KB as the data folder."""
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", tmp_path], check=False)
    if made.returncode:
        pytest.skip("this machine lets nobody mount a small disk")
    monkeypatch.setitem(app.extensions, "media", Disk(tmp_path))
    yield tmp_path
    subprocess.run(["umount", "--lazy", tmp_path], check=True)


def test_a_full_disk_is_told_in_words_and_keeps_what_had_arrived(tus, content, small_disk):
    address = tus.created(100_000, b"x" * 40_000)

    refused = tus.patch(address, 40_000, b"y" * 40_000)

    assert refused.status_code == 507
    assert "no room left for files" in refused.json["says"]
    assert tus.offset(address) == 40_000
    assert content(address) == b"x" * 40_000
    # What was begun has gone again, so that there is room for less.
    assert tus.patch(address, 40_000, b"y" * 8_000).status_code == 204


def test_a_full_folder_for_temporary_files_is_told_in_words(tus, small_disk, monkeypatch):
    address = tus.created(400_000)
    monkeypatch.setattr(tempfile, "tempdir", str(small_disk))

    refused = tus.patch(address, 0, b"x" * 400_000)

    assert refused.status_code == 507
    assert tus.offset(address) == 0
    # What fits into memory needs no such folder.
    assert tus.patch(address, 0, b"x" * 10_000).status_code == 204


def test_who_leaves_leaves_no_upload(inside):
    event = an_event()
    gone, other = a_member(event), a_member(event, "Анна")
    add(an_upload(event, gone), b"1")
    kept = an_upload(event, other)

    access.leave(gone)

    assert db.session.scalars(select(Upload.id)).all() == [kept.id]
    assert len(db.session.scalars(select(Job).where(Job.kind == "uploads.clear")).all()) == 1


def test_of_an_upload_of_which_nothing_came_nothing_is_cleared(tus, hall):
    address = tus.created(4)
    tus.delete(address)

    with hall.app.app_context():
        assert db.session.scalars(select(Job)).all() == []


def test_uploads_go_along_when_two_members_become_one(inside):
    event = an_event()
    kept, gone = a_member(event), a_member(event, "Олена Т.")
    upload = an_upload(event, gone)

    merge(kept, gone)
    db.session.expire_all()

    assert actions.find(upload.id, by=kept).offset == 0


def test_expired_uploads_are_deleted_with_their_pieces(hall, tus, crew):
    old = tus.created(4, b"12")
    clock.held += timedelta(days=2)
    fresh = tus.created(4, b"12")
    with hall.app.app_context():
        actions.discard_expired()
        db.session.commit()
        assert db.session.scalars(select(Upload.id)).all() == [id_of(fresh)]
        assert len(media.store().pieces(id_of(old))) == 1

    crew.start()
    crew.waits_for(db_job(hall.app), State.DONE)

    with hall.app.app_context():
        assert media.store().pieces(id_of(old)) == []
        assert len(media.store().pieces(id_of(fresh))) == 1


def db_job(app) -> int:
    with app.app_context():
        return db.session.scalars(select(Job.id).where(Job.kind == "uploads.clear")).one()


def test_pieces_that_no_row_names_are_deleted_when_they_are_old(hall, tus):
    """As a server leaves them that stops between the store and the database."""
    known = tus.created(4, b"12")
    clock.held = datetime.now(UTC) + timedelta(hours=2)
    with hall.app.app_context():
        for key in ("none/0-x", f"{id_of(known)}/0-x"):
            media.store().put_piece(key, b"12")
        assert [len(media.store().pieces(each)) for each in ("none", id_of(known))] == [1, 2]

        media.sweep()

        assert [len(media.store().pieces(each)) for each in ("none", id_of(known))] == [0, 1]
        assert open_content(db.session.get_one(Upload, id_of(known))).read() == b"12"


def test_nothing_is_enqueued_when_nothing_has_expired(inside):
    actions.discard_expired()

    assert db.session.scalar(select(func.count()).select_from(Job)) == 0
