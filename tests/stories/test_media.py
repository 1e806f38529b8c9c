"""Photos, films and sound of stories: arriving before or after the story, prepared, served, gone."""

import json
import re
import struct
from io import BytesIO

import pytest
from lxml import html

from openspace import clock
from openspace.clock import now
from openspace.extensions import db
from openspace.jobs import queue
from openspace.jobs.models import Job, State as JobState
from openspace.store import media as store, private_files, transactions
from openspace.store.disk import Disk
from openspace.stories import actions, jobs, media_actions
from openspace.stories.actions import Telling
from openspace.stories.media_actions import Chosen
from openspace.stories.media_models import Medium, Rendition, media_of
from openspace.stories.models import story_numbered
from openspace.stories.rules import MediumKind, State
from openspace.stories.slides_models import slides_of
from openspace.uploads import actions as uploads, awaited
from openspace.uploads.models import Upload
from openspace.uploads.rules import MediumState
from tests.factories import FILM
from tests.uploads.phone import a_jpeg, send, work as do_jobs

ENGLISH = {"Accept-Language": "en"}
REF = "photo-of-a-bus-01"


class Phone:
    """A phone of the participant, which sends files and hands in stories."""

    def __init__(self, hall, who: str = "participant") -> None:
        self.hall, self.who = hall, who

    def send(self, ref: str, content: bytes) -> str:
        """Send a whole file; returns the id of its upload."""
        return send(self.hall, self.who, ref, content)

    def tell(self, *refs: str, kind: str = "photo", text: str = "Автобус.", **more: str):
        fields = {"text": text, "language": "uk", "ref": list(refs), **{f"kind-{ref}": kind for ref in refs}, **more}
        return self.hall.ask(self.who).post(self.hall.url("stories"), data=fields, headers=ENGLISH)


@pytest.fixture
def phone(hall) -> Phone:
    return Phone(hall)


def media(hall, number: int = 2) -> list[Medium]:
    """The media of a story, as they are now."""
    with hall.app.app_context():
        found = media_of([story_numbered(hall.id, number).id]).popitem()[1]
        db.session.expunge_all()
        return found


def work(hall) -> None:
    """Do all jobs that wait for stories, in this process."""
    do_jobs(hall, {"stories.photo": jobs.prepare_photo, "stories.film": jobs.prepare_film})


@pytest.mark.parametrize("order", ["file first", "story first"])
def test_a_photo_is_prepared_whichever_comes_first(hall, phone, order):
    steps = [lambda: phone.send(REF, a_jpeg()), lambda: phone.tell(REF, **{f"alt-{REF}": "Жовтий автобус"})]
    for step in steps if order == "file first" else steps[::-1]:
        step()
    (medium,) = media(hall)
    assert medium.state == MediumState.PREPARING

    work(hall)

    (medium,) = media(hall)
    assert (medium.state, medium.width, medium.height, medium.alt) == (MediumState.READY, 640, 480, "Жовтий автобус")
    assert {file.mimetype for file in medium.renditions} == {"image/avif", "image/webp"}
    assert medium.placeholder.startswith("data:image/webp;base64,")
    with hall.app.app_context():
        assert db.session.query(Upload).count() == 0
        assert all(store.store().size(file.digest) == file.size for file in db.session.query(Rendition))


def test_a_story_may_be_told_while_its_film_is_on_its_way(hall, phone):
    assert phone.tell(REF, kind="film").status_code == 303

    (medium,) = media(hall)
    assert medium.state == MediumState.COMING
    page = hall.ask("convener").get(hall.url("stories"), headers=ENGLISH).get_data(as_text=True)
    assert "On its way" in page


