"""Tables of access: members and the links that let somebody in."""

from datetime import datetime
from enum import StrEnum
from typing import Protocol

from sqlalchemy import Enum, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from openspace.access.rules import new_key
from openspace.clock import now
from openspace.events.models import Event
from openspace.extensions import Model, UtcDateTime


class Role(StrEnum):
    """What a member may do. Each role may also do what those before it may."""

    PARTICIPANT = "participant"
    FACILITATOR = "facilitator"
    ORGANISER = "organiser"

    @property
    def rank(self) -> int:
        """Its place in the order of the roles."""
        return list(Role).index(self)


_ROLE = Enum(Role, native_enum=False, length=20, values_callable=lambda roles: [role.value for role in roles])


class _Roled(Protocol):
    @property
    def role(self) -> Role: ...


class HasRole:
    """A mixin that compares roles, for whatever has the `role` of a member: `Member` and `MemberSnapshot`."""

    __slots__ = ()

    def is_at_least(self: _Roled, role: Role) -> bool:
        """Whether this member may do what members with that role may."""
        return self.role.rank >= role.rank


class Member(HasRole, Model):
    """A person in one event."""

    __tablename__ = "member"
    __table_args__ = (UniqueConstraint("event_id", "email"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    community: Mapped[str] = mapped_column(String(80), default="")
    role: Mapped[Role] = mapped_column(_ROLE, default=Role.PARTICIPANT)
    email: Mapped[str | None] = mapped_column(String(254))
    password_hash: Mapped[str | None] = mapped_column(String(255))
    # The secret of the personal link, which signs a browser in.
    key: Mapped[str] = mapped_column(String(40), unique=True, default=new_key)
    joined_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # When they last had a page open, to about a minute.
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # The time of the latest unread notice; None if there is none. It is kept here because every page loads the member.
    notices_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    event: Mapped[Event] = relationship()


class Seat(Model):
    """A browser that is signed in as a member. Its cookie holds the token of which the hash is kept here."""

    __tablename__ = "seat"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    # When the person last proved in this browser who they are, with a password or a link.
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Whether the browser came in by a one-time link.
    by_link: Mapped[bool] = mapped_column(default=False)

    member: Mapped[Member] = relationship()


class Link(Model):
    """A one-time link: it sets an installation up, or makes its bearer a member with a role."""

    __tablename__ = "link"

    id: Mapped[int] = mapped_column(primary_key=True)
    # Only the hash is kept: a copy of the database lets nobody in.
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    role: Mapped[Role | None] = mapped_column(_ROLE)
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"))
    # The organiser who made it; none for one that was made on the command line. It ends with their right to make it.
    issued_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    event: Mapped[Event | None] = relationship()
    member: Mapped[Member | None] = relationship(foreign_keys=member_id)
    issued_by: Mapped[Member | None] = relationship(foreign_keys=issued_by_id)
