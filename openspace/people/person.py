"""All data that the app holds on one person, as JSON for a request of access (GDPR, article 15)."""

from base64 import b64encode
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import joinedload

from openspace.access.models import Link, Member, Seat
from openspace.access.security_log import SecurityEntry
from openspace.announcements.models import Announcement
from openspace.applications.models import Reading
from openspace.board.merge_models import MergeRequest
from openspace.board.models import Interest, Placement, Topic
from openspace.board.notices import TopicNotice
from openspace.commitments.follow_up_models import AddressCheck, FollowUp, Letter, MailAddress
from openspace.commitments.models import Commitment, Pledge
from openspace.commitments.photo_models import AnswerPhoto
from openspace.console.models import Hand
from openspace.contacts.models import Card, Consent, Photo, Wish, card_of, contacts_of
from openspace.contacts.rules import FIELDS, Visibility
from openspace.convergence.models import PaperDots, SealedDots
from openspace.exports.models import MyCalendar
from openspace.extensions import Model, db
from openspace.jobs.models import Job
from openspace.journal.models import Step
from openspace.notes.asking import Asking
from openspace.notes.butterfly_models import Butterfly
from openspace.notes.models import Attendance, AttendanceByName, NextStep, Paragraph, Version
from openspace.notes.photo_models import NotePhoto
from openspace.petitions.models import Backing, Petition
from openspace.petitions.notices import PetitionNotice
from openspace.pitching.models import Claim, Pitch
from openspace.pitching.notices import TurnNotice
from openspace.stories.media_models import media_of
from openspace.stories.models import Comment, Report, Silence, Story, StoryMark
from openspace.stories.notices import StoryNotice
from openspace.uploads.models import Upload

# Columns that are left out: whoever has one of these can act as the person, or exchange contacts in their name. And
# what somebody gives in a round of dots, which nobody is told before the end, organisers included.
SECRETS = {"key", "password_hash", "code", "code_hash", "token_hash", "salt", "sealed"}

Facts = dict[str, Any]


