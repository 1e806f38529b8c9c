"""The programme of an event for conference apps, which ask for it every minute, mostly in vain."""

from datetime import datetime, timedelta
from importlib.metadata import version
from typing import NamedTuple

from flask import Response, current_app, json, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from openspace.access.guards import event_blueprint, requires
from openspace.access.models import Role
from openspace.access.visitor import visitor
from openspace.board.models import BOARD
from openspace.clock import now
from openspace.events.models import Event
from openspace.exports.readers import at_one_revision, check_reader
from openspace.exports.schedule import as_json, as_xml, schedule_of
from openspace.extensions import base_url, db
from openspace.live.models import Change
from openspace.web import qr
from openspace.web.cache import LruCache

# How old a change is when its time is told. The clocks of several servers differ by less.
SETTLED = timedelta(minutes=1)
XML = "application/vnd.c3voc.schedule+xml"

blueprint = event_blueprint("schedules", __name__, channel=lambda: BOARD)
schedule_cache = LruCache(16)


class File(NamedTuple):
    """A schedule as it is sent: its bytes, and the identifier (ETag) and time (Last-Modified) of their last change."""

    body: bytes
    etag: str
    changed_at: datetime


@blueprint.get("/exports/schedule.xml")
def xml() -> ResponseReturnValue:
    """The programme as XML, for Giggity, Fahrplan and other conference apps."""
    return _answer("xml", XML)


@blueprint.get("/exports/schedule.json", endpoint="json")
def document() -> ResponseReturnValue:
    """The programme as JSON, for conference apps."""
    return _answer("json", "application/json")


@blueprint.get("/exports/schedule.svg")
@requires(Role.ORGANISER)
def code() -> ResponseReturnValue:
    """The QR code that leads an app to the programme as members see it."""
    response = qr.answer(base_url() + url_for("schedules.xml", key=visitor.event.feed_key))
    # Not for an hour, as other codes: after the key was replaced it would lead nowhere.
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _answer(kind: str, mimetype: str) -> Response:
    """The file for whoever may read it (`check_reader`), or 304 to a client that has it.

    Conveners are named only to members and with the key.
    """
    is_inside = check_reader()
    address = base_url() + url_for(f"schedules.{kind}", key=request.args.get("key") or None)
    drawn = (kind, address, is_inside, visitor.event_snapshot, visitor.revision)
    file: File = schedule_cache.get(drawn, lambda: _file(kind, address, is_inside))
    response = Response(file.body, mimetype=mimetype)
    response.headers["Cache-Control"] = f"{'private' if is_inside else 'public'}, no-cache"
    response.set_etag(file.etag, weak=True)
    # It tells whole seconds, by the clock of the server that wrote: what is younger may still be joined by another
    # change of the same time.
    if now() - file.changed_at > SETTLED:
        response.last_modified = file.changed_at
    response.make_conditional(request)
    return response


def _file(kind: str, address: str, is_inside: bool) -> File:
    event = visitor.event
    changed_at, schedule = at_one_revision(lambda: (_changed_at(event), schedule_of(event, with_persons=is_inside)))
    release = version("openspace")
    if kind == "xml":
        body = as_xml(schedule, address, release)
    else:
        body = json.dumps(as_json(schedule, release), separators=(",", ":")).encode()
    return File(body, f"{schedule.version}-{current_app.config['VERSION']}", changed_at)


def _changed_at(event: Event) -> datetime:
    """When the board last changed, other than by marks of interest; when the event was made, if it never did."""
    of_board = (Change.event_id == event.id, Change.channel == BOARD, Change.subject.not_like("going-%"))
    return db.session.scalar(select(func.max(Change.at)).where(*of_board)) or event.created_at