def test_the_wall_is_filtered_by_photos_and_films_that_are_there_or_coming(hall, phone):
    hall.film()
    for number, kind in enumerate(("photo", "film", "sound", "photo"), start=2):
        phone.tell(f"file-of-story-{number:04}", kind=kind)
    with hall.app.app_context(), transactions.writing():
        media_actions.failed(media_of([story_numbered(hall.id, 5).id]).popitem()[1][0].id, "unreadable")

    def found(wanted: str) -> list[str]:
        return html.fromstring(hall.ask("convener").get(hall.url(f"stories?show={wanted}")).data).xpath(
            "//article/@data-story"
        )

    # The convener's story has a film.
    assert (found("pictures"), found("films")) == (["2"], ["3", "1"])


def test_only_their_teller_is_told_which_stories_have_files_on_the_way(hall, phone):
    phone.send(REF, a_jpeg())
    phone.tell(REF)
    phone.tell("photo-of-a-bus-02")

    def coming(who: str) -> list[int]:
        (mine,) = html.fromstring(hall.ask(who).get(hall.url("stories")).data).xpath("//script[@id='mine']/text()")
        return json.loads(mine)["coming"]

    assert (coming("participant"), coming("convener")) == ([2, 3], [])
    work(hall)
    assert coming("participant") == [3]


def test_who_has_eight_files_on_the_way_tells_the_next_later(hall, phone):
    refs = [f"photo-of-a-bus-{number:02}" for number in range(9)]
    for begin in (0, 4):
        assert phone.tell(*refs[begin : begin + 4]).status_code == 303

    refused = phone.tell(refs[8])

    assert refused.status_code == 429
    assert "8 of your photos" in refused.get_data(as_text=True)
    assert phone.tell().status_code == 303
    assert Phone(hall, "convener").tell("another-photo-01").status_code == 303
    phone.send(refs[0], a_jpeg(60, 40))
    work(hall)
    assert phone.tell(refs[8]).status_code == 303


def test_a_facilitator_at_a_desk_writes_for_many(hall):
    desk = Phone(hall, "facilitator")
    refs = [f"photo-of-a-bus-{number:02}" for number in range(41)]
    for begin in range(0, 40, 4):
        assert desk.tell(*refs[begin : begin + 4]).status_code == 303

    assert desk.tell(refs[40]).status_code == 429


def test_a_file_of_somebody_else_is_not_taken(hall, phone):
    Phone(hall, "convener").send(REF, a_jpeg())

    phone.tell(REF)

    assert media(hall)[0].state == MediumState.COMING


def test_a_picture_alone_tells_a_story(hall, phone):
    assert phone.tell(REF, text="").status_code == 303
    assert phone.tell(text="").status_code == 422


@pytest.mark.parametrize(
    ("kinds", "fit"),
    [
        (["photo"] * 4, True),
        (["film"], True),
        (["sound"], True),
        (["photo"] * 5, False),
        (["film", "photo"], False),
        (["sound", "sound"], False),
    ],
)
def test_a_story_has_four_photos_or_one_film_or_one_recording(hall, kinds, fit):
    refs = [f"file-number-{number:05}" for number in range(len(kinds))]
    fields = {
        "text": "Так",
        "language": "uk",
        "ref": refs,
        **{f"kind-{ref}": kind for ref, kind in zip(refs, kinds, strict=True)},
    }

    answer = hall.ask("participant").post(hall.url("stories"), data=fields)

    assert answer.status_code == (303 if fit else 422)


@pytest.mark.parametrize(
    "wrong",
    [
        {"ref": "short", "kind-short": "photo"},
        {"ref": REF},
        {"ref": REF, f"kind-{REF}": "program"},
        {"ref": REF, f"kind-{REF}": "film", f"from-{REF}": "-1"},
        {"ref": REF, f"kind-{REF}": "film", f"length-{REF}": "nan"},
        {"ref": REF, f"kind-{REF}": "film", f"length-{REF}": "inf"},
    ],
)
def test_what_no_page_sends_is_refused(hall, wrong):
    answer = hall.ask("participant").post(hall.url("stories"), data={"text": "Так", "language": "uk", **wrong})

    assert answer.status_code == 422


