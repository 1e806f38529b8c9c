"""The files of the book: made once, kept until something changes, and gone with whoever is gone."""

from datetime import timedelta
from io import BytesIO

import pytest
from lxml import html
from PIL import Image
from pypdf import PdfReader
from sqlalchemy import select

from openspace import clock
from openspace.access import actions as access
from openspace.access.models import Member
from openspace.board.models import topic_numbered
from openspace.book import actions, jobs
from openspace.book.models import STILL_GOOD, BookFile, Form
from openspace.events.models import Event
from openspace.extensions import db
from openspace.jobs.models import Job, State
from openspace.notes import actions as notes
from openspace.store import media, sqlite, transactions
from tests.factories import Hall

ENGLISH = {"Accept-Language": "en"}
# With what the bytes of each form begin.
MAGIC = {
    Form.A4: b"%PDF-1.7",
    Form.A5: b"%PDF-1.7",
    Form.WORD: b"PK\x03\x04",
    Form.PAGE: b"<!DOCTYPE html>",
    Form.EBOOK: b"PK\x03\x04",
    Form.PLAIN: "# Інновації громад".encode(),
}


class Attempt:
    """An attempt at a job, as its function sees it."""

    finishing = staticmethod(transactions.writing)

    def __init__(self) -> None:
        self.told: list[int] = []

    def progress(self, percent: int) -> None:
        self.told.append(percent)


def ask(hall: Hall, rest: str = "exports/proceedings.pdf", who: str = "participant", **more):
    return hall.ask(who).get(hall.url(rest), **more)


def change(hall: Hall, act) -> None:
    with hall.app.test_request_context(), sqlite.writing():
        act(db.session.get_one(Event, hall.id))
        db.session.commit()


def write(hall: Hall, text: str, key: str = "p") -> None:
    def act(event: Event) -> None:
        topic = topic_numbered(event.id, 1)
        notes.save(topic, key=key, text=text, version=f"v-{key}", by=topic.convener)

    change(hall, act)


def waiting(hall: Hall) -> list[Job]:
    with hall.app.app_context():
        return list(db.session.scalars(select(Job).where(Job.kind == actions.BOOK, Job.state == State.WAITING)))


def make(hall: Hall) -> None:
    """Do what waits, in this process."""
    for each in waiting(hall):
        with hall.app.app_context():
            jobs.make(Attempt(), **each.arguments)
            with transactions.writing():
                db.session.get_one(Job, each.id).state = State.DONE


def files(hall: Hall) -> list[BookFile]:
    with hall.app.app_context():
        return list(db.session.scalars(select(BookFile).where(BookFile.event_id == hall.id)))


def test_a_book_that_is_not_there_is_made_and_the_page_tells_how_far_it_is(hall):
    answer = ask(hall)

    assert answer.status_code == 303
    assert answer.location == f"/{hall.slug}/book/?language=uk#file-a4"
    page = html.fromstring(ask(hall, "book/?language=uk", headers=ENGLISH).data)
    assert page.xpath("//*[@id='file-a4']/@data-making") == [""]
    assert "0 %" in page.get_element_by_id("file-a4").text_content()

    make(hall)
    found = ask(hall)
    assert (found.status_code, found.mimetype) == (200, "application/pdf")
    assert found.headers["Content-Disposition"] == f'inline; filename="{hall.slug}-uk.pdf"'
    assert len(PdfReader(BytesIO(found.data)).pages) > 3


@pytest.mark.parametrize(("form", "begins"), MAGIC.items())
def test_each_form_is_a_file_of_its_kind(hall, form, begins):
    write(hall, "Двері **тугі**.")
    ask(hall, f"exports/proceedings.{form.value}")
    make(hall)
    found = ask(hall, f"exports/proceedings.{form.value}")

    assert found.status_code == 200
    assert found.data.startswith(begins)
    kind, _, name = found.headers["Content-Disposition"].partition("; ")
    assert kind == ("inline" if form in {Form.A4, Form.A5} else "attachment")
    assert name == f'filename="{hall.slug}-uk.{form.value}"'
    if kind == "attachment":
        # Should a browser open it all the same, it can do nothing here.
        assert "sandbox" in found.headers["Content-Security-Policy"]


