"""The tables of notes, next steps and who was there, and the queries on them."""

from collections.abc import Collection
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import Enum, ForeignKey, Index, String, Text, UniqueConstraint, case, func, select, text
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship, selectinload

from openspace.access.models import Member
from openspace.board.models import Placement, Topic
from openspace.clock import now
from openspace.events.models import Slot
from openspace.extensions import Model, UtcDateTime, db
from openspace.notes.rules import LONGEST_NAME, LONGEST_STEP, Part


class VersionState(StrEnum):
    """Whether a version is its paragraph's text now, clashes with it until somebody chooses, or is an earlier one."""

    CURRENT = "current"
    RIVAL = "rival"
    PAST = "past"


def _enum(kind: type[StrEnum]) -> Enum:
    return Enum(kind, native_enum=False, length=10, values_callable=lambda members: [each.value for each in members])


class Paragraph(Model):
    """A paragraph of a topic's notes. Its texts are its versions; one without text, and without rivals, is deleted."""

    __tablename__ = "note_paragraph"
    __table_args__ = (UniqueConstraint("topic_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id", ondelete="CASCADE"))
    # Made by the browser that wrote it first, which sends it again under the same key.
    key: Mapped[str] = mapped_column(String(40))
    part: Mapped[Part] = mapped_column(_enum(Part))
    # The key of the paragraph below which its writer put it; empty for one at the end.
    after: Mapped[str] = mapped_column(String(40), default="")
    # Grows down the page. Between two paragraphs there is room for some fifty more.
    position: Mapped[float]
    # Who is writing in it, and until when that is shown.
    hand_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="SET NULL"), index=True)
    hand_until: Mapped[datetime | None] = mapped_column(UtcDateTime)

    topic: Mapped[Topic] = relationship()
    hand: Mapped[Member | None] = relationship()
    versions: Mapped[list["Version"]] = relationship(back_populates="paragraph", order_by="Version.id")
    # Those that stand on the page: the text now, and what clashes with it.
    standing: Mapped[list["Version"]] = relationship(
        primaryjoin="and_(Paragraph.id == Version.paragraph_id, Version.state != 'past')",
        order_by="Version.id",
        viewonly=True,
    )

    @property
    def order(self) -> float:
        """A number that grows down the page: those of merged topics stand below the joint one's own."""
        return self.position + (self.topic_id * 1e6 if self.topic.joint_id else 0)

    @property
    def current(self) -> "Version":
        """The version with the text that it has now."""
        return next(version for version in self.standing if version.state == VersionState.CURRENT)

    @property
    def rivals(self) -> list["Version"]:
        """The versions that clash with the present one, the earliest first."""
        return [version for version in self.standing if version.state == VersionState.RIVAL]

    @property
    def is_shown(self) -> bool:
        """Whether it stands on the page."""
        return any(version.text for version in self.standing)

    @property
    def writer(self) -> Member | None:
        """Who is writing in it."""
        return self.hand if self.hand_until and self.hand_until > now() else None


class Version(Model):
    """A text that a paragraph had, or that somebody sent for it: what they sent is the base of what they send next."""

    __tablename__ = "note_version"
    __table_args__ = (
        UniqueConstraint("paragraph_id", "key"),
        Index(
            "ix_note_version_current",
            "paragraph_id",
            unique=True,
            sqlite_where=text("state = 'current'"),
            postgresql_where=text("state = 'current'"),
        ),
        # A revision, once named to a browser, must never be another text.
        {"sqlite_autoincrement": True},
    )

    # The revision. Those of all notes grow together, so that one number tells a moment of any of them.
    id: Mapped[int] = mapped_column(primary_key=True)
    paragraph_id: Mapped[int] = mapped_column(ForeignKey("note_paragraph.id", ondelete="CASCADE"))
    # Made by the browser that sends it, which names by it what it goes on from.
    key: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(Text)
    state: Mapped[VersionState] = mapped_column(_enum(VersionState))
    # Whether it was ever decided on: as the paragraph's text, or as a rival by a choice. Not so is what was merged.
    was_current: Mapped[bool] = mapped_column(default=False)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="SET NULL"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    paragraph: Mapped[Paragraph] = relationship(back_populates="versions")
    by: Mapped[Member | None] = relationship()