@pytest.mark.parametrize(
    "content", [b"%PDF-1.7 nothing", b"<svg onload='alert(1)'>", a_jpeg()[:40], b"GIF89a" + bytes(9)]
)
def test_what_is_no_photo_is_refused_and_its_author_told(hall, phone, content):
    phone.send(REF, content)
    phone.tell(REF)

    work(hall)

    (medium,) = media(hall)
    assert (medium.state, medium.problem) == (MediumState.FAILED, "unreadable")
    page = hall.ask("participant").get(hall.url("stories"), headers=ENGLISH).get_data(as_text=True)
    assert "This file cannot be read." in page
    notices = hall.ask("participant").get(hall.url("me/notices"), headers=ENGLISH).get_data(as_text=True)
    assert "A picture or film of your story could not be prepared: “" in notices


def test_a_picture_of_three_billion_points_is_refused_by_its_head(hall, phone):
    head = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + struct.pack(">IIBBBBB", 60000, 60000, 8, 2, 0, 0, 0)
    phone.send(REF, head + bytes(2000))
    phone.tell(REF)

    work(hall)

    assert media(hall)[0].state == MediumState.FAILED


def test_when_all_attempts_have_failed_the_author_is_told(hall, phone):
    phone.send(REF, a_jpeg())
    phone.tell(REF)
    with hall.app.app_context():
        for _ in range(2):
            claimed = queue.claim()
            queue.fail(claimed.token, "killed")
            with transactions.writing():
                db.session.query(Job).update({"run_at": None})

    (medium,) = media(hall)
    assert (medium.state, medium.problem) == (MediumState.FAILED, "killed")
    with hall.app.app_context():
        assert db.session.query(Job).filter_by(kind="stories.photo").one().state == JobState.FAILED


@pytest.mark.parametrize("gone", ["story", "medium"])
def test_what_is_deleted_while_it_is_prepared_is_not_missed(hall, phone, gone):
    phone.send(REF, a_jpeg())
    phone.tell(REF)
    with hall.app.app_context(), transactions.writing():
        row = story_numbered(hall.id, 2)
        db.session.delete(row if gone == "story" else media_of([row.id])[row.id][0])

    work(hall)

    with hall.app.app_context():
        assert db.session.query(Rendition).join(Medium).filter(Medium.ref == REF).count() == 0


def test_a_file_that_does_not_come_is_given_up_after_two_days(hall, phone):
    phone.tell(REF)
    with hall.app.test_request_context(), transactions.writing():
        media_actions.give_up_waiting()
        assert media_of([story_numbered(hall.id, 2).id]).popitem()[1][0].state == MediumState.COMING
        with clock.frozen_at(now() + 2 * awaited.PATIENCE):
            media_actions.give_up_waiting()

    assert (media(hall)[0].state, media(hall)[0].problem) == (MediumState.FAILED, "lost")


def test_media_are_kept_described_removed_and_put_in_order_when_a_story_is_changed(hall, phone):
    first, second, third = (f"photo-number-{number:04}" for number in range(3))
    phone.tell(first, second)
    fields = {"text": "Так", "language": "uk", "ref": [third, second]}
    fields |= {f"kind-{ref}": "photo" for ref in (second, third)} | {f"alt-{second}": "Автобус"}

    hall.ask("participant").put(hall.url("stories/2"), data=fields)

    assert [(medium.ref, medium.alt) for medium in media(hall)] == [(third, ""), (second, "Автобус")]


def test_where_facilitators_look_first_a_new_picture_is_looked_at_too(inside):
    from tests.factories import a_member, a_story, an_event

    event = an_event()
    teller = a_member(event)
    story = a_story(event, teller)
    event.checks_stories = True

    actions.edit(story, Telling(story.text, "uk", media=[Chosen(REF, MediumKind.PHOTO)]), by=teller)

    assert story.state == State.WAITING


