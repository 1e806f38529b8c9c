"""Tables of the storytelling wall, and the queries on them that several modules need."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Enum,
    ForeignKey,
    Index,
    Select,
    String,
    Text,
    UniqueConstraint,
    bindparam,
    func,
    select,
)
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from openspace.access.models import Member, Role
from openspace.board.models import Topic
from openspace.clock import now
from openspace.events.models import Event, Space
from openspace.extensions import Model, UtcDateTime, db
from openspace.stories.rules import LONGEST_COMMENT, LONGEST_REASON, TERMS, Consent, Mark, State, Way, after_edit
from openspace.stories.series import first_words

# The channel of the live log.
STORIES = "stories"
_STATE = Enum(State, native_enum=False, length=10, values_callable=lambda states: [state.value for state in states])
_MARK = Enum(Mark, native_enum=False, length=10, values_callable=lambda marks: [mark.value for mark in marks])


class Story(Model):
    """What somebody tells on the storytelling wall.

    Its author is a member, or somebody without a phone of whom only the name is known: then a facilitator has written
    it down.
    """

    __tablename__ = "story"
    __table_args__ = (
        UniqueConstraint("event_id", "number"),
        UniqueConstraint("by_id", "key"),
        Index("ix_story_event_id_state_shown_at", "event_id", "state", "shown_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    # Its address, `stories/7`. No number is given to a second story.
    number: Mapped[int]
    text: Mapped[str] = mapped_column(Text, default="")
    language: Mapped[str] = mapped_column(String(2))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    # Of an author who is no member.
    author_name: Mapped[str] = mapped_column(String(80), default="")
    author_community: Mapped[str] = mapped_column(String(80), default="")
    # Who wrote it down: the author, or a facilitator for them.
    by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="SET NULL"), index=True)
    topic_id: Mapped[int | None] = mapped_column(ForeignKey("topic.id", ondelete="SET NULL"))
    space_id: Mapped[int | None] = mapped_column(ForeignKey("space.id", ondelete="SET NULL"))
    state: Mapped[State] = mapped_column(_STATE, default=State.SHOWN)
    hidden_why: Mapped[str] = mapped_column(String(LONGEST_REASON), default="")
    # What its author agrees to: that it is shown in the hall, stands in the event's book, is published on the web.
    in_hall: Mapped[bool] = mapped_column(default=True)
    in_book: Mapped[bool] = mapped_column(default=False)
    on_web: Mapped[bool] = mapped_column(default=False)
    # The idempotency key of the request that told it.
    key: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    # When it was first shown on the wall: the wall's order. A story that waits has none.
    shown_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # When its author took it down, and the state to which it comes back.
    taken_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    former_state: Mapped[State | None] = mapped_column(_STATE)

    event: Mapped[Event] = relationship()
    author: Mapped[Member | None] = relationship(foreign_keys=[author_id])
    topic: Mapped[Topic | None] = relationship()
    space: Mapped[Space | None] = relationship()

    def look_again(self, *, by: Member) -> None:
        """After a change by this member: where facilitators look at stories first, let it wait for them again."""
        facilitates = by.is_at_least(Role.FACILITATOR)
        self.state = after_edit(self.state, is_checked_first=self.event.checks_stories, by_facilitator=facilitates)

    @property
    def version(self) -> str:
        """Names the words, pictures and subtitles that it has now."""
        return f"{self.changed_at.timestamp():.6f}"

    def belongs_to(self, member: Member) -> bool:
        """Whether the member may change it: its author, or a facilitator if the author is no member."""
        return self.author_id == member.id or (self.author_id is None and member.is_at_least(Role.FACILITATOR))

    @property
    def title(self) -> str:
        """What a list calls it: its first words; of a story without words its author."""
        return first_words(self.text) or self.name

    @property
    def name(self) -> str:
        """The author's name."""
        return self.author.name if self.author else self.author_name

    @property
    def community(self) -> str:
        """The author's community; may be empty."""
        return self.author.community if self.author else self.author_community

    @property
    def agreed(self) -> set[Consent]:
        """What its author agrees to."""
        return {consent for consent in Consent if getattr(self, consent)}


