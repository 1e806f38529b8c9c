"""Subtitles as their author types them, and as WebVTT (https://www.w3.org/TR/webvtt1/). Pure functions."""

import re
from collections.abc import Iterable

# Seconds for which a line stays if no other follows.
LAST = 4.0
# Of a line, in characters; and how many there may be.
LONGEST, MOST = 200, 120
_LINE = re.compile(r"(\d{1,2}):(\d{2}(?:[.,]\d)?)\s+(\S.*)")

Subtitle = tuple[float, float, str]


def read(typed: str) -> list[Subtitle]:
    """Return begin and end, in seconds, and text of each line such as `0:05 We came by bus`.

    A line ends when the next begins. Raises `ValueError` with the first line that cannot be read, or begins before the
    one above it, or is too long.
    """
    begun: list[tuple[float, str]] = []
    for line in filter(None, map(str.strip, typed.splitlines())):
        found = _LINE.fullmatch(line)
        begin = int(found[1]) * 60 + float(found[2].replace(",", ".")) if found else -1.0
        if not found or len(found[3]) > LONGEST or len(begun) == MOST or (begun and begin <= begun[-1][0]):
            raise ValueError(line)
        begun.append((begin, found[3]))
    ends = [begin for begin, _ in begun[1:]] + [begun[-1][0] + LAST] if begun else []
    return [(begin, end, words) for (begin, words), end in zip(begun, ends, strict=True)]


def typed(subtitles: Iterable[Subtitle]) -> str:
    """Return subtitles as their author types them."""
    return "\n".join(f"{_minutes(begin)} {words}" for begin, _, words in subtitles)


def as_webvtt(subtitles: Iterable[Subtitle]) -> str:
    """Return subtitles as a WebVTT file."""
    cues = [f"{_stamp(begin)} --> {_stamp(end)}\n{_escaped(words)}\n" for begin, end, words in subtitles]
    return "\n".join(["WEBVTT\n", *cues])


def _minutes(seconds: float) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{int(minutes)}:{rest:04.1f}".removesuffix(".0")


def _stamp(seconds: float) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{int(minutes):02}:{rest:06.3f}"


def _escaped(words: str) -> str:
    # `-->` would begin a new cue.
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
