"""Notices about stories: for authors, what became of theirs; for facilitators, what was reported."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum

from flask import url_for
from flask_babel import gettext
from sqlalchemy import Enum, ForeignKey, delete, exists, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from openspace.access import notices
from openspace.access.models import Member
from openspace.access.notices import RECIPIENT, Notice, Source
from openspace.access.snapshots import EventSnapshot
from openspace.clock import now
from openspace.events.models import Event
from openspace.extensions import Model, UtcDateTime, db
from openspace.stories.models import Report, Story


class Kind(StrEnum):
    """What happened to a story."""

    HIDDEN = "hidden"
    SHOWN = "shown"
    REPORTED = "reported"
    FAILED = "failed"
    CHOSEN = "chosen"


class StoryNotice(Model):
    """A notice that one member has not read yet: the last thing that happened to a story."""

    __tablename__ = "story_notice"

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    story_id: Mapped[int] = mapped_column(ForeignKey("story.id", ondelete="CASCADE"), primary_key=True, index=True)
    kind: Mapped[Kind] = mapped_column(
        Enum(Kind, native_enum=False, length=10, values_callable=lambda kinds: [kind.value for kind in kinds])
    )
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    story: Mapped[Story] = relationship()


def tell(story: Story, member_ids: Collection[int], kind: Kind, *, by: Member | None = None) -> None:
    """Leave a notice for these members, except for `by`, who did it, if it was somebody."""
    recipients = [member_id for member_id in member_ids if by is None or member_id != by.id]
    for member_id in recipients:
        notice = db.session.get(StoryNotice, (member_id, story.id)) or StoryNotice(member_id=member_id, story=story)
        notice.kind, notice.at = kind, now()
        db.session.add(notice)
    notices.tell(story.event_id, recipients)


def take_back(story: Story, kind: Kind) -> None:
    """Delete the notices of this kind about a story, because what they tell is no longer so."""
    told = (StoryNotice.story_id == story.id, StoryNotice.kind == kind)
    member_ids = db.session.scalars(delete(StoryNotice).where(*told).returning(StoryNotice.member_id)).all()
    for member in db.session.scalars(select(Member).where(Member.id.in_(member_ids)).order_by(Member.id)):
        notices.recount(member)


def settled(story: Story) -> None:
    """Take back what facilitators were told of reports, if none of the story or its comments is open any more."""
    db.session.flush()
    still_open = select(Report.id).where(Report.story_id == story.id, Report.settled_at.is_(None))
    if db.session.scalar(still_open.limit(1)) is None:
        take_back(story, Kind.REPORTED)


def _waiting(member_id: int, event: Event | EventSnapshot) -> list[Notice]:
    found = select(StoryNotice).where(StoryNotice.member_id == member_id).options(joinedload(StoryNotice.story))
    order = (StoryNotice.at, StoryNotice.story_id)
    return [_in_words(notice, event.slug) for notice in db.session.scalars(found.order_by(*order))]


def _in_words(notice: StoryNotice, slug: str) -> Notice:
    number, title = notice.story.number, notice.story.title
    if notice.kind == Kind.REPORTED:
        words = gettext("Somebody asks you to look at a story: “%(title)s”", title=title)
        return Notice("flag", words, url_for("moderation.show", event=slug, _anchor=f"story-{number}"))
    address = url_for("stories.show", event=slug, number=number)
    if notice.kind == Kind.HIDDEN:
        words = gettext("A facilitator has hidden your story: “%(title)s”", title=title)
        return Notice("eyeoff", words, address)
    if notice.kind == Kind.FAILED:
        words = gettext("A picture or film of your story could not be prepared: “%(title)s”", title=title)
        return Notice("alert", words, address)
    if notice.kind == Kind.CHOSEN:
        words = gettext("Your film has been chosen for the series of films: “%(title)s”", title=title)
        return Notice("play", words, address)
    return Notice("story", gettext("Your story is on the wall: “%(title)s”", title=title), address)


def forget(member: Member) -> None:
    """Delete all notices about stories for the member."""
    db.session.execute(delete(StoryNotice).where(StoryNotice.member_id == member.id))


notices.register(Source(exists().where(StoryNotice.member_id == RECIPIENT), _waiting, forget))
