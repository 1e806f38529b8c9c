"""The facilitators' views of the microphone: writing down what is read out, and leading the queue."""

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from openspace.access.guards import event_blueprint, find, requires
from openspace.access.models import Member, Role
from openspace.access.visitor import visitor
from openspace.board import actions as board
from openspace.board.answers import WRITES, cell_called, where_it_hangs
from openspace.board.conveners import convener_called, labels
from openspace.board.models import Topic
from openspace.clock import now
from openspace.extensions import limiter
from openspace.journal import actions as journal
from openspace.live import log
from openspace.pitching import actions
from openspace.pitching.claim_actions import write_down
from openspace.pitching.forms import EntryForm, PlaceForm, QueueForm, TurnForm
from openspace.pitching.fragments import part_html, personal_json
from openspace.pitching.models import PITCH, Claim, Pitch, pitch_now
from openspace.pitching.views import SCENE
from openspace.screens.models import Screen, screens_of
from openspace.web.errors import Problem, Stale, shows_again, wants_json
from openspace.web.http import flash_message, see_other
from openspace.web.i18n import language
from openspace.writes import request_key

blueprint = event_blueprint("microphone", __name__)


def console_page(problem: Problem | None = None) -> str:
    """The page of the microphone on the console; after a refusal with what was typed."""
    revision = log.revision(visitor.event_id, PITCH)
    return render_template(
        "pitching/console.html",
        form=EntryForm.for_page(validate=False),
        problem=problem,
        people=labels(visitor.event),
        parts={part: part_html(visitor.event, part) for part in ("air", "queue", "places")},
        screens=_screens(),
        revision=revision,
        personal_json=personal_json(visitor.member, PITCH, revision),
    )


@blueprint.get("/facilitator/pitch")
@requires(Role.FACILITATOR)
def show() -> ResponseReturnValue:
    """Who is at the microphone, the line in which an entry is typed, and the queue."""
    return console_page()


@blueprint.get("/facilitator/pitch/people")
@requires(Role.FACILITATOR)
def people() -> ResponseReturnValue:
    """The members as options to choose a convener from: the part of the page that is asked for again."""
    return render_template("pitching/_people.html", people=labels(visitor.event))


@blueprint.get("/facilitator/pitch/projector")
@requires(Role.FACILITATOR)
def projector() -> ResponseReturnValue:
    """Whether a screen shows who reads: the part of the page that is asked for again, for it is in no channel."""
    return render_template("pitching/_projector.html", screens=_screens())


@blueprint.post("/facilitator/pitch/entries")
@limiter.limit(WRITES)
@requires(Role.FACILITATOR)
@shows_again(console_page)
def enter() -> ResponseReturnValue:
    """Write a topic down and show it on the projector. If its cell is taken by now, it is on the market."""
    form = EntryForm()
    form.check()
    with journal.step(visitor.event_id, "pitch.enter", by=visitor.member, title=form.title.data or ""):
        convener, claim = _convener(form.convener.data or "", is_guest=form.is_guest.data)
        topic = _propose(form.title.data or "", convener)
        problem = _hang(topic, form.cell.data) if form.cell.data else None
        actions.read_out(topic, typed_at=form.typed_at.data, by=visitor.member)
    says = f"{problem} {where_it_hangs(topic)}" if problem else ""
    return _entered(topic, claim, says)


@blueprint.post("/facilitator/pitch/queue")
@limiter.limit(WRITES)
@requires(Role.FACILITATOR)
@shows_again(console_page)
def add() -> ResponseReturnValue:
    """Let somebody wait in the queue, with a topic if one was typed."""
    form = QueueForm()
    form.check()
    with journal.step(visitor.event_id, "pitch.add", by=visitor.member) as facts:
        convener, claim = _convener(form.convener.data or "", is_guest=form.is_guest.data)
        facts["name"] = convener.name
        topic = _propose(form.title.data, convener) if form.title.data else None
        actions.queue_up(convener, topic=topic, by=visitor.member)
    return _entered(topic, claim, "")


@blueprint.put("/facilitator/pitch/queue/<int:pitch_id>/place")
@limiter.limit(WRITES)
@requires(Role.FACILITATOR)
def put_place(pitch_id: int) -> ResponseReturnValue:
    """Let somebody be this place of the queue."""
    form = PlaceForm()
    form.check()
    pitch = find(Pitch, pitch_id)
    with journal.step(visitor.event_id, "pitch.move", by=visitor.member, name=pitch.member.name):
        actions.move(pitch, place=form.place.data or 1, by=visitor.member)
    return _answer()


