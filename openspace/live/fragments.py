"""Which pieces of which page show a subject, and who may listen: features register here how theirs are drawn."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from openspace.web.errors import NotFound, NotJoined

Patch = tuple[str, str | None]


@dataclass(frozen=True)
class View:
    """Who looks: everybody with the same view gets the same bytes."""

    language: str
    audience: str


class Listener(NamedTuple):
    """Who wants to hear of a channel: `members`, the `public`, or a `projector` that has nothing but its key."""

    event_id: int
    audience: str
    member_id: int | None = None

    def view(self, language: str) -> View:
        """What they are shown: a projector shows what members see."""
        return View(language, "public" if self.audience == "public" else "members")


Rule = Callable[[Listener, str], None]
Renderer = Callable[[int, str, list[str], View], Iterable[Patch]]
Personal = Callable[[Any, str, int], dict[str, Any]]

_renderers: dict[str, Renderer] = {}
_rules: dict[str, Rule] = {}
_kept: set[str] = set()
_personal: list[tuple[tuple[str, ...], Personal]] = []


def register(kind: str, renderer: Renderer, *, rule: Rule, is_kept: bool = False) -> None:
    """Let `renderer` draw the subjects of channels of this kind: the channel's name up to its first hyphen.

    It is called as (event id, channel, subjects, view) and gives patches, (element id, HTML or None when it is gone).
    Everybody with the same view gets the same patches, so that it shows what all of them may see at that moment.

    `rule` is called as (listener, channel), and refuses whoever the page of the channel refuses, as that page does:
    with `NotJoined` or `NotFound`. `is_kept` lets a browser keep what it caught up with, to be answered 304 the next
    time: only where what is personal in it says no more than the marks on a board.
    """
    _renderers[kind], _rules[kind] = renderer, rule
    if is_kept:
        _kept.add(kind)


def admit(listener: Listener | None, channel: str) -> None:
    """Let the listener hear of the channel. Refuses with `NotJoined` or `NotFound`, as the channel's page does."""
    if listener is None:
        raise NotJoined
    rule = _rules.get(_kind(channel))
    if rule is None:
        raise NotFound
    rule(listener, channel)


def only(*audiences: str) -> Rule:
    """The rule of a channel with a fixed name, the same for each of these audiences. Refuses with `NotJoined`."""

    def rule(listener: Listener, channel: str) -> None:
        if channel != _kind(channel):
            raise NotFound
        if listener.audience not in audiences:
            raise NotJoined

    return rule


def register_personal(personal: Personal, *kinds: str) -> None:
    """Let `personal` say what is one's own on pages that follow channels of these kinds; without kinds, of any.

    It is called as (member or None, channel, revision). What it returns is part of catching up; it enters no room.
    """
    _personal.append((kinds, personal))


def personal(member: Any, channel: str, revision: int) -> dict[str, Any]:
    """What is this member's own on a page that stands at `revision` of `channel`."""
    asked = [answer for kinds, answer in _personal if not kinds or _kind(channel) in kinds]
    return {name: value for answer in asked for name, value in answer(member, channel, revision).items()}


def draw(event_id: int, channel: str, subjects: list[str], view: View) -> list[Patch]:
    """The patches that bring a page of this channel up to date with these subjects."""
    renderer = _renderers[_kind(channel)]
    return list(renderer(event_id, channel, subjects, view)) if subjects else []


def kinds() -> set[str]:
    """The kinds of channels that features draw."""
    return set(_renderers)


def is_drawn(channel: str) -> bool:
    """Whether a feature draws channels of this kind."""
    return _kind(channel) in _renderers


def is_kept(channel: str) -> bool:
    """Whether a browser may keep what it caught up with on this channel."""
    return _kind(channel) in _kept


def _kind(channel: str) -> str:
    return channel.partition("-")[0]