def personal_data(member: Member) -> Facts:
    """Return all data on a member, except secrets and other people's private notes; times in UTC, ISO 8601."""
    card, asked = card_of(member.id), MergeRequest.asked_by_id == member.id
    return {
        "event": member.event.name,
        "member": _row(member),
        "card": _card(card) if card else None,
        "photo_webp_base64": _photo(member),
        "consents": [_row(each) for each in _all(Consent, Consent.given_at, Consent.member_id == member.id)],
        "contacts": [{"with": each.other.name, **_row(each)} for each in contacts_of(member)],
        "wishes": [{"about": each.other.name, **_row(each)} for each in _wishes(member)],
        "topics": [_topic(each) for each in _all(Topic, Topic.number, Topic.convener_id == member.id)],
        "marks": [{"topic": title, **_row(interest)} for interest, title in _marks(member)],
        "stories": [_story(each) for each in _all(Story, Story.number, _told(member))],
        "story_marks": [{"story": number, **_row(mark)} for mark, number in _of_stories(StoryMark, member)],
        "story_comments": [{"story": number, **_row(each)} for each, number in _of_stories(Comment, member)],
        "story_reports": [{"story": number, **_row(each)} for each, number in _of_stories(Report, member)],
        "story_notices": [{"story": number, **_row(each)} for each, number in _of_stories(StoryNotice, member)],
        "silences": [_row(each) for each in _all(Silence, Silence.at, Silence.member_id == member.id)],
        "signed_in": [_row(each) for each in _all(Seat, Seat.made_at, Seat.member_id == member.id)],
        "notices": [{"topic": title, **_row(notice)} for notice, title in _notices(member)],
        "security_log": [_row(each) for each in _all(SecurityEntry, SecurityEntry.at, _names(member))],
        "announcements": [_row(each) for each in _all(Announcement, Announcement.id, Announcement.by_id == member.id)],
        "uploads": [_row(each) for each in _all(Upload, Upload.created_at, Upload.member_id == member.id)],
        "petitions": [_row(each) for each in _all(Petition, Petition.id, Petition.asker_id == member.id)],
        "petitions_decided": [_row(each) for each in _all(Petition, Petition.id, Petition.decided_by_id == member.id)],
        "petitions_backed": [_row(each) for each in _all(Backing, Backing.at, Backing.member_id == member.id)],
        "petition_notices": [
            _row(each) for each in _all(PetitionNotice, PetitionNotice.at, PetitionNotice.member_id == member.id)
        ],
        "jobs": [_row(each) for each in _all(Job, Job.id, Job.by_id == member.id)],
        "pitches": [_row(each) for each in _all(Pitch, Pitch.asked_at, Pitch.member_id == member.id)],
        "turn_notices": [_row(each) for each in _all(TurnNotice, TurnNotice.turn, TurnNotice.member_id == member.id)],
        "steps": [{"at": step.at, "kind": step.kind} for step in _all(Step, Step.at, Step.by_id == member.id)],
        "in_hand": [_row(each) for each in _all(Hand, Hand.at, Hand.member_id == member.id)],
        "calendars": [_row(each) for each in _all(MyCalendar, MyCalendar.made_at, MyCalendar.member_id == member.id)],
        "claims": [_row(each) for each in _all(Claim, Claim.made_at, Claim.member_id == member.id)],
        "merge_requests": [_row(each) for each in _all(MergeRequest, MergeRequest.asked_at, asked)],
        "notes": [_row(each) for each in _all(Version, Version.id, Version.by_id == member.id)],
        "notes_open": [_row(each) for each in _all(Paragraph, Paragraph.id, Paragraph.hand_id == member.id)],
        "next_steps": [_row(each) for each in _all(NextStep, NextStep.id, _promised(member))],
        "note_photos": [_row(each) for each in _all(NotePhoto, NotePhoto.id, NotePhoto.by_id == member.id)],
        "attendances": [_row(each) for each in _all(Attendance, Attendance.at, Attendance.member_id == member.id)],
        "names_written": [
            _row(each) for each in _all(AttendanceByName, AttendanceByName.id, AttendanceByName.by_id == member.id)
        ],
        "butterfly_places": [_row(each) for each in _all(Butterfly, Butterfly.at, Butterfly.member_id == member.id)],
        "asked_for_notes": [_row(each) for each in _all(Asking, Asking.at, _asked(member))],
        "commitments": [_row(each) for each in _all(Commitment, Commitment.id, _committed(member))],
        "pledges": [_row(each) for each in _all(Pledge, Pledge.at, Pledge.member_id == member.id)],
        "mail_addresses": [_row(each) for each in _all(MailAddress, MailAddress.agreed_at, _to_mail(member))],
        "address_checks": [
            _row(each) for each in _all(AddressCheck, AddressCheck.id, AddressCheck.member_id == member.id)
        ],
        "follow_ups": [_row(each) for each in _all(FollowUp, FollowUp.id, FollowUp.member_id == member.id)],
        "answer_photos": [_row(each) for each in _all(AnswerPhoto, AnswerPhoto.id, _photographed(member))],
        "letters": [_row(each) for each in _all(Letter, Letter.id, Letter.member_id == member.id)],
        "asked_for_help": [_row(each) for each in _all(Pledge, Pledge.at, Pledge.by_id == member.id)],
        "dots_given": [_row(each) for each in _all(SealedDots, SealedDots.round_id, SealedDots.member_id == member.id)],
        "dots_entered": [_row(each) for each in _all(PaperDots, PaperDots.id, PaperDots.by_id == member.id)],
        "applications_read": [_row(each) for each in _all(Reading, Reading.first_at, Reading.member_id == member.id)],
        "links": [_row(each) for each in _all(Link, Link.expires_at, Link.member_id == member.id)],
        "links_made": [_row(each) for each in _all(Link, Link.expires_at, Link.issued_by_id == member.id)],
    }


def organisers_copy(member: Member) -> Facts:
    """Return the member's data for an organiser: without fields shown to nobody, contacts, private notes and wishes.

    Of these it only says how many there are, or whether a field is filled in. The member can download everything.
    """
    facts = personal_data(member)
    if facts["card"]:
        fields = facts["card"]["fields"]
        hidden = [name for name, field in fields.items() if field["shown_to"] == Visibility.NOBODY]
        for name in hidden:
            fields[name] = {"shown_to": Visibility.NOBODY, "is_filled_in": bool(fields[name]["value"])}
        if "photo" in hidden:
            facts["photo_webp_base64"] = None
    notes = sum(bool(contact["note"]) for contact in facts["contacts"])
    return {**facts, "contacts": len(facts["contacts"]), "private_notes": notes, "wishes": len(facts["wishes"])}