@blueprint.delete("/facilitator/pitch/queue/<int:pitch_id>")
@limiter.limit(WRITES)
@requires(Role.FACILITATOR)
def remove(pitch_id: int) -> ResponseReturnValue:
    """Take somebody out of the queue."""
    pitch = find(Pitch, pitch_id)
    with journal.step(visitor.event_id, "pitch.remove", by=visitor.member, name=pitch.member.name):
        actions.step_out(pitch, by=visitor.member)
    return _answer()


@blueprint.put("/facilitator/pitch/now")
@limiter.limit(WRITES)
@requires(Role.FACILITATOR)
def call() -> ResponseReturnValue:
    """Call a person, or the first of the queue, to the microphone; whoever was there is done."""
    form = TurnForm()
    form.check()
    pitch = find(Pitch, form.pitch.data) if form.pitch.data else None
    with journal.step(visitor.event_id, "pitch.call", by=visitor.member) as facts:
        called = actions.call(visitor.event_id, pitch, seen=form.seen.data, by=visitor.member)
        facts["name"] = called.member.name if called else ""
    return _answer()


@blueprint.delete("/facilitator/pitch/now")
@limiter.limit(WRITES)
@requires(Role.FACILITATOR)
def finish() -> ResponseReturnValue:
    """Let nobody be at the microphone. A topic that hangs nowhere stays on the market."""
    form = TurnForm()
    form.check()
    with journal.step(visitor.event_id, "pitch.finish", by=visitor.member):
        actions.finish(visitor.event_id, seen=form.seen.data, by=visitor.member)
    return _answer()


@blueprint.put("/facilitator/pitch/now/cell")
@limiter.limit(WRITES)
@requires(Role.FACILITATOR)
def hang() -> ResponseReturnValue:
    """Hang the topic that is being read out into the form's `cell`."""
    form = TurnForm()
    form.check()
    pitch = pitch_now(visitor.event_id)
    if pitch is None or pitch.id != form.seen.data or pitch.shown is None:
        raise Stale
    topic, cell = pitch.shown, cell_called(request.form.get("cell", ""))
    with journal.step(visitor.event_id, "pitch.hang", by=visitor.member, title=topic.title):
        if topic.placements:
            board.move(topic.placements[-1], **cell, by=visitor.member, anyway="anyway" in request.form)
        else:
            board.place(topic, **cell, by=visitor.member, anyway="anyway" in request.form)
    flash_message(where_it_hangs(topic))
    return _answer()


def _screens() -> list[Screen]:
    """The screens that are alive and show who is at the microphone."""
    return [screen for screen in screens_of(visitor.event_id) if screen.says == SCENE and screen.is_alive(now())]


def _convener(typed: str, *, is_guest: bool) -> tuple[Member, Claim | None]:
    """The member whom `typed` names; with `is_guest`, a new one without a phone, and the code that they are given."""
    if not is_guest:
        return convener_called(visitor.event, typed, by=visitor.member), None
    claim = write_down(visitor.event, typed, by=visitor.member)
    return claim.member, claim


def _propose(title: str, convener: Member) -> Topic:
    languages = visitor.event.languages
    return board.propose(
        visitor.event,
        title=title,
        language=language() if language() in languages else languages[0],
        convener=convener,
        key=request_key() or None,
        by=visitor.member,
    )


def _hang(topic: Topic, cell: str) -> Problem | None:
    """Hang the topic into the cell with this key; returns the refusal, because an entry counts more than its place."""
    try:
        board.place(topic, **cell_called(cell), by=visitor.member)
    except Problem as problem:
        return problem
    return None


def _entered(topic: Topic | None, claim: Claim | None, says: str) -> ResponseReturnValue:
    """The answer after an entry. It names the claim and not its code, because answers are stored."""
    if wants_json():
        return {"number": topic.number if topic else None, "claim": claim.id if claim else None, "says": says}, 201
    flash_message(says or gettext("Written down."))
    return see_other(url_for("claims.slips", claim=claim.id) if claim else url_for("microphone.show"))


def _answer() -> ResponseReturnValue:
    return ("", 204) if wants_json() else see_other(url_for("microphone.show"))
