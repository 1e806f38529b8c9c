"""A book as chapters, without what a file cannot hold: what all its formats but the PDF are made of."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, TypeVar

from openspace.book.contents import Book, Day, Picture, Session
from openspace.book.links import is_sound
from openspace.text import for_xml

# Marks that reorder the text after them until they are closed, which people could leave open.
_REORDERING = re.compile("[\u202a-\u202e]")
_NEW_LINE = re.compile("\r\n?")
T = TypeVar("T")


@dataclass(frozen=True)
class Chapter:
    """A part of the book under a heading of its own.

    `kind` is `how`, `day`, `unwritten`, `nowhere`, `steps`, `dots`, `commitments`, `stories`, `people` or
    `communities`; `name` is the kind, for days with their number. `sessions` stand in it, after the agenda if it is a
    `day`.
    """

    kind: str
    name: str
    title: str
    lead: str = ""
    sessions: Sequence[Session] = ()
    day: Day | None = None


@dataclass(frozen=True)
class Parts:
    """A book, its chapters in order, and its sessions by number."""

    book: Book
    chapters: list[Chapter]
    by_number: dict[int, Session]


def parts_of(book: Book, photos: Mapping[str, bytes]) -> Parts:
    """Return the parts of a book, without what a file cannot hold (`printable`), and without pictures that have no
    photo.
    """
    book = printable(book)
    book = replace(
        book,
        sessions=[replace(each, pictures=_shown(each.pictures, photos)) for each in book.sessions],
        tales=[replace(each, pictures=_shown(each.pictures, photos)) for each in book.tales],
    )
    by_number = {session.number: session for session in book.sessions}
    return Parts(book, [*_chapters(book, by_number)], by_number)


def _shown(pictures: list[Picture], photos: Mapping[str, bytes]) -> list[Picture]:
    return [picture for picture in pictures if picture.name in photos]


def _chapters(book: Book, by_number: Mapping[int, Session]) -> Iterator[Chapter]:
    labels = book.labels
    yield Chapter("how", "how", labels["how"])
    for number, day in enumerate(book.days, 1):
        written = [by_number[topic] for topic in day.topics if by_number[topic].is_written]
        yield Chapter("day", f"day-{number}", day.title, day.lead, written, day)
    if unwritten := [session for session in book.sessions if session.places and not session.is_written]:
        yield Chapter("unwritten", "unwritten", labels["without-notes"], labels["without-notes-lead"], unwritten)
    if nowhere := [session for session in book.sessions if not session.places]:
        yield Chapter("nowhere", "nowhere", labels["nowhere"], "", nowhere)
    if book.steps:
        yield Chapter("steps", "steps", labels["all-steps"], labels["by-date"])
    if book.heaps:
        yield Chapter("dots", "dots", labels["dots"], labels["dots-lead"])
    if book.promises:
        yield Chapter("commitments", "commitments", labels["commitments"], labels["commitments-lead"])
    if book.tales:
        yield Chapter("stories", "stories", labels["stories"])
    if book.people:
        yield Chapter("people", "people", labels["people"], labels["people-lead"])
    if book.communities:
        yield Chapter("communities", "communities", labels["communities"], labels["who-brought"])


def printable(given: T) -> T:
    """Return a text, or whatever holds texts, without characters that XML cannot hold or that reorder others, and with
    runs that are links only where they lead somewhere.
    """
    return _printable(given)  # type: ignore[no-any-return]


def _printable(given: Any) -> Any:
    match given:
        case str():
            return _NEW_LINE.sub("\n", _REORDERING.sub("", for_xml(given)))
        case list() | tuple():
            return type(given)(_printable(each) for each in given)
        case dict():
            # Of all that is a dict only a run of a text has a link (`openspace.web.markdown.Run`).
            return {name: _printable(each) for name, each in given.items() if name != "link" or is_sound(each)}
    if is_dataclass(given) and not isinstance(given, type):
        return replace(given, **{field.name: _printable(getattr(given, field.name)) for field in fields(given)})
    return given
