"""Notices about petitions, for who asked and who backed: what was answered."""

from datetime import datetime

from flask import url_for
from flask_babel import gettext
from sqlalchemy import ForeignKey, delete, exists, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from openspace.access import notices
from openspace.access.models import Member
from openspace.access.notices import RECIPIENT, Notice, Source
from openspace.access.snapshots import EventSnapshot
from openspace.clock import now
from openspace.events.models import Event
from openspace.extensions import Model, UtcDateTime, db
from openspace.petitions.models import Petition
from openspace.petitions.rules import State


class PetitionNotice(Model):
    """A notice that one member has not read yet: a petition of theirs, or one that they back, was answered."""

    __tablename__ = "petition_notice"

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    petition_id: Mapped[int] = mapped_column(
        ForeignKey("petition.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    petition: Mapped[Petition] = relationship()


def tell(petition: Petition, *, by: Member) -> None:
    """Leave a notice for who asked and who backs it, except for `by`, who decided."""
    people = {petition.asker_id, *(backing.member_id for backing in petition.backings)} - {None, by.id}
    recipients = sorted(member_id for member_id in people if member_id)
    for member_id in recipients:
        notice = db.session.get(PetitionNotice, (member_id, petition.id))
        notice = notice or PetitionNotice(member_id=member_id, petition_id=petition.id)
        notice.at = now()
        db.session.add(notice)
    notices.tell(petition.event_id, recipients)


def _waiting(member_id: int, event: Event | EventSnapshot) -> list[Notice]:
    found = select(PetitionNotice).where(PetitionNotice.member_id == member_id)
    loaded = found.options(joinedload(PetitionNotice.petition).joinedload(Petition.topic))
    order = (PetitionNotice.at, PetitionNotice.petition_id)
    return [_in_words(notice.petition, event.slug) for notice in db.session.scalars(loaded.order_by(*order))]


def _in_words(petition: Petition, slug: str) -> Notice:
    """The answer in words, as it stands now: a decision may have been undone since the notice."""
    facts = {"title": petition.topic.title, "answer": petition.answer}
    address = url_for("petitions.index", event=slug)
    if petition.state == State.OPEN:
        return Notice("undo", gettext("Your request waits for an answer again: “%(title)s”", **facts), address)
    if petition.state == State.GRANTED:
        words = gettext("Your request has been granted: “%(title)s”", **facts)
        said = gettext("Your request has been granted: “%(title)s”. %(answer)s", **facts)
        return Notice("check", said if petition.answer else words, address)
    words = gettext("Your request could not be granted: “%(title)s”", **facts)
    said = gettext("Your request could not be granted: “%(title)s”. %(answer)s", **facts)
    return Notice("x", said if petition.answer else words, address)


def forget(member: Member) -> None:
    """Delete all notices about petitions for the member."""
    db.session.execute(delete(PetitionNotice).where(PetitionNotice.member_id == member.id))


notices.register(Source(exists().where(PetitionNotice.member_id == RECIPIENT), _waiting, forget))
