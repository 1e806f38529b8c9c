"""Two members who are one person are made one, over all features."""

from openspace.access import merging as access
from openspace.access.models import Member
from openspace.board import merging as board
from openspace.contacts import merging as contacts


def merge(kept: Member, gone: Member) -> None:
    """Give all that `gone` has and is to `kept`, and erase `gone`. Refuses with `Invalid` as `access.merging.check`.

    The board's lock comes before the book's, as wherever both are taken.
    """
    access.check(kept, gone)
    board.merge(kept, gone)
    contacts.merge(kept, gone)
    access.merge(kept, gone)
