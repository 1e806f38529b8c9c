"""Two members who are one person: everything goes along, and nothing is left that names the other."""

from typing import Any

import pytest

from openspace.access import actions as access, belongings, seats, security_log
from openspace.access.merging import merge
from openspace.access.models import Link, Member, Role
from openspace.access.security_log import Kind
from openspace.applications.models import Application, Reading
from openspace.board import actions as board, merging as board_merging
from openspace.board.models import Interest, Topic, marks_of
from openspace.clock import now
from openspace.commitments import actions as commitments, follow_up_actions as follow_ups
from openspace.commitments.follow_up_rules import Outcome
from openspace.console.models import Hand
from openspace.contacts import actions as contacts, exchange_actions as exchanges
from openspace.contacts.finding import search
from openspace.contacts.models import Card, Consent, Contact, Line, Photo, Wish, card_of
from openspace.contacts.rules import Visibility
from openspace.convergence import actions as dots
from openspace.convergence.models import PaperDots
from openspace.exports.actions import make_calendar
from openspace.extensions import db
from openspace.jobs.models import Job
from openspace.journal.models import Step
from openspace.live import log
from openspace.notes import actions as notes, photo_actions as note_photos, step_actions as note_steps
from openspace.notes.asking import Asking
from openspace.notes.butterfly_models import Butterfly
from openspace.notes.models import Attendance, AttendanceByName
from openspace.petitions import actions as petitions, decision_actions as decisions
from openspace.petitions.rules import Kind as PetitionKind
from openspace.pitching.actions import queue_up
from openspace.pitching.models import Claim
from openspace.programmes.models import Call
from openspace.stories import actions as stories, moderation_actions as moderation
from openspace.stories.rules import Mark
from openspace.web.errors import Invalid
from tests.factories import a_card, a_follow_up, a_member, a_story, a_topic, an_announcement, an_event, an_upload, cell

pytestmark = pytest.mark.usefixtures("empty_book")


def promises_of(member: Member, other: Member) -> None:
    """What the member promised, was asked, and said came of it."""
    promised = commitments.propose(member.event, commitments.Plan("Аудит"), by=member, helper=other)
    commitments.ask(commitments.propose(member.event, commitments.Plan("Вода"), by=other), member, by=other)
    assert promised.owner_id == member.id
    follow_ups.agree(member, email="olena@mail.example", language="uk")
    follow_up = a_follow_up(promised)
    follow_ups.answer(follow_up, Outcome.MOVING)


