"""Records in the live log which parts of open pages show what a write on the board has changed."""

from collections.abc import Callable
from datetime import date

from sqlalchemy import select

from openspace.access.actions import when_introduced
from openspace.access.models import Member
from openspace.board.models import BOARD, IS_SHOWN, Placement, Topic, TopicSnapshot, convened_by
from openspace.board.rules import CellKey
from openspace.events.models import Slot
from openspace.extensions import db
from openspace.journal.models import CONSOLE
from openspace.live import log

# The subject of the console's channel for the list of hidden topics.
HIDDEN = "hidden"
# What its subjects for the times of a day begin with, as in `times-2026-06-04`.
TIMES = "times"

# Functions that features above the board have called: when a topic is shown differently or hangs elsewhere; and, with
# the event's id and the subject of the board that has changed, when a cell was filled or freed (`cell-3-7`), a slot was
# locked (`slot-3`), or a day's slots and spaces have changed (`day-2026-06-04`).
when_changed: list[Callable[[Topic | TopicSnapshot], None]] = []
when_rearranged: list[Callable[[int, str], None]] = []


def cell(event_id: int, slot_id: int, space_id: int) -> None:
    """Record that a cell was filled or freed, and with it the number of free cells in the head of its slot."""
    subject = f"cell-{CellKey(slot_id, space_id)}"
    log.record(event_id, BOARD, subject, f"slot-{slot_id}")
    _rearranged(event_id, subject)


def filled_or_freed(placement: Placement) -> None:
    """Record that a topic was hung into the cell of this placement or taken out of it.

    The column of a closed space or a butterfly place is shown only while something hangs in it, so then the whole day
    has changed.
    """
    cell(placement.topic.event_id, placement.slot_id, placement.space_id)
    if not placement.space.is_column:
        day(placement.topic.event_id, placement.slot.day)


def marks(changed: Topic | TopicSnapshot) -> None:
    """Record that other people go to a topic: its numbers on the board or the market, and its page."""
    log.record(changed.event_id, BOARD, f"going-{changed.number}")
    topic_page(changed)


def topic(changed: Topic) -> None:
    """Record that a topic looks different, in its cells or on the market, and on its page."""
    if cells := [f"cell-{key}" for key in changed.cells]:
        log.record(changed.event_id, BOARD, *cells)
    else:
        market(changed)
    topic_page(changed)


def market(changed: Topic) -> None:
    """Record that a topic came to the market, left it, or changed there."""
    log.record(changed.event_id, BOARD, f"market-{changed.number}")


def gone(event_id: int, number: int) -> None:
    """Record that the topic with this number was never proposed, because that was undone."""
    log.record(event_id, BOARD, f"market-{number}")
    log.record(event_id, f"topic-{number}", "topic", "page")


def hidden(changed: Topic) -> None:
    """Record that the topic was taken down or brought back, for the console's list of hidden topics."""
    log.record(changed.event_id, CONSOLE, HIDDEN)


def topic_page(changed: Topic | TopicSnapshot) -> None:
    """Record that the live part of the topic's own page has changed."""
    log.record(changed.event_id, changed.channel, "topic")
    for call in when_changed:
        call(changed)


def reload_topic_page(changed: Topic) -> None:
    """Record that the topic hangs elsewhere. Its open page then loads anew, because other actions are offered on it."""
    log.record(changed.event_id, changed.channel, "topic", "page")
    for call in when_changed:
        call(changed)


def day(event_id: int, when: date) -> None:
    """Record that the slots or the spaces of a day have changed."""
    subject = f"day-{when.isoformat()}"
    log.record(event_id, BOARD, subject)
    times(event_id, when)
    _rearranged(event_id, subject)


def times(event_id: int, when: date) -> None:
    """Record that the slots of a day, their locks or their closed spaces have changed, for the console's page."""
    log.record(event_id, CONSOLE, f"{TIMES}-{when.isoformat()}")


def _rearranged(event_id: int, subject: str) -> None:
    for call in when_rearranged:
        call(event_id, subject)


def locked(slot: Slot) -> None:
    """Record that a slot was locked or unlocked: its head and its free cells look otherwise."""
    taken = set(db.session.scalars(select(Placement.space_id).where(Placement.slot_id == slot.id)))
    free = [CellKey(slot.id, space.id) for space in slot.event.spaces if space.id not in taken]
    log.record(slot.event_id, BOARD, f"slot-{slot.id}", *(f"cell-{key}" for key in free))
    times(slot.event_id, slot.day)
    _rearranged(slot.event_id, f"slot-{slot.id}")


def reload_board_pages(event_id: int) -> None:
    """Record that the event itself has changed. Open board pages then load anew, once nobody is typing in them."""
    log.record(event_id, BOARD, "page")


def convener(member: Member) -> None:
    """Record that the convener's name or community has changed, for all their topics."""
    log.claim(member.event_id)
    for each in db.session.scalars(select(Topic).where(convened_by(member.id), IS_SHOWN).order_by(Topic.id)):
        topic(each)


when_introduced.append(convener)
