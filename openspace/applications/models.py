"""Tables of applications: the texts with who wrote each of them last, the links of the two cities, and who read it."""

from datetime import datetime

from sqlalchemy import Enum, ForeignKey, String, Text, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from openspace.access.models import Member
from openspace.access.rules import new_key
from openspace.applications.rules import Side, State, is_taken
from openspace.clock import now
from openspace.extensions import Model, UtcDateTime, db
from openspace.programmes.models import Call


def _enum(kind: type[State] | type[Side]) -> Enum:
    return Enum(kind, native_enum=False, length=10, values_callable=lambda each: [one.value for one in each])


class Application(Model):
    """What is written on a call. Its number is given when it is handed in for the first time, and stays."""

    __tablename__ = "application"
    __table_args__ = (UniqueConstraint("event_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("call.event_id", ondelete="CASCADE"))
    number: Mapped[int | None]
    state: Mapped[State] = mapped_column(_enum(State), default=State.DRAFT)
    language: Mapped[str] = mapped_column(String(8))
    began_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    handed_in_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Until when organisers let it be changed after the deadline.
    late_until: Mapped[datetime | None] = mapped_column(UtcDateTime)

    call: Mapped[Call] = relationship()
    fields: Mapped[list["Field"]] = relationship(viewonly=True, lazy="selectin")
    links: Mapped[list["ApplicantLink"]] = relationship(order_by="ApplicantLink.id", viewonly=True)

    @property
    def texts(self) -> dict[str, str]:
        """What is written, by the names of the fields."""
        return {field.name: field.text for field in self.fields}

    @property
    def closes_at(self) -> datetime:
        """Until when it may be changed, as its pages say: the call's deadline, or later if organisers granted that."""
        return max(self.call.closes_at, self.late_until or self.call.closes_at)

    @property
    def is_open(self) -> bool:
        """Whether it may be changed now."""
        return is_taken(now(), self.call.closes_at, self.late_until)

    @property
    def names(self) -> list[str]:
        """Who writes for its cities, as far as they have said so."""
        return [link.name for link in self.links if link.name]

    @property
    def cities(self) -> list[str]:
        """The names of its cities, as far as they are written."""
        texts = self.texts
        names = [texts.get("city", ""), texts.get("twin_city", "") if texts.get("kind") != "looking" else ""]
        return [name for name in names if name]


class Field(Model):
    """One text of an application, with how often it was changed and which city did that last."""

    __tablename__ = "application_field"

    application_id: Mapped[int] = mapped_column(ForeignKey("application.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    text: Mapped[str] = mapped_column(Text, default="")
    revision: Mapped[int] = mapped_column(default=1)
    link_id: Mapped[int | None] = mapped_column(ForeignKey("applicant_link.id", ondelete="SET NULL"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    link: Mapped["ApplicantLink | None"] = relationship()


class ApplicantLink(Model):
    """The link by which one of the two cities writes, without an account; whoever has it is that city."""

    __tablename__ = "applicant_link"
    __table_args__ = (UniqueConstraint("application_id", "side"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id", ondelete="CASCADE"))
    side: Mapped[Side] = mapped_column(_enum(Side))
    key: Mapped[str] = mapped_column(String(40), unique=True, default=new_key)
    # Who writes for this city; empty until they said so.
    name: Mapped[str] = mapped_column(String(80), default="")
    agreed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # When they last had a page of it open, to about a minute.
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    application: Mapped[Application] = relationship()


class Reading(Model):
    """That somebody read an application, and when for the first and the last time."""

    __tablename__ = "application_reading"

    application_id: Mapped[int] = mapped_column(ForeignKey("application.id", ondelete="CASCADE"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    first_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    member: Mapped[Member] = relationship()


def link_with(event_id: int, key: str) -> ApplicantLink | None:
    """The link with this key, if it is one of the programme with this office."""
    found = select(ApplicantLink).join(Application).where(ApplicantLink.key == key, Application.event_id == event_id)
    return db.session.scalar(found)


def applications_of(event_id: int) -> list[Application]:
    """All applications on a call, those that were handed in by their number and then the others by their beginning."""
    found = select(Application).where(Application.event_id == event_id)
    order = (Application.number.is_(None), Application.number, Application.began_at, Application.id)
    return list(db.session.scalars(found.order_by(*order)))


def next_number(event_id: int) -> int:
    """The number for the next application that is handed in on a call."""
    highest = db.session.scalar(select(func.max(Application.number)).where(Application.event_id == event_id))
    return (highest or 0) + 1
