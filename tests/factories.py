"""Builds the data of tests through actions."""

import secrets
from copy import deepcopy
from datetime import date, timedelta
from functools import cache
from io import BytesIO
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from openspace.access import actions as access, seats
from openspace.access.models import Member, Role
from openspace.announcements import actions as announcements
from openspace.announcements.models import Announcement
from openspace.board import actions as board, merging
from openspace.board.models import Topic, topic_numbered
from openspace.book import actions as books
from openspace.book.contents import Digest
from openspace.book.models import Form
from openspace.clock import frozen_at, now
from openspace.commitments import actions as commitments, follow_up_actions, photo_actions as answer_photos, sharing
from openspace.commitments.follow_up_models import FollowUp, MailAddress
from openspace.commitments.follow_up_rules import Outcome, due_at
from openspace.commitments.models import Commitment
from openspace.commitments.photo_models import AnswerPhoto, photo_of
from openspace.contacts import actions as contacts, photos
from openspace.contacts.models import Card
from openspace.events.models import Event, GridChange, Slot
from openspace.events.rules import Block
from openspace.exports.actions import make_calendar
from openspace.exports.models import MyCalendar
from openspace.extensions import db
from openspace.journal import actions as journal
from openspace.journal.models import steps_of
from openspace.notes import (
    actions as notes,
    attendance_actions as attendance,
    photo_actions as note_photos,
    step_actions as note_steps,
)
from openspace.notes.photo_models import NotePhoto
from openspace.organising import actions as events, event_actions
from openspace.petitions.models import Petition
from openspace.petitions.rules import Kind as PetitionKind
from openspace.pitching.actions import queue_up
from openspace.pitching.claim_actions import write_down
from openspace.screens import actions as screens
from openspace.store import media, private_files, sqlite
from openspace.stories import (
    actions as stories,
    media_actions as story_media,
    moderation_actions as moderation,
    series_actions as series,
)
from openspace.stories.media_actions import Chosen
from openspace.stories.media_models import Medium, media_of
from openspace.stories.models import Story, story_numbered
from openspace.stories.rules import MediumKind
from openspace.stories.series import Shape
from openspace.stories.series_models import SeriesFile, SeriesFilm, shown_in
from openspace.toolbox import own_actions as own, shipped
from openspace.toolbox.own_models import own_guides
from openspace.uploads import actions as uploads
from openspace.uploads.awaited import File
from openspace.uploads.models import Upload

DAY = date(2026, 6, 4)
# In minutes of the day: past, now (11:30–12:30), lunch, next, later.
BLOCKS = [Block(600, 660), Block(690, 750), Block(750, 840, "Lunch", is_break=True), Block(840, 900), Block(930, 990)]
SPACES = [("Велика зала", 40), ("Бібліотека", 16), ("Тераса", 2)]


def an_event(name: str = "Інновації громад", **changes: Any) -> Event:
    """Create an event of three days with spaces, and slots on the second and third; `changes` override its fields."""
    given = {
        "starts_on": date(2026, 6, 3),
        "ends_on": date(2026, 6, 5),
        "zone": "Europe/Kyiv",
        "languages": ["uk", "en"],
    }
    event = event_actions.create(name=name, **{**given, **changes})
    events.set_spaces(event, [events.SpaceSheet(None, *space) for space in SPACES])
    for day in event.days[1:]:
        events.set_slots(event, day, [events.SlotSheet(None, block) for block in BLOCKS])
    return event


def a_member(event: Event, name: str = "Олена Ткачук", role: Role = Role.PARTICIPANT) -> Member:
    """Create a member who names a community."""
    return access.seat(event, name=name, community="Вербівська громада", role=role)


def a_topic(event: Event, by: Member, title: str = "Кібербезпека", **more: Any) -> Topic:
    """Propose a topic, which is on the market."""
    return board.propose(event, title=title, by=by, **more)


