"""The registry of live channels: features register who may follow theirs and how their changes are rendered."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar, TypeVarTuple

from openspace.web.errors import NotFound, NotJoined, Problem

# The channel that all pages of an event hear without following it: the hub sends its packets to each page, and every
# catch-up says its revision. So it costs no page a request, nor a place in a room, until there is something to hear.
EVERYWHERE = "announcements"
# The id of an element, and its new HTML; None removes the element.
Patch = tuple[str, str | None]


@dataclass(frozen=True)
class View:
    """What rendered HTML depends on besides the data. Visitors with the same view get the same bytes.

    `language` is a code such as `uk`, `audience` is `members` or `public`.
    """

    language: str
    audience: str


class Listener(NamedTuple):
    """Who wants to follow a channel. `audience` is `members`, `public`, or `projector` for whoever has only its key.

    A member may have the projector's key too: somebody who is signed in on the hall's computer.
    """

    event_id: int
    audience: str
    member_id: int | None = None
    has_key: bool = False

    def view(self, language: str) -> View:
        """The view that the listener is shown in this language. A projector shows what members see."""
        return View(language, "public" if self.audience == "public" else "members")


Rule = Callable[[Listener, str], None]
Renderer = Callable[[int, str, list[str], View], Iterable[Patch]]
PersonalJson = Callable[[Any, str, int], dict[str, Any]]

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

_renderers: dict[str, Renderer] = {}
_rules: dict[str, Rule] = {}
_cacheable: set[str] = set()
_personal: list[tuple[tuple[str, ...], PersonalJson]] = []
# What has been read for the change that is being drawn for all views, by function and arguments.
_kept: ContextVar[dict[Any, Any] | None] = ContextVar("what was read for a change", default=None)


def register(kind: str, renderer: Renderer, *, rule: Rule, is_cacheable: bool = False) -> None:
    """Register channels of this `kind`, which is the channel's name up to its first hyphen.

    `renderer` is called as (event id, channel, subjects, view) and returns patches. Everybody with the same view gets
    these patches, so they may contain only what all of them may see.

    `rule` is called as (listener, channel). It refuses whoever may not see the channel's page, with `NotJoined` or
    `NotFound` as the page does. `is_cacheable` lets browsers cache the answer to catching up, so that the next one can
    be 304. Set it only where the personal JSON holds nothing more private than a member's marks.
    """
    _renderers[kind], _rules[kind] = renderer, rule
    if is_cacheable:
        _cacheable.add(kind)


def admit(listener: Listener | None, channel: str) -> None:
    """Refuse the channel to a listener who may not follow it, with `NotJoined` or `NotFound`. None is nobody known."""
    if listener is None:
        raise NotJoined
    rule = _rules.get(_kind(channel))
    if rule is None:
        raise NotFound
    rule(listener, channel)


def may_follow(listener: Listener, channel: str) -> bool:
    """Whether `admit` lets the listener follow the channel."""
    try:
        admit(listener, channel)
    except Problem:
        return False
    return True


def only(*audiences: str) -> Rule:
    """The rule of a channel with a fixed name for these audiences. It refuses all others with `NotJoined`."""

    def rule(listener: Listener, channel: str) -> None:
        if channel != _kind(channel):
            raise NotFound
        if listener.audience not in audiences:
            raise NotJoined

    return rule


def register_personal(personal: PersonalJson, *kinds: str) -> None:
    """Register a function that returns personal JSON for pages that follow channels of these kinds; without kinds, any.

    It is called as (member or None, channel, revision). Its result is sent only to this visitor, in the answer to
    catching up, and never to a room.
    """
    _personal.append((kinds, personal))


def personal_json(member: Any, channel: str, revision: int) -> dict[str, Any]:
    """The personal JSON of this member for a page at `revision` of `channel`, from all features that have some."""
    asked = [answer for kinds, answer in _personal if not kinds or _kind(channel) in kinds]
    return {name: value for answer in asked for name, value in answer(member, channel, revision).items()}


def draw(event_id: int, channel: str, subjects: list[str], view: View) -> list[Patch]:
    """Render the patches for these changed subjects of a channel."""
    renderer = _renderers[_kind(channel)]
    return list(renderer(event_id, channel, subjects, view)) if subjects else []


@contextmanager
def drawing_all_views() -> Iterator[None]:
    """Within, renderers read a change only once (`read_once`), and draw it for each view of that reading."""
    before = _kept.set({})
    try:
        yield
    finally:
        _kept.reset(before)


def read_once(read: Callable[[*Ts], T], *args: *Ts) -> T:
    """What `read` returns for these arguments, which depends on no view; within `drawing_all_views` it is kept."""
    kept = _kept.get()
    if kept is None:
        return read(*args)
    if (read, args) not in kept:
        kept[read, args] = read(*args)
    found: T = kept[read, args]
    return found


def kinds() -> set[str]:
    """The kinds of channels that features have registered."""
    return set(_renderers)


def is_registered(channel: str) -> bool:
    """Whether a feature has registered channels of this kind."""
    return _kind(channel) in _renderers


def is_cacheable(channel: str) -> bool:
    """Whether browsers may cache the answer to catching up with this channel."""
    return _kind(channel) in _cacheable


def _kind(channel: str) -> str:
    return channel.partition("-")[0]
