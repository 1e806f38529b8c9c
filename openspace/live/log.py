"""The log of changes: the truth from which every open page is brought up to date."""

from collections.abc import Iterable
from typing import NamedTuple, cast

from sqlalchemy import Table, bindparam, delete, event, insert, select, text, tuple_

from openspace.extensions import db
from openspace.live.models import Change, Channel

# How far back a page may ask. Older changes are forgotten, and a page that is further behind loads itself anew.
KEPT, TRIMMED_EVERY = 1000, 100
# What PostgreSQL calls out to every process. It carries nothing: the log says what has changed.
CALL = "openspace"


# Built once, for every change asks them, and of the tables, for a session that makes objects costs more.
_channel, _change = cast(Table, Channel.__table__), cast(Table, Change.__table__)
_REVISION = select(_channel.c.revision).where(
    _channel.c.event_id == bindparam("event_id"), _channel.c.name == bindparam("channel")
)
# As SQL, for both databases say it in these words; the first change of a channel makes its row.
_MOVED_ON = text(
    "INSERT INTO channel (event_id, name, revision) VALUES (:event_id, :channel, :by) "
    "ON CONFLICT (event_id, name) DO UPDATE SET revision = channel.revision + :by RETURNING revision"
)
_WRITTEN = insert(_change)
_THERE = (_change.c.event_id == bindparam("of"), _change.c.channel == bindparam("name"))
_SINCE = (
    select(_change.c.revision, _change.c.subject)
    .where(*_THERE, _change.c.revision > bindparam("since"))
    .order_by(_change.c.revision)
)
_TRIMMED = delete(_change).where(*_THERE, _change.c.revision <= bindparam("last"))
_REVISIONS = select(_channel.c.event_id, _channel.c.name, _channel.c.revision).where(
    tuple_(_channel.c.event_id, _channel.c.name).in_(bindparam("channels", expanding=True))
)


class Subjects(NamedTuple):
    """What has changed, each subject once, latest last, and the revision up to which this is told."""

    revision: int
    names: list[str]


def claim(event_id: int, channel: str) -> None:
    """Lock the channel until the transaction ends, so that what is checked now still holds when it is written.

    What the session had read before it got the lock is read again when it is next looked at; on SQLite the
    transaction has had the lock of all since it began.
    """
    mine = db.session.info.setdefault("claimed", set())
    if (event_id, channel) in mine:
        return
    if db.engine.dialect.name != "sqlite":
        # Moved on by nothing, it is locked, and it is there.
        _moved_on(event_id, channel, 0)
        if not mine:
            db.session.flush()
            db.session.expire_all()
    mine.add((event_id, channel))


def record(event_id: int, channel: str, *subjects: str) -> None:
    """Write into the running transaction that `subjects` of `channel` changed; a rollback leaves no trace."""
    if not db.session.info.get("claimed"):
        claim(event_id, channel)
    # This locks the channel too, so that a second one need not be claimed.
    present = _moved_on(event_id, channel, len(subjects))
    connection, same = db.session.connection(), {"event_id": event_id, "channel": channel}
    first = present - len(subjects) + 1
    connection.execute(_WRITTEN, [{**same, "revision": first + n, "subject": each} for n, each in enumerate(subjects)])
    if present % TRIMMED_EVERY < len(subjects):
        connection.execute(_TRIMMED, {"of": event_id, "name": channel, "last": present - KEPT})
    changed = db.session.info.setdefault("changed", set())
    if not changed and db.engine.dialect.name == "postgresql":
        db.session.execute(text(f"NOTIFY {CALL}"))
    changed.add((event_id, channel))


def _moved_on(event_id: int, channel: str, by: int) -> int:
    words = {"event_id": event_id, "channel": channel, "by": by}
    present: int = db.session.connection().execute(_MOVED_ON, words).scalar_one()
    return present


def revision(event_id: int, channel: str) -> int:
    """The number of the channel's last change; 0 before the first."""
    return db.session.connection().scalar(_REVISION, {"event_id": event_id, "channel": channel}) or 0


def subjects_since(event_id: int, channel: str, since: int) -> Subjects | None:
    """What has changed in the channel after `since`. None when the log does not tell: too long ago, or yet to come."""
    rows = db.session.connection().execute(_SINCE, {"of": event_id, "name": channel, "since": since}).all()
    if not rows:
        return Subjects(since, []) if since == revision(event_id, channel) else None
    if rows[0].revision != since + 1:
        return None
    return Subjects(rows[-1].revision, list(dict.fromkeys(row.subject for row in reversed(rows)))[::-1])


def revisions(channels: Iterable[tuple[int, str]]) -> dict[tuple[int, str], int]:
    """The present revision of each of these (event id, channel) pairs."""
    rows = db.session.connection().execute(_REVISIONS, {"channels": list(channels)})
    return {(row.event_id, row.name): row.revision for row in rows}


@event.listens_for(db.session, "after_rollback")
def forget(session: object) -> None:
    """A transaction that failed has claimed and changed nothing."""
    db.session.info.pop("claimed", None)
    db.session.info.pop("changed", None)


def take_changed() -> set[tuple[int, str]]:
    """The channels that the transaction just committed has changed, once."""
    db.session.info.pop("claimed", None)
    found: set[tuple[int, str]] = db.session.info.pop("changed", set())
    return found