def a_story(event: Event, by: Member, text: str = "Автобус вперше приїхав.", **more: Any) -> Story:
    """Tell a story, which is on the wall."""
    return stories.tell(event, stories.Telling(text=text, language="uk", **more), by=by)


def an_announcement(event: Event, by: Member, minutes: float = 10, **more: Any) -> Announcement:
    """Announce something for so many minutes, on phones and on the hall's screens."""
    saying = {"words": {"uk": "Обід пізніше", "en": "Lunch is later"}, "ends_at": now() + timedelta(minutes=minutes)}
    return announcements.announce(event, announcements.Saying(**{**saying, **more}), by=by)


def a_note_photo(topic: Topic, ref: str = "", caption: str = "", *, by: Member) -> NotePhoto:
    """A photo in a topic's notes that is prepared. Its files are no pictures, but the store has them."""
    (photo,) = note_photos.add(topic, [ref or secrets.token_hex(16)], by=by)
    stored = media.store().put(BytesIO(FILM))
    facts = {"width": 480, "height": 640, "placeholder": "data:image/webp;base64,AA=="}
    files = [File(stored, f"image/{form}", 480, 640) for form in ("avif", "webp")]
    note_photos.prepared(photo.id, facts, files)
    photo.caption = caption
    db.session.flush()
    return photo


def an_answer_photo(follow_up: FollowUp) -> AnswerPhoto:
    """Let an answer have a photo that is there."""
    photo = AnswerPhoto(follow_up_id=follow_up.id, ref=secrets.token_hex(16))
    db.session.add(photo)
    db.session.flush()
    file = File(media.store().put(BytesIO(b"photo of what came of it")), "image/webp", 600, 800)
    answer_photos.prepared(photo.id, {"width": 600, "height": 800}, [file])
    return photo


def a_follow_up(commitment: Commitment, weeks: int = 6) -> FollowUp:
    """Ask the owner of a commitment what came of it, as if so many weeks had passed."""
    event = commitment.event
    with frozen_at(due_at(event.ends_on, event.zone, weeks)):
        follow_up_actions.open_due()
    return db.session.query(FollowUp).filter_by(commitment_id=commitment.id, weeks=weeks).one()


def a_film(story: Story) -> Medium:
    """Give a story a film, as if it had been sent and prepared."""
    chosen = Chosen(f"film-of-{story.event_id:04}-{story.number:04}", MediumKind.FILM)
    story_media.put(story, [chosen], by=story.author)
    medium = media_of([story.id])[story.id][0]
    stored = media.store().put(BytesIO(FILM))
    files = [story_media.File(stored, "video/mp4", 640, 360), story_media.File(stored, "image/webp", 640, 360)]
    facts = {"width": 640, "height": 360, "seconds": 12.0, "placeholder": "data:image/webp;base64,UklGRg=="}
    story_media.prepared(medium.id, facts, [*files, files[1]._replace(mimetype="image/avif")])
    return medium


def a_series(event: Event, *stories: Story, by: Member) -> list[SeriesFilm]:
    """Put the films of stories into the series, with pictures for links, as if they had been made."""
    films = []
    for story in stories:
        story.on_web = True
        films.append(series.choose(event, story.number, by=by))
        series.keep_picture(films[-1].medium_id, media.store().put(BytesIO(FILM)))
    return films


def a_series_file(event: Event, *, film: SeriesFilm | None = None, by: Member) -> SeriesFile:
    """Let a wide file of a film or of the whole series be there, as if it had been made."""
    file = series.ask(event, Shape.WIDE, film=film, by=by)
    films = shown_in(file)
    begins = [(each.medium_id, 2.5 + 15 * number) for number, each in enumerate(films)]
    series.made(file.id, media.store().put(BytesIO(FILM)), [each.part for each in films], begins)
    return file


# No film: nothing here looks into it.
FILM = b"a film, as far as these tests know"
DIGEST = "d" * 32


