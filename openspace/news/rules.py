"""What the news tell of notes, and in which order; pure functions."""

import re
from datetime import datetime

# Characters of what was said that are told of a session, and of a title that stands smaller on the hall's screen.
LONGEST, LONG_TITLE, LONGER_TITLE = 200, 45, 80
_BETWEEN_SENTENCES = re.compile(r"(?<=[.!?…])\s+")


def opening(text: str) -> str:
    """Return the first sentences of a plain text, at most `LONGEST` characters; of a longer first one its beginning."""
    sentences = _BETWEEN_SENTENCES.split(text.strip())
    told = sentences[0]
    for sentence in sentences[1:]:
        if len(told) + len(sentence) >= LONGEST:
            break
        told = f"{told} {sentence}"
    return told if len(told) <= LONGEST else f"{_whole_words(told[:LONGEST])}…"


def _whole_words(text: str) -> str:
    return text.rpartition(" ")[0].rstrip(" ,;:–—-") or text


def newest_first(reported_at: datetime, number: int) -> int:
    """Return a sort key by which later reports come first. No two topics of an event have the same."""
    return -(int(reported_at.timestamp()) * 10_000 + number % 10_000)


def in_time(starts_at: datetime, space: int) -> int:
    """Return a sort key of sessions: by their start, then by the number of their space."""
    return int(starts_at.timestamp()) * 1000 + space


def size(title: str) -> int:
    """Return how much smaller than the largest a title stands on the hall's screen: 0, 1 or 2."""
    return (len(title) > LONG_TITLE) + (len(title) > LONGER_TITLE)
