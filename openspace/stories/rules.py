"""Who sees a story, and what a story may be. Pure functions."""

from collections.abc import Collection
from enum import StrEnum
from typing import NamedTuple

# Characters.
LONGEST_TEXT, LONGEST_COMMENT, LONGEST_REASON = 1500, 300, 200
# A shorter text without a picture is set in large type, as on a poster.
LONGEST_POSTER = 160
LONGEST_ALT = 300
# On the wall a longer text is folded; it can be unfolded there.
LONGEST_ON_WALL = 480
# On one story: all of them are drawn anew for each further one.
MOST_COMMENTS = 100
MOST_PHOTOS = 4
# In seconds: of a film or of sound, from where its author lets it begin.
LONGEST_FILM = 90.0
# Stories on the first screen and with each further step.
PAGE = 20


class State(StrEnum):
    """Where a story stands."""

    # It waits for a facilitator who lets it onto the wall.
    WAITING = "waiting"
    SHOWN = "shown"
    # A facilitator has hidden it; its author reads why.
    HIDDEN = "hidden"
    # Its author has taken it down, and can bring it back for a while.
    TAKEN = "taken"


class Consent(StrEnum):
    """What an author agrees to, by the name of its column."""

    HALL = "in_hall"
    BOOK = "in_book"
    WEB = "on_web"


class Viewer(StrEnum):
    """Who looks at a story."""

    # Nobody of this event: without a seat, or with one in another event.
    STRANGER = "stranger"
    # A computer in the hall, which has the projector's key.
    SCREEN = "screen"
    PARTICIPANT = "participant"
    # Whoever may change the story.
    AUTHOR = "author"
    FACILITATOR = "facilitator"
    ORGANISER = "organiser"


class Way(StrEnum):
    """A way by which stories reach people."""

    # The wall with its filters, and what phones are sent of it.
    WALL = "wall"
    # A story's own page with its comments and files.
    PAGE = "page"
    # The slideshow in the hall.
    HALL = "hall"
    # What organisers make for the event's book, and for the web: downloads, and the series of films.
    BOOK = "book"
    SITE = "site"
    # What everybody finds on the web: feeds with their pictures, films and recordings.
    WEB = "web"


class Terms(NamedTuple):
    """On what terms stories go a way: who looks, what their authors must have agreed to."""

    viewers: frozenset[Viewer]
    consent: Consent | None = None
    # Only while the event publishes its stories.
    is_publication: bool = False


_MEMBERS = frozenset({Viewer.PARTICIPANT, Viewer.AUTHOR, Viewer.FACILITATOR, Viewer.ORGANISER})
TERMS = {
    Way.WALL: Terms(_MEMBERS),
    Way.PAGE: Terms(_MEMBERS),
    Way.HALL: Terms(_MEMBERS | {Viewer.SCREEN}, Consent.HALL),
    Way.BOOK: Terms(frozenset({Viewer.ORGANISER}), Consent.BOOK),
    Way.SITE: Terms(frozenset({Viewer.ORGANISER}), Consent.WEB),
    Way.WEB: Terms(frozenset(Viewer), Consent.WEB, is_publication=True),
}


class Mark(StrEnum):
    """What a member says of a story with a tap: it touches them, or they will try that at home."""

    HEART = "heart"
    TRY = "try"


class MediumKind(StrEnum):
    """What a medium is: what its author says when it is sent, and then what the file turned out to be."""

    PHOTO = "photo"
    FILM = "film"
    SOUND = "sound"


def may_stand_together(kinds: Collection[MediumKind]) -> bool:
    """Whether one story may have these media: up to four photos, or one film, or one sound recording."""
    return len(kinds) <= 1 or (set(kinds) == {MediumKind.PHOTO} and len(kinds) <= MOST_PHOTOS)


def kind_told(mimetype: str) -> MediumKind:
    """The kind of a file by the type that a browser tells."""
    first = mimetype.partition("/")[0]
    return {"video": MediumKind.FILM, "audio": MediumKind.SOUND}.get(first, MediumKind.PHOTO)


def may_go(way: Way, state: State, agreed: Collection[Consent], viewer: Viewer, *, is_published: bool = False) -> bool:
    """Whether a story in this state, whose author agreed to so much, may reach the viewer by this way.

    `is_published` says whether the event publishes its stories. `models.out_by` is the same in SQL.
    """
    terms = TERMS[way]
    if viewer not in terms.viewers or (terms.is_publication and not is_published):
        return False
    if state != State.SHOWN:
        return way == Way.PAGE and is_open_to(state, viewer)
    return terms.consent is None or terms.consent in agreed


def is_open_to(state: State, viewer: Viewer) -> bool:
    """Whether a story that is not on the wall is open to the viewer: to its author, and to who moderates it."""
    moderates = viewer in {Viewer.FACILITATOR, Viewer.ORGANISER} and state != State.TAKEN
    return viewer == Viewer.AUTHOR or moderates


def after_edit(state: State, *, is_checked_first: bool, by_facilitator: bool) -> State:
    """The state of a story whose text or pictures were changed.

    Where facilitators look at stories before they are shown, they look at a changed one again; everywhere at one that
    they have hidden, once its author has changed it.
    """
    if state == State.HIDDEN and not by_facilitator:
        return State.WAITING
    if state == State.SHOWN and is_checked_first and not by_facilitator:
        return State.WAITING
    return state


def is_poster(text: str, *, has_media: bool) -> bool:
    """Whether a story is set in large type: a short text alone."""
    return not has_media and len(text) <= LONGEST_POSTER


def is_folded(text: str) -> bool:
    """Whether a text is so long that the wall shows how it begins."""
    return len(text) > LONGEST_ON_WALL
