"""The views of the news: the page for members, the screen in the hall, and the round by facilitators."""

from datetime import date

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from openspace.access.guards import event_blueprint, event_projected, requires
from openspace.access.models import Role
from openspace.access.visitor import visitor
from openspace.board.models import topic_numbered
from openspace.board.views import day_asked
from openspace.events.models import Event
from openspace.extensions import base_url, limiter
from openspace.live import log
from openspace.news import actions
from openspace.news.fragments import parts_html, round_html
from openspace.news.models import NEWS
from openspace.screens import scenes
from openspace.web import qr
from openspace.web.errors import NotFound, wants_json
from openspace.web.http import see_other

blueprint = event_blueprint("news", __name__)
OFTEN = "240 per minute"
# What the screens of the hall call it.
SCENE = "news"


@blueprint.get("/news")
@requires(Role.PARTICIPANT)
def show() -> ResponseReturnValue:
    """What the sessions of a day have handed in, the newest first, and which have not yet. `?day=2026-06-04`."""
    day = day_asked(visitor.event_snapshot)
    parts = ("count", "wall", "reports", "missing")
    return _page("news/show.html", visitor.event, day, parts)


@blueprint.get("/projector/<key>/news")
def screen(key: str) -> ResponseReturnValue:
    """The newest notes as large as the hall's screen, and the wall in small, for whoever has the projector's key."""
    event = event_projected(key)
    parts = ("count", "wall", "reports", "earlier")
    address = (base_url() + url_for("news.show")).partition("://")[2]
    return _page("news/projector.html", event, event.day_shown(), parts, key=key, address=address)


def _page(template: str, event: Event, day: date, parts: tuple[str, ...], **facts: str) -> str:
    # Read before the rest, so that a change in between is sent to the page twice rather than never.
    revision = log.revision(event.id, NEWS)
    found = parts_html(event, day, *parts) | round_html(event)
    return render_template(template, day=day, parts=found, revision=revision, **facts)


@blueprint.get("/projector/<key>/news/qr.svg")
def code(key: str) -> Response:
    """The QR code of the page of the news."""
    event_projected(key)
    return qr.answer(base_url() + url_for("news.show"))


@blueprint.put("/facilitator/news/round")
@limiter.limit(OFTEN)
@requires(Role.FACILITATOR)
def go_to() -> ResponseReturnValue:
    """Let the screens show the session of the topic with the number `topic` on the day `?day=`."""
    topic = topic_numbered(visitor.event_id, request.form.get("topic", 0, int))
    if topic is None:
        raise NotFound
    actions.go_to(visitor.event, topic, day=day_asked(visitor.event_snapshot), by=visitor.member)
    return _answer()


@blueprint.delete("/facilitator/news/round")
@limiter.limit(OFTEN)
@requires(Role.FACILITATOR)
def stop() -> ResponseReturnValue:
    """End the round: the screens show the newest notes again."""
    actions.stop(visitor.event, by=visitor.member)
    return _answer()


def _answer() -> ResponseReturnValue:
    return ("", 204) if wants_json() else see_other(url_for("news.show"))


scenes.register(SCENE, title=_l("Evening news"), endpoint="news.screen")