def everything_of(member: Member, other: Member) -> None:
    """A row in every table that names a member."""
    topic = a_topic(member.event, member, "Моя тема")
    board.place(topic, **cell(member.event), by=member)
    board.withdraw(a_topic(member.event, member, "Знята тема"), by=member)
    theirs = a_topic(member.event, other, "Чужа тема")
    board.mark(member.event_id, theirs.number, kind="go", by=member)
    board.unplace(board.place(theirs, **cell(member.event, space=1), by=other), by=other)
    board_merging.ask(topic, theirs, by=member)
    board_merging.merge(topic, a_topic(member.event, member, "Разом"), by=member)
    a_card(member, offers=["Досвід із грантами"], phone="+380 44 123 4567")
    exchanges.exchange(contacts.ensure_card(other), by=member)
    exchanges.wish(card_of(other.id), "meet", by=member)
    exchanges.wish(card_of(member.id), "meet", by=other)
    access.issue_link(event=member.event, role=member.role, member=member)
    access.issue_link(event=member.event, role=Role.FACILITATOR, by=member)
    story = a_story(member.event, member)
    stories.mark(story, Mark.HEART, by=member)
    stories.comment(story, "Приїжджайте", by=member)
    moderation.report(story, "Імена", by=member)
    facilitator = a_member(member.event, "Фасилітує", Role.FACILITATOR)
    moderation.hide(story, "Імена", by=facilitator)
    there = cell(member.event, slot=3)
    asked = {"kind": PetitionKind.REPEAT, "takes": f"{there['slot'].id}-{there['space'].id}"}
    petition = petitions.ask(topic, by=member, **asked)
    decisions.decline(petition, by=facilitator)
    petition.decided_by = member
    petitions.back(petitions.ask(topic, by=other, **asked), by=member)
    moderation.silence(member, "Імена", by=facilitator)
    seats.give(member)
    security_log.note(member.event_id, Kind.DOWNLOADED, by=member.id, about=member.id)
    an_upload(member.event, member)
    queue_up(member, by=member)
    db.session.add(Claim(event_id=member.event_id, member=member, code_hash=str(member.id), used_at=now()))
    an_announcement(member.event, member)
    make_calendar(by=member)
    notes.take(notes.save(theirs, key="p1", text="Двері.", version="v1", by=member).paragraph, by=member)
    note_steps.add(theirs, key="s1", what="Аудит", who=member, due_on=None, by=member)
    promises_of(member, other)
    db.session.add_all(
        Asking(topic_id=of.id, member_id=who.id, by_id=by.id, state="open")
        for of, who, by in ((theirs, member, other), (topic, other, member))
    )
    note_photos.add(theirs, ["flipchart-of-a-member"], by=member)
    _give_dots(member, theirs, by=facilitator)
    _read_an_application(member)
    db.session.add(Attendance(topic_id=theirs.id, member_id=member.id, is_named=True))
    db.session.add(AttendanceByName(topic_id=theirs.id, name="Баба Ганна", by_id=member.id))
    db.session.add(Butterfly(member_id=member.id, space_id=there["space"].id))
    db.session.add(Step(event_id=member.event_id, by_id=member.id, kind="board.hide", changes="[]"))
    db.session.add(Hand(event_id=member.event_id, member_id=member.id, topic_id=theirs.id))
    db.session.add(Job(kind="book", arguments={}, event_id=member.event_id, by_id=member.id))
    db.session.flush()


def _read_an_application(member: Member) -> None:
    call = Call(event_id=member.event_id, closes_at=now(), places=1, kept_until=now().date())
    db.session.add(call)
    db.session.flush()
    application = Application(event_id=call.event_id, language="uk")
    db.session.add(application)
    db.session.flush()
    db.session.add(Reading(application_id=application.id, member_id=member.id))


def _give_dots(member: Member, topic: Topic, *, by: Member) -> None:
    found = dots.prepare(member.event, dots.Plan(5, True, 5, 5), [topic], by=by)
    dots.start(found, by=by)
    db.session.flush()
    dots.give(member.event, {topic.number: 1}, number=1, version=None, by=member)
    db.session.add(PaperDots(round_id=found.id, people=1, by_id=member.id, ident="sheet", sealed=b""))


# What stays with the row of the person who is erased, and why.
STAYS: set[str] = set()


def naming_columns() -> dict[str, Any]:
    """Every column of every table whose foreign key leads to a member, directly or through their card."""
    return {
        f"{table.name}.{column.name}": column
        for table in db.metadata.sorted_tables
        for column in table.columns
        for key in column.foreign_keys
        if str(key.target_fullname) in {"member.id", "card.member_id"}
    }


def named(member: Member) -> set[str]:
    """The columns in which a row names the member."""
    return {
        name
        for name, column in naming_columns().items()
        if db.session.execute(db.select(column).where(column == member.id)).first()
    }


def test_every_table_that_names_a_member_takes_part(inside):
    event = an_event()
    kept, gone, other = a_member(event), a_member(event), a_member(event, "Анна")
    everything_of(gone, other)
    assert named(gone) | STAYS == set(naming_columns()), "a table names members that this test does not fill"

    merge(kept, gone)

    db.session.expire_all()
    assert named(gone) == STAYS
    assert named(kept) >= set(naming_columns()) - STAYS


# What still names somebody who has left: what they did keeps an author, and what was agreed to and noted is kept for as
# long as the law or the log's own time says.
STAYS_AFTER_LEAVING = {
    "consent.member_id",
    "link.member_id",
    "security_entry.about_id",
    "security_entry.by_id",
    "topic.convener_id",
    "topic.withdrawn_by_id",
}


