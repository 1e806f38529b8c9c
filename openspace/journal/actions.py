"""Writes of the journal: noting what a step changes, undoing it, doing it again.

It knows the rows of the watched tables and no action: whatever an action does between two readings of them is one step.
A step is undone by writing the earlier values, and only if all its rows still are as it left them.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.exc import IntegrityError

from openspace.access.models import Member
from openspace.clock import now
from openspace.extensions import Model, db
from openspace.journal.models import CONSOLE, KEPT, STEPS, Step
from openspace.journal.rows import Difference, Key, Values, Watched, differences, from_json, in_order, to_json, words
from openspace.live import log
from openspace.web.errors import Problem, Stale

_watched: dict[str, Watched] = {}
_rules: list[Callable[[int], dict[str, Problem]]] = []
# Called as (event id, differences, member) after a step was undone or done again, to tell people of it.
when_written: list[Callable[[int, list[Difference], Member], None]] = []


class NoLongerFits(Stale):
    """What a step changed has been changed again since, so it can neither be undone nor done again."""

    words = _l("This has been changed again since, so it stays as it is. Nothing was undone.")


def watch(watched: Watched) -> None:
    """Let steps note, and undo, changes of this table. Another feature may watch other columns of the same table."""
    known = _watched.get(watched.table.name)
    _watched[watched.table.name] = known.joined_with(watched) if known else watched


def keep(rule: Callable[[int], dict[str, Problem]]) -> None:
    """Let undo and redo keep a rule that spans several rows, such as that nobody convenes two topics at once.

    `rule` returns what breaks it now in the event with an id: for each case a name that stays the same, and the
    refusal. What was so before the step (for redo, after it) may be so again, and what is so already may stay.
    """
    _rules.append(rule)


@contextmanager
def step(event_id: int, kind: str, *, by: Member, **facts: str | int) -> Iterator[dict[str, Any]]:
    """Note as one step of `by` what changes in the watched tables within the block.

    `facts` are what the sentence of its `kind` names; the block may add to them. Nothing is noted if nothing changed.
    """
    log.claim(event_id)
    before, broken = _read(event_id), list(_broken(event_id))
    yield facts
    after = _read(event_id)
    found = [each for table in before for each in differences(_watched[table], before[table], after[table])]
    if found:
        made = Step(event_id=event_id, by_id=by.id, kind=kind, facts=json.dumps(facts), changes=to_json(found))
        made.broken_before, made.broken_after = json.dumps(broken), json.dumps(list(_broken(event_id)))
        _note(made)


def undo(step: Step, *, by: Member) -> None:
    """Write the values from before the step. Does nothing if that has been done.

    Refuses with `NoLongerFits`, and as the feature does whose rows or rules no longer fit, such as with `CellTaken`.
    """
    log.claim(step.event_id)
    if step.undone_at is None:
        with _keeping(step.event_id, step.broken_before):
            _write(step.event_id, [each.reversed() for each in differences_of(step)], by)
        step.undone_at = now()
        log.record(step.event_id, CONSOLE, STEPS)


def redo(step: Step, *, by: Member) -> None:
    """Write the values from after an undone step again. Refuses as `undo` does."""
    log.claim(step.event_id)
    if step.undone_at is not None:
        with _keeping(step.event_id, step.broken_after):
            _write(step.event_id, differences_of(step), by)
        step.undone_at = None
        log.record(step.event_id, CONSOLE, STEPS)


def differences_of(step: Step) -> list[Difference]:
    """What the step changed."""
    return from_json(step.changes, _watched)


@cache
def member_columns(table: str) -> list[str]:
    """The names of the columns of a watched table that hold ids of members."""
    return [
        column.key
        for column in _watched[table].table.columns
        if any(key.column.table.name == Member.__tablename__ for key in column.foreign_keys)
    ]


def _note(step: Step) -> None:
    """Add a step. Those that the member had undone before cannot be done again any more, as in every program."""
    undone = delete(Step).where(Step.event_id == step.event_id, Step.by_id == step.by_id, Step.undone_at.is_not(None))
    db.session.execute(undone)
    db.session.add(step)
    db.session.flush()
    old = select(Step.id).where(Step.event_id == step.event_id).order_by(Step.id.desc()).offset(KEPT).limit(1)
    if oldest := db.session.scalar(old):
        db.session.execute(delete(Step).where(Step.event_id == step.event_id, Step.id <= oldest))
    log.record(step.event_id, CONSOLE, STEPS)


def _read(event_id: int) -> dict[str, dict[Key, Values]]:
    db.session.flush()
    return {table: watched.read(event_id) for table, watched in _watched.items()}


def _broken(event_id: int) -> dict[str, Problem]:
    return {name: refusal for rule in _rules for name, refusal in rule(event_id).items()}


@contextmanager
def _keeping(event_id: int, allowed: str) -> Iterator[None]:
    """Refuse what breaks a rule within the block, unless `allowed` names it: a list as JSON."""
    known = {*_broken(event_id), *json.loads(allowed)}
    yield
    for name, refusal in _broken(event_id).items():
        if name not in known:
            raise refusal


def _write(event_id: int, found: list[Difference], by: Member) -> None:
    """Take rows from what they were `before` to what they are `after`: deletions first, parents before children."""
    ordered = sorted(found, key=lambda each: _order().index(each.table))
    for each in ordered:
        _check_present(event_id, each)
    for each in reversed(ordered):
        if each.after is None:
            _delete(_watched[each.table], each.key)
    for each in ordered:
        if each.after is not None:
            _put(_watched[each.table], each)
    db.session.expire_all()
    for each in ordered:
        if each.after is not None:
            _watched[each.table].agrees(_row(_watched[each.table], each.key))
    for each in ordered:
        _watched[each.table].changed(event_id, _whole(each, each.before), _whole(each, each.after))
    for tell in when_written:
        tell(event_id, ordered, by)


@cache
def _order() -> list[str]:
    """The names of all tables, parents before those that refer to them."""
    return [table.name for table in db.metadata.sorted_tables]


def _row(watched: Watched, key: Key, *conditions: ColumnElement[bool]) -> Model | None:
    same = [watched.table.columns[name] == value for name, value in zip(watched.key, key, strict=True)]
    return db.session.scalar(select(watched.model).where(*same, *conditions))


def _check_present(event_id: int, difference: Difference) -> None:
    """Refuse with `NoLongerFits` unless the row is as the difference begins.

    A row that is there must be the event's: SQLite may give the id of a deleted row to one of another event.
    """
    watched = _watched[difference.table]
    row = _row(watched, difference.key, *([watched.of(event_id)] if difference.before is not None else []))
    if row is None or difference.before is None:
        if row is not None or difference.before is not None:
            raise NoLongerFits
    elif not all(_holds(watched, difference, name, row) for name in {*watched.columns} & {*difference.before}):
        raise NoLongerFits


def _holds(watched: Watched, difference: Difference, name: str, row: Model) -> bool:
    """Whether a row still has what the difference begins with; of a set, the words that will be changed."""
    now_there, before, after = getattr(row, name), (difference.before or {})[name], difference.after
    if after is None or name not in watched.sets:
        return bool(now_there == before)
    return words(before) <= words(now_there) and not words(after[name]) & words(now_there)


def _delete(watched: Watched, key: Key) -> None:
    row = _row(watched, key)
    watched.may_go(row)
    db.session.delete(row)
    _flush()
    # Its parent, which may go next, must not hold it any more.
    db.session.expire_all()


def _put(watched: Watched, difference: Difference) -> None:
    values = dict(difference.after or {})
    row = _row(watched, difference.key) if difference.before is not None else None
    watched.fits({**_whole(difference, values)})  # type: ignore[dict-item]  # values are never None here
    if row is None:
        row = watched.model(**{name: value for name, value in values.items() if name not in watched.renewed})
        db.session.add(row)
    else:
        for name, value in values.items():
            setattr(row, name, _with(difference, name, row) if name in watched.sets else value)
    _flush()


def _with(difference: Difference, name: str, row: Model) -> str:
    """A set of a row as it is now, without the words that go and with those that come."""
    goes, comes = (words((values or {})[name]) for values in (difference.before, difference.after))
    return in_order((words(getattr(row, name)) - goes) | comes)


def _flush() -> None:
    """Write what is pending. Refuses with `NoLongerFits` what the database forbids, such as a number given twice."""
    try:
        db.session.flush()
    except IntegrityError as error:
        raise NoLongerFits from error


def _whole(difference: Difference, values: Values | None) -> Values | None:
    """The values with those of the key, which a difference of a row that stayed leaves out."""
    if values is None:
        return None
    return {**dict(zip(_watched[difference.table].key, difference.key, strict=True)), **values}
