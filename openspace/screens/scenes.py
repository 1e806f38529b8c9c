"""The registry of scenes: what a screen in the hall can show. Features register theirs."""

from collections.abc import Callable
from typing import Any, NamedTuple

# The order of the pictures from which a scene is chosen. Others come after these.
_ORDER = (
    *("join", "board", "market", "pitch", "now", "clock", "guide", "news", "dots", "commitments", "stories", "people"),
    "message",
)
# What is shown without a choice, and at the address that every link to the projector names.
FIRST = "board"


class Scene(NamedTuple):
    """What a screen can show: its word, its title, and the endpoint of its page, whose address has the `key`."""

    word: str
    title: Any
    endpoint: str


_scenes: dict[str, Scene] = {}
_deciders: list[Callable[[int], str]] = []
_interrupters: list[Callable[[int], str]] = []


def register(word: str, *, title: Any, endpoint: str) -> None:
    """Register a scene. Its page says by `screen_page` (macros/screens.html) that it shows this `word`."""
    _scenes[word] = Scene(word, title, endpoint)


def decide(decider: Callable[[int], str]) -> None:
    """Let `decider` say, of an event's id, what its screens show for which nothing has been chosen."""
    _deciders[:] = [decider]


def interrupt(decider: Callable[[int], str]) -> None:
    """Let `decider` say, of an event's id, what such screens show for now instead; empty if nothing in particular."""
    _interrupters.append(decider)


def all_scenes() -> list[Scene]:
    """The scenes in the order in which they are offered."""
    order = {word: place for place, word in enumerate(_ORDER)}
    return sorted(_scenes.values(), key=lambda scene: order.get(scene.word, len(order)))


def scene(word: str) -> Scene | None:
    """The scene of this word; None if no feature has registered it."""
    return _scenes.get(word)


def usual(event_id: int) -> str:
    """The word of what the event's screens show for which nothing has been chosen."""
    word = next(filter(None, (ask(event_id) for ask in _interrupters)), "")
    word = word or (_deciders[0](event_id) if _deciders else FIRST)
    return word if word in _scenes else FIRST