class StoryMark(Model):
    """A member's mark on a story. A member may give one story each kind of mark once."""

    __tablename__ = "story_mark"

    story_id: Mapped[int] = mapped_column(ForeignKey("story.id", ondelete="CASCADE"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True, index=True)
    kind: Mapped[Mark] = mapped_column(_MARK, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class Comment(Model):
    """A short comment on a story."""

    __tablename__ = "story_comment"
    __table_args__ = (UniqueConstraint("member_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    story_id: Mapped[int] = mapped_column(ForeignKey("story.id", ondelete="CASCADE"), index=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    text: Mapped[str] = mapped_column(String(LONGEST_COMMENT))
    key: Mapped[str | None] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    story: Mapped[Story] = relationship()
    member: Mapped[Member] = relationship()


class Report(Model):
    """A member asks facilitators to look at a story, or at one comment on it. It is open until one has settled it."""

    __tablename__ = "story_report"
    __table_args__ = (UniqueConstraint("story_id", "comment_id", "member_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    story_id: Mapped[int] = mapped_column(ForeignKey("story.id", ondelete="CASCADE"))
    comment_id: Mapped[int | None] = mapped_column(ForeignKey("story_comment.id", ondelete="CASCADE"))
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    why: Mapped[str] = mapped_column(String(LONGEST_REASON))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    story: Mapped[Story] = relationship()
    comment: Mapped[Comment | None] = relationship()
    member: Mapped[Member] = relationship()


class Silence(Model):
    """A member whom a facilitator has stopped from telling stories and commenting."""

    __tablename__ = "silence"

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    # What the member reads.
    why: Mapped[str] = mapped_column(String(LONGEST_REASON), default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    member: Mapped[Member] = relationship()


class Counts:
    """How many marks of each kind and comments a story has."""

    def __init__(self, hearts: int = 0, tries: int = 0, comments: int = 0) -> None:
        self.hearts, self.tries, self.comments = hearts, tries, comments


def out_by(way: Way) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions for stories that may go this way, to whoever may look there (`rules.may_go`)."""
    terms = TERMS[way]
    conditions = [Story.state == State.SHOWN]
    if terms.consent:
        conditions.append(getattr(Story, terms.consent).is_(True))
    if terms.is_publication:
        conditions.append(Story.event_id.in_(select(Event.id).where(Event.publishes_stories)))
    return tuple(conditions)


def stories_where(event_id: int, *conditions: ColumnElement[bool]) -> Select[Story]:
    """Return a query for stories of the event with their authors, topics and places, the latest shown first."""
    loaded = (joinedload(Story.author), joinedload(Story.topic), joinedload(Story.space))
    order = (func.coalesce(Story.shown_at, Story.created_at).desc(), Story.number.desc())
    return select(Story).where(Story.event_id == event_id, *conditions).options(*loaded).order_by(*order)


def story_numbered(event_id: int, number: int) -> Story | None:
    """Return the story with this number, in whatever state."""
    return db.session.scalar(stories_where(event_id, Story.number == number))


def counts_of(story_ids: Collection[int]) -> dict[int, Counts]:
    """Return the counts of marks and comments of each of these stories."""
    found = {story_id: Counts() for story_id in story_ids}
    marks = select(StoryMark.story_id, StoryMark.kind, func.count()).where(StoryMark.story_id.in_(story_ids))
    for story_id, kind, count in db.session.execute(marks.group_by(StoryMark.story_id, StoryMark.kind)):
        setattr(found[story_id], "hearts" if kind == Mark.HEART else "tries", count)
    comments = select(Comment.story_id, func.count()).where(Comment.story_id.in_(story_ids))
    for story_id, count in db.session.execute(comments.group_by(Comment.story_id)):
        found[story_id].comments = count
    return found


def marks_of(member_id: int) -> dict[str, list[int]]:
    """Return the numbers of the stories that the member has marked, by kind of mark."""
    rows = db.session.execute(
        select(StoryMark.kind, Story.number)
        .join(Story, Story.id == StoryMark.story_id)
        .where(StoryMark.member_id == member_id)
        .order_by(Story.number)
    ).all()
    return {kind.value: [number for found, number in rows if found == kind] for kind in Mark}


def marks_on(story_id: int, *, by: int) -> list[Mark]:
    """Return the marks of the member with the id `by` on a story."""
    found = select(StoryMark.kind).where(StoryMark.story_id == story_id, StoryMark.member_id == by)
    return list(db.session.scalars(found))


def comments_on(story_id: int) -> list[Comment]:
    """Return the comments on a story with their authors, the earliest first."""
    found = select(Comment).where(Comment.story_id == story_id).options(joinedload(Comment.member))
    return list(db.session.scalars(found.order_by(Comment.at, Comment.id)))


def open_reports(event_id: int) -> list[Report]:
    """Return the reports of the event that nobody has settled, the earliest first."""
    loaded = (joinedload(Report.story).joinedload(Story.author), joinedload(Report.member))
    found = select(Report).where(Report.event_id == event_id, Report.settled_at.is_(None)).options(*loaded)
    return list(db.session.scalars(found.order_by(Report.at, Report.id)))


_reported = (
    select(Report.story_id, Report.comment_id)
    .where(Report.event_id == bindparam("event_id"), Report.settled_at.is_(None))
    .distinct()
    .subquery()
)
# Built once, because each change of the board asks for it while there are petitions.
_TO_MODERATE = select(
    select(func.count()).select_from(_reported).scalar_subquery(),
    select(func.count()).where(Story.event_id == bindparam("event_id"), Story.state == State.WAITING).scalar_subquery(),
)


def moderation_counts(event_id: int) -> tuple[int, int]:
    """Count the stories and comments with open reports, each once, and the stories that wait to be shown."""
    reported, waiting = db.session.execute(_TO_MODERATE, {"event_id": event_id}).one()
    return reported, waiting


def silences(event_id: int) -> list[Silence]:
    """Return who has been stopped from posting, the latest first."""
    found = select(Silence).where(Silence.event_id == event_id).options(joinedload(Silence.member))
    return list(db.session.scalars(found.order_by(Silence.at.desc(), Silence.member_id)))


def waiting_count(event_id: int) -> int:
    """Count what waits for a facilitator: stories that are not shown yet, and open reports."""
    stories = select(func.count()).where(Story.event_id == event_id, Story.state == State.WAITING)
    reports = select(func.count()).where(Report.event_id == event_id, Report.settled_at.is_(None))
    return (db.session.scalar(stories) or 0) + (db.session.scalar(reports) or 0)
