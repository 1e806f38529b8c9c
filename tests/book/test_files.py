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
from openspace.book import actions, jobs, reading
from openspace.book.models import STILL_GOOD, BookFile, Form
from openspace.book.views import REMEMBERED
from openspace.contacts import actions as contacts
from openspace.contacts.models import Card
from openspace.events.models import Event
from openspace.extensions import db
from openspace.jobs.models import Job, State
from openspace.notes import actions as notes
from openspace.store import media, sqlite, transactions
from tests.factories import Hall, a_member, a_note_photo

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

    def __init__(self, job_id: int) -> None:
        self.job_id = job_id
        self.told: list[int] = []

    def progress(self, percent: int) -> None:
        self.told.append(percent)


def get(hall: Hall, form: Form = Form.A4, who: str = "participant", language: str = "uk", **more):
    """Ask for the file, after the server has forgotten what it remembers of the book."""
    clock.held += timedelta(seconds=REMEMBERED)
    return hall.ask(who).get(hall.url(f"exports/proceedings.{form.value}?language={language}"), **more)


def ask(hall: Hall, form: Form = Form.A4, who: str = "participant", language: str = "uk", **more):
    """Press the button on the page of the book."""
    clock.held += timedelta(seconds=REMEMBERED)
    return hall.ask(who).post(hall.url(f"book/{form.value}?language={language}"), **more)


def page_of(hall: Hall) -> html.HtmlElement:
    return html.fromstring(hall.ask("participant").get(hall.url("book/?language=uk"), headers=ENGLISH).data)


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
            jobs.make(Attempt(each.id), **each.arguments)
            with transactions.writing():
                db.session.get_one(Job, each.id).state = State.DONE


def files(hall: Hall) -> list[BookFile]:
    with hall.app.app_context():
        return list(db.session.scalars(select(BookFile).where(BookFile.event_id == hall.id)))


def words_of(hall: Hall) -> str:
    return "".join(page.extract_text() for page in PdfReader(BytesIO(get(hall).data)).pages)


def test_a_book_is_made_by_a_button_and_the_page_tells_how_far_it_is(hall):
    assert get(hall).status_code == 303
    assert waiting(hall) == []
    answer = ask(hall)

    assert answer.status_code == 303
    assert answer.location == f"/{hall.slug}/book/?language=uk#file-a4"
    shown = page_of(hall).get_element_by_id("file-a4")
    assert "data-making" in shown.attrib
    assert "0 %" in shown.text_content()

    make(hall)
    found = get(hall)
    assert (found.status_code, found.mimetype) == (200, "application/pdf")
    assert len(PdfReader(BytesIO(found.data)).pages) > 3


@pytest.mark.parametrize(("form", "begins"), MAGIC.items())
def test_each_form_is_a_file_of_its_kind(hall, form, begins):
    write(hall, "Двері **тугі**.")
    ask(hall, form)
    make(hall)
    found = get(hall, form)

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
    tag = get(hall).headers["ETag"]
    assert get(hall, who="organiser").headers["ETag"] == tag
    assert get(hall, headers={"If-None-Match": tag}).status_code == 304
    ask(hall)
    assert waiting(hall) == []


def test_two_hundred_who_look_at_once_read_the_book_once(hall, monkeypatch):
    read = []
    monkeypatch.setattr(reading, "read", lambda *given, original=reading.read: read.append(given) or original(*given))
    clock.held += timedelta(seconds=REMEMBERED)

    for _ in range(20):
        page_of(hall)
        hall.ask("participant").get(hall.url("exports/proceedings.pdf?language=uk"))

    assert len(read) == 1


def test_it_is_made_anew_when_something_in_it_changes(hall):
    ask(hall)
    make(hall)
    clock.held += STILL_GOOD
    assert get(hall).status_code == 200

    write(hall, "Двері тугі.")

    assert get(hall).status_code == 303
    ask(hall)
    make(hall)
    assert "Двері тугі" in words_of(hall)


