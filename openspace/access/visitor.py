"""The visitor of a request: the event in its address and the member who is signed in."""

from collections.abc import Collection
from typing import cast

from flask import g
from sqlalchemy import and_, bindparam, select
from werkzeug.local import LocalProxy

from openspace.access import wanted
from openspace.access.doors import listener_for
from openspace.access.models import Member, Role
from openspace.access.snapshots import EventSnapshot, MemberSnapshot, Snapshots, read_snapshots
from openspace.events.models import Event
from openspace.extensions import db
from openspace.live.fragments import Listener
from openspace.web.errors import NotAllowed, NotFound, NotJoined

_EVENT_AND_MEMBER = (
    select(Event, Member)
    .select_from(Event)
    .outerjoin(
        Member,
        and_(Member.id == bindparam("member_id"), Member.event_id == Event.id, Member.left_at.is_(None)),
    )
    .where(Event.id == bindparam("event_id"))
)


class Visitor:
    """Who makes a request: the event that its address names, and the member of it who is signed in, if anybody is.

    The snapshots, the ids, the audience and the revision are plain values of the moment at which the request began.
    `event`, `member` and `member_or_none` are ORM objects, loaded together when one of them is first asked for.
    """

    event_snapshot: EventSnapshot
    member_snapshot: MemberSnapshot | None
    # The revision of the live channel that the blueprint names, such as the board's; 0 without one.
    revision: int

    def __init__(self, snapshots: Snapshots) -> None:
        self.event_snapshot, self.member_snapshot, self.revision = snapshots
        self._loaded: tuple[Event, Member | None] | None = None

    @property
    def event_id(self) -> int:
        """The event's id."""
        return self.event_snapshot.id

    @property
    def slug(self) -> str:
        """The event's name in addresses."""
        return self.event_snapshot.slug

    @property
    def member_id(self) -> int | None:
        """The member's id; None for somebody who is not signed in."""
        return self.member_snapshot.id if self.member_snapshot else None

    @property
    def audience(self) -> str:
        """The audience of the page: `members` see people's names, the `public` does not."""
        return "members" if self.member_snapshot else "public"

    @property
    def is_facilitator(self) -> bool:
        """Whether the visitor is a facilitator, or an organiser."""
        return self._is_at_least(Role.FACILITATOR)

    @property
    def is_organiser(self) -> bool:
        """Whether the visitor is an organiser."""
        return self._is_at_least(Role.ORGANISER)

    @property
    def event(self) -> Event:
        """The event. Refuses with `NotFound` if it was deleted since the request began."""
        return self._load()[0]

    @property
    def member_or_none(self) -> Member | None:
        """The member; None for somebody who is not signed in, or who has left since the request began."""
        return self._load()[1]

    @property
    def member(self) -> Member:
        """The member. Refuses with `NotJoined` somebody who is not signed in; joining then leads back to this page."""
        found = self.member_or_none
        if found is None:
            wanted.refuse_stranger()
        return found

    def check_again(self, seats: Collection[str]) -> None:
        """Look again, after something slow, at who asks: the browser's `seats`, as hashes of their tokens.

        Refuses with `NotJoined` if the browser was signed out meanwhile, and with `NotAllowed` if it is signed in as
        somebody else, or the member's role has changed: the guards have let in who asked before.
        """
        self._loaded = None
        before = self.member_snapshot
        if before is None:
            return
        found = read_snapshots(db.session.connection(), self.slug, seats, "")
        member = found.member if found else None
        if member is None:
            raise NotJoined
        if (member.id, member.role) != (before.id, before.role):
            raise NotAllowed

    def change_member(self, member: Member | None) -> None:
        """Go on as this member of the event, after the browser has been signed in or (None) out."""
        self._loaded = None
        if member is None:
            self.member_snapshot = None
        else:
            self.member_snapshot = MemberSnapshot(member.id, member.name, member.role, member.notices_at)

    def listener(self, projector_key: str = "") -> Listener | None:
        """As whom the visitor may follow the event's live channels; None for not at all."""
        has_key = bool(projector_key) and projector_key == self.event.projector_key
        return listener_for(
            self.event_id, member_id=self.member_id, has_key=has_key, is_public=self.event_snapshot.is_public
        )

    def _is_at_least(self, role: Role) -> bool:
        return self.member_snapshot is not None and self.member_snapshot.is_at_least(role)

    def _load(self) -> tuple[Event, Member | None]:
        if self._loaded is None:
            ids = {"event_id": self.event_id, "member_id": self.member_id}
            row = db.session.execute(_EVENT_AND_MEMBER, ids).first()
            if row is None:
                raise NotFound
            self._loaded = (row.Event, row.Member)
        return self._loaded


def _visitor_of_request() -> Visitor:
    found = g.get("visitor")
    if found is None:
        raise RuntimeError("There is a visitor only in a request of an event_blueprint.")
    return cast(Visitor, found)


# The visitor of the running request; false where the address names no event, and outside of requests.
visitor: Visitor = LocalProxy(_visitor_of_request)  # type: ignore[assignment]  # a proxy, as Flask's `request` is one
