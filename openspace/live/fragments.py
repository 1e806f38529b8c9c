"""Which pieces of which page show a subject: features register here how theirs are drawn."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

Patch = tuple[str, str | None]


@dataclass(frozen=True)
class View:
    """Who looks: everybody with the same view gets the same bytes."""

    language: str
    audience: str


Renderer = Callable[[int, str, list[str], View], Iterable[Patch]]

_renderers: dict[str, Renderer] = {}
_for_seats: set[str] = set()
_personal: list[Callable[[Any, str, int], dict[str, Any]]] = []


def register(kind: str, renderer: Renderer, *, for_seats: bool = False) -> None:
    """Let `renderer` draw the subjects of channels of this kind: the channel's name up to its first hyphen.

    A channel `for_seats` is for members alone, and not for a projector. The renderer is called as (event id,
    channel, subjects, view) and gives patches, (element id, HTML or None when it is gone).
    """
    _renderers[kind] = renderer
    if for_seats:
        _for_seats.add(kind)


def register_personal(answer: Callable[[Any, str, int], dict[str, Any]]) -> None:
    """Let `answer(member or None, channel, revision)` say what of a page is one's own: it never goes to a room."""
    _personal.append(answer)


def personal(member: Any, channel: str, revision: int) -> dict[str, Any]:
    """What is this member's own on a page that stands at `revision` of `channel`."""
    return {name: value for answer in _personal for name, value in answer(member, channel, revision).items()}


def draw(event_id: int, channel: str, subjects: list[str], view: View) -> list[Patch]:
    """The patches that bring a page of this channel up to date with these subjects."""
    renderer = _renderers[channel.partition("-")[0]]
    return list(renderer(event_id, channel, subjects, view)) if subjects else []


def knows(channel: str) -> bool:
    """Whether any feature draws this channel."""
    return channel.partition("-")[0] in _renderers


def is_for_seats(channel: str) -> bool:
    """Whether the projector's key does not open this channel."""
    return channel.partition("-")[0] in _for_seats
