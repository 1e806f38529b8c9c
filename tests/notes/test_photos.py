"""Photos in notes: added, sent, prepared, described, removed; hostile files; limits; and whose they are."""

import re
import struct
from datetime import timedelta
from io import BytesIO

import pytest
from lxml import html
from PIL import Image
from PIL.ExifTags import GPS, IFD

from openspace import clock
from openspace.access import actions as access
from openspace.access.models import Member
from openspace.board import actions as board, merging
from openspace.board.models import topic_numbered
from openspace.clock import now
from openspace.extensions import db
from openspace.news.models import Report
from openspace.notes import jobs, photo_actions as actions
from openspace.notes.photo_models import NotePhoto, NotePhotoFile, extras, photos_on
from openspace.notes.rules import MOST_PHOTOS
from openspace.store import media, sqlite, transactions
from openspace.uploads import awaited
from openspace.uploads.limits import limits
from openspace.uploads.models import Upload
from openspace.uploads.rules import MediumState
from tests.factories import Hall, a_note_photo
from tests.uploads.phone import a_jpeg, send, work as do_jobs

ENGLISH = {"Accept-Language": "en"}
JSON = {"Accept": "application/json"}
REF = "flipchart-of-a-plan-01"
PHOTOS = "topics/1/notes/photos"


def add(hall: Hall, *refs: str, who: str = "participant", topic: int = 1):
    return hall.ask(who).post(hall.url(f"topics/{topic}/notes/photos"), data={"ref": list(refs)}, headers=JSON)


def work(hall: Hall) -> None:
    do_jobs(hall, {"notes.photo": jobs.prepare})


def photos(hall: Hall) -> list[NotePhoto]:
    """The photos on the page of topic 1, as they are now."""
    with hall.app.test_request_context():
        topic = topic_numbered(hall.id, 1)
        found = photos_on(topic.joint or topic)
        db.session.expunge_all()
        return found


def page(hall: Hall, who: str = "participant", topic: int = 1, **more) -> html.HtmlElement:
    answer = hall.ask(who).get(hall.url(f"topics/{topic}/notes"), headers=ENGLISH, **more)
    return html.fromstring(answer.get_data(as_text=True))


@pytest.mark.parametrize("order", ["file first", "photo first"])
def test_a_photo_is_prepared_whichever_comes_first(hall, order):
    steps = [lambda: send(hall, "participant", REF, a_jpeg()), lambda: add(hall, REF)]
    for step in steps if order == "file first" else steps[::-1]:
        step()
    assert [photo.state for photo in photos(hall)] == [MediumState.PREPARING]

    work(hall)

    (photo,) = photos(hall)
    assert (photo.state, photo.width, photo.height) == (MediumState.READY, 640, 480)
    assert [file.width for file in photo.files("image/webp")] == [480, 640]
    (image,) = page(hall, "convener").xpath("//figure//img")
    assert image.get("alt") == "A photo of the flipchart"
    file = hall.ask("convener").get(image.get("src"))
    with Image.open(BytesIO(file.data)) as shown:
        assert (shown.format, shown.size) == ("WEBP", (480, 360))
    with hall.app.app_context():
        assert db.session.query(Upload).count() == 0


def test_while_it_is_on_its_way_others_see_its_place(hall):
    assert add(hall, REF).status_code == 201

    (figure,) = page(hall, "convener").xpath("//figure[@id]")
    assert (figure.get("data-state"), "On its way" in figure.text_content()) == ("coming", True)


def test_a_photo_that_is_added_twice_is_there_once(hall):
    add(hall, REF)
    assert add(hall, REF, "flipchart-of-a-plan-02").json["ids"] == [photos(hall)[1].id]

    assert [photo.ref for photo in photos(hall)] == [REF, "flipchart-of-a-plan-02"]


def test_a_file_of_somebody_else_is_not_taken(hall):
    send(hall, "convener", REF, a_jpeg())

    add(hall, REF)

    assert photos(hall)[0].state == MediumState.COMING


def test_without_scripts_photos_come_with_the_form(hall):
    files = [(BytesIO(a_jpeg()), "one.jpg"), (BytesIO(a_jpeg(300, 400)), "two.jpg")]

    answer = hall.ask("participant").post(hall.url(PHOTOS), data={"files": files})

    assert (answer.status_code, answer.location.partition("#")[2]) == (303, "flips")
    work(hall)
    assert [(photo.state, photo.width) for photo in photos(hall)] == [("ready", 640), ("ready", 300)]


def test_a_form_without_a_photo_is_refused_in_words(hall):
    answer = hall.ask("participant").post(hall.url(PHOTOS), data={}, headers=ENGLISH)

    assert (answer.status_code, "Please choose a photo." in answer.text) == (422, True)


@pytest.mark.parametrize("ref", ["short", "x" * 41, "../../../../etc/passwd"])
def test_a_name_that_no_page_sends_is_refused(hall, ref):
    assert add(hall, ref).status_code == 422


def a_png_of(width: int, height: int) -> bytes:
    """The head of a PNG of so many points."""
    facts = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + facts + bytes(2000)