@cache
def _pictures() -> tuple[bytes, bytes]:
    stream = BytesIO()
    Image.new("RGB", (8, 8), "teal").save(stream, "PNG")
    picture = photos.prepare(stream.getvalue())
    return picture.small, picture.large


def a_card(member: Member, **fields: Any) -> Card:
    """Put a card with a photo and these fields into the book."""
    card = contacts.ensure_card(member)
    contacts.write(card, by=member, **fields)
    contacts.put_photo(card, contacts.Picture(DIGEST, *_pictures()), by=member)
    contacts.consent(card, words="I agree", exports_card=False, exports_details=False, by=member)
    return card


def an_upload(event: Event, member: Member, length: int = 4) -> Upload:
    """Begin an upload of so many bytes, of which none has arrived."""
    return uploads.begin(uploads.new_id(), event, length=length, by=member)


def open_slots(event: Event) -> list[Slot]:
    """Return the slots for topics of the second day: past, now, next, later."""
    return [slot for slot in event.slots if slot.is_open and slot.day == DAY]


def cell(event: Event, slot: int = 2, space: int = 0) -> dict[str, Any]:
    """Return a cell of the second day as arguments of `place`; by default the first space in the next slot."""
    return {"slot": open_slots(event)[slot], "space": event.spaces[space]}


