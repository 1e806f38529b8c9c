"""Whom a member may ask to take a commitment on, or to help with one."""

from sqlalchemy import or_, select

from openspace.access.models import Member, Role
from openspace.board.models import IS_SHOWN, Topic
from openspace.collation import collated
from openspace.commitments.models import Commitment, Pledge
from openspace.commitments.rules import Word
from openspace.contacts.models import Card, in_book
from openspace.extensions import db
from openspace.notes.models import attendances_of


def askable(by: Member, topic: Topic | None = None) -> list[Member]:
    """Return whom `by` may ask, in the order of names, without `by`.

    Facilitators may ask everybody, others those whose names they can read anyway: conveners, who is in the contact
    book, who has promised something, and who was in the topic's session by name.
    """
    present = select(Member).where(Member.event_id == by.event_id, Member.left_at.is_(None), Member.id != by.id)
    if not by.is_at_least(Role.FACILITATOR):
        conveners = select(Topic.convener_id).where(Topic.event_id == by.event_id, IS_SHOWN)
        in_the_book = select(Card.member_id).join(Card.member).where(*in_book(by.event_id))
        promised = select(Pledge.member_id).join(Commitment).where(Commitment.event_id == by.event_id)
        named = [each.member_id for each in attendances_of(topic) if each.is_named] if topic else []
        known = (conveners, in_the_book, promised.where(Pledge.word == Word.YES), named)
        present = present.where(or_(*(Member.id.in_(each) for each in known)))
    return sorted(db.session.scalars(present), key=lambda each: (collated(each.name), each.id))
