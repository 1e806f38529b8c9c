"""What a guide is: facts, and what is said of its steps, in one language."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """What a guide is for, in the order in which people come to it."""

    MEET = "meet"
    FIND = "find"
    MATCH = "match"
    ACT = "act"
    CONCLUDE = "conclude"


class Level(StrEnum):
    """How much those who lead it should have done before."""

    FIRST_TIME = "first-time"
    SOME_PRACTICE = "some-practice"
    PRACTISED = "practised"


class Step(NamedTuple):
    """A part of the time: how many minutes, what it is called, and what happens, as Markdown."""

    minutes: int
    title: str
    text: str


class Section(NamedTuple):
    """A heading with what stands below it, as Markdown."""

    title: str
    text: str


@dataclass(frozen=True)
class Guide:
    """A guide in one language. Texts are Markdown; `people` and `facilitators` are numbers such as 1 or 12–40."""

    title: str
    summary: str
    minutes: int
    people: str
    facilitators: str
    level: Level
    kind: Kind
    material: tuple[str, ...]
    lead: str
    heading: str
    steps: tuple[Step, ...]
    wrong: Section
    after: Section

    @property
    def longest(self) -> int:
        """The minutes of the longest step."""
        return max(step.minutes for step in self.steps)
