"""Who sees which field, and who fits whom: pure functions, no database, no request."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple, Protocol

from openspace.contacts.finding.stems import stems
from openspace.text import alike

LISTS = ("languages", "interests", "offers", "needs")
DETAILS = ("phone", "email", "telegram", "signal", "whatsapp", "linkedin", "facebook", "web")
# What stands on a card beside its owner's name and community, which everybody in the event knows anyway.
FIELDS = ("photo", "occupation", "region", "country", *LISTS, "about", *DETAILS)


class Visibility(StrEnum):
    """Whom a field is shown to."""

    EVERYONE = "everyone"
    EXCHANGED = "exchanged"
    NOBODY = "nobody"


class Viewer(StrEnum):
    """As whom somebody looks at a card. Facilitators and organisers see what every member sees."""

    SELF = "self"
    EXCHANGED = "exchanged"
    MEMBER = "member"
    STRANGER = "stranger"


def first_visibility(field: str) -> Visibility:
    """What holds until the owner says otherwise: how to reach somebody is for those they exchanged with."""
    return Visibility.EXCHANGED if field in DETAILS else Visibility.EVERYONE


def sees(viewer: Viewer, visibility: Visibility) -> bool:
    """Whether this viewer is shown a field of this visibility."""
    if viewer == Viewer.EXCHANGED:
        return visibility != Visibility.NOBODY
    return viewer == Viewer.SELF or (viewer == Viewer.MEMBER and visibility == Visibility.EVERYONE)


def is_exported(field: str, visibility: Visibility, *, card: bool, details: bool) -> bool:
    """Whether a field goes into the organisers' list, by what its owner agreed to: the card, the contact details."""
    if field in DETAILS:
        return details and visibility != Visibility.NOBODY
    return card and visibility == Visibility.EVERYONE


# Who fits whom


class About(Protocol):
    """What is compared of a card: nothing that the other may not see."""

    @property
    def community(self) -> str: ...

    @property
    def languages(self) -> Sequence[str]: ...

    @property
    def interests(self) -> Sequence[str]: ...

    @property
    def offers(self) -> Sequence[str]: ...

    @property
    def needs(self) -> Sequence[str]: ...


class Reason(NamedTuple):
    """Why two people might meet: its kind, and whose words say it."""

    kind: str
    words: str


WEIGHT = {"needs": 5, "offers": 5, "interests": 2}
OTHER_COMMUNITY = 1


def reasons(me: About, other: About, common: frozenset[str] = frozenset()) -> list[Reason]:
    """Why I might meet the other, best first: they look for what I offer (`needs`), offer what I look for (`offers`),
    or care about the same (`interests`). Nothing without a language in common, where both have named any.

    `common` are stems so frequent in this event that they tell nothing.
    """
    if me.languages and other.languages and not set(me.languages) & set(other.languages):
        return []
    found = [Reason("needs", line) for line in _answered(other.needs, me.offers, common)]
    found += [Reason("offers", line) for line in _answered(other.offers, me.needs, common)]
    mine = {alike(tag) for tag in me.interests}
    found += [Reason("interests", tag) for tag in other.interests if alike(tag) in mine]
    return found


def fit(me: About, other: About, why: Sequence[Reason]) -> int:
    """How well two people fit: what they can do for each other counts most, another community a little."""
    if not why:
        return 0
    away = alike(me.community) != alike(other.community)
    return sum(WEIGHT[reason.kind] for reason in why) + OTHER_COMMUNITY * away


def too_common(lines: Iterable[str], share: float = 0.2, least: int = 8) -> frozenset[str]:
    """The stems that stand in so many of the lines that they tell nothing about any two people."""
    counts: dict[str, int] = {}
    total = 0
    for line in lines:
        total += 1
        for each in stems(line):
            counts[each] = counts.get(each, 0) + 1
    return frozenset(each for each, count in counts.items() if count > max(least, share * total))


def _answered(lines: Sequence[str], by: Sequence[str], common: frozenset[str]) -> list[str]:
    answers = frozenset().union(*(stems(line) for line in by)) - common
    return [line for line in lines if stems(line) & answers]
