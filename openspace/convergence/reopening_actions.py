"""A topic of a round goes on as a new topic: whoever takes it on convenes it."""

from flask_babel import lazy_gettext as _l

from openspace.access.models import Member
from openspace.board import actions as board
from openspace.board.models import Topic
from openspace.convergence import changes
from openspace.convergence.models import DotRound, Reopening, reopenings_of
from openspace.extensions import db
from openspace.live import log
from openspace.web.errors import NotFound, Problem


class TakenOn(Problem):
    """Somebody else has taken the topic on. Fact: `number`, that of the new topic."""

    status = 409
    words = _l("Somebody has taken this topic on already. You can join them.")


class Withdrawn(Problem):
    status = 409
    words = _l("This topic was withdrawn, so nobody can take it on.")


def take_on(found: DotRound, number: int, *, by: Member) -> Topic:
    """Let the topic with this number go on as a new one on the market, which `by` convenes.

    Topics may go on when no others may be proposed. Refuses with `NotFound` one that does not go on, with `Withdrawn`,
    and with `TakenOn` one that somebody has taken on; if they have withdrawn it since, it can be taken on again.
    """
    log.claim(found.event_id)
    origin = next((each.topic for each in found.topics if each.topic.number == number), None)
    if not found.counted_at or origin is None:
        raise NotFound
    db.session.refresh(origin)
    if origin.withdrawn_at:
        raise Withdrawn
    if number not in {place.number for place, _ in found.ranking if place.goes_on}:
        raise NotFound
    if there := reopenings_of(found).get(origin.id):
        raise TakenOn(number=there.number)
    new = board.propose(found.event, title=origin.title, language=origin.language, by=by, even_if_closed=True)
    row = db.session.get(Reopening, (found.id, origin.id)) or Reopening(round_id=found.id, topic_id=origin.id)
    row.new = new
    db.session.add(row)
    db.session.flush()
    changes.moved(found.event_id)
    return new
