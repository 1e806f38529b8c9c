"""The security log: who signed in, was refused, got another role, or took personal data out.

An entry names members and what happened, and holds no secret, no address of a computer and nothing that was typed.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from functools import wraps
from typing import Any

from flask import Flask, Response, current_app, g, request
from flask.typing import ResponseReturnValue
from sqlalchemy import ForeignKey, Index, String, delete, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from openspace.access.models import Member
from openspace.access.visitor import visitor
from openspace.clock import now
from openspace.extensions import Model, UtcDateTime, db
from openspace.store import transactions
from openspace.web.errors import Busy, NotAllowed

KEPT = timedelta(days=180)
# An event that is repeated within this time is counted in one entry, so that nobody can fill the log.
TOGETHER, MINUTE = timedelta(hours=1), timedelta(minutes=1)
View = Callable[..., ResponseReturnValue]


class Kind(StrEnum):
    """What happened. The entry's `detail` says more, such as which role."""

    SIGNED_IN = "signed in"  # detail: password, link, personal
    WRONG_PASSWORD = "wrong password"  # noqa: S105  # a name, no password
    REFUSED = "refused"  # detail: the method and the route
    ROLE = "role"  # detail: the role before and the role after
    INVITED = "invited"  # detail: the role; with `about`, a sign-in link for a member
    CREDENTIALS = "credentials"  # detail: password, link
    DOWNLOADED = "downloaded"  # detail: the name of the list; with `about`, the file of one member
    DELETED = "deleted"
    MERGED = "merged"


class SecurityEntry(Model):
    """Something that happened, `times` times: the member `by` did it, to the member `about` if to anybody."""

    __tablename__ = "security_entry"
    __table_args__ = (Index("ix_security_entry_event_id_at", "event_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(20))
    detail: Mapped[str] = mapped_column(String(120), default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="SET NULL"), index=True)
    about_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="SET NULL"), index=True)
    # When it happened for the last time.
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    times: Mapped[int] = mapped_column(default=1)

    by: Mapped[Member | None] = relationship(foreign_keys=[by_id])
    about: Mapped[Member | None] = relationship(foreign_keys=[about_id])


def note(event_id: int, kind: Kind, *, by: int | None = None, about: int | None = None, detail: str = "") -> None:
    """Log within the running transaction what the member with the id `by` did, to the member with the id `about`."""
    same = {"kind": kind, "by_id": by, "about_id": about, "detail": detail[:120]}
    if entry := _latest(event_id, now() - TOGETHER, **same):
        entry.times, entry.at = entry.times + 1, now()
    else:
        db.session.add(SecurityEntry(event_id=event_id, **same))
    db.session.flush()


def entries(event_id: int, most: int, *kinds: Kind) -> list[SecurityEntry]:
    """The latest entries of an event, of all or of these kinds, with the members that they name."""
    wanted = SecurityEntry.kind.in_(kinds or tuple(Kind))
    found = select(SecurityEntry).where(SecurityEntry.event_id == event_id, wanted).limit(most)
    named = (joinedload(SecurityEntry.by), joinedload(SecurityEntry.about))
    return list(db.session.scalars(found.order_by(SecurityEntry.at.desc(), SecurityEntry.id.desc()).options(*named)))


def entries_about(member_id: int, kind: Kind) -> list[SecurityEntry]:
    """The entries of one kind about the member with this id, the latest first, such as who downloaded their data."""
    found = select(SecurityEntry).filter_by(kind=kind, about_id=member_id)
    return list(
        db.session.scalars(
            found.order_by(SecurityEntry.at.desc(), SecurityEntry.id.desc()).options(joinedload(SecurityEntry.by))
        )
    )


def hand_over(member_id: int, other_id: int) -> None:
    """Give the entries of one member to another one, when the two are merged. Both are ids."""
    for column in (SecurityEntry.by_id, SecurityEntry.about_id):
        db.session.execute(update(SecurityEntry).where(column == member_id).values({column: other_id}))


def forget_old() -> int:
    """Delete the entries older than `KEPT`, and return how many there were."""
    return db.session.connection().execute(delete(SecurityEntry).where(SecurityEntry.at < now() - KEPT)).rowcount


def downloads(detail: str = "") -> Callable[[View], View]:
    """Log each answer of a view as a download of personal data, before it is sent.

    The view's argument `member_id`, if it has one, is the member whom the data is about. If the entry cannot be
    written, the data is not sent.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def noted(**values: Any) -> ResponseReturnValue:
            answer, by = view(**values), visitor.member_id
            assert by  # because only members download
            name = f"{detail}.{values['kind']}" if "kind" in values else detail
            write_apart(visitor.event_id, Kind.DOWNLOADED, by=by, about=values.get("member_id"), detail=name)
            return answer

        noted.is_written_down = True  # type: ignore[attr-defined]
        return noted

    return decorate


def is_written_down(endpoint: str) -> bool:
    """Whether the log has each answer of this view as a download of personal data."""
    return hasattr(current_app.view_functions[endpoint], "is_written_down")


def write_apart(
    event_id: int, kind: Kind, *, by: int | None = None, about: int | None = None, detail: str = ""
) -> None:
    """Log in a separate transaction: for a request that only reads, or whose own transaction is rolled back."""
    db.session.rollback()
    with transactions.writing():
        note(event_id, kind, by=by, about=about, detail=detail)


def note_refusal(response: Response) -> Response:
    """Log that a member was refused what only others may do; the same refusal at most once a minute."""
    refusal = g.pop("refusal", None)
    if not isinstance(refusal, NotAllowed) or not visitor or not visitor.member_id or not request.url_rule:
        return response
    detail = f"{request.method} {request.url_rule.rule.removeprefix('/<event>')}"
    try:
        event_id, by = visitor.event_id, visitor.member_id
        if not _latest(event_id, now() - MINUTE, kind=Kind.REFUSED, by_id=by, detail=detail):
            write_apart(event_id, Kind.REFUSED, by=by, detail=detail)
    except (SQLAlchemyError, Busy):
        # The visitor is refused even if the log cannot be written.
        db.session.rollback()
        current_app.logger.warning("security log: a refusal could not be written down")
    return response


def _latest(event_id: int, since: datetime, **same: object) -> SecurityEntry | None:
    found = select(SecurityEntry).filter_by(event_id=event_id, **same).where(SecurityEntry.at > since)
    return db.session.scalar(found.order_by(SecurityEntry.at.desc(), SecurityEntry.id.desc()).limit(1))


def init_app(app: Flask) -> None:
    """Let the app log refusals."""
    app.after_request(note_refusal)
