"""The programme of an event for conference apps, which ask for it every minute, mostly in vain."""

from datetime import datetime
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
from openspace.exports.readers import check_reader
from openspace.exports.schedule import Schedule, as_json, as_xml, schedule_of
from openspace.extensions import base_url, db
from openspace.live import log
from openspace.live.models import Change
from openspace.web import qr
from openspace.web.cache import LruCache

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
    """The file for whoever may read it (`check_reader`), or 304 for who has it. Conveners are named to those inside."""
    is_inside = check_reader()
    address = base_url() + url_for(f"schedules.{kind}", key=request.args.get("key") or None)
    drawn = (kind, address, is_inside, visitor.event_snapshot, visitor.revision)
    file: File = schedule_cache.get(drawn, lambda: _file(kind, address, is_inside))
    response = Response(file.body, mimetype=mimetype)
    response.headers["Cache-Control"] = f"{'private' if is_inside else 'public'}, no-cache"
    response.set_etag(file.etag, weak=True)
    # Whole seconds: while one lasts, something may still change in it.
    if (now() - file.changed_at).total_seconds() > 1:
        response.last_modified = file.changed_at
    response.make_conditional(request)
    return response


def _file(kind: str, address: str, is_inside: bool) -> File:
    schedule = _present(is_inside)
    release = version("openspace")
    if kind == "xml":
        body = as_xml(schedule, address, release)
    else:
        body = json.dumps(as_json(schedule, release), separators=(",", ":")).encode()
    return File(body, f"{schedule.version}-{current_app.config['VERSION']}", _changed_at())


def _present(with_persons: bool) -> Schedule:
    """The schedule as it was at one revision of the board. It is read anew when the board changes while it is read."""
    event = visitor.event
    for _ in range(3):
        revision = log.revision(event.id, BOARD)
        schedule = schedule_of(event, with_persons=with_persons)
        if revision == log.revision(event.id, BOARD):
            break
        db.session.expire_all()
    return schedule


def _changed_at() -> datetime:
    """When the board was last changed; when the event was made, if it never was."""
    event = visitor.event
    last = db.session.scalar(select(func.max(Change.at)).where(Change.event_id == event.id, Change.channel == BOARD))
    return last or event.created_at
