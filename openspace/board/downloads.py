"""Downloads of the board: the list of sessions, and the calendar of a topic."""

from flask import url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import or_

from openspace.access.guards import event_blueprint, requires, sees_board
from openspace.access.models import Role
from openspace.access.security_log import downloads
from openspace.access.visitor import visitor
from openspace.board.appointments import cancelled_in
from openspace.board.calendars import calendar
from openspace.board.cells import topics_on_market
from openspace.board.models import Placement, Topic, marks_on, placements_where
from openspace.board.permissions import topic_shown
from openspace.extensions import base_url
from openspace.web.errors import NotFound
from openspace.web.http import attachment
from openspace.web.spreadsheets import KINDS, Cell, Clock, Table, download

blueprint = event_blueprint("downloads", __name__)


@blueprint.get(f"/exports/sessions.{KINDS}")
@requires(Role.ORGANISER)
@downloads("sessions")
def sessions(kind: str) -> ResponseReturnValue:
    """The list of sessions: one line for each placement, and one without a time for each topic on the market."""
    event = visitor.event
    marks = marks_on(event)
    placed = [(placement.topic, _where(placement)) for placement in placements_where(Topic.event_id == event.id)]
    loose: list[tuple[Topic, list[Cell]]] = [(topic, [""] * 5) for topic, _ in topics_on_market(event)]
    lines = [_session(topic, where, *marks.get(topic.id, (0, 0))) for topic, where in [*placed, *loose]]
    return download(Table(f"{event.slug}-sessions", _head(), lines), kind)


def _head() -> list[str]:
    return [
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


def _session(topic: Topic, where: list[Cell], going: int, looking: int) -> list[Cell]:
    convener, address = topic.convener, base_url() + url_for("topics.show", number=topic.number)
    about: list[Cell] = [topic.number, topic.title, topic.text, topic.language, convener.name, convener.community]
    return [*about, *where, going, looking, address]


def _where(placement: Placement) -> list[Cell]:
    slot, space = placement.slot, placement.space
    starts, ends = (Clock(slot.event.local(moment), slot.day) for moment in (slot.starts_at, slot.ends_at))
    return [slot.day, starts, ends, space.number, space.name]


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
