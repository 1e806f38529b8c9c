"""The log of changes: for each channel of an event a numbered list of what changed, by which open pages are updated.

An action calls `claim` before it looks and writes, and `record` for each thing that it changes. What was recorded is
noted in the session and written once, right before the commit: one statement moves all channels on, one writes all
rows. A rollback forgets it.

Locks on PostgreSQL, in the order in which every transaction takes them: first the event's row (`claim`), then whatever
rows the action changes, at last the rows of the channels, sorted. So no two actions can wait for each other. On SQLite
a transaction that writes has had the only write lock since it began.
"""

from collections.abc import Collection, Iterable
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple, cast

from sqlalchemy import Table, TextClause, bindparam, delete, event, func, insert, select, text, tuple_
from sqlalchemy.orm import Session, SessionTransaction

from openspace.clock import now
from openspace.extensions import db
from openspace.live.models import Change, Channel

# How many changes of a channel are kept at least, and after how many new ones older ones are deleted. A page that asks
# for more loads itself anew.
KEPT, TRIMMED_EVERY = 1000, 100
# The second from which `begin_anew` counts: the year 2026. So revisions fit into 32 bits until 2094.
FIRST_SECOND = 1_767_225_600
# The name of PostgreSQL's NOTIFY, which wakes the hubs of all processes. It carries nothing: they read the log.
CALL = "openspace"

# The id of an event, and the name of one of its channels.
Key = tuple[int, str]


class Subjects(NamedTuple):
    """What has changed: each name with the revision of its last change, the latest last; and the latest of all."""

    revision: int
    changed: dict[str, int]

    @property
    def names(self) -> list[str]:
        """The names of what has changed, the latest last."""
        return list(self.changed)


@dataclass
class _Noted:
    """What a session's running transaction has locked in the log, will write into it, and has written."""

    locked: set[int] = field(default_factory=set)
    # The subjects of each channel that are yet to be written, as keys of a dictionary, which keeps their order.
    subjects: dict[Key, dict[str, None]] = field(default_factory=dict)
    written: set[Key] = field(default_factory=set)
    # A copy of this from the beginning of each open savepoint.
    savepoints: list["_Noted"] = field(default_factory=list)


# Statements are built once, because every change needs them, and on tables, because ORM objects are slower.
_channel, _change = cast(Table, Channel.__table__), cast(Table, Change.__table__)
_LOCKED = text("SELECT id FROM event WHERE id = :event_id FOR NO KEY UPDATE")
_WRITTEN = insert(_change)
_CALLED = text(f"NOTIFY {CALL}")
_REVISION = select(_channel.c.revision).where(
    _channel.c.event_id == bindparam("event_id"), _channel.c.name == bindparam("channel")
)
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


def claim(event_id: int) -> None:
    """Lock the event until the transaction ends, so that what is checked now still holds when it is written.

    Call it before the transaction changes any row of the event. Objects that the session loaded before are loaded again
    when they are next used, because they may have changed while it waited for the lock.
    """
    noted = _noted()
    if event_id in noted.locked:
        return
    if db.engine.dialect.name != "sqlite":
        db.session.connection().execute(_LOCKED, {"event_id": event_id})
        db.session.flush()
        db.session.expire_all()
    noted.locked.add(event_id)


def record(event_id: int, channel: str, *subjects: str) -> None:
    """Note that `subjects` of `channel` changed, to be written into the log with the running transaction."""
    claim(event_id)
    names = _noted().subjects.setdefault((event_id, channel), {})
    for subject in subjects:
        names.pop(subject, None)
        names[subject] = None


def revision(event_id: int, channel: str) -> int:
    """The number of the channel's last change; 0 before the first."""
    write()
    return db.session.connection().scalar(_REVISION, {"event_id": event_id, "channel": channel}) or 0


def subjects_since(event_id: int, channel: str, since: int) -> Subjects | None:
    """The subjects of the channel that changed after the revision `since`.

    None if the log does not have all of them, because `since` is too old or in the future. Then the page loads anew.
    """
    write()
    rows = db.session.connection().execute(_SINCE, {"of": event_id, "name": channel, "since": since}).all()
    if not rows:
        return Subjects(since, {}) if since == revision(event_id, channel) else None
    if rows[0].revision != since + 1:
        return None
    changed: dict[str, int] = {}
    for row in rows:
        changed.pop(row.subject, None)
        changed[row.subject] = row.revision
    return Subjects(rows[-1].revision, changed)


def revisions(channels: Iterable[Key]) -> dict[Key, int]:
    """The present revision of each of these channels; one without any change is left out."""
    write()
    rows = db.session.connection().execute(_REVISIONS, {"channels": list(channels)})
    return {(row.event_id, row.name): row.revision for row in rows}