class NextStep(Model):
    """What somebody will do after a session, who, and by when."""

    __tablename__ = "note_step"
    __table_args__ = (UniqueConstraint("topic_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(64))
    what: Mapped[str] = mapped_column(String(LONGEST_STEP))
    # Who does it: a member, or somebody of whom only the name is known.
    who_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="SET NULL"), index=True)
    who_name: Mapped[str] = mapped_column(String(LONGEST_NAME), default="")
    due_on: Mapped[date | None]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="SET NULL"), index=True)
    # Grows with each change: whoever changes an older one is told.
    revision: Mapped[int] = mapped_column(default=1)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    topic: Mapped[Topic] = relationship()
    who: Mapped[Member | None] = relationship(foreign_keys=[who_id])

    @property
    def name(self) -> str:
        """Who does it; may be empty."""
        return self.who.name if self.who else self.who_name


class Attendance(Model):
    """A member was in a session: counted, and named if they agree."""

    __tablename__ = "attendance"

    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id", ondelete="CASCADE"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True, index=True)
    is_named: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    # When they went on, by the law of two feet. They were there all the same.
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    member: Mapped[Member] = relationship()


class AttendanceByName(Model):
    """Somebody without a phone was in a session: counted and named, by whoever wrote their name down."""

    __tablename__ = "attendance_by_name"

    id: Mapped[int] = mapped_column(primary_key=True)
    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="SET NULL"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    topic: Mapped[Topic] = relationship()


def channel_of(topic: Topic) -> str:
    """The live channel of a topic's notes, such as `notes-7`; of a merged topic that of the joint one."""
    return f"notes-{(topic.joint or topic).number}"


def topic_ids(topic: Topic) -> list[int]:
    """The ids of the topic and of those that were merged into it, whose notes stand on one page."""
    return [topic.id, *(part.id for part in topic.parts)]


def paragraphs_of(topic: Topic) -> list[Paragraph]:
    """Return the paragraphs on the page of the topic's notes, in their order, those of merged topics after its own."""
    return [each for each in paragraphs_in_order(topic) if each.is_shown]


def paragraphs_in_order(topic: Topic) -> list[Paragraph]:
    """Return all paragraphs of the topic's notes in their order, also the deleted ones."""
    ids = topic_ids(topic)
    found = (
        select(Paragraph)
        .where(Paragraph.topic_id.in_(ids))
        .options(
            selectinload(Paragraph.standing).joinedload(Version.by),
            joinedload(Paragraph.hand),
            joinedload(Paragraph.topic),
        )
    )
    return sorted(db.session.scalars(found), key=lambda each: (each.order, each.id))


def paragraph_keyed(
    topic: Topic, key: str, *, versions: Collection[str] = (), number: int | None = None
) -> Paragraph | None:
    """Return the paragraph with this key on the page of the topic's notes, deleted or not.

    Topics that were merged may each have one: then it is the one that has one of these `versions`, else that of the
    topic with this `number`, else the earlier one.
    """
    found = select(Paragraph).where(Paragraph.topic_id.in_(topic_ids(topic)), Paragraph.key == key)
    loaded = found.options(selectinload(Paragraph.standing).joinedload(Version.by))
    keyed = db.session.scalars(loaded.order_by(Paragraph.id)).all()
    if len(keyed) < 2:
        return keyed[0] if keyed else None
    of = select(Version.paragraph_id).where(Version.paragraph_id.in_([each.id for each in keyed]))
    known = set(db.session.scalars(of.where(Version.key.in_(versions))))
    return min(keyed, key=lambda each: (each.id not in known, each.topic.number != number, each.id))


def version_keyed(paragraph: Paragraph, *keys: str) -> Version | None:
    """Return the version of the paragraph that has the first known of these keys."""
    found = select(Version).where(Version.paragraph_id == paragraph.id, Version.key.in_(keys))
    known = {version.key: version for version in db.session.scalars(found)}
    return next((known[key] for key in keys if key in known), None)


