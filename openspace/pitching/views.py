"""The views of the queue at the microphone: a participant's own page, and the screen in the hall."""

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext as _l
from sqlalchemy import select

from openspace.access.guards import event_blueprint, event_projected, requires
from openspace.access.models import Role
from openspace.access.visitor import visitor
from openspace.board.answers import WRITES
from openspace.board.models import Topic, topic_numbered
from openspace.extensions import base_url, db, limiter
from openspace.live import log
from openspace.pitching import actions
from openspace.pitching.fragments import part_html, personal_json
from openspace.pitching.models import PITCH, pitch_waiting
from openspace.screens import scenes
from openspace.web import qr
from openspace.web.errors import NotFound, wants_json
from openspace.web.http import flash_message, see_other

blueprint = event_blueprint("pitching", __name__)
# What the screens of the hall call it.
SCENE = "pitch"


@blueprint.get("/microphone")
@requires(Role.PARTICIPANT)
def show() -> ResponseReturnValue:
    """The queue, the visitor's place in it, and the ways to wait: with one of their topics, or without. `?topic=7`."""
    revision = log.revision(visitor.event_id, PITCH)
    member = visitor.member
    mine = (Topic.convener_id == member.id, Topic.withdrawn_at.is_(None))
    return render_template(
        "pitching/show.html",
        parts={part: part_html(visitor.event, part) for part in ("reading", "line")},
        waiting=pitch_waiting(member.id),
        topics=list(db.session.scalars(select(Topic).where(*mine).order_by(Topic.number))),
        chosen=request.args.get("topic", 0, int),
        revision=revision,
        personal_json=personal_json(member, PITCH, revision),
    )


@blueprint.put("/microphone/place")
@limiter.limit(WRITES)
@requires(Role.PARTICIPANT)
def wait() -> ResponseReturnValue:
    """Wait in the queue with the topic whose number is sent; with 0 for one that is said at the microphone."""
    number = request.form.get("topic", 0, int)
    topic = topic_numbered(visitor.event_id, number) if number else None
    if number and topic is None:
        raise NotFound
    actions.queue_up(visitor.member, topic=topic, by=visitor.member)
    return _answer()


@blueprint.delete("/microphone/place")
@limiter.limit(WRITES)
@requires(Role.PARTICIPANT)
def leave() -> ResponseReturnValue:
    """Wait no longer."""
    if pitch := pitch_waiting(visitor.member.id):
        actions.step_out(pitch, by=visitor.member)
    flash_message(gettext("You do not wait in the queue any more."))
    return _answer()


def _answer() -> ResponseReturnValue:
    return ("", 204) if wants_json() else see_other(url_for("pitching.show"))


@blueprint.get("/microphone/projector")
@requires(Role.FACILITATOR)
def link() -> ResponseReturnValue:
    """Redirect to the screen's address. Its key lets a computer show it without anybody signed in there."""
    return redirect(url_for("pitching.screen", key=visitor.event.projector_key))


@blueprint.get("/projector/<key>/pitch")
def screen(key: str) -> ResponseReturnValue:
    """The topic that is being read out, as large as the hall's screen, for whoever has the projector's key."""
    event = event_projected(key)
    revision = log.revision(event.id, PITCH)
    parts = {part: part_html(event, part) for part in ("stage", "coming", "minis")}
    return render_template("pitching/projector.html", key=key, parts=parts, revision=revision)


@blueprint.get("/projector/<key>/pitch/qr.svg")
def code(key: str) -> Response:
    """The QR code of the topic with the number `?topic=`; without one, of the page where people wait in the queue.

    It says nothing but the number, so the topic is not looked for.
    """
    event_projected(key)
    number = request.args.get("topic", 0, int)
    page = url_for("topics.show", number=number) if number else url_for("pitching.show")
    return qr.answer(base_url() + page)


scenes.register(SCENE, title=_l("At the microphone"), endpoint="pitching.screen")