class Hall:
    """An event with people: organiser, facilitator, convener of topic 1, participant; and a guest of another event."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self._clients: dict[str, FlaskClient] = {}
        self._tokens: dict[str, str] = {}
        with app.test_request_context(), sqlite.writing():
            event, other = an_event(), an_event("Seminar", languages=["en"])
            self.slug, self.id, self.code, self.projector = event.slug, event.id, event.join_code, event.projector_key
            people = {
                "organiser": a_member(event, "Команда", Role.ORGANISER),
                "facilitator": a_member(event, "Ірина", Role.FACILITATOR),
                "convener": a_member(event, "Оксана Дячук"),
                "participant": a_member(event),
                "other": a_member(other, "Anna Berger"),
            }
            convener = people["convener"]
            self.keys = {who: member.key for who, member in people.items()}
            self._tokens = {who: seats.give(member, confirmed_at=now()) for who, member in people.items()}
            self.ids = {who: member.id for who, member in people.items()} | {"other event": other.id}
            topic = a_topic(event, convener, "Ґендерно-чутливі питання")
            board.place(topic, **cell(event), by=convener)
            a_topic(event, convener, "Вода в селі")
            self.card_code = a_card(convener).code
            story = a_story(event, convener)
            self.comment_id = stories.comment(story, "Дякую!", by=people["organiser"]).id
            screens.hear(event.id, "screen", screens.Said("board", "board"))
            self.cells = [f"{slot.id}-{space.id}" for slot in open_slots(event) for space in event.spaces]
            self.spaces = [space.id for space in event.spaces]
            db.session.commit()

    @classmethod
    def of(cls, app: Flask) -> "Hall":
        """Restore the app's database to a hall and nothing else, and return the hall."""
        hall: Hall = app.extensions["states"].put_back("hall", cls)
        return hall.again()

    def again(self) -> "Hall":
        """Return a hall with the same event and people, but new browsers, after the database was restored."""
        return deepcopy(self, {id(self.app): self.app})

    def restore(self) -> None:
        """Restore the database and the browsers to their first state."""
        self.__dict__.update(Hall.of(self.app).__dict__)

    def announce(self, minutes: float = 10, **more: Any) -> int:
        """Let the facilitator announce something; returns its id."""
        with self.app.test_request_context(), sqlite.writing():
            event, by = db.session.get_one(Event, self.id), db.session.get_one(Member, self.ids["facilitator"])
            found = an_announcement(event, by, minutes, **more).id
            db.session.commit()
            return found

    def open_to_the_public(self) -> None:
        """Make the board public."""
        with self.app.app_context(), sqlite.writing():
            db.session.get_one(Event, self.id).is_public = True
            db.session.commit()

    def ask(self, who: str) -> FlaskClient:
        """Return the test client in which this person is signed in; that of `stranger` is not."""
        if who not in self._clients:
            client = self._clients[who] = self.app.test_client()
            event_id = self.ids["other event"] if who == "other" else self.id
            if who != "stranger":
                with client.session_transaction() as session:
                    session["seats"] = {str(event_id): self.token(who)}
        return self._clients[who]

    def token(self, who: str) -> str:
        """Return the token of this person's seat, which their cookie holds."""
        if who not in self._tokens:
            with self.app.test_request_context(), sqlite.writing():
                self._tokens[who] = seats.give(db.session.get_one(Member, self.ids[who]), confirmed_at=now())
                db.session.commit()
        return self._tokens[who]

    def url(self, rest: str = "") -> str:
        """Return an address within the event."""
        return f"/{self.slug}/{rest}"

    def grid_change(self) -> int:
        """Save the unchanged spaces as the organiser; returns the id of that change, which can be undone."""
        with self.app.test_request_context(), sqlite.writing():
            event, by = db.session.get_one(Event, self.id), db.session.get_one(Member, self.ids["organiser"])
            sheets = [events.SpaceSheet(space.id, space.name, space.chairs) for space in event.spaces]
            events.set_spaces(event, sheets, by=by)
            db.session.commit()
            return db.session.query(GridChange.id).filter_by(event_id=self.id).scalar() or 0

    def step(self) -> int:
        """Hide topic 2 as the facilitator; returns the id of the step."""
        with self.app.test_request_context(), sqlite.writing():
            by, topic = db.session.get_one(Member, self.ids["facilitator"]), topic_numbered(self.id, 2)
            assert topic
            with journal.step(self.id, "board.hide", by=by, title=topic.title):
                board.withdraw(topic, by=by)
            step_id = steps_of(self.id)[0].id
            db.session.commit()
            return step_id

    def report(self) -> int:
        """Report story 1 as the organiser; returns the id of the report."""
        with self.app.test_request_context(), sqlite.writing():
            by = db.session.get_one(Member, self.ids["organiser"])
            report_id = moderation.report(story_numbered(self.id, 1), "Імена", by=by).id
            db.session.commit()
            return report_id

    def calendar_key(self) -> str:
        """Return the key of the participant's calendar, which is made if there is none."""
        with self.app.test_request_context(), sqlite.writing():
            by = db.session.get_one(Member, self.ids["participant"])
            found = db.session.get(MyCalendar, by.id) or make_calendar(by=by)
            db.session.commit()
            return found.key

    def own_guide(self) -> str:
        """Let the organiser write a guide, as the shipped fishbowl is; returns its name."""
        with self.app.test_request_context(), sqlite.writing():
            event, by = db.session.get_one(Event, self.id), db.session.get_one(Member, self.ids["organiser"])
            texts = {code: shipped.text("fishbowl", code) for code in ("uk", "de")}
            found = (own_guides(self.id) or [own.write(event, texts, "fishbowl", by=by)])[0]
            db.session.commit()
            return found.name

    def petition(self) -> int:
        """Ask for topic 1 to be moved, as the participant; returns the id of the petition."""
        with self.app.test_request_context(), sqlite.writing():
            by, topic = db.session.get_one(Member, self.ids["participant"]), topic_numbered(self.id, 1)
            assert topic
            asked = {"kind": PetitionKind.MOVE, "leaves": self.cell(2, 0), "takes": self.cell(3, 1)}
            petition = db.session.query(Petition).filter_by(topic_id=topic.id, **asked).first()
            petition = petition or Petition(event_id=self.id, topic=topic, asker=by, **asked)
            db.session.add(petition)
            db.session.commit()
            return petition.id

    def commitment(self) -> Commitment:
        """Let the convener promise something and ask the participant for help; returns the commitment."""
        with self.app.test_request_context(), sqlite.writing():
            by, helper = (db.session.get_one(Member, self.ids[who]) for who in ("convener", "participant"))
            plan = commitments.Plan("Аудит входу", "Надіслати список", date(2026, 9, 1))
            found = commitments.propose(by.event, plan, by=by, helper=helper, key="audit")
            db.session.commit()
            db.session.refresh(found)
            db.session.expunge(found)
            return found

    def follow_up(self) -> tuple[int, str]:
        """Ask the convener what came of their commitment; returns the question's id and the token of its link."""
        ident = self.commitment().id
        with self.app.test_request_context(), sqlite.writing():
            found = db.session.query(FollowUp).filter_by(commitment_id=ident).first()
            found = found or a_follow_up(db.session.get_one(Commitment, ident))
            db.session.commit()
            return found.id, found.token

    def address_check(self) -> tuple[int, str]:
        """Let the convener give an address; returns the id of its check and the token of the link in its letter."""
        with self.app.test_request_context(), sqlite.writing():
            by = db.session.get_one(Member, self.ids["convener"])
            follow_up_actions.agree(by, email="oksana@mail.example", language="uk")
            check = db.session.get_one(MailAddress, by.id).check
            assert check
            found = check.id, check.token
            db.session.commit()
            return found

    def answer_photo(self) -> str:
        """Let the convener answer with a photo that everybody may see; returns the last part of a file's address."""
        ident, _ = self.follow_up()
        with self.app.test_request_context(), sqlite.writing():
            follow_up = db.session.get_one(FollowUp, ident)
            if photo_of(ident) is None:
                follow_up_actions.answer(follow_up, Outcome.MOVING, words="Два виїзди було")
                sharing.share_answer(follow_up, is_shared=True)
                an_answer_photo(follow_up)
            photo = photo_of(ident)
            assert photo
            db.session.commit()
            of = (self.id, "answers", photo.id)
            return private_files.sign(photo.renditions[0].digest, photo.renditions[0].mimetype, of=of)

    def paragraph_key(self) -> str:
        """Let the participant write a paragraph into the notes of topic 1; returns its key."""
        with self.app.test_request_context(), sqlite.writing():
            topic, by = topic_numbered(self.id, 1), db.session.get_one(Member, self.ids["participant"])
            assert topic
            notes.save(topic, key="p1", text="Двері важкі.", version="v0", by=by)
            db.session.commit()
            return "p1"

    def next_step(self) -> int:
        """Let the participant write down a next step of topic 1; returns its id."""
        with self.app.test_request_context(), sqlite.writing():
            topic, by = topic_numbered(self.id, 1), db.session.get_one(Member, self.ids["participant"])
            assert topic
            step = note_steps.add(topic, key="s1", what="Аудит входу", who=by, due_on=DAY, by=by)
            db.session.commit()
            return step.id

    def name_written_down(self) -> int:
        """Write down that somebody without a phone was in the session of topic 1; returns the id of that."""
        with self.app.test_request_context(), sqlite.writing():
            topic, by = topic_numbered(self.id, 1), db.session.get_one(Member, self.ids["participant"])
            assert topic
            written = attendance.add(topic, name="Баба Ганна", by=by)
            db.session.commit()
            return written.id

    def note_photo(self) -> int:
        """Let the participant add a photo to the notes of topic 1; returns its id."""
        with self.app.test_request_context(), sqlite.writing():
            topic, by = topic_numbered(self.id, 1), db.session.get_one(Member, self.ids["participant"])
            assert topic
            photo_id = a_note_photo(topic, by=by).id
            db.session.commit()
            return photo_id

    def note_photo_address(self, photo_id: int, shown_in: str = "notes") -> str:
        """The signed part of the address of a photo's file, in notes or in the news."""
        with self.app.test_request_context():
            (picture,) = db.session.get_one(NotePhoto, photo_id).files("image/webp")
            return private_files.sign(picture.digest, picture.mimetype, of=(self.id, shown_in, photo_id))

    def pitch(self) -> int:
        """Let the participant wait at the microphone; returns the id of the pitch."""
        with self.app.test_request_context(), sqlite.writing():
            by = db.session.get_one(Member, self.ids["participant"])
            pitch_id = queue_up(by, by=by).id
            db.session.commit()
            return pitch_id

    def claim(self) -> int:
        """Write somebody down who has no phone; returns the id of the claim."""
        with self.app.test_request_context(), sqlite.writing():
            event, by = db.session.get_one(Event, self.id), db.session.get_one(Member, self.ids["facilitator"])
            claim_id = write_down(event, "Степан", by=by).id
            db.session.commit()
            return claim_id

    def merge_request(self) -> int:
        """Ask as the facilitator whether a topic of the organiser shall be merged into topic 1; returns the id."""
        with self.app.test_request_context(), sqlite.writing():
            facilitator, organiser = (db.session.get_one(Member, self.ids[who]) for who in ("facilitator", "organiser"))
            first, second = topic_numbered(self.id, 1), a_topic(facilitator.event, organiser, "Криниці")
            assert first
            request = merging.ask(first, second, by=facilitator)
            assert request
            db.session.commit()
            return request.id

    def merge_topics(self) -> None:
        """Merge topic 1 into topic 2; the convener convenes both."""
        with self.app.test_request_context(), sqlite.writing():
            second, first = (topic_numbered(self.id, number) for number in (1, 2))
            assert first
            assert second
            merging.merge(first, second, by=first.convener)
            db.session.commit()

    def film(self) -> int:
        """Give story 1 a film; returns the id of the medium."""
        with self.app.test_request_context(), sqlite.writing():
            medium_id = a_film(story_numbered(self.id, 1)).id
            db.session.commit()
            return medium_id

    def file_address(self, in_hall: bool = False) -> str:
        """Give story 1 a film; returns the signed part of its file's address, for members or for the hall's screens."""
        with self.app.test_request_context():
            player = db.session.get_one(Medium, self.film()).player
            assert player
            return private_files.sign(player.digest, player.mimetype, of=(self.id, 1, *(["hall"] if in_hall else [])))

    def make_book(self) -> None:
        """Let the book be there in Ukrainian, as if it had been made."""
        with self.app.test_request_context(), sqlite.writing():
            event = db.session.get_one(Event, self.id)
            file = books.ask(event, Form.A4, "uk", by=db.session.get_one(Member, self.ids["organiser"]))
            stored = media.store().put(BytesIO(FILM))
            book = Digest("", frozenset(), 1, 1, [])
            books.keep(event.id, Form.A4, "uk", stored, job_id=file.job_id, book=book, read_at=now())
            db.session.commit()

    def make_series(self) -> None:
        """Give story 1 a film, put it into the series, make a wide file of it, and publish it."""
        with self.app.test_request_context(), sqlite.writing():
            event, by = db.session.get_one(Event, self.id), db.session.get_one(Member, self.ids["organiser"])
            story = story_numbered(self.id, 1)
            assert story
            a_film(story)
            (film,) = a_series(event, story, by=by)
            a_series_file(event, film=film, by=by)
            series.publish(event, True, by=by)
            db.session.commit()

    def upload(self, who: str = "participant", length: int = 4) -> str:
        """Begin an upload of a person; returns its id."""
        with self.app.test_request_context(), sqlite.writing():
            event, by = db.session.get_one(Event, self.id), db.session.get_one(Member, self.ids[who])
            upload_id = an_upload(event, by, length).id
            db.session.commit()
            return upload_id

    def cell(self, slot: int, space: int) -> str:
        """Return the key of a cell of the second day, by the indexes of its slot and space."""
        return self.cells[slot * len(SPACES) + space]