def begin_anew(beyond: int, names: Iterable[str]) -> None:
    """Forget all changes, and let all channels go on at a revision that no page can have, so that each loads anew.

    That is for a database that was brought back from a backup: pages may have revisions that it has never had, or had
    with other content. The new revision is above `beyond`, the highest one before the restore if that is known, and at
    least the number of seconds since 2026: so it is also above what an earlier restore, of another machine, has begun
    with and was counted up to since, unless there was more than one change a second. Each event gets the channels with
    these names, and those that it has.
    """
    event_ids = db.session.scalars(text("SELECT id FROM event")).all()
    keys = {(event_id, name) for event_id in event_ids for name in names}
    keys |= {(row.event_id, row.name) for row in db.session.execute(select(_channel.c.event_id, _channel.c.name))}
    start = max(beyond, highest(), int(now().timestamp()) - FIRST_SECOND) + 1
    db.session.execute(delete(_change))
    db.session.execute(delete(_channel))
    if keys:
        rows = [{"event_id": event_id, "name": name, "revision": start} for event_id, name in sorted(keys)]
        db.session.execute(insert(_channel), rows)


def highest() -> int:
    """The highest revision of any channel."""
    return db.session.scalar(select(func.max(_channel.c.revision))) or 0


def write() -> None:
    """Write what was noted into the log. The commit does this, and so does whoever reads the log in between."""
    noted = _noted()
    if not noted.subjects:
        return
    # First what the objects of the session still have to write, so that channels are the last rows to be locked.
    db.session.flush()
    changed = dict(sorted(noted.subjects.items()))
    connection = db.session.connection()
    parameters: dict[str, int | str] = {}
    for n, ((event_id, channel), names) in enumerate(changed.items()):
        parameters |= {f"event_{n}": event_id, f"name_{n}": channel, f"by_{n}": len(names)}
    moved = connection.execute(_moved_on(len(changed)), parameters).all()
    present_of = {(event_id, channel): present for event_id, channel, present in moved}
    rows = [row for key, present in present_of.items() for row in _rows(key, changed[key], present)]
    connection.execute(_WRITTEN, rows)
    for (event_id, channel), present in present_of.items():
        if present % TRIMMED_EVERY < len(changed[event_id, channel]):
            connection.execute(_TRIMMED, {"of": event_id, "name": channel, "last": present - KEPT})
    if not noted.written and db.engine.dialect.name == "postgresql":
        connection.execute(_CALLED)
    noted.written |= set(changed)
    noted.subjects.clear()


@cache
def _moved_on(channels: int) -> TextClause:
    """A statement that adds to the revisions of so many channels, inserts new ones, and returns the new revisions.

    PostgreSQL locks the rows in the order in which the statement names them.
    """
    rows = ", ".join(f"(:event_{n}, :name_{n}, :by_{n})" for n in range(channels))
    return text(
        f"INSERT INTO channel (event_id, name, revision) VALUES {rows} "  # noqa: S608  # because only numbers are put in
        "ON CONFLICT (event_id, name) DO UPDATE SET revision = channel.revision + excluded.revision "
        "RETURNING event_id, name, revision"
    )


def _rows(key: Key, names: Collection[str], last: int) -> list[dict[str, object]]:
    """The log's rows of a channel for these subjects, of which the last one has the revision `last`."""
    first = last - len(names) + 1
    same = {"event_id": key[0], "channel": key[1]}
    return [{**same, "revision": first + n, "subject": name} for n, name in enumerate(names)]


def _noted() -> _Noted:
    found: _Noted | None = db.session.info.get("noted")
    if found is None:
        found = db.session.info["noted"] = _Noted()
    return found


def has_recorded() -> bool:
    """Whether the running transaction has recorded a change."""
    noted: _Noted | None = db.session.info.get("noted")
    return noted is not None and bool(noted.subjects or noted.written)


def take_changed() -> set[Key]:
    """The channels that the transaction just committed has changed; nothing if only a savepoint ended."""
    if db.session().in_nested_transaction():
        return set()
    noted: _Noted | None = db.session.info.pop("noted", None)
    return noted.written if noted else set()


@event.listens_for(db.session, "before_commit")
def _write_before_commit(session: Session) -> None:
    if "noted" in session.info and not session.in_nested_transaction():
        write()


@event.listens_for(db.session, "after_transaction_create")
def _remember(session: Session, transaction: SessionTransaction) -> None:
    """Copy what is noted at the beginning of a savepoint, so that a rollback to it can restore that."""
    if transaction.nested:
        noted = _noted()
        noted.savepoints.append(deepcopy(noted))


@event.listens_for(db.session, "after_rollback")
def _forget(session: Session) -> None:
    """Forget what was noted, or what was noted since the savepoint: on PostgreSQL the locks since then are gone too."""
    noted: _Noted | None = session.info.get("noted")
    if noted and noted.savepoints and session.in_nested_transaction():
        before = noted.savepoints[-1]
        noted.locked, noted.subjects, noted.written = before.locked, before.subjects, before.written
    else:
        session.info.pop("noted", None)


@event.listens_for(db.session, "after_transaction_end")
def _end(session: Session, transaction: SessionTransaction) -> None:
    """Forget a savepoint; and everything with a transaction that was only closed, without a rollback."""
    noted: _Noted | None = session.info.get("noted")
    if transaction.nested and noted and noted.savepoints:
        noted.savepoints.pop()
    elif transaction.parent is None:
        session.info.pop("noted", None)