def test_a_file_is_served_in_ranges_to_members_and_to_nobody_else(hall):
    address = hall.url(f"stories/1/files/{hall.file_address()}")

    answer = hall.ask("participant").get(address, headers={"Range": "bytes=2-5"})

    assert (answer.status_code, answer.data) == (206, b"film")
    assert answer.headers["Cache-Control"].startswith("private")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert hall.ask("stranger").get(address).status_code == 403
    # Not the last letter: of its six bits the last two stand for nothing.
    other = "A" if address[-9] != "A" else "B"
    assert hall.ask("participant").get(address[:-9] + other + address[-8:]).status_code == 404
    assert hall.ask("participant").get(address.replace("stories/1/", "stories/2/")).status_code == 404


@pytest.mark.parametrize("state", [State.WAITING, State.HIDDEN, State.TAKEN])
def test_a_file_of_a_story_that_is_not_shown_is_gone_at_once(hall, state):
    address = hall.url(f"stories/1/files/{hall.file_address()}")
    assert hall.ask("participant").get(address).status_code == 200
    with hall.app.app_context(), transactions.writing():
        story_numbered(hall.id, 1).state = state

    assert hall.ask("participant").get(address).status_code == 404
    assert hall.ask("convener").get(address).status_code == 200


def test_a_file_that_was_replaced_is_not_served_any_more(hall):
    address = hall.url(f"stories/1/files/{hall.file_address()}")
    assert hall.ask("convener").get(address).status_code == 200

    hall.ask("convener").put(hall.url("stories/1"), data={"text": "Без фільму", "language": "uk"})

    assert hall.ask("convener").get(address).status_code == 404


def test_how_far_a_file_is_is_told(hall, phone):
    phone.send(REF, a_jpeg())
    phone.tell(REF)
    with hall.app.app_context(), transactions.writing():
        db.session.query(Job).filter_by(kind="stories.photo").one().progress = 40

    told = hall.ask("participant").get(hall.url("stories/2/media")).get_json()

    assert told == {"media": [{"ref": REF, "state": "preparing", "percent": 40}]}


def test_subtitles_are_typed_and_served(hall):
    address = hall.url(f"stories/1/media/{hall.film()}/subtitles")

    refused = hall.ask("convener").put(address, data={"lines": "нема часу"}, headers=ENGLISH)
    saved = hall.ask("convener").put(address, data={"lines": "0:01 Добрий <день>"})

    assert (refused.status_code, saved.status_code) == (422, 303)
    assert "нема часу" in refused.get_data(as_text=True)
    served = hall.ask("participant").get(f"{address}.vtt")
    assert (served.mimetype, served.get_data(as_text=True)) == (
        "text/vtt",
        "WEBVTT\n\n00:01.000 --> 00:05.000\nДобрий &lt;день&gt;\n",
    )
    assert "<track" in hall.ask("participant").get(hall.url("stories")).get_data(as_text=True)


def test_the_files_of_an_event_use_its_room(hall):
    from openspace.stories.media_models import bytes_of_renditions
    from openspace.uploads.limits import limits

    hall.film()
    with hall.app.app_context():
        used = bytes_of_renditions(hall.id)
        assert used > 0
        assert limits(hall.id).left == hall.app.config["MEDIA_ROOM"] - used


def test_without_scripts_photos_come_with_the_form(hall):
    files = [(BytesIO(a_jpeg()), "bus.jpg", "image/jpeg"), (BytesIO(a_jpeg(300, 200)), "a.jpg", "image/jpeg")]
    fields = {"text": "Без скриптів", "language": "uk", "files": files}

    answer = hall.ask("participant").post(hall.url("stories"), data=fields, content_type="multipart/form-data")

    assert answer.status_code == 303
    assert [medium.state for medium in media(hall)] == [MediumState.PREPARING] * 2
    work(hall)
    assert [(medium.state, medium.width) for medium in media(hall)] == [
        (MediumState.READY, 640),
        (MediumState.READY, 300),
    ]


