"""Rows of watched tables as plain values: reading all those of an event, comparing two readings, and JSON."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, NamedTuple, Self

from sqlalchemy import ColumnElement, Date, Table, select
from sqlalchemy.types import TypeEngine

from openspace.extensions import Model, UtcDateTime, db

# The values of a row by the names of its columns.
Values = dict[str, Any]
# The key of a row: its values in the key's columns.
Key = tuple[Any, ...]


@dataclass(frozen=True)
class Watched:
    """A table whose rows facilitators' steps change.

    `key` names the columns that identify a row, `columns` those that steps change. Of these, columns in `sets` hold
    words separated by blanks: a step changes some of the words, and others may come and go meanwhile. Columns in
    `renewed` get new values when a row is inserted again. `of` is the condition for the rows of the event with an id.

    `changed(event_id, before, after)` records what open pages show anew when an undo has written a row; None stands for
    no row. `fits(after)` refuses with a `Problem` values that cannot be written any more. `may_go(row)` refuses so a
    row that cannot be deleted any more. `agrees(row)` is asked once all rows are written, and refuses so one that does
    not go with others any more, such as a slot that overlaps another one.
    """

    model: type[Model]
    key: tuple[str, ...]
    columns: tuple[str, ...]
    of: Callable[[int], ColumnElement[bool]]
    changed: Callable[[int, Values | None, Values | None], None]
    renewed: tuple[str, ...] = ()
    sets: tuple[str, ...] = ()
    fits: Callable[[Values], None] = field(default=lambda values: None)
    may_go: Callable[[Any], None] = field(default=lambda row: None)
    agrees: Callable[[Any], None] = field(default=lambda row: None)

    @property
    def table(self) -> Table:
        """The table of the model."""
        return self.model.__table__  # type: ignore[return-value]  # a mapped table

    def joined_with(self, other: Self) -> Self:
        """The same table with the columns of both, and what either refuses.

        Each is told only of changes of its own columns.
        """

        def changed(event_id: int, before: Values | None, after: Values | None) -> None:
            names = {*(before or {}), *(after or {})}
            for each in (self, other):
                if names & set(each.columns):
                    each.changed(event_id, before, after)

        def both(name: str) -> Callable[[Any], None]:
            def ask(asked: Any) -> None:
                getattr(self, name)(asked)
                getattr(other, name)(asked)

            return ask

        return replace(
            self,
            columns=self.columns + other.columns,
            sets=self.sets + other.sets,
            changed=changed,
            fits=both("fits"),
            may_go=both("may_go"),
            agrees=both("agrees"),
        )

    def read(self, event_id: int) -> dict[Key, Values]:
        """All rows of the event by key, as they are in the database."""
        rows = db.session.connection().execute(select(self.table).where(self.of(event_id))).mappings()
        return {tuple(row[name] for name in self.key): dict(row) for row in rows}

    def from_plain(self, plain: Mapping[str, Any] | None) -> Values | None:
        """Values read from JSON, with dates and times made from their text again."""
        if plain is None:
            return None
        return {name: _typed(self.table.columns[name].type, value) for name, value in plain.items()}


class Difference(NamedTuple):
    """What a step changed in one row: its values before and after, or None where there was no row.

    A row that stayed has only the watched columns that differ, besides its key; of a set only the words that the other
    one has not.
    """

    table: str
    key: Key
    before: Values | None
    after: Values | None

    def reversed(self) -> Self:
        """The difference that takes this one back."""
        return self._replace(before=self.after, after=self.before)


def differences(watched: Watched, before: Mapping[Key, Values], after: Mapping[Key, Values]) -> list[Difference]:
    """What differs between two readings of a table."""
    found = []
    for key in [*before, *(key for key in after if key not in before)]:
        old, new = before.get(key), after.get(key)
        if old and new:
            names = [name for name in watched.columns if old[name] != new[name]]
            if not names:
                continue
            old, new = _less(watched, names, old, new), _less(watched, names, new, old)
        found.append(Difference(watched.table.name, key, old, new))
    return found


def _less(watched: Watched, names: Sequence[str], one: Values, other: Values) -> Values:
    return {
        name: in_order(words(one[name]) - words(other[name])) if name in watched.sets else one[name] for name in names
    }


def words(text: str) -> set[str]:
    """The words of a set that a column holds."""
    return set(text.split())


def in_order(found: set[str]) -> str:
    """A set as a column holds it; numbers in their order."""
    return " ".join(sorted(found, key=lambda word: (len(word), word)))


def to_json(found: Sequence[Difference]) -> str:
    """The differences as JSON."""
    return json.dumps(found, ensure_ascii=False, separators=(",", ":"), default=lambda value: value.isoformat())


def from_json(text: str, tables: Mapping[str, Watched]) -> list[Difference]:
    """The differences that were written as this JSON."""
    return [
        Difference(table, tuple(key), tables[table].from_plain(before), tables[table].from_plain(after))
        for table, key, before, after in json.loads(text)
    ]


def _typed(kind: TypeEngine[Any], value: Any) -> Any:
    if value is not None and isinstance(kind, UtcDateTime):
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if value is not None and isinstance(kind, Date) else value