class Length(NamedTuple):
    """Characters of the notes of a topic: of the texts of its paragraphs, and of all that stands on the page."""

    texts: int
    standing: int


def length_of(topic: Topic) -> Length:
    """Measure the notes of the topic as they are now, with those of what was merged into it."""
    length = func.length(Version.text)
    texts = func.sum(case((Version.state == VersionState.CURRENT, length), else_=0))
    found = select(func.coalesce(texts, 0), func.coalesce(func.sum(length), 0)).join(Paragraph)
    standing = found.where(Paragraph.topic_id.in_(topic_ids(topic)), Version.state != VersionState.PAST)
    return Length(*db.session.execute(standing).one())


def steps_on(topic: Topic) -> list[NextStep]:
    """Return the next steps of the topic, in the order in which they were written."""
    found = select(NextStep).where(NextStep.topic_id.in_(topic_ids(topic))).options(joinedload(NextStep.who))
    return list(db.session.scalars(found.order_by(NextStep.id)))


def attendances_of(topic: Topic) -> list[Attendance]:
    """Return who was there, each member once, the first to come first.

    Whoever was in several topics that were merged is named if they are named in all of them.
    """
    found = select(Attendance).where(Attendance.topic_id.in_(topic_ids(topic))).options(joinedload(Attendance.member))
    first: dict[int, Attendance] = {}
    for each in db.session.scalars(found.order_by(Attendance.at, Attendance.member_id)):
        known = first.setdefault(each.member_id, each)
        if known.is_named and not each.is_named:
            first[each.member_id] = each
    return list(first.values())


def attendance_of(topic: Topic, member_id: int) -> Attendance | None:
    """Return that of the member in the session, if they said that they were there."""
    found = select(Attendance).where(Attendance.topic_id.in_(topic_ids(topic)), Attendance.member_id == member_id)
    # Of several in topics that were merged one without a name, as `attendances_of` has it, and where they are now.
    first = (Attendance.is_named, Attendance.left_at.is_not(None), Attendance.topic_id)
    return db.session.scalars(found.order_by(*first)).first()


def attendances_by_name(topic: Topic) -> list[AttendanceByName]:
    """Return who was there of those whom somebody else wrote down, the first to be written first."""
    found = select(AttendanceByName).where(AttendanceByName.topic_id.in_(topic_ids(topic)))
    return list(db.session.scalars(found.order_by(AttendanceByName.id)))


def people_in(placement: Placement) -> int:
    """Count who is in this session now: who came since it began and did not go on."""
    found = select(func.count(func.distinct(Attendance.member_id))).where(Attendance.left_at.is_(None))
    here = found.where(Attendance.topic_id.in_(topic_ids(placement.topic)), Attendance.at >= placement.slot.starts_at)
    return db.session.scalar(here) or 0


def people_now(event_id: int) -> dict[int, int]:
    """Count who is in the session of each space now, by the space's id; a space without anybody is left out."""
    found = (
        select(Placement.space_id, func.count(func.distinct(Attendance.member_id)))
        .join(Slot, Slot.id == Placement.slot_id)
        .join(Topic, func.coalesce(Topic.joint_id, Topic.id) == Placement.topic_id)
        .join(Attendance, Attendance.topic_id == Topic.id)
        .where(Slot.event_id == event_id, Slot.starts_at <= now(), Slot.ends_at > now(), Topic.event_id == event_id)
        .where(Attendance.left_at.is_(None), Attendance.at >= Slot.starts_at)
    )
    return dict(db.session.execute(found.group_by(Placement.space_id)).all())


def written(topic_ids: Collection[int]) -> dict[int, int]:
    """Return how many characters the notes of each of these topics have; without any it is left out."""
    found = select(Paragraph.topic_id, func.sum(func.length(Version.text))).join(Version)
    current = found.where(Paragraph.topic_id.in_(topic_ids), Version.state == VersionState.CURRENT)
    return {ident: count for ident, count in db.session.execute(current.group_by(Paragraph.topic_id)) if count}
