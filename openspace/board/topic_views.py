"""The views of a topic: its page, proposing, editing, withdrawing and restoring it."""

from flask import Response, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from openspace.access.guards import event_blueprint, requires, sees_board
from openspace.access.models import Member, Role
from openspace.access.visitor import visitor
from openspace.board import actions
from openspace.board.answers import (
    WRITES,
    answer,
    asked_topic,
    cell_called,
    shown_topic,
    topic_as_answer,
    where_it_hangs,
)
from openspace.board.choosing import places, refused_by_now
from openspace.board.conveners import convener_called, labels
from openspace.board.forms import ProposeForm, TopicForm, WithdrawalForm
from openspace.board.fragments import topic_html
from openspace.board.locks import is_locked_for, refusal
from openspace.board.merge_models import MergeRequest, requests_about
from openspace.board.models import IS_SHOWN, Topic, number_shown
from openspace.board.permissions import check_may_change, may_change, may_restore, movable
from openspace.board.views import personal_json, topic_json
from openspace.clock import now
from openspace.extensions import base_url, db, limiter
from openspace.live.fragments import View
from openspace.web import qr
from openspace.web.errors import Problem, shows_again, wants_json
from openspace.web.http import flash_message
from openspace.web.i18n import language
from openspace.writes import request_key


def _channel() -> str:
    """The name of the channel of the topic in the address; empty without one."""
    number = (request.view_args or {}).get("number")
    return f"topic-{number}" if number else ""


blueprint = event_blueprint("topics", __name__, channel=_channel)


def new_page(problem: Problem | None = None) -> str:
    """The form for a new topic; after a refusal with all that was typed."""
    form = ProposeForm.for_page(language=_language_of_talk(), cell=request.args.get("cell", ""))
    conveners = list(labels(visitor.event)) if visitor.member.is_at_least(Role.FACILITATOR) else []
    found = places(visitor.event, form.cell.data, problem, by=visitor.member)
    return render_template("board/new_topic.html", form=form, problem=problem, conveners=conveners, **found)


def edit_page(problem: Problem | None = None) -> str:
    """The form that edits the topic in the address; after a refusal with what was typed."""
    topic = shown_topic()
    form = TopicForm.for_page(title=topic.title, text=topic.text, language=topic.language)
    return render_template("board/edit_topic.html", form=form, topic=topic, problem=problem)


@blueprint.get("/topics")
@sees_board
def index() -> ResponseReturnValue:
    """All topics of the event as JSON; a browser is redirected to the board."""
    topics = db.session.scalars(
        select(Topic).where(Topic.event_id == visitor.event_id, IS_SHOWN).order_by(Topic.number)
    )
    return (
        jsonify(topics=[topic_json(topic) for topic in topics])
        if wants_json()
        else redirect(url_for("board.show"), 303)
    )


@blueprint.get("/topics/new")
@requires(Role.PARTICIPANT)
def new() -> ResponseReturnValue:
    """The form for a new topic. `?cell=` chooses a cell; if a topic hangs there by now, the page says so."""
    return new_page(refused_by_now(visitor.event, request.args.get("cell", ""), by=visitor.member))


@blueprint.post("/topics")
@limiter.limit(WRITES)
@requires(Role.PARTICIPANT)
@shows_again(new_page)
def create() -> ResponseReturnValue:
    """Propose a topic, for a cell or for the market. If the cell is locked, it comes to the market, and is told so."""
    form = ProposeForm()
    form.check()
    topic = actions.propose(
        visitor.event,
        title=form.title.data or "",
        text=form.text.data or "",
        language=form.language.data,
        convener=_convener(form),
        key=_key(),
        by=visitor.member,
    )
    cell = cell_called(form.cell.data) if form.cell.data and not topic.placements else None
    if cell and is_locked_for(cell["slot"], visitor.member):
        flash_message(str(refusal(cell["slot"], topic)))
    else:
        if cell:
            actions.place(topic, **cell, by=visitor.member, anyway=form.anyway.data)
        flash_message(where_it_hangs(topic))
    return answer(topic, 201, cell=topic.cells[-1] if topic.cells else None, on_board=True)