def test_however_many_ask_it_is_made_once_and_kept(hall):
    for who in ("participant", "convener", "organiser", "participant"):
        assert ask(hall, who=who).status_code == 303

    assert len(waiting(hall)) == 1
    make(hall)
    tag = ask(hall).headers["ETag"]
    assert ask(hall, who="organiser").headers["ETag"] == tag
    assert ask(hall, headers={"If-None-Match": tag}).status_code == 304
    assert waiting(hall) == []


def test_it_is_made_anew_when_something_in_it_changes(hall):
    ask(hall)
    make(hall)
    clock.held += STILL_GOOD * 2
    assert ask(hall).status_code == 200

    write(hall, "Двері тугі.")

    assert ask(hall).status_code == 303
    make(hall)
    assert "Двері тугі" in "".join(page.extract_text() for page in PdfReader(BytesIO(ask(hall).data)).pages)


def test_while_notes_come_in_whoever_asked_gets_the_last_one(hall):
    ask(hall)
    make(hall)
    for number in range(3):
        clock.held += timedelta(seconds=20)
        write(hall, f"Ще щось {number}.", key=f"p{number}")
        assert ask(hall).status_code == 200

    clock.held += STILL_GOOD
    assert ask(hall).status_code == 303


def test_each_language_of_the_event_has_its_own_and_another_one_is_that_of_the_page(hall):
    for language in ("uk", "en"):
        assert f"language={language}#" in ask(hall, f"exports/proceedings.pdf?language={language}").location
    assert "language=en#" in ask(hall, "exports/proceedings.pdf?language=pl", headers=ENGLISH).location
    assert (
        "language=uk#" in ask(hall, "exports/proceedings.pdf?language=de", headers={"Accept-Language": "de"}).location
    )

    make(hall)
    assert {(file.form, file.language, bool(file.digest)) for file in files(hall)} == {
        (Form.A4, "uk", True),
        (Form.A4, "en", True),
    }


def test_whoever_leaves_is_in_no_file_any_more(hall):
    ask(hall)
    make(hall)
    assert files(hall)

    change(hall, lambda event: access.leave(db.session.get_one(Member, hall.ids["participant"])))

    assert files(hall) == []


def test_a_book_that_was_read_before_somebody_left_is_not_kept(hall):
    ask(hall)
    (job,) = waiting(hall)
    read_at = clock.held
    clock.held += timedelta(seconds=5)
    change(hall, lambda event: access.leave(db.session.get_one(Member, hall.ids["convener"])))
    with hall.app.app_context(), transactions.writing():
        db.session.get_one(Job, job.id).state = State.RUNNING
    ask(hall)

    with hall.app.app_context():
        stored = media.store().put(BytesIO(b"old"))
        with transactions.writing():
            actions.keep(hall.id, Form.A4, "uk", stored, fingerprint="old", made_at=read_at)

    assert [file.digest for file in files(hall)] == [None]


def test_what_cannot_be_made_is_said_and_can_be_tried_again(hall):
    ask(hall)
    (job,) = waiting(hall)
    with hall.app.app_context(), transactions.writing():
        db.session.get_one(Job, job.id).state = State.FAILED

    page = ask(hall, "book/?language=uk", headers=ENGLISH).get_data(as_text=True)
    assert "It could not be made, though it was tried twice. Please try again later." in page
    assert ask(hall).status_code == 303
    assert len(waiting(hall)) == 1


@pytest.mark.parametrize("who", ["stranger", "other"])
def test_strangers_do_not_get_it_even_if_the_board_is_public(hall, who):
    change(hall, lambda event: setattr(event, "is_public", True))

    assert ask(hall, who=who).status_code == 403
    assert waiting(hall) == []


def test_photos_that_are_broken_or_lost_are_left_out(hall):
    stream = BytesIO()
    Image.new("RGB", (40, 30), "teal").save(stream, "WEBP")
    with hall.app.app_context():
        store = media.store()
        good, bad = (store.put(BytesIO(content)).digest for content in (stream.getvalue(), b"RIFF no picture"))
        pictures = [
            jobs.Picture(name, "", 40, 30, digest) for name, digest in zip("abc", (good, bad, "0" * 64), strict=True)
        ]
        told: list[int] = []
        made = jobs._photos(pictures, told.append)

    assert list(made) == ["a"]
    assert Image.open(BytesIO(made["a"])).format == "JPEG"
    assert told == [jobs.PHOTOS_DONE]