def a_picture_of_200_megapixels() -> bytes:
    """A real one, which compresses well."""
    stream = BytesIO()
    Image.new("1", (20_000, 10_000)).save(stream, "PNG")
    return stream.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"<!doctype html><script>alert(document.cookie)</script>",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        a_jpeg()[:400],
        a_png_of(60_000, 60_000),
        a_picture_of_200_megapixels(),
    ],
    ids=["html", "svg", "cut off", "three billion points", "200 megapixels"],
)
def test_a_hostile_file_called_jpg_is_never_shown(hall, content):
    files = [(BytesIO(content), "flipchart.jpg", "image/jpeg")]
    hall.ask("participant").post(hall.url(PHOTOS), data={"files": files})

    work(hall)

    (photo,) = photos(hall)
    assert (photo.state, photo.renditions) == (MediumState.FAILED, [])
    (figure,) = page(hall).xpath("//figure[@id]")
    assert re.search("cannot be read|too large", figure.text_content())
    with hall.app.app_context():
        assert (extras([photo.topic_id]), db.session.query(Upload).count()) == ({}, 0)


def test_where_a_photo_was_taken_is_not_kept(hall):
    exif = Image.Exif()
    exif.get_ifd(IFD.GPSInfo).update({GPS.GPSLatitude: (50.0, 27.0, 0.0), GPS.GPSLatitudeRef: "N"})
    exif[0x010F] = "Camera of Olena"
    taken = a_jpeg(exif=exif)
    with Image.open(BytesIO(taken)) as camera:
        assert camera.getexif().get_ifd(IFD.GPSInfo)
    send(hall, "participant", REF, taken)
    add(hall, REF)

    work(hall)

    with hall.app.app_context():
        for file in photos(hall)[0].renditions:
            content = media.store().open(file.digest).read()
            with Image.open(BytesIO(content)) as shown:
                assert dict(shown.getexif()) == {}
            assert b"Olena" not in content


def test_a_photo_is_described_by_anyone_who_writes(hall):
    address = hall.url(f"{PHOTOS}/{hall.note_photo()}")

    answer = hall.ask("convener").put(address, data={"caption": "  Список із 12 пунктів "})

    assert answer.status_code == 303
    tree = page(hall)
    assert tree.xpath("//figure//img/@alt") == ["Список із 12 пунктів"]
    assert tree.xpath("normalize-space(//figure//figcaption)") == "Список із 12 пунктів"


def test_who_describes_a_photo_that_is_described_meanwhile_sees_both(hall):
    address = hall.url(f"{PHOTOS}/{hall.note_photo()}")
    hall.ask("convener").put(address, data={"caption": "Список"})

    answer = hall.ask("participant").put(address, data={"caption": "Перелік", "was": ""}, headers=ENGLISH)

    assert answer.status_code == 409
    tree = html.fromstring(answer.text)
    assert tree.xpath("//blockquote/text()") == ["Список"]
    assert tree.xpath("//input[@name='caption']/@value") == ["Перелік"]
    # The same form sent again is about what stands there now.
    assert tree.xpath("//input[@name='was']/@value") == ["Список"]


def test_a_photo_is_removed_and_brought_back(hall):
    photo_id = hall.note_photo()
    address = hall.url(f"{PHOTOS}/{photo_id}")
    file = hall.url(f"{PHOTOS}/{photo_id}/{hall.note_photo_address(photo_id)}")
    assert hall.ask("convener").get(file).status_code == 200

    assert hall.ask("convener").delete(address).status_code == 403
    assert hall.ask("participant").delete(address).status_code == 303

    assert (photos(hall), page(hall).xpath("//figure[@id]")) == ([], [])
    assert [hall.ask("convener").get(each).status_code for each in (file, address)] == [404, 404]
    assert hall.ask("participant").put(f"{address}/return").status_code == 303
    assert hall.ask("convener").get(file).status_code == 200


def test_the_page_after_a_removal_offers_to_bring_the_photo_back(hall):
    photo_id = hall.note_photo()
    hall.ask("facilitator").delete(hall.url(f"{PHOTOS}/{photo_id}"), headers=ENGLISH)

    shown = page(hall, "facilitator")

    assert "The photo has been removed." in shown.text_content()
    (undo,) = [form for form in shown.xpath("//form/@action") if "/return" in form]
    assert hall.ask("facilitator").post(undo).status_code == 303
    assert [photo.id for photo in photos(hall)] == [photo_id]


def test_what_was_removed_or_failed_or_never_came_is_deleted_in_the_end(hall):
    hall.ask("participant").delete(hall.url(f"{PHOTOS}/{hall.note_photo()}"))
    add(hall, REF, "flipchart-of-a-plan-02")
    with hall.app.test_request_context(), transactions.writing():
        actions.failed(photos(hall)[0].id, "unreadable")
        assert not actions.delete_removed()
        assert not actions.give_up_waiting()
        with clock.frozen_at(now() + actions.KEPT + timedelta(minutes=1)):
            assert actions.delete_removed()
        assert [photo.state for photo in db.session.query(NotePhoto)] == [MediumState.COMING]
        with clock.frozen_at(now() + awaited.PATIENCE + timedelta(minutes=1)):
            assert actions.give_up_waiting()
        assert (db.session.query(NotePhoto).count(), db.session.query(NotePhotoFile).count()) == (0, 0)