def test_while_notes_come_in_whoever_asked_gets_the_last_one(hall):
    ask(hall)
    make(hall)
    for number in range(3):
        write(hall, f"Ще щось {number}.", key=f"p{number}")
        assert get(hall).status_code == 200

    clock.held += STILL_GOOD
    assert get(hall).status_code == 303


def test_what_somebody_no_longer_agrees_to_is_handed_out_no_more(hall):
    def agree(event: Event, prints_name: bool) -> None:
        card = db.session.get_one(Card, hall.ids["convener"])
        contacts.consent(
            card, words="так", exports_card=False, exports_details=False, prints_name=prints_name, by=card.member
        )

    change(hall, lambda event: agree(event, True))
    ask(hall)
    make(hall)
    assert get(hall).status_code == 200

    change(hall, lambda event: agree(event, False))

    assert get(hall).status_code == 303


def test_each_language_of_the_event_has_its_own_and_another_one_is_that_of_the_page(hall):
    for language in ("uk", "en"):
        assert f"language={language}#" in ask(hall, language=language).location
    assert "language=en#" in ask(hall, language="pl", headers=ENGLISH).location
    assert "language=uk#" in ask(hall, language="de", headers={"Accept-Language": "de"}).location

    make(hall)
    assert {(file.form, file.language, bool(file.digest)) for file in files(hall)} == {
        (Form.A4, "uk", True),
        (Form.A4, "en", True),
    }


def test_whoever_leaves_is_in_no_file_any_more(hall):
    ask(hall)
    make(hall)
    change(hall, lambda event: access.leave(a_member(event, "Гість")))
    assert files(hall)

    change(hall, lambda event: access.leave(db.session.get_one(Member, hall.ids["convener"])))

    assert files(hall) == []


def test_a_book_that_was_read_before_somebody_left_is_not_kept(hall):
    ask(hall)
    (old,) = waiting(hall)
    change(hall, lambda event: access.leave(db.session.get_one(Member, hall.ids["convener"])))
    ask(hall)

    with hall.app.app_context():
        jobs.make(Attempt(old.id), **old.arguments)

    assert [file.digest for file in files(hall)] == [None]


def test_what_cannot_be_made_is_said_and_can_be_tried_again(hall):
    ask(hall)
    (job,) = waiting(hall)
    with hall.app.app_context(), transactions.writing():
        db.session.get_one(Job, job.id).state = State.FAILED

    said = page_of(hall).get_element_by_id("file-a4").text_content()
    assert "It could not be made, though it was tried twice. Please try again later." in " ".join(said.split())
    assert ask(hall).status_code == 303
    assert len(waiting(hall)) == 1


def test_a_file_that_the_store_has_lost_leads_to_the_page(hall):
    ask(hall)
    make(hall)
    with hall.app.app_context():
        media.store().delete(files(hall)[0].digest, older_than=clock.now() + timedelta(days=1000))

    assert get(hall).status_code == 303


def test_pages_with_a_photo_that_nobody_described_are_named_once_in_their_own_language(hall):
    def act(event: Event) -> None:
        bare, described = (topic_numbered(event.id, number) for number in (1, 2))
        bare.language = "de"
        for topic, caption in ((bare, ""), (bare, ""), (described, "Список")):
            a_note_photo(topic, caption=caption, by=topic.convener)

    change(hall, act)

    links = page_of(hall).xpath("//ul[@class='bookbetter']/li/ul/li/a")
    assert [(each.get("href"), each.get("lang")) for each in links] == [(f"/{hall.slug}/topics/1/notes", "de")]


def test_what_is_said_aloud_of_a_file_is_that_it_is_ready(hall):
    ask(hall)
    page = page_of(hall)
    assert page.get_element_by_id("file-a4").get("data-said") is None
    assert len(page.xpath("//main//*[@role='status']")) == 1

    make(hall)
    assert page_of(hall).get_element_by_id("file-a4").get("data-said") == "It is ready: PDF, A4"


@pytest.mark.parametrize("who", ["stranger", "other"])
def test_strangers_do_not_get_it_even_if_the_board_is_public(hall, who):
    change(hall, lambda event: setattr(event, "is_public", True))

    assert get(hall, who=who).status_code == 403
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
