"""The board's download: the calendar of a topic."""

from flask.typing import ResponseReturnValue
from sqlalchemy import or_

from openspace.access.guards import event_blueprint, sees_board
from openspace.access.visitor import visitor
from openspace.board.appointments import cancelled_in
from openspace.board.calendars import calendar
from openspace.board.models import Topic
from openspace.board.permissions import topic_shown
from openspace.web.errors import NotFound
from openspace.web.http import attachment

blueprint = event_blueprint("downloads", __name__)


@blueprint.get("/topics/<int:number>/calendar.ics")
@sees_board
def topic_calendar(number: int) -> ResponseReturnValue:
    """The calendar of one topic; placements that were taken off are cancelled in it.

    That of a merged topic is the joint one's, in which its own appointments are cancelled.

    Refuses with `NotFound` a topic that never hung, and a withdrawn one from all who may not bring it back.
    """
    event = visitor.event
    topic = topic_shown(event.id, number, visitor.member_or_none)
    if topic is None:
        raise NotFound
    topic = topic.joint or topic
    cancelled = cancelled_in(or_(Topic.id == topic.id, Topic.joint_id == topic.id))
    if not topic.placements and not cancelled:
        raise NotFound
    return attachment(calendar(event, topic.placements, cancelled), f"{event.slug}-{number}.ics", "text/calendar")