def test_thirty_photos_fit_into_the_notes_of_a_topic(hall):
    with hall.app.test_request_context(), transactions.writing():
        topic, by = topic_numbered(hall.id, 1), db.session.get_one(Member, hall.ids["participant"])
        refs = [f"flipchart-number-{number:02}" for number in range(MOST_PHOTOS - 1)]
        actions.add(topic, refs[::2], by=by)
        actions.add(topic, refs[1::2], by=topic.convener)
    assert add(hall, "flipchart-number-xx").status_code == 201

    refused = hall.ask("participant").post(hall.url(PHOTOS), data={"ref": "flipchart-number-yy"}, headers=ENGLISH)

    assert (refused.status_code, "no more fit" in refused.text) == (409, True)
    assert len(photos(hall)) == MOST_PHOTOS


def test_who_has_twenty_photos_on_the_way_adds_the_next_later(hall):
    for topic in (1, 2):
        assert add(hall, *(f"flipchart-{topic}-number-{n:02}" for n in range(10)), topic=topic).status_code == 201

    assert add(hall, "flipchart-3-number-01").status_code == 429
    assert add(hall, "flipchart-3-number-01", who="convener").status_code == 201


def test_the_files_count_in_the_events_room(hall):
    with hall.app.test_request_context():
        before = limits(hall.id).left
    photo_id = hall.note_photo()
    with hall.app.test_request_context():
        sizes = [file.size for file in db.session.get_one(NotePhoto, photo_id).renditions]
        assert before - limits(hall.id).left == sum(sizes) > 0


def test_photos_of_merged_topics_stand_on_the_joint_page_and_their_addresses_stay(hall):
    photo_id = hall.note_photo()
    file = hall.url(f"{PHOTOS}/{photo_id}/{hall.note_photo_address(photo_id)}")
    with hall.app.test_request_context(), sqlite.writing():
        first, second = (topic_numbered(hall.id, number) for number in (1, 2))
        a_note_photo(second, caption="Насос", by=first.convener)
        merging.merge(first, second, by=first.convener)
        joint = (first.joint or first).number
        db.session.commit()

    shown = page(hall, "facilitator", topic=joint)

    assert shown.xpath("//figure//img/@alt") == ["A photo of the flipchart", "Насос"]
    assert hall.ask("convener").get(file).status_code == 200
    assert hall.ask("participant").delete(hall.url(f"topics/{joint}/notes/photos/{photo_id}")).status_code == 303


def test_of_a_withdrawn_topic_only_its_conveners_and_facilitators_see_the_files(hall):
    photo_id = hall.note_photo()
    file = hall.url(f"{PHOTOS}/{photo_id}/{hall.note_photo_address(photo_id)}")
    with hall.app.test_request_context(), transactions.writing():
        topic = topic_numbered(hall.id, 1)
        board.withdraw(topic, by=topic.convener)

    assert [hall.ask(who).get(file).status_code for who in ("participant", "convener", "facilitator")] == [
        404,
        200,
        200,
    ]


def test_an_address_is_valid_for_its_own_photo_alone(hall):
    one, other = hall.note_photo(), hall.note_photo()
    signed = hall.note_photo_address(one)

    assert hall.ask("participant").get(hall.url(f"{PHOTOS}/{one}/{signed}")).status_code == 200
    assert hall.ask("participant").get(hall.url(f"{PHOTOS}/{other}/{signed}")).status_code == 404
    assert hall.ask("participant").get(hall.url(f"topics/2/notes/photos/{one}/{signed}")).status_code == 404


def test_a_photo_alone_is_an_answer(hall):
    photo_id = hall.note_photo()
    with hall.app.test_request_context():
        photo = db.session.get_one(NotePhoto, photo_id)
        assert extras([photo.topic_id]) == {photo.topic_id: 1}
        assert db.session.get(Report, photo.topic_id)


def test_when_somebody_leaves_their_photos_stay_and_what_never_came_goes(hall):
    photo_id = hall.note_photo()
    send(hall, "participant", REF, a_jpeg())
    add(hall, REF, "flipchart-of-a-plan-02")
    with hall.app.test_request_context(), transactions.writing():
        access.leave(db.session.get_one(Member, hall.ids["participant"]))

    assert [(photo.id, photo.by_id) for photo in photos(hall)] == [(photo_id, None)]
    with hall.app.app_context():
        assert db.session.query(Upload).count() == 0
    assert hall.ask("facilitator").delete(hall.url(f"{PHOTOS}/{photo_id}")).status_code == 303


def test_a_photo_whose_upload_is_gone_fails_and_does_not_wait_for_ever(hall):
    send(hall, "participant", REF, a_jpeg())
    add(hall, REF)
    with hall.app.test_request_context(), transactions.writing():
        db.session.query(Upload).delete()

    work(hall)

    assert [(photo.state, photo.problem) for photo in photos(hall)] == [(MediumState.FAILED, "lost")]