@blueprint.get("/topics/<int:number>")
@sees_board
def show(number: int) -> ResponseReturnValue:
    """A topic's own page, or the topic as JSON. That of a merged topic redirects to the joint one's."""
    topic = shown_topic()
    if topic.number != number:
        return redirect(url_for("topics.show", number=topic.number))
    if wants_json():
        return jsonify(topic_json(topic))
    return render_template(
        "board/topic.html",
        topic=topic,
        revision=visitor.revision,
        live=topic_html(visitor.event, topic, View(language(), visitor.audience)),
        may_change=may_change(topic, visitor.member_or_none),
        is_over=bool(topic.placements) and all(placement.slot.ends_at <= now() for placement in topic.placements),
        movable=movable(topic, visitor.member_or_none),
        may_restore=may_restore(topic, visitor.member_or_none),
        questions=_questions(topic),
        is_facilitator=_is_facilitator(),
        personal_json=personal_json(visitor.member_or_none, topic.channel, visitor.revision),
    )


@blueprint.get("/topics/<int:number>/edit")
@requires(Role.PARTICIPANT)
def edit(number: int) -> ResponseReturnValue:
    """The form that edits a topic."""
    check_may_change(asked_topic(), visitor.member)
    return edit_page()


@blueprint.put("/topics/<int:number>")
@limiter.limit(WRITES)
@requires(Role.PARTICIPANT)
@shows_again(edit_page)
def update(number: int) -> ResponseReturnValue:
    """Change a topic's title, text and language."""
    form = TopicForm()
    form.check()
    topic = asked_topic()
    actions.edit(
        topic, title=form.title.data or "", text=form.text.data or "", language=form.language.data, by=visitor.member
    )
    return answer(topic)


@blueprint.put("/topics/<int:number>/withdrawal")
@limiter.limit(WRITES)
@requires(Role.PARTICIPANT)
def put_withdrawal(number: int) -> ResponseReturnValue:
    """Withdraw the topic. The next page offers to undo that."""
    topic = asked_topic()
    form = WithdrawalForm()
    form.check()
    actions.withdraw(topic, by=visitor.member, why=form.why.data or "")
    undo = url_for("topics.delete_withdrawal", number=number, method="DELETE")
    flash_message(gettext("“%(title)s” has been taken down.", title=topic.title), undo=undo)
    return jsonify(topic_as_answer(topic)) if wants_json() else redirect(url_for("board.show"), 303)


@blueprint.delete("/topics/<int:number>/withdrawal")
@limiter.limit(WRITES)
@requires(Role.PARTICIPANT)
def delete_withdrawal(number: int) -> ResponseReturnValue:
    """Restore a withdrawn topic to the cells in which it hung, as far as they are free."""
    topic = asked_topic()
    hung_in = topic.former_cells.split() if topic.withdrawn_at else []
    actions.restore(topic, by=visitor.member)
    flash_message(where_it_hangs(topic))
    if hung_in and not topic.placements and not wants_json():
        # Another topic hangs in that cell now: the page says which one, and which cells are free.
        return redirect(url_for("placements.show", number=number, cell=hung_in[0]), 303)
    return answer(topic, cell=topic.cells[-1] if topic.cells else None, on_board=True)


@blueprint.get("/topics/<int:number>/qr.svg")
@sees_board
def code(number: int) -> Response:
    """The QR code of the topic's page."""
    shown = number_shown(visitor.event_id, number) or asked_topic().number
    return qr.answer(base_url() + url_for("topics.show", number=shown))


def _is_facilitator() -> bool:
    member = visitor.member_or_none
    return member is not None and member.is_at_least(Role.FACILITATOR)


def _questions(topic: Topic) -> list[MergeRequest]:
    """The open questions about merging this topic that concern the visitor."""
    member = visitor.member_or_none
    if member is None:
        return []
    return [each for each in requests_about(topic) if _is_facilitator() or member.id in each.people]


def _key() -> str | None:
    """The idempotency key of the request. Requests that phones stored under version 0.3 carry it as `draft_key`."""
    return request.form.get("draft_key", "")[:40] or request_key() or None


def _convener(form: ProposeForm) -> Member | None:
    """The member for whom the topic is proposed; None if it is the visitor's own."""
    typed = form.convener_name.data
    return convener_called(visitor.event, typed, by=visitor.member, adds=form.adds_convener.data) if typed else None


def _language_of_talk() -> str:
    languages = visitor.event.languages
    return language() if language() in languages else languages[0]
