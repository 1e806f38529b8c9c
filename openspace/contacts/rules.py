"""Who may see which field of a card, and who might want to meet whom. Pure functions: no database, no request."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple, Protocol

from openspace.contacts.finding.stems import stems
from openspace.text import alike

LISTS = ("languages", "interests", "offers", "needs")
DETAILS = ("phone", "email", "telegram", "signal", "whatsapp", "linkedin", "facebook", "web")
# The fields of a card. Its owner's name and community are not among them: every member sees those without a card.
FIELDS = ("photo", "occupation", "region", "country", *LISTS, "about", *DETAILS)


class Visibility(StrEnum):
    """To whom the owner shows a field: every member, those with whom contacts were exchanged, or nobody."""

    EVERYONE = "everyone"
    EXCHANGED = "exchanged"
    NOBODY = "nobody"


class Viewer(StrEnum):
    """What a viewer is to the owner of a card. Facilitators and organisers count as `MEMBER`."""

    SELF = "self"
    EXCHANGED = "exchanged"
    MEMBER = "member"
    STRANGER = "stranger"


def first_visibility(field: str) -> Visibility:
    """Return the visibility of a field until its owner sets it: contacts for contact details, else everyone."""
    return Visibility.EXCHANGED if field in DETAILS else Visibility.EVERYONE


def sees(viewer: Viewer, visibility: Visibility) -> bool:
    """Whether `viewer` may see a field with this visibility."""
    if viewer == Viewer.EXCHANGED:
        return visibility != Visibility.NOBODY
    return viewer == Viewer.SELF or (viewer == Viewer.MEMBER and visibility == Visibility.EVERYONE)


def is_exported(field: str, visibility: Visibility, *, card: bool, details: bool) -> bool:
    """Whether a field goes into the organisers' list.

    `card` and `details` say whether the owner's consent covers the card and the contact details.
    """
    if field in DETAILS:
        return details and visibility != Visibility.NOBODY
    return card and visibility == Visibility.EVERYONE


# Suggestions: who might want to meet whom


class Comparable(Protocol):
    """The fields of a card that are compared; what its viewer may not see is empty."""

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
    """Why two people might meet: the field that led to it, and the line of the other's card that says so."""

    kind: str
    line: str


# How much each reason counts for the score, by its kind.
WEIGHT = {"needs": 5, "offers": 5, "interests": 2}
# What a pair from two communities gets in addition.
OTHER_COMMUNITY = 1


def reasons(me: Comparable, other: Comparable, common: frozenset[str] = frozenset()) -> list[Reason]:
    """Return why `me` might want to meet `other`, the strongest reason first.

    Kinds: `needs` (they look for what I offer), `offers` (they offer what I look for), `interests` (we share one).
    Empty if both have named languages and share none. Stems in `common` (see `common_stems`) are not compared.
    """
    if me.languages and other.languages and not set(me.languages) & set(other.languages):
        return []
    found = [Reason("needs", line) for line in _related(other.needs, me.offers, common)]
    found += [Reason("offers", line) for line in _related(other.offers, me.needs, common)]
    mine = {alike(tag) for tag in me.interests}
    found += [Reason("interests", tag) for tag in other.interests if alike(tag) in mine]
    return found


def fit_score(me: Comparable, other: Comparable, found: Sequence[Reason]) -> int:
    """Return how strongly two people are suggested to each other, from the reasons `found`: 0 without any.

    Help that one can give the other counts most; two different communities add a little.
    """
    if not found:
        return 0
    is_from_elsewhere = alike(me.community) != alike(other.community)
    return sum(WEIGHT[reason.kind] for reason in found) + OTHER_COMMUNITY * is_from_elsewhere


def common_stems(lines: Iterable[str], share: float = 0.2, least: int = 8) -> frozenset[str]:
    """Return the stems in more than `least` lines and more than `share` of them: too frequent to connect two people."""
    counts: dict[str, int] = {}
    total = 0
    for line in lines:
        total += 1
        for each in stems(line):
            counts[each] = counts.get(each, 0) + 1
    return frozenset(each for each, count in counts.items() if count > max(least, share * total))


def _related(lines: Sequence[str], others: Sequence[str], common: frozenset[str]) -> list[str]:
    """The lines that share a stem with one of `others`."""
    wanted = frozenset().union(*(stems(line) for line in others)) - common
    return [line for line in lines if stems(line) & wanted]