def test_every_table_that_names_a_member_hears_of_leaving(inside):
    event = an_event()
    member, other = a_member(event), a_member(event, "Анна")
    everything_of(member, other)

    access.leave(member)

    db.session.expire_all()
    assert named(member) == STAYS_AFTER_LEAVING


def test_every_table_that_names_a_member_is_registered(app):
    assert belongings.unregistered(db.metadata.sorted_tables) == set()


@pytest.mark.parametrize("target", ["member.id", "card.member_id"])
def test_a_table_that_names_a_member_unregistered_is_found(app, target):
    pet = db.Table("pet", db.metadata, db.Column("owner_id", db.ForeignKey(target)))
    try:
        assert belongings.unregistered(db.metadata.sorted_tables) == {"pet"}
    finally:
        db.metadata.remove(pet)


def test_merge_gives_all_to_one_and_forgets_the_other(inside):
    event = an_event()
    kept, gone, other = a_member(event), a_member(event, "Олена Т."), a_member(event, "Анна")
    everything_of(gone, other)
    note = db.session.get(Contact, (other.id, gone.id))
    exchanges.write_note(note, "Надіслати статут")

    merge(kept, gone)

    db.session.expire_all()
    assert [topic.convener_id for topic in db.session.query(Topic).filter_by(title="Моя тема")] == [kept.id]
    assert marks_of(kept.id) == {3: "go"}
    assert card_of(kept.id).lines_of("offers") == ["Досвід із грантами"]
    assert card_of(kept.id).is_in_book
    assert search.find(event, "грантами") == [kept.id]
    assert db.session.get(Contact, (other.id, kept.id)).note == "Надіслати статут"
    assert {wish.other_id for wish in db.session.query(Wish).filter_by(member_id=other.id)} == {kept.id}
    assert (gone.name, gone.left_at is None, gone.role) == ("—", False, Role.PARTICIPANT)


def test_merge_keeps_one_of_what_both_have(inside):
    event = an_event()
    kept, gone, other = a_member(event), a_member(event), a_member(event, "Анна")
    topic = a_topic(event, other)
    for member, kind in ((kept, "look"), (gone, "go")):
        board.mark(event.id, topic.number, kind=kind, by=member)
        exchanges.exchange(contacts.ensure_card(other), by=member)
        exchanges.write_note(db.session.get(Contact, (member.id, other.id)), f"нотатка {kind}")
        exchanges.wish(contacts.ensure_card(other), "later" if kind == "look" else "meet", by=member)
    exchanges.exchange(card_of(kept.id), by=gone)

    merge(kept, gone)

    db.session.expire_all()
    assert [(mark.member_id, mark.kind) for mark in db.session.query(Interest)] == [(kept.id, "go")]
    found = {(each.member_id, each.other_id): each.note for each in db.session.query(Contact)}
    assert found == {(kept.id, other.id): "нотатка look\nнотатка go", (other.id, kept.id): ""}
    assert [(wish.member_id, wish.other_id, wish.kind) for wish in db.session.query(Wish)] == [
        (kept.id, other.id, "meet")
    ]


def test_merge_tells_both_when_two_wishes_meet_only_now(inside):
    event = an_event()
    kept, gone, other = a_member(event), a_member(event), a_member(event, "Анна")
    for member in (kept, gone, other):
        a_card(member)
    exchanges.wish(card_of(other.id), "meet", by=kept)
    exchanges.wish(card_of(gone.id), "meet", by=other)

    merge(kept, gone)

    db.session.expire_all()
    assert None not in {kept.notices_at, other.notices_at}


def test_merge_fills_what_is_empty_on_the_card_and_shows_no_field_to_more_people(inside):
    event = an_event()
    kept, gone = a_member(event), a_member(event)
    a_card(kept, occupation="Бджолярка", offers=["Мед"])
    card = contacts.ensure_card(gone)
    contacts.write(card, by=gone, occupation="Інше", about="Про воду", phone="+380 44 123 4567")
    contacts.set_visibilities(card, {"phone": Visibility.EVERYONE}, by=gone)

    merge(kept, gone)

    db.session.expire_all()
    card = card_of(kept.id)
    assert (card.occupation, card.about, card.phone) == ("Бджолярка", "Про воду", "+380 44 123 4567")
    assert (card.visibility("about"), card.visibility("phone")) == (Visibility.NOBODY, Visibility.NOBODY)
    assert card.visibility("occupation") == Visibility.EVERYONE


