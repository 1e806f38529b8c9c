"""What stands in the book, in words of one language: every format prints the same."""

from dataclasses import asdict, dataclass
from hashlib import sha256
from json import dumps
from typing import Any, NamedTuple

from openspace.web.markdown import Block

# Grows when the same contents shall make another book.
VERSION = 3


@dataclass(frozen=True)
class Picture:
    """A photo: its name within the book, its alternative text or "", its size in pixels, and the file's digest."""

    name: str
    alt: str
    width: int
    height: int
    digest: str


@dataclass(frozen=True)
class Step:
    """A next step: what, who or "", and by when as words and as ISO date, or "" for both; and whose topic it is."""

    what: str
    who: str
    due: str
    due_on: str
    topic: int


@dataclass(frozen=True)
class Heap:
    """A topic with its dots: its title and language, how many, those of them on paper, and whether it goes on."""

    title: str
    language: str
    dots: int
    on_paper: int
    goes_on: bool


@dataclass(frozen=True)
class Promise:
    """A commitment: its number, what, the first step or "", who of those that agreed to be named, by when, its state.

    `due` is in words, or "". `why` is the sentence with which it was let go, or "".
    """

    number: int
    what: str
    first_step: str
    who: str
    due: str
    state: str
    why: str


@dataclass(frozen=True)
class Place:
    """Where and when a session was: the number, name and tint of the space, the day, and the time as 11:30–12:30."""

    space: int
    name: str
    tint: int
    day: str
    time: str


@dataclass(frozen=True)
class Session:
    """A topic with what is known of it. `share` is how many of 24 chairs its circle shows as taken.

    `is_cut` says that its notes go on at `link`, the address of its page; "" where the app has no public address.
    """

    number: int
    title: str
    language: str
    by: str
    link: str
    places: list[Place]
    about: list[str]
    said: list[Block]
    advice: list[Block]
    steps: list[Step]
    pictures: list[Picture]
    count: int
    share: int
    people: str
    writers: str
    is_cut: bool

    @property
    def is_written(self) -> bool:
        """Whether its notes have anything but who was there."""
        return bool(self.said or self.advice or self.steps or self.pictures)


@dataclass(frozen=True)
class InCell:
    """A cell of a day's matrix: `state` is `taken`, `free` or `closed`; of a taken one the topic and how many came.

    The title has soft hyphens in its long words.
    """

    state: str
    tint: int
    topic: int = 0
    title: str = ""
    language: str = ""
    by: str = ""
    is_programme: bool = False
    count: int = 0
    share: int = 0


@dataclass(frozen=True)
class InRow:
    """A slot of a day's matrix. One with a title is a programme item for all, without cells."""

    start: str
    time: str
    title: str
    cells: list[InCell]


@dataclass(frozen=True)
class Column:
    """A space at the head of a day's matrix."""

    number: int
    name: str
    tint: int


@dataclass(frozen=True)
class Day:
    """The agenda of a day: spaces, rows, and the numbers of the topics that were first held on it."""

    title: str
    lead: str
    spaces: list[Column]
    rows: list[InRow]
    topics: list[int]


@dataclass(frozen=True)
class Tale:
    """A story with its language, author and photos; `title` is what lists call it."""

    number: int
    title: str
    text: list[str]
    language: str
    name: str
    community: str
    pictures: list[Picture]


@dataclass(frozen=True)
class Book:
    """All that stands in the book, in one language. Dates and numbers are words of that language.

    `communities` are names with the numbers of the topics that their people brought, `people` names with communities.
    """

    language: str
    title: str
    place: str
    facts: str
    labels: dict[str, str]
    days: list[Day]
    sessions: list[Session]
    steps: list[Step]
    heaps: list[Heap]
    promises: list[Promise]
    tales: list[Tale]
    people: list[tuple[str, str]]
    communities: list[tuple[str, list[int]]]
    link: str

    @property
    def held(self) -> int:
        """How many sessions have a time and a place."""
        return sum(bool(session.places) for session in self.sessions)

    @property
    def written(self) -> int:
        """How many of those have notes."""
        return sum(bool(session.places) and session.is_written for session in self.sessions)

    @property
    def pictures(self) -> list[Picture]:
        """All photos in the order of the pages."""
        of_sessions = [picture for session in self.sessions for picture in session.pictures]
        return of_sessions + [picture for tale in self.tales for picture in tale.pictures]

    def as_data(self) -> dict[str, Any]:
        """The book as JSON has it."""
        return asdict(self)

    @property
    def digest(self) -> "Digest":
        """What is known of the book without reading it again."""
        printed = sha256(dumps([VERSION, self.as_data()], sort_keys=True).encode()).hexdigest()
        without_alt = [(False, *_name(each)) for each in self.sessions if _lacks_alt(each.pictures)]
        without_alt += [(True, *_name(each)) for each in self.tales if _lacks_alt(each.pictures)]
        return Digest(printed, self._agreed, self.held, self.written, without_alt)

    @property
    def _agreed(self) -> frozenset[str]:
        """What stands in the book only as long as somebody lets it, by short names."""
        topics = [(f"topic {each.number}", each.by, each.people) for each in self.sessions]
        tales = [(f"story {each.number}", each.name, each.community) for each in self.tales]
        topics += [(f"commitment {each.number}", "", each.who) for each in self.promises]
        names = [f"{topic} {name}" for topic, by, people in topics for name in [by, *people.split(", ")]]
        pictures = [f"picture {picture.digest}" for picture in self.pictures]
        people = [" ".join(person) for person in self.people]
        whole = [*names, *(topic for topic, *_ in topics), *(" ".join(tale) for tale in tales), *pictures, *people]
        return frozenset(sha256(each.encode()).hexdigest()[:12] for each in whole)


def _name(given: Session | Tale) -> tuple[int, str, str]:
    return given.number, given.title, given.language


def _lacks_alt(pictures: list[Picture]) -> bool:
    return any(not picture.alt for picture in pictures)


class Digest(NamedTuple):
    """A book in short: it has changed if and only if its `fingerprint` has; in any process it is the same.

    `agreed` are hashes of what stands in it only as long as somebody lets it. So many sessions were `held`, and of so
    many there are notes. `without_alt` tells of which stories (True) and sessions (False) a photo has no description:
    their numbers, titles, and the languages of these.
    """

    fingerprint: str
    agreed: frozenset[str]
    held: int
    written: int
    without_alt: list[tuple[bool, int, str, str]]