def test_a_form_with_more_files_than_a_story_may_have_keeps_the_words_and_no_file(hall):
    files = [(BytesIO(a_jpeg(60, 40)), f"{number}.jpg", "image/jpeg") for number in range(5)]
    fields = {"text": "Забагато", "language": "uk", "files": files}

    answer = hall.ask("participant").post(hall.url("stories"), data=fields, content_type="multipart/form-data")

    assert answer.status_code == 422
    assert "Забагато" in answer.get_data(as_text=True)
    with hall.app.app_context():
        assert db.session.query(Upload).count() == 0


@pytest.fixture
def disk(hall, tmp_path, monkeypatch) -> Disk:
    """An empty store, which notes in `put_keys` all pieces that were ever put there."""
    disk = Disk(tmp_path)
    put, disk.put_keys = disk.put_piece, []
    disk.put_piece = lambda key, content: (disk.put_keys.append(key), put(key, content))
    monkeypatch.setitem(hall.app.extensions, "media", disk)
    return disk


@pytest.mark.parametrize(
    ("count", "settings", "status"),
    [
        (5, {}, 422),
        (2, {"MEDIA_ROOM": 1999}, 507),
        (2, {"MEDIA_FILE": 999}, 413),
        (3, {"MEDIA_FILE": 1000}, 429),
    ],
)
def test_files_of_a_form_are_refused_before_they_are_stored(hall, disk, monkeypatch, count, settings, status):
    for name, value in settings.items():
        monkeypatch.setitem(hall.app.config, name, value)
    files = [(BytesIO(b"x" * 1000), f"{number}.jpg", "image/jpeg") for number in range(count)]
    fields = {"text": "Забагато", "language": "uk", "files": files}

    answer = hall.ask("participant").post(hall.url("stories"), data=fields, content_type="multipart/form-data")

    assert answer.status_code == status
    assert "Забагато" in answer.get_data(as_text=True)
    assert disk.put_keys == []


def test_of_a_form_that_is_refused_no_file_stays(hall, disk):
    fields = {"text": "x" * 5000, "language": "uk", "files": [(BytesIO(a_jpeg()), "bus.jpg", "image/jpeg")]}

    answer = hall.ask("participant").post(hall.url("stories"), data=fields, content_type="multipart/form-data")

    assert answer.status_code == 422
    assert len(disk.put_keys) == 1
    with hall.app.app_context():
        assert disk.pieces() == []


def test_of_a_story_written_for_somebody_else_any_facilitator_sends_the_photo(hall):
    fields = {"text": "Пиріг", "language": "uk", "author_name": "Пані Марія"}
    hall.ask("facilitator").post(hall.url("stories"), data=fields)
    fields = {"text": "Пиріг", "language": "uk", "ref": REF, f"kind-{REF}": "photo"}
    assert hall.ask("organiser").put(hall.url("stories/2"), data=fields).status_code == 303

    Phone(hall, "participant").send(REF, a_jpeg())
    assert media(hall)[0].state == MediumState.COMING
    Phone(hall, "organiser").send(REF, a_jpeg())

    assert media(hall)[0].state == MediumState.PREPARING


def slide(hall) -> str:
    page = hall.ask("stranger").get(hall.url(f"projector/{hall.projector}/stories")).get_data(as_text=True)
    return re.sub(r"\s+", " ", page)


def test_the_screen_in_the_hall_shows_a_film_with_its_subtitles_for_as_long_as_it_is(hall):
    hall.ask("convener").put(hall.url(f"stories/1/media/{hall.film()}/subtitles"), data={"lines": "0:00 Добрий день"})

    page = slide(hall)

    (source,) = re.findall(r'<source src="(files/1/[^"]+)"', page)
    (track,) = re.findall(r'<track [^>]*src="(files/1/[^"]+)"', page)
    film = hall.ask("stranger").get(hall.url(f"projector/{hall.projector}/{source}"))
    assert (film.status_code, film.data) == (200, FILM)
    assert "Добрий день" in hall.ask("stranger").get(hall.url(f"projector/{hall.projector}/{track}")).get_data(
        as_text=True
    )
    with hall.app.app_context():
        assert [slide.seconds for slide in slides_of(hall.id)] == [12]
    assert hall.ask("facilitator").get(hall.url(f"stories/projector/{source}")).status_code == 200


