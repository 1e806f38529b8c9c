"""The tus protocol 1.0.0: core, creation, creation-with-upload, expiration, checksum and termination."""

from datetime import timedelta
from secrets import token_hex

import pytest
from sqlalchemy import func, select

from openspace import clock
from openspace.extensions import db
from openspace.jobs.models import Job
from openspace.store.s3 import Bucket
from openspace.uploads import limits, views
from openspace.uploads.models import Upload, UploadPiece
from openspace.writes import Answer
from tests.uploads.tus import CONTENT, TUS, Tus, checksum, id_of


def count(app, table) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(table))


def test_a_file_arrives_in_pieces(tus, content):
    begun = tus.create(len(CONTENT), Upload_Metadata="filename ZmlsbS5tcDQ=,filetype dmlkZW8vbXA0")
    address = begun.headers["Location"]
    first = tus.patch(address, 0, CONTENT[:1000])
    second = tus.patch(address, 1000, CONTENT[1000:])

    assert [begun.status_code, first.status_code, second.status_code] == [201, 204, 204]
    assert [int(each.headers["Upload-Offset"]) for each in (begun, first, second)] == [0, 1000, len(CONTENT)]
    assert {each.headers["Tus-Resumable"] for each in (begun, first, second)} == {"1.0.0"}
    assert content(address) == CONTENT


def test_a_file_arrives_in_a_bucket(tus, content, app, s3_server, monkeypatch):
    """As on installations of several machines, each of which has a client of its own."""
    for name, value in s3_server.items():
        monkeypatch.setenv(name, value)
    place = f"s3://media/{token_hex(8)}"
    buckets = Bucket(place), Bucket(place)
    address = tus.created(len(CONTENT))
    for number, begin in enumerate(range(0, len(CONTENT), 16_000)):
        monkeypatch.setitem(app.extensions, "media", buckets[number % 2])
        assert tus.patch(address, begin, CONTENT[begin : begin + 16_000]).status_code == 204

    assert content(address) == CONTENT
    with app.app_context():
        buckets[0].delete_pieces(id_of(address))
        assert buckets[1].pieces(id_of(address)) == []


def test_head_tells_how_far_an_upload_is(tus):
    address = tus.created(10, Upload_Metadata="filename ZmlsbS5tcDQ=,private")
    tus.patch(address, 0, b"1234")

    told = tus.head(address)

    assert told.status_code == 200
    assert told.headers["Upload-Offset"] == "4"
    assert told.headers["Upload-Length"] == "10"
    assert told.headers["Upload-Metadata"] == "filename ZmlsbS5tcDQ=,private"
    assert told.headers["Cache-Control"] == "no-store"
    # The clock of the tests stands at 8:54 on the fourth of June.
    assert told.headers["Upload-Expires"] == "Sat, 06 Jun 2026 08:54:00 GMT"


def test_options_tell_what_the_server_can_do(tus, app):
    told = tus.browser.options(tus.uploads)

    assert told.status_code == 204
    assert told.headers["Tus-Version"] == "1.0.0"
    assert told.headers["Tus-Extension"] == "creation,creation-with-upload,expiration,checksum,termination"
    assert told.headers["Tus-Checksum-Algorithm"] == "sha1,sha256"
    assert told.headers["Tus-Max-Size"] == str(300 * 2**20)


def test_an_upload_is_created_with_its_first_piece(tus, content):
    begun = tus.create(10, b"12345")

    assert begun.headers["Upload-Offset"] == "5"
    assert tus.offset(begun.headers["Location"]) == 5
    assert content(begun.headers["Location"]) == b"12345"


def test_an_empty_file_is_finished_at_once(tus, content):
    address = tus.created(0)

    assert tus.offset(address) == 0
    assert tus.patch(address, 0, b"").status_code == 204
    assert content(address) == b""


def test_an_empty_piece_changes_nothing(tus):
    address = tus.created(10)

    assert tus.patch(address, 0, b"").headers["Upload-Offset"] == "0"
    assert tus.patch(address, 0, b"12").headers["Upload-Offset"] == "2"


@pytest.mark.parametrize("offset", [0, 3, 5, 10])
def test_a_piece_for_another_place_is_refused_and_head_tells_the_true_one(tus, content, offset):
    address = tus.created(10, b"1234")

    refused = tus.patch(address, offset, b"abcd")

    assert refused.status_code == 409
    assert refused.json["offset"] == tus.offset(address) == 4
    assert content(address) == b"1234"


def test_the_same_piece_sent_twice_adds_no_byte(tus, content):
    address = tus.created(10)

    statuses = [tus.patch(address, 0, b"1234").status_code for _ in range(2)]

    assert statuses == [204, 409]
    assert tus.offset(address) == 4
    assert content(address) == b"1234"


def test_a_key_of_its_page_does_not_swallow_the_next_piece(tus, app, content):
    """A client may send the same headers with each request, an idempotency key among them."""
    address, key = tus.created(8, Idempotency_Key="a" * 32), "b" * 32

    tus.patch(address, 0, b"1234", Idempotency_Key=key)
    tus.patch(address, 4, b"5678", Idempotency_Key=key)

    assert content(address) == b"12345678"
    assert count(app, Answer) == 0


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_a_piece_with_its_checksum_is_taken(tus, algorithm):
    address = tus.created(10, b"12", Upload_Checksum=checksum(b"12", algorithm))

    taken = tus.patch(address, 2, b"3456", Upload_Checksum=checksum(b"3456", algorithm))

    assert (taken.status_code, tus.offset(address)) == (204, 6)


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_a_piece_with_another_checksum_is_thrown_away(tus, app, algorithm):
    address = tus.created(10, b"12")

    refused = tus.patch(address, 2, b"3456", Upload_Checksum=checksum(b"3457", algorithm))
    created = tus.create(10, b"12", Upload_Checksum=checksum(b"13", algorithm))

    assert (refused.status_code, created.status_code) == (460, 460)
    assert tus.offset(address) == 2
    assert (count(app, Upload), count(app, UploadPiece)) == (1, 1)


