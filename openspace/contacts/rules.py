"""Who sees which field, how names are compared, and who fits whom: pure functions, no database, no request."""

import re
from collections.abc import Iterable, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple, Protocol

from openspace.contacts.stems import stems

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


# Comparing words

_APOSTROPHES = str.maketrans("", "", "'’ʼ`´‘\u00ad")
_SAME = str.maketrans("ёґ", "ег")
_PASSPORT = str.maketrans({"г": "h", "и": "y", "ї": "i"})
_WORD = re.compile(r"\w+")
_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyzабвгґдеёєжзиіїйклмнопрстуфхцчшщъыьэюя"
_PLACE = {letter: place for place, letter in enumerate(_ALPHABET, 1)}
SHORTEST_WITH_SLIP = 4


def folded(text: str) -> str:
    """The text as it is compared: small letters, no apostrophes, ё as е and ґ as г, one blank between words."""
    return " ".join(_WORD.findall(text.lower().translate(_APOSTROPHES).translate(_SAME)))


@lru_cache(maxsize=20_000)
def romanised(word: str) -> str:
    """A folded word in Latin letters without accents, so that a name is found from either alphabet.

    Ukrainian as in passports (Cabinet of Ministers, resolution 55 of 2010), as far as it differs.
    """
    from text_unidecode import unidecode  # here because its tables are large, and a board without cards needs none

    return "".join(_WORD.findall(unidecode(word.translate(_PASSPORT)).lower().replace("'", "")))


def searched(text: str) -> str:
    """What a text is found by: its folded words, and each that it changes in Latin letters too."""
    words = folded(text).split()
    return " ".join([*words, *(latin for word in words if (latin := romanised(word)) and latin != word)])


def alphabetical(name: str) -> int:
    """A number by which names stand in the order of the alphabet, Latin before Cyrillic: its first eight letters."""
    letters = [_PLACE.get(letter, 0) for letter in name.lower().translate(_APOSTROPHES)[:8].ljust(8)]
    number = 0
    for place in letters:
        number = number * (len(_ALPHABET) + 1) + place
    return number


def is_near(typed: str, word: str) -> bool:
    """Whether `word` begins as `typed` does, but for one slip: a letter wrong, missing, too many, or two swapped."""
    if word.startswith(typed):
        return True
    if len(typed) < SHORTEST_WITH_SLIP:
        return False
    at = next((i for i, (a, b) in enumerate(zip(typed, word, strict=False)) if a != b), len(word))
    return (
        word.startswith(typed[at + 1 :], at + 1)
        or word.startswith(typed[at:], at + 1)
        or word.startswith(typed[at + 1 :], at)
        or (typed[at : at + 2] == word[at : at + 2][::-1] and word.startswith(typed[at + 2 :], at + 2))
    )


def pieces(typed: str) -> list[str]:
    """Parts of which one stands unharmed in every word that `is_near`; of three letters or more, a blank counted.

    One slip harms one half of a word; the halves keep a letter's distance, for two that are swapped may be on the seam.
    """
    half = len(typed) // 2
    parts = [" " + typed[: max(2, half - 1)], typed[half:]]
    return [part for part in parts if len(part) >= 3]


def trigrams(text: str) -> list[str]:
    """Every three letters that follow each other."""
    return sorted({text[at : at + 3] for at in range(len(text) - 2)})


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
    mine = {folded(tag) for tag in me.interests}
    found += [Reason("interests", tag) for tag in other.interests if folded(tag) in mine]
    return found


def fit(me: About, other: About, why: Sequence[Reason]) -> int:
    """How well two people fit: what they can do for each other counts most, another community a little."""
    if not why:
        return 0
    away = folded(me.community) != folded(other.community)
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
