"""The book of what the server has acknowledged, against which the end of the day is held."""

from collections import Counter
from dataclasses import dataclass, field

# How many changes of a channel each write makes that takes effect, by the subjects that the features' `changes.py`
# record. Counted over the day they tell a write that was done twice, or that nobody asked for.
CHANGES = {
    "board": {
        "mark": 1,
        "edit": 1,
        # A subject is written once for each transaction: the market's sheet, a cell, the head of its slot.
        "propose": 1,
        "propose into a cell": 3,
        "place": 3,
        "move": 4,
        "move within a slot": 3,
        "withdraw from a cell": 3,
        "withdraw from the market": 1,
        "restore to a cell": 3,
        "restore to the market": 1,
        # For each topic of theirs.
        "introduce": 1,
        "grid of a day": 1,
        "swap": 4,
        "swap within a slot": 3,
        # What the journal writes names the market's sheet of each topic too; done again, it is the same.
        "undo a move": 5,
        "undo a move within a slot": 4,
        "undo a swap": 6,
        "undo a swap within a slot": 5,
        # The slot's head, and each of its free cells; undone, its whole day.
        "lock": 1,
        "free cell of a locked slot": 1,
        "undo a lock": 1,
    },
    "stories": {"story": 1, "heart": 1},
    "announcements": {"announce": 1, "take an announcement back": 1},
}


@dataclass
class Topic:
    """As it was last acknowledged. `by` is a phone's number, 0 for the demo's people; `cell` is empty on the market."""

    number: int
    title: str
    text: str = ""
    by: int = 0
    cell: str = ""
    withdrawn: bool = False
    edits: int = 0


@dataclass
class Card:
    """As its owner filled it in. `word` stands in no other card, and `details` are for those who have exchanged."""

    member_id: int
    name: str
    fields: dict
    word: str
    details: dict
    # The address behind its QR code.
    code: str = ""


@dataclass
class Story:
    """As it was told. `has_photo` says that a photo was sent for it."""

    text: str
    name: str
    has_photo: bool = False


@dataclass
class Step:
    """A facilitator's step, as the console lists it."""

    words: str
    is_undone: bool = False


@dataclass
class Petition:
    """What somebody asked for: a topic to another cell."""

    topic: int
    cell: str
    asker: int
    backers: set[int] = field(default_factory=set)
    is_open: bool = True


class Ledger:
    """The book; phones are named by their numbers, topics and stories by theirs."""

    def __init__(self) -> None:
        self.people: set[int] = set()
        self.topics: dict[int, Topic] = {}
        # How many topics there were before the day, which of them may be moved, and the chairs that were taken at each.
        self.known = 0
        self.movable: list[int] = []
        self.going: Counter = Counter()
        self.marks: dict[tuple[int, int], str] = {}
        self.cards: dict[int, Card] = {}
        self.exchanges: set[frozenset[int]] = set()
        self.stories: dict[int, Story] = {}
        self.hearts: set[tuple[int, int]] = set()
        self.petitions: dict[int, Petition] = {}
        # Who has asked for the microphone, and who was called to it, which may be known earlier.
        self.queue: list[str] = []
        self.called: set[str] = set()
        self.steps: list[Step] = []
        # By id, what is announced now.
        self.announced: dict[int, str] = {}
        # Writes that took effect.
        self.done: Counter = Counter()
        # Cells of slots that are not over; those that are taken, by when that was acknowledged; and those that were
        # taken, from when until when.
        self.all_cells: set[str] = set()
        self.cells: dict[str, float] = {}
        self.past: list[tuple[str, float, float]] = []

    def changes(self, channel: str) -> int:
        """How many changes of the channel all of it makes."""
        return sum(each * self.done[what] for what, each in CHANGES[channel].items())

    def mark(self, phone: int, topic: int, kind: str | None) -> None:
        if self.marks.get((phone, topic)) != kind:
            self.done["mark"] += 1
        if kind:
            self.marks[phone, topic] = kind
        else:
            self.marks.pop((phone, topic), None)

    def going_to(self, number: int) -> int:
        """How many chairs at this topic must be taken."""
        return self.going[number] + sum(kind == "go" for (_, topic), kind in self.marks.items() if topic == number)

    def propose(self, topic: Topic, moment: float) -> None:
        self.topics[topic.number] = topic
        self.done["propose into a cell" if topic.cell else "propose"] += 1
        if topic.cell:
            self.cells[topic.cell] = moment

    def hang(self, number: int, cell: str, moment: float, *, undoing: bool = False) -> None:
        was = self.topics[number].cell
        if was == cell:
            return
        kind = ("undo a move" if undoing else "move") if was else "place"
        self.done[kind + within(was, cell)] += 1
        self._put(number, cell, moment)

    def swap(self, one: int, other: int, *, undoing: bool = False) -> None:
        cells = self.topics[one].cell, self.topics[other].cell
        self.done[("undo a swap" if undoing else "swap") + within(*cells)] += 1
        self.topics[one].cell, self.topics[other].cell = cells[::-1]

    def withdraw(self, number: int, moment: float) -> None:
        self.done["withdraw from a cell" if self.topics[number].cell else "withdraw from the market"] += 1
        self._put(number, "", moment)
        self.topics[number].withdrawn = True

    def restore(self, number: int, cell: str, moment: float) -> None:
        self.done["restore to a cell" if cell else "restore to the market"] += 1
        self._put(number, cell, moment)
        self.topics[number].withdrawn = False

    def _put(self, number: int, cell: str, moment: float) -> None:
        was, self.topics[number].cell = self.topics[number].cell, cell
        if was in self.cells:
            self.past.append((was, self.cells.pop(was), moment))
        if cell:
            self.cells[cell] = moment

    def step(self, words: str) -> None:
        """A facilitator did something new: steps that are undone cannot be done again any more."""
        self.steps = [*(step for step in self.steps if not step.is_undone), Step(words)]

    def was_taken(self, cell: str, since: float, until: float) -> bool:
        """Whether it was taken all the while, for all we were told."""
        return any(first < since and until < last for first, last in self._spans(cell))

    def was_free(self, cell: str, since: float, until: float) -> bool:
        """Whether it was free all the while, for all we were told."""
        return not any(first < until and since < last for first, last in self._spans(cell))

    def _spans(self, cell: str) -> list[tuple[float, float]]:
        spans = [(first, last) for known, first, last in self.past if known == cell]
        return [*spans, (self.cells[cell], float("inf"))] if cell in self.cells else spans


def within(one: str, other: str) -> str:
    """What is added to the name of a write between two cells of one slot."""
    return " within a slot" if one and one.partition("-")[0] == other.partition("-")[0] else ""
