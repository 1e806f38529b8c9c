"""Downloads."""

from flask import url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from openspace.access.guards import current_event, event_blueprint, requires, sees_board
from openspace.access.models import Role
from openspace.board.models import Topic, marks_on, topic_numbered, topics_in
from openspace.board.wall import topics_on_market
from openspace.errors import NotFound
from openspace.exports.calendars import calendar
from openspace.exports.tables import as_csv
from openspace.extensions import base_url
from openspace.http import attachment

blueprint = event_blueprint("exports", __name__)


@blueprint.get("/exports/sessions.csv")
@requires(Role.ORGANISER)
def sessions() -> ResponseReturnValue:
    """Every topic, one line a placement; those of the market without a time."""
    event = current_event()
    head = [
        gettext("Number"),
        gettext("Topic"),
        gettext("What is it about?"),
        gettext("Language of the talk"),
        gettext("Convener"),
        gettext("Community or town"),
        gettext("Day"),
        gettext("From"),
        gettext("Until"),
        gettext("Place"),
        gettext("Name of the place"),
        gettext("Going (count)"),
        gettext("Looking in (count)"),
        gettext("Address"),
    ]
    marks = marks_on(event)

    def line(topic: Topic, *where: object) -> list[object]:
        going, looking = marks.get(topic.id, (0, 0))
        address = base_url() + url_for("topics.show", number=topic.number)
        convener = topic.convener
        about = [topic.number, topic.title, topic.text, topic.language, convener.name, convener.community]
        return [*about, *where, going, looking, address]

    lines = [
        line(
            placement.topic,
            placement.slot.day.isoformat(),
            f"{event.local(placement.slot.starts_at):%H:%M}",
            f"{event.local(placement.slot.ends_at):%H:%M}",
            placement.space.number,
            placement.space.name,
        )
        for placement in topics_in(Topic.event_id == event.id)
    ]
    loose = [line(topic, "", "", "", "", "") for topic, _ in topics_on_market(event)]
    return attachment(as_csv(head, [*lines, *loose]), f"{event.slug}-sessions.csv", "text/csv")


@blueprint.get("/exports/calendar.ics")
@requires(Role.ORGANISER)
def whole_calendar() -> ResponseReturnValue:
    """Every session of the event."""
    event = current_event()
    book = calendar(event, topics_in(Topic.event_id == event.id))
    return attachment(book, f"{event.slug}.ics", "text/calendar")


@blueprint.get("/topics/<int:number>/calendar.ics")
@sees_board
def topic_calendar(number: int) -> ResponseReturnValue:
    """One topic, for one's own calendar."""
    event = current_event()
    topic = topic_numbered(event, number)
    if topic is None or not topic.placements:
        raise NotFound
    return attachment(calendar(event, topic.placements), f"{event.slug}-{number}.ics", "text/calendar")
