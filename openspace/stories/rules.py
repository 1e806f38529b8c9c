"""Who sees a story, and what a story may be. Pure functions."""

from collections.abc import Collection
from enum import StrEnum

# Characters.
LONGEST_TEXT, LONGEST_COMMENT, LONGEST_REASON = 1500, 300, 200
# A shorter text without a picture is set in large type, as on a poster.
LONGEST_POSTER = 160
LONGEST_ALT = 300
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


class Mark(StrEnum):
    """What a member says of a story with a tap: it touches them, or they will try that at home."""

    HEART = "heart"
    TRY = "try"


class MediumKind(StrEnum):
    """What a medium is: what its author says when it is sent, and then what the file turned out to be."""

    PHOTO = "photo"
    FILM = "film"
    SOUND = "sound"


class MediumState(StrEnum):
    """How far a medium is."""

    # Its file is still on its way.
    COMING = "coming"
    PREPARING = "preparing"
    READY = "ready"
    FAILED = "failed"


def may_stand_together(kinds: Collection[MediumKind]) -> bool:
    """Whether one story may have these media: up to four photos, or one film, or one sound recording."""
    return len(kinds) <= 1 or (set(kinds) == {MediumKind.PHOTO} and len(kinds) <= MOST_PHOTOS)


def kind_told(mimetype: str) -> MediumKind:
    """The kind of a file by the type that a browser tells."""
    first = mimetype.partition("/")[0]
    return {"video": MediumKind.FILM, "audio": MediumKind.SOUND}.get(first, MediumKind.PHOTO)


def is_visible(state: State, *, is_author: bool, is_facilitator: bool) -> bool:
    """Whether a member may see a story in this state."""
    if state == State.SHOWN or is_author:
        return True
    return is_facilitator and state != State.TAKEN


def after_edit(state: State, *, is_checked_first: bool, by_facilitator: bool) -> State:
    """The state of a story whose text or pictures were changed.

    Where facilitators look at stories before they are shown, they look at a changed one again.
    """
    if state == State.SHOWN and is_checked_first and not by_facilitator:
        return State.WAITING
    return state


def is_poster(text: str, *, has_media: bool) -> bool:
    """Whether a story is set in large type: a short text alone."""
    return not has_media and len(text) <= LONGEST_POSTER