@pytest.mark.parametrize("header", ["md5 CY9rzUYh03PK3k6DJie09g==", "sha1", "sha1 !"])
def test_a_checksum_that_makes_no_sense_is_refused(tus, header):
    address = tus.created(10)

    assert tus.patch(address, 0, b"test", Upload_Checksum=header).status_code == 400
    assert tus.offset(address) == 0


def test_more_than_was_said_is_refused(tus):
    address = tus.created(4, b"12")

    assert tus.patch(address, 2, b"345").status_code == 413
    assert tus.create(4, b"12345").status_code == 413
    assert tus.offset(address) == 2


def test_a_piece_too_large_to_be_received_at_once_is_refused(tus, app, monkeypatch):
    address = tus.created(limits.LARGEST_PIECE + 1)

    refused = tus.patch(address, 0, b"x" * (limits.LARGEST_PIECE + 1))

    assert refused.status_code == 413
    assert "too large to be sent at once" in refused.json["says"]
    assert tus.patch(address, 0, b"x" * limits.LARGEST_PIECE).status_code == 204


@pytest.mark.parametrize("length", ["", "-1", "x", "1.0"])
def test_a_length_that_is_no_number_is_refused(tus, length):
    assert tus.create(length).status_code == 400


def test_an_upload_without_a_length_is_refused(tus):
    deferred = tus.browser.post(tus.uploads, headers={**TUS, "Upload-Defer-Length": "1"})

    assert deferred.status_code == 400


@pytest.mark.parametrize("metadata", ["name !", "x" * 1001])
def test_metadata_that_make_no_sense_are_refused(tus, metadata):
    assert tus.create(1, Upload_Metadata=metadata).status_code == 400


def test_an_offset_that_is_no_number_is_refused(tus):
    assert tus.patch(tus.created(4), "x", b"1").status_code == 400


def test_another_type_is_refused(tus):
    address = tus.created(4)

    assert tus.patch(address, 0, b"1", Content_Type="application/octet-stream").status_code == 415
    assert tus.offset(address) == 0


def test_another_version_is_refused(tus):
    address = tus.created(4)

    for refused in (
        tus.create(4, Tus_Resumable="0.2.2"),
        tus.patch(address, 0, b"1", Tus_Resumable="2.0.0"),
        tus.browser.head(address),
        tus.browser.delete(address),
    ):
        assert refused.status_code == 412
        assert refused.headers["Tus-Version"] == "1.0.0"
    assert tus.offset(address) == 0


def test_a_method_can_be_sent_in_a_header(tus):
    address = tus.created(4)
    told = {**TUS, "Upload-Offset": "0", "Content-Type": views.MIMETYPE}

    patched = tus.browser.post(address, data=b"12", headers={**told, "X-HTTP-Method-Override": "PATCH"})

    assert (patched.status_code, tus.offset(address)) == (204, 2)


def test_a_terminated_upload_is_gone_with_its_pieces(tus, app):
    address = tus.created(4, b"12")

    assert tus.delete(address).status_code == 204

    assert tus.head(address).status_code == 404
    assert tus.patch(address, 2, b"34").status_code == 404
    assert tus.delete(address).status_code == 404
    assert (count(app, Upload), count(app, UploadPiece)) == (0, 0)
    with app.app_context():
        assert db.session.scalars(select(Job.arguments)).all() == [{"upload_ids": [id_of(address)]}]


@pytest.mark.parametrize("who", ["convener", "facilitator", "organiser"])
def test_the_upload_of_another_member_is_not_found(hall, tus, who):
    address, other = tus.created(4, b"12"), Tus(hall, who)

    assert other.head(address).status_code == 404
    assert other.patch(address, 2, b"34").status_code == 404
    assert other.delete(address).status_code == 404
    assert tus.offset(address) == 2


def test_an_upload_is_not_found_in_another_event(hall, tus):
    address, other = tus.created(4, b"12"), Tus(hall, "other")
    elsewhere = address.replace(hall.slug, "seminar")

    assert other.browser.head("/seminar/uploads/none", headers=TUS).status_code == 404
    assert other.head(elsewhere).status_code == 404
    assert other.patch(elsewhere, 2, b"34").status_code == 404
    assert other.delete(elsewhere).status_code == 404
    # The browser of the participant is not signed in there.
    assert tus.head(elsewhere).status_code == 403


def test_an_upload_expires_two_days_after_its_last_piece(tus, app):
    address = tus.created(4)
    clock.held += timedelta(minutes=59)
    assert tus.patch(address, 0, b"1").status_code == 204
    clock.held += timedelta(hours=47)
    assert tus.patch(address, 1, b"2").status_code == 204
    clock.held += timedelta(hours=48)

    assert tus.head(address).status_code == 410
    assert tus.patch(address, 2, b"3").status_code == 410
    assert tus.delete(address).status_code == 410


def test_a_page_of_another_site_can_send_nothing(tus, app, monkeypatch):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    monkeypatch.setitem(app.config, "WTF_CSRF_CHECK_DEFAULT", True)

    assert tus.create(4).status_code == 400
    assert tus.create(4).json["problem"] == "FormExpired"


def test_a_page_of_another_member_can_send_nothing(hall, tus):
    assert tus.create(4, X_Member=f"{hall.slug}-{hall.ids['convener']}").status_code == 409
    assert tus.create(4, X_Member=f"{hall.slug}-{hall.ids['participant']}").status_code == 201
