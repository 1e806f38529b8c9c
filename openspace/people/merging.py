"""Merges two members who are one person, in all features."""

from openspace.access import merging as access
from openspace.access.models import Member
from openspace.board import merging as board
from openspace.contacts import merging as contacts


def merge(kept: Member, gone: Member) -> None:
    """Give everything that belongs to `gone` to `kept`, and delete `gone`. Refuses as `access.merging.check`.

    The board is merged before the book: wherever both are locked, the board's lock is taken first.
    """
    access.check(kept, gone)
    board.merge(kept, gone)
    contacts.merge(kept, gone)
    access.merge(kept, gone)