@pytest.mark.parametrize("change", ["hidden", "not in the hall", "another key", "an address for members"])
def test_a_file_is_gone_from_the_hall_at_once(hall, change):
    signed = hall.file_address(True)
    address, key = f"files/1/{signed}", hall.projector
    assert hall.ask("stranger").get(hall.url(f"projector/{key}/{address}")).status_code == 200

    with hall.app.test_request_context(), transactions.writing():
        story = story_numbered(hall.id, 1)
        if change == "hidden":
            story.state = State.HIDDEN
        elif change == "not in the hall":
            story.in_hall = False
        elif change == "another key":
            story.event.projector_key = "another"
        else:
            player = media_of([story.id])[story.id][0].player
            address = f"files/1/{private_files.sign(player.digest, player.mimetype, of=(hall.id, 1))}"

    assert hall.ask("stranger").get(hall.url(f"projector/{key}/{address}")).status_code == 404


def test_patches_for_members_do_not_hold_the_key_of_the_screen(hall):
    hall.film()

    packet = hall.ask("participant").get(hall.url("live?channel=slides&since=0")).get_data(as_text=True)

    assert "files/1/" in packet
    assert hall.projector not in packet


def uploads_of(hall) -> list[bool]:
    """Of each upload whether a feature has taken it."""
    with hall.app.app_context():
        return [upload.is_taken for upload in db.session.query(Upload)]


@pytest.mark.parametrize("how", ["edited", "taken down", "left"])
def test_what_is_not_wanted_any_more_is_discarded_before_it_is_prepared(hall, phone, how):
    phone.send(REF, a_jpeg())
    phone.tell(REF)
    assert uploads_of(hall) == [True]

    if how == "edited":
        hall.ask("participant").put(hall.url("stories/2"), data={"text": "Без світлини", "language": "uk"})
    elif how == "left":
        hall.ask("participant").delete(hall.url("me"))
    else:
        hall.ask("participant").delete(hall.url("stories/2"))
        with hall.app.test_request_context(), transactions.writing(), clock.frozen_at(now() + 2 * actions.KEPT):
            actions.delete_taken_down()

    assert uploads_of(hall) == []


def test_when_a_facilitator_leaves_what_they_sent_for_somebody_else_is_prepared_all_the_same(hall):
    phone = Phone(hall, "facilitator")
    phone.send(REF, a_jpeg())
    phone.tell(REF, author_name="Баба Ганна")

    hall.ask("facilitator").delete(hall.url("me"))
    work(hall)

    assert media(hall)[0].state == MediumState.READY


def test_a_medium_whose_upload_is_gone_fails_and_does_not_wait_for_ever(hall, phone):
    phone.send(REF, a_jpeg())
    phone.tell(REF)
    with hall.app.test_request_context(), transactions.writing():
        uploads.discard(*db.session.query(Upload))

    work(hall)

    assert (media(hall)[0].state, media(hall)[0].problem) == (MediumState.FAILED, "lost")


def test_what_a_file_is_that_is_there_a_form_does_not_say_anew(hall):
    hall.film()
    with hall.app.app_context():
        ref = media_of([story_numbered(hall.id, 1).id]).popitem()[1][0].ref
    photos = [f"photo-number-{number:04}" for number in range(3)]
    fields = {
        "text": "Так",
        "language": "uk",
        "ref": [ref, *photos],
        **{f"kind-{each}": "photo" for each in [ref, *photos]},
    }

    assert hall.ask("convener").put(hall.url("stories/1"), data=fields).status_code == 422