def test_merge_takes_the_card_that_is_in_the_book(inside):
    event = an_event()
    kept, gone = a_member(event), a_member(event)
    contacts.write(contacts.ensure_card(kept), by=kept, occupation="Чернетка", region="Полісся")
    a_card(gone, occupation="Бджолярка")
    code = card_of(gone.id).code

    merge(kept, gone)

    db.session.expire_all()
    card = card_of(kept.id)
    assert (card.occupation, card.region, card.code) == ("Бджолярка", "Полісся", code)
    assert (card.is_in_book, card.visibility("region")) == (True, Visibility.NOBODY)
    assert [consent.member_id for consent in db.session.query(Consent).filter_by(ended_at=None)] == [kept.id]
    assert db.session.get(Photo, kept.id) is not None
    assert db.session.query(Line).filter_by(member_id=gone.id).count() == 0
    assert db.session.get(Card, gone.id) is None


@pytest.mark.parametrize(
    ("kept_is", "gone_is", "signed_in"),
    [
        (Role.PARTICIPANT, Role.PARTICIPANT, ["kept", "gone"]),
        (Role.FACILITATOR, Role.PARTICIPANT, ["kept"]),
        (Role.PARTICIPANT, Role.ORGANISER, ["gone"]),
    ],
)
def test_merge_keeps_browsers_signed_in_but_hands_none_a_higher_role(inside, kept_is, gone_is, signed_in):
    event = an_event()
    a_member(event, "Команда", Role.ORGANISER)
    kept, gone = a_member(event, role=kept_is), a_member(event, role=gone_is)
    tokens, keys = {"kept": seats.give(kept), "gone": seats.give(gone)}, {"kept": kept.key, "gone": gone.key}

    merge(kept, gone)

    holders = {who: db.session.scalar(seats.holder(event.id, token)) for who, token in tokens.items()}
    assert holders == {who: kept if who in signed_in else None for who in tokens}
    assert kept.key == keys[signed_in[0]]
    assert kept.role == max(kept_is, gone_is, key=lambda role: role.rank)


def test_merge_takes_the_password_of_the_higher_role(inside):
    event = an_event()
    kept, gone = a_member(event), a_member(event, "Команда", Role.ORGANISER)
    access.set_password(gone, email="team@example.org", password_hash="hash")

    merge(kept, gone)

    assert (kept.role, kept.email, kept.password_hash) == (Role.ORGANISER, "team@example.org", "hash")


def test_merge_ends_links_that_would_sign_the_other_in(inside):
    event = an_event()
    kept, gone = a_member(event), a_member(event)
    access.issue_link(event=event, role=Role.PARTICIPANT, member=gone)

    merge(kept, gone)

    assert [(link.member_id, link.used_at is None) for link in db.session.query(Link)] == [(kept.id, False)]


@pytest.mark.parametrize("case", ["self", "other event", "left", "two organisers"])
def test_merge_refuses(inside, case):
    event = an_event()
    kept, gone = a_member(event), a_member(event, "Анна")
    if case == "self":
        gone = kept
    if case == "other event":
        gone = a_member(an_event("Seminar"))
    if case == "left":
        access.leave(gone)
    if case == "two organisers":
        kept.role = gone.role = Role.ORGANISER

    with pytest.raises(Invalid):
        merge(kept, gone)


def test_merge_records_what_sheets_and_books_show(inside):
    event = an_event()
    kept, gone, other = a_member(event), a_member(event, "Олена Т."), a_member(event, "Анна")
    everything_of(gone, other)
    before = {channel: log.revision(event.id, channel) for channel in ("board", "people")}

    merge(kept, gone)

    assert "market-3" in log.subjects_since(event.id, "board", before["board"]).names
    assert {f"card-{kept.id}", f"card-{gone.id}"} <= set(log.subjects_since(event.id, "people", before["people"]).names)
