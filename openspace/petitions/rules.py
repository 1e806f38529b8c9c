"""What petitions ask for, until when, and whom an arrangement of the board pulls in two directions. Pure functions."""

from collections.abc import Collection, Hashable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from itertools import combinations
from typing import TypeVar

from openspace.board.rules import Span, overlap

# How many open petitions a member may have, and how long a sentence may be.
MOST, LONGEST = 5, 200

T = TypeVar("T", bound=Hashable)
S = TypeVar("S", bound=Span)


class Kind(StrEnum):
    """What is asked for a topic: a change on the board, or one of the wishes of its convener."""

    MOVE = "move"
    SWAP = "swap"
    REPEAT = "repeat"
    SPACE = "space"
    TIME = "time"
    PROJECTOR = "projector"
    OTHER = "other"


# The kinds that facilitators apply with one tap, and those that they see to themselves.
CHANGES = (Kind.MOVE, Kind.SWAP, Kind.REPEAT)
WISHES = (Kind.SPACE, Kind.TIME, Kind.PROJECTOR, Kind.OTHER)


class State(StrEnum):
    """Where a petition stands."""

    OPEN = "open"
    GRANTED = "granted"
    DECLINED = "declined"


def is_over(kind: Kind, hangs: Sequence[Span], cells: Sequence[Span], moment: datetime) -> bool:
    """Whether nothing is left to decide at this moment.

    `hangs` are the times at which the topic hangs, `cells` those of the cells that the petition is about. It is over
    when one of its cells is, and when its topic hangs nowhere; a topic whose sessions are all over may still be
    repeated.
    """
    if not hangs or any(span.ends_at <= moment for span in cells):
        return True
    return kind != Kind.REPEAT and all(span.ends_at <= moment for span in hangs)


def clash(one: Collection[Span], other: Collection[Span]) -> bool:
    """Whether nobody can go to both of two topics: each session of the one overlaps each of the other.

    A topic that is repeated gives a choice. One without a session clashes with none.
    """
    return bool(one and other) and all(overlap(a, b) for a in one for b in other)


def torn(goings: Mapping[int, Collection[T]], sessions: Mapping[T, Collection[S]]) -> set[int]:
    """Who is pulled in two directions: goes to two topics that clash. `goings` are the topics of each member."""
    clashing: dict[frozenset[T], bool] = {}

    def clashes(one: T, other: T) -> bool:
        pair = frozenset((one, other))
        if pair not in clashing:
            clashing[pair] = clash(sessions.get(one, ()), sessions.get(other, ()))
        return clashing[pair]

    return {member for member, topics in goings.items() if any(clashes(*pair) for pair in combinations(topics, 2))}


def fewer_torn(
    goings: Mapping[int, Collection[T]], before: Mapping[T, Collection[S]], after: Mapping[T, Collection[S]]
) -> int:
    """How many fewer are pulled in two directions after a change than before; negative if there are more.

    `after` holds the sessions of the topics that the change is about.
    """
    concerned = {member: topics for member, topics in goings.items() if any(topic in after for topic in topics)}
    return len(torn(concerned, before)) - len(torn(concerned, {**before, **after}))
