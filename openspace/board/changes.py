"""Which subjects of the live log a write on the board touches."""

from datetime import date

from sqlalchemy import select

from openspace.access.actions import when_introduced
from openspace.access.models import Member
from openspace.board.models import BOARD, Placement, Topic, TopicToMark
from openspace.extensions import db
from openspace.live import log


def cell(event_id: int, slot_id: int, space_id: int) -> None:
    """A cell was filled or freed, and with it the number of free cells in its slot."""
    log.record(event_id, BOARD, f"cell-{slot_id}-{space_id}", f"slot-{slot_id}")


def filled_or_freed(placement: Placement) -> None:
    """A topic hangs there now, or no more; a closed place has its column only while something hangs in it."""
    cell(placement.topic.event_id, placement.slot_id, placement.space_id)
    if placement.space.closed_at:
        day(placement.topic.event_id, placement.slot.day)


def topic(changed: Topic | TopicToMark) -> None:
    """What a topic's own sheets show has changed, wherever they hang."""
    if cells := [f"cell-{key}" for key in changed.cells]:
        log.record(changed.event_id, BOARD, *cells)
    else:
        market(changed)
    page(changed)


def market(changed: Topic | TopicToMark) -> None:
    """A topic came to the market, left it, or changed there."""
    log.record(changed.event_id, BOARD, f"market-{changed.number}")


def page(changed: Topic | TopicToMark) -> None:
    """What the topic's own page shows has changed."""
    log.record(changed.event_id, changed.channel, "topic")


def whole_page(changed: Topic) -> None:
    """Where the topic hangs has changed, and with it what one can do on its page: that page loads itself anew."""
    log.record(changed.event_id, changed.channel, "topic", "page")


def day(event_id: int, when: date) -> None:
    """The slots or the spaces of a day have changed."""
    log.record(event_id, BOARD, f"day-{when.isoformat()}")


def everything(event_id: int) -> None:
    """The event itself has changed: open pages load themselves anew when it suits them."""
    log.record(event_id, BOARD, "page")


def convener(member: Member) -> None:
    """Somebody is called differently now: so are the sheets of their topics."""
    log.claim(member.event_id, BOARD)
    for each in db.session.scalars(
        select(Topic).where(Topic.convener_id == member.id, Topic.withdrawn_at.is_(None)).order_by(Topic.id)
    ):
        topic(each)


when_introduced.append(convener)