def _names(member: Member) -> ColumnElement[bool]:
    return or_(SecurityEntry.by_id == member.id, SecurityEntry.about_id == member.id)


def _photographed(member: Member) -> ColumnElement[bool]:
    return AnswerPhoto.follow_up_id.in_(select(FollowUp.id).where(FollowUp.member_id == member.id))


def _asked(member: Member) -> ColumnElement[bool]:
    return or_(Asking.member_id == member.id, Asking.by_id == member.id)


def _promised(member: Member) -> ColumnElement[bool]:
    return or_(NextStep.who_id == member.id, NextStep.by_id == member.id)


def _committed(member: Member) -> ColumnElement[bool]:
    return or_(Commitment.owner_id == member.id, Commitment.by_id == member.id)


def _to_mail(member: Member) -> ColumnElement[bool]:
    return MailAddress.member_id == member.id


def _row(row: Model) -> Facts:
    """All columns of a row but secrets, so that columns that are added later are included."""
    names = (column.name for column in row.__table__.columns if column.name not in SECRETS)
    return {name: _plain(getattr(row, name)) for name in names}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime | date) else value


def _card(card: Card) -> Facts:
    fields = {name: {"value": card.value(name), "shown_to": card.visibility(name)} for name in FIELDS}
    rest = {name: value for name, value in _row(card).items() if name not in {*FIELDS, "visibilities"}}
    return {**rest, "fields": fields}


def _photo(member: Member) -> str | None:
    photo = db.session.get(Photo, member.id)
    return b64encode(photo.large).decode() if photo else None


def _wishes(member: Member) -> list[Wish]:
    found = select(Wish).where(Wish.member_id == member.id).options(joinedload(Wish.other))
    return list(db.session.scalars(found.order_by(Wish.at, Wish.other_id)))


def _topic(topic: Topic) -> Facts:
    return {**_row(topic), "placements": [_placement(each) for each in topic.placements]}


def _placement(placement: Placement) -> Facts:
    at = placement.slot.starts_at.isoformat()
    return {"space": placement.space.name, "starts_at": at, "placed_at": placement.placed_at.isoformat()}


def _marks(member: Member) -> list[tuple[Interest, str]]:
    found = (
        select(Interest, Topic.title)
        .join(Topic, Topic.id == Interest.topic_id)
        .where(Interest.member_id == member.id)
        .order_by(Interest.marked_at, Topic.number)
    )
    return [(interest, title) for interest, title in db.session.execute(found)]


def _told(member: Member) -> ColumnElement[bool]:
    return or_(Story.author_id == member.id, Story.by_id == member.id)


def _story(story: Story) -> Facts:
    return {**_row(story), "media": [_row(medium) for medium in media_of([story.id])[story.id]]}


def _of_stories(table: type[Any], member: Member) -> list[tuple[Any, int]]:
    """The member's rows of a table about stories, each with the story's number, the earliest first."""
    found = select(table, Story.number).join(Story, Story.id == table.story_id).where(table.member_id == member.id)
    return [(row, number) for row, number in db.session.execute(found.order_by(table.at, Story.number))]


def _notices(member: Member) -> list[tuple[TopicNotice, str]]:
    found = (
        select(TopicNotice, Topic.title)
        .join(Topic, Topic.id == TopicNotice.topic_id)
        .where(TopicNotice.member_id == member.id)
        .order_by(TopicNotice.at, Topic.number)
    )
    return [(notice, title) for notice, title in db.session.execute(found)]


def _all(table: type[Any], order: Any, condition: Any) -> list[Any]:
    # Rows of one moment in the order of their keys, or PostgreSQL would give them as they lie.
    found = select(table).where(condition).order_by(order, *table.__table__.primary_key)
    return list(db.session.scalars(found))
