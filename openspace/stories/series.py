"""The series of micro-films: default titles, versions of files, subtitles of joined films. Pure functions."""

import json
import re
from collections.abc import Iterable, Sequence
from enum import StrEnum
from hashlib import sha256
from typing import NamedTuple

from openspace.stories.subtitles import Subtitle

# Characters of a title, and of one that nobody has typed.
LONGEST_TITLE, LONGEST_DEFAULT = 100, 60
# In a series. Each is up to 90 s long.
MOST_FILMS = 40


class Shape(StrEnum):
    """The shape of a file: 16:9, or a square."""

    WIDE = "wide"
    SQUARE = "square"


class Part(NamedTuple):
    """What a file shows of one film: the film by the hash of its content, and the words on its title card."""

    digest: str
    title: str
    community: str


def first_words(text: str) -> str:
    """Return how a text begins: its first sentence, or as many whole words of it as a title should have."""
    sentence = re.split(r"(?<=[.!?…]) ", " ".join(text.split()))[0].rstrip(".")
    if len(sentence) <= LONGEST_DEFAULT:
        return sentence
    words = sentence[:LONGEST_DEFAULT].rpartition(" ")[0] or sentence[: LONGEST_DEFAULT - 1]
    return f"{words.rstrip(' ,;:–—-')}…"


def version(parts: Sequence[Part]) -> str:
    """Return a short hash of all that a file shows, in its order. A file with another one is out of date."""
    return sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()[:16]


def moved(numbers: Sequence[int], number: int, place: int) -> list[int]:
    """Return the numbers with one of them at another place; beyond the ends it is first or last."""
    others = [each for each in numbers if each != number]
    place = max(0, min(place, len(others)))
    return [*others[:place], number, *others[place:]]


def joined(films: Iterable[tuple[float, Iterable[Subtitle]]]) -> list[Subtitle]:
    """Return the subtitles of films that were joined; each comes with the second at which it begins."""
    return [(begin + since, end + since, words) for since, lines in films for begin, end, words in lines]
