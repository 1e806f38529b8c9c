"""The phases of the day, and what usually goes with each. Pure values: facilitators may choose anything else."""

from enum import StrEnum
from typing import NamedTuple


class Phase(StrEnum):
    """A phase of the day, in their order. An event without any has the empty phase."""

    BEFORE = "before"
    OPENING = "opening"
    MARKETPLACE = "marketplace"
    SESSIONS = "sessions"
    NEWS = "news"
    CLOSING = "closing"


class Along(NamedTuple):
    """What goes along with a phase: columns of the event."""

    # Whether phones begin with the market rather than the board.
    opens_market: bool
    # Whether participants may propose topics; facilitators always may.
    takes_topics: bool
    # Whether the bowl rings before the ends of slots.
    bowl_rings: bool


_USUAL = {
    # Many topics are announced before an event begins.
    Phase.BEFORE: Along(opens_market=False, takes_topics=True, bowl_rings=False),
    Phase.OPENING: Along(opens_market=False, takes_topics=False, bowl_rings=False),
    Phase.MARKETPLACE: Along(opens_market=True, takes_topics=True, bowl_rings=False),
    Phase.SESSIONS: Along(opens_market=False, takes_topics=True, bowl_rings=True),
    # In the evening some have a topic for the next day.
    Phase.NEWS: Along(opens_market=False, takes_topics=True, bowl_rings=False),
    Phase.CLOSING: Along(opens_market=False, takes_topics=False, bowl_rings=False),
}
_SCENES = {
    Phase.BEFORE: "join",
    Phase.OPENING: "join",
    Phase.MARKETPLACE: "market",
    Phase.SESSIONS: "now",
    Phase.NEWS: "news",
    Phase.CLOSING: "people",
}
# The guides of the tool box to what people do in each phase.
_GUIDES = {
    Phase.BEFORE: "open-space",
    Phase.OPENING: "opening",
    Phase.MARKETPLACE: "marketplace",
    Phase.SESSIONS: "fishbowl",
    Phase.NEWS: "evening-news",
    Phase.CLOSING: "convergence",
}


def usual(phase: Phase) -> Along:
    """What usually goes along with a phase."""
    return _USUAL[phase]


def scene(phase: str) -> str:
    """The word of the scene on those screens of the hall for which nothing was chosen; empty without a phase."""
    return _SCENES[Phase(phase)] if phase else ""


def guide(phase: Phase) -> str:
    """The name of the guide in the tool box to what people do in a phase."""
    return _GUIDES[phase]


def following(phase: str) -> Phase:
    """The phase after this one; the first after none, and the last after itself."""
    phases = list(Phase)
    return phases[min(phases.index(Phase(phase)) + 1, len(phases) - 1)] if phase else phases[0]
