"""What becomes of a commitment, by what people say to it; pure functions."""

from collections.abc import Collection
from datetime import date, timedelta
from enum import StrEnum

# Characters of what is promised, of its first step, and of the sentence with which it is let go.
LONGEST = 300
# Open commitments of one event, those of them that one member wrote down, and people in one of them.
MOST, MOST_EACH, MOST_PEOPLE = 500, 20, 20
# A question that waited so long counts as left without an answer, so that nobody waits for ever.
PATIENCE = timedelta(days=7)
# Later than any day by which something is promised.
_NEVER = 9_999_999


class State(StrEnum):
    """How far a commitment is. It is proposed until its owner and everybody who was asked has said yes."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    DOING = "doing"
    DONE = "done"
    LET_GO = "let-go"


class Word(StrEnum):
    """What a member says to a commitment; `SILENT` is a question that was left without an answer."""

    ASKED = "asked"
    YES = "yes"
    NO = "no"
    SILENT = "silent"


# Of two words of one person the earlier one here holds.
STRENGTH = (Word.YES, Word.ASKED, Word.SILENT, Word.NO)
OPEN = (State.PROPOSED, State.ACCEPTED, State.DOING)
# The columns of the wall, and the states that stand in each.
COLUMNS = {
    "waiting": (State.PROPOSED,),
    "taken": (State.ACCEPTED, State.DOING),
    "done": (State.DONE,),
    "over": (State.LET_GO,),
}


def column(state: State) -> str:
    """Return the column of the wall in which commitments of this state stand."""
    return next(name for name, states in COLUMNS.items() if state in states)


def settled(state: State, *, owner: Word | None, helpers: Collection[Word]) -> State:
    """Return the state after somebody has said something. `owner` is None if nobody is the owner.

    What is over stays so. What is begun goes on, whoever is asked meanwhile, as long as it has an owner.
    """
    if state not in OPEN:
        return state
    if owner != Word.YES:
        return State.PROPOSED
    if state == State.DOING:
        return state
    return State.PROPOSED if Word.ASKED in helpers else State.ACCEPTED


def order(state: State, due_on: date | None, number: int) -> int:
    """Return a sort key: by column, then by the day by which it is promised, then by number."""
    day = due_on.toordinal() if due_on else _NEVER
    return list(COLUMNS).index(column(state)) * 10**14 + day * 10**6 + number % 10**6
