"""Which topics may be in a round of dots, and which of them have notes."""

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import joinedload

from openspace.board.models import IS_SHOWN, Placement, Topic
from openspace.convergence.rules import MOST_TOPICS
from openspace.events.models import Event
from openspace.extensions import db
from openspace.notes.collected import collected


def candidates(event: Event) -> list[tuple[Topic, bool]]:
    """The topics on the board or with notes, by number, each with whether it has notes; no programme items."""
    written = {ident for ident, notes in collected(event).items() if notes.progress}
    hangs = exists().where(Placement.topic_id == Topic.id)
    found = (
        select(Topic)
        .where(Topic.event_id == event.id, IS_SHOWN, ~Topic.is_programme, or_(hangs, Topic.id.in_(written)))
        .options(joinedload(Topic.convener))
        .order_by(Topic.number)
        .limit(MOST_TOPICS)
    )
    return [(topic, topic.id in written) for topic in db.session.scalars(found)]
