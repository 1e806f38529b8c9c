"""What happens to the rows that name a member when the member leaves, or turns out to be one person with another one.

Each feature registers its tables with what it does then. `tests/people/test_merging.py` fails for a table that names
members and is not registered.
"""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from sqlalchemy import Column, Table

from openspace.access.models import Member
from openspace.extensions import Model


class Belongings(NamedTuple):
    """Tables of one feature that name members, and what it does with their rows.

    `leave(member)` forgets or hands back what the member had; `merge(kept, gone)` gives what `gone` has to `kept`.
    """

    tables: Iterable[type[Model]]
    leave: Callable[[Member], None]
    merge: Callable[[Member, Member], None]


_registered: list[Belongings] = []
# Tables of access itself and of the ground below it: `actions.leave` and `merging.merge` see to them.
_OWN = {"seat", "link", "security_entry", "job"}


def register(belongings: Belongings) -> None:
    """Take part in leaving and merging from now on, after the features that have registered before."""
    _registered.append(belongings)


def leave(member: Member) -> None:
    """Let every feature do what it does when a member leaves."""
    for belongings in _registered:
        belongings.leave(member)


def merge(kept: Member, gone: Member) -> None:
    """Let every feature give what `gone` has to `kept`."""
    for belongings in _registered:
        belongings.merge(kept, gone)


def unregistered(tables: Iterable[Table]) -> set[str]:
    """The names of those of the tables that name members and that no feature has registered."""
    known = {table.__tablename__ for belongings in _registered for table in belongings.tables}
    return {table.name for table in tables if any(map(_names_member, table.columns))} - known - _OWN


def _names_member(column: Column[Any]) -> bool:
    """Whether the column holds the id of a member, also by way of a table whose key is one, such as a card."""
    targets = [key.column for key in column.foreign_keys]
    return any(target.table.name == Member.__tablename__ or _names_member(target) for target in targets)
