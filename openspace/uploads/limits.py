"""How large a file may be, and how much room an event has left for files."""

from collections.abc import Callable
from typing import NamedTuple

from flask import current_app

from openspace.uploads.models import bytes_of_uploads

# Uploads of one member that nobody has taken; and how many of the largest files they may hold together, because what is
# only announced already takes up the event's room. Small ones are many at a desk where one person writes for others.
MOST_OPEN, MOST_FILES = 40, 2
# Pieces of one upload. With pieces of `PIECE` bytes, a file of 300 MB has 300.
MOST_PIECES = 5000
# In bytes: what a page should send at once, and what a request may hold. A phone with 64 KiB/s sends a piece in 16 s.
PIECE, LARGEST_PIECE = 2**20, 4 * 2**20


class Limits(NamedTuple):
    """What a page tells before somebody chooses a file, in bytes."""

    file: int
    room: int
    left: int

    @property
    def most(self) -> int:
        """The largest file that can be sent now."""
        return min(self.file, self.left)


_counted: list[Callable[[int], int]] = []


def count(held: Callable[[int], int]) -> None:
    """Register a function that says how many bytes of the event with an id the files of a feature take."""
    _counted.append(held)


def limits(event_id: int) -> Limits:
    """The present limits of an event."""
    room = current_app.config["MEDIA_ROOM"]
    used = bytes_of_uploads(event_id) + sum(held(event_id) for held in _counted)
    return Limits(current_app.config["MEDIA_FILE"], room, max(0, room - used))
