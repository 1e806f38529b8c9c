"""Downloads of the board: the list of sessions, and the calendar of a topic."""

from itertools import chain

from flask import json, url_for
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
from openspace.board.models import BOARD, Placement, Topic, marks_on, placements_where
from openspace.board.permissions import topic_shown
from openspace.extensions import base_url
from openspace.live import log
from openspace.web.errors import NotFound
from openspace.web.http import attachment
from openspace.web.i18n import day as day_in_words
from openspace.web.spreadsheets import KINDS, Cell, Clock, Link, Table, download

blueprint = event_blueprint("downloads", __name__)


@blueprint.get(f"/exports/sessions.{KINDS}")
@requires(Role.ORGANISER)
@downloads("sessions")
def sessions(kind: str) -> ResponseReturnValue:
    """The list of sessions: one line for each placement, and one without a time for each topic on the market.

    A workbook has a sheet of all and one for each day.
    """
    event = visitor.event
    marks = marks_on(event)

    def line(topic: Topic, where: list[Cell]) -> list[Cell]:
        return _session(topic, where, *marks.get(topic.id, (0, 0)))

    by_day: dict[str, list[list[Cell]]] = {}
    for placement in placements_where(Topic.event_id == event.id):
        by_day.setdefault(day_in_words(placement.slot.day), []).append(line(placement.topic, _where(placement)))
    loose = [line(topic, [""] * 5) for topic, _ in topics_on_market(event)]
    lines = [*chain.from_iterable(by_day.values()), *loose]
    return download(Table(f"{event.slug}-sessions", _head(), lines, gettext("All sessions"), by_day), kind)


@blueprint.get("/exports/sessions.json")
@requires(Role.ORGANISER)
@downloads("sessions.json")
def sessions_as_json() -> ResponseReturnValue:
    """The list of sessions for other programs: `event`, `revision` of the board, and `sessions`.

    Each session has number, title, text, language, convener, community, going, looking and url; one that hangs has also
    day, starts_at and ends_at (ISO 8601, in the event's zone), space and space_name.
    """
    event = visitor.event
    revision, marks = log.revision(event.id, BOARD), marks_on(event)
    placed = [
        {**_facts(placement.topic, *marks.get(placement.topic_id, (0, 0))), **_spot(placement)}
        for placement in placements_where(Topic.event_id == event.id)
    ]
    loose = [_facts(topic, *marks.get(topic.id, (0, 0))) for topic, _ in topics_on_market(event)]
    return attachment(
        json.dumps({"event": event.slug, "revision": revision, "sessions": [*placed, *loose]}, indent=1),
        f"{event.slug}-sessions.json",
        "application/json",
    )


def _facts(topic: Topic, going: int, looking: int) -> dict[str, str | int]:
    return {
        "number": topic.number,
        "title": topic.title,
        "text": topic.text,
        "language": topic.language,
        "convener": topic.convener.name,
        "community": topic.convener.community,
        "going": going,
        "looking": looking,
        "url": base_url() + url_for("topics.show", number=topic.number),
    }


def _spot(placement: Placement) -> dict[str, str | int]:
    slot, space = placement.slot, placement.space
    times = {name: slot.event.local(getattr(slot, name)).isoformat() for name in ("starts_at", "ends_at")}
    return {"day": slot.day.isoformat(), **times, "space": space.number, "space_name": space.name}


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
    convener, address = topic.convener, Link(base_url() + url_for("topics.show", number=topic.number))
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
