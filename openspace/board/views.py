"""The board, the market, the projector, the spaces and one's own day."""

from datetime import date

from flask import (
    after_this_request,
    get_template_attribute,
    jsonify,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import or_, select

from openspace.access import actions as access
from openspace.access.browser_seats import give_up_seat
from openspace.access.guards import event_blueprint, event_projected, find, requires, sees_board
from openspace.access.models import Member, Role
from openspace.access.snapshots import EventSnapshot, MemberSnapshot
from openspace.access.visitor import visitor
from openspace.board.actions import may_restore
from openspace.board.cells import board_on, topics_on_market
from openspace.board.fragments import pieces, standing
from openspace.board.models import BOARD, Interest, Placement, Topic, marks_of, topics_in
from openspace.board.rules import clashes
from openspace.clock import now
from openspace.events.models import Event, Space
from openspace.extensions import base_url, db
from openspace.live import fragments, log
from openspace.live.fragments import View
from openspace.web.cache import LruCache
from openspace.web.errors import Problem, shows_again, wants_json
from openspace.web.http import flash_message, no_store
from openspace.web.i18n import language
from openspace.web.spliced import SharedBody

blueprint = event_blueprint("board", __name__, channel=lambda: BOARD, code_view="show")
pages, ends, marked = LruCache(24), LruCache(1024), LruCache(4096)


@blueprint.get("/")
@sees_board
def show() -> ResponseReturnValue:
    """The board of one day: today's, or `?day=2026-06-04`."""
    day = day_asked(visitor.event_snapshot)
    return jsonify(_as_json(visitor.event, day)) if wants_json() else _page("board/show.html", day)


@blueprint.get("/market")
@sees_board
def market() -> ResponseReturnValue:
    """The topics that have no place yet."""
    if wants_json():
        return jsonify(topics=[topic_json(topic, going=going) for topic, going in topics_on_market(visitor.event)])
    return _page("board/market.html", visitor.event_snapshot.day_shown())


def _page(template: str, day: date) -> ResponseReturnValue:
    """A page that is drawn once a revision and minute for everybody, except for its end, which is the visitor's own."""
    view, is_organiser = View(language(), visitor.audience), visitor.is_organiser
    stands = standing(visitor.event_id, day, visitor.revision, view)
    for_whom = {"is_organiser": is_organiser, "audience": view.audience}

    def draw() -> SharedBody:
        facts = {"day": day, "page": pieces(visitor.event, stands), "shared": True, "member": None}
        return SharedBody(render_template(template, **facts, **for_whom))

    shared = pages.get((template, stands, is_organiser, request.query_string), draw)
    passing = get_template_attribute("macros/live.html", "passing")()
    token = session.get("csrf_token", "")
    return shared.respond(_own(view), "text/html", volatile=passing, scope=token)


def _own(view: View) -> str:
    """The end of a page, kept by all that it is made of; one with a word for this one opening is not kept."""
    event, member, revision = visitor.event_snapshot, visitor.member_snapshot, visitor.revision

    def draw() -> str:
        facts = {"revision": revision, "mine": mine(member, BOARD, revision)}
        return render_template("board/_own.html", event=event, member=member, **facts)

    return draw() if "_flashes" in session else ends.get((event, member, revision, view), draw)


@blueprint.get("/projector")
@requires(Role.FACILITATOR)
def projector_link() -> ResponseReturnValue:
    """To the projector's own address, under which nobody is signed in on the hall's computer."""
    return redirect(url_for("board.projector", key=visitor.event.projector_key))


@blueprint.get("/projector/<key>")
def projector(key: str) -> ResponseReturnValue:
    """The whole board of today on one screen."""
    event = event_projected(key)
    day = event.day_shown()
    return render_template(
        "board/projector.html",
        day=day,
        key=key,
        page=pieces(event, standing(event.id, day, log.revision(event.id, BOARD), View(language(), "members"))),
        market=topics_on_market(event),
        short_address=f"{base_url()}/{event.join_code}".partition("://")[2],
    )


@blueprint.get("/spaces")
@sees_board
def spaces() -> ResponseReturnValue:
    """What is on now, place by place."""
    return render_template("board/spaces.html", now_in=_what_is_where(visitor.event))


@blueprint.get("/spaces/<int:space_id>")
@sees_board
def space(space_id: int) -> ResponseReturnValue:
    """What is on in one place now, and what comes next: the door sign's address."""
    place = find(Space, space_id)
    on_now, coming = _now_in(place)
    return render_template(
        "board/space.html", space=place, on_now=on_now, coming=coming, day=visitor.event_snapshot.day_shown()
    )


@blueprint.get("/me/day")
@requires(Role.PARTICIPANT)
def my_day() -> ResponseReturnValue:
    """My topics and my chairs in the order of time, with what overlaps."""
    after_this_request(no_store)
    member = visitor.member
    marked = select(Interest.topic_id).where(Interest.member_id == member.id)
    placements = topics_in(Topic.event_id == member.event_id, or_(Topic.convener_id == member.id, Topic.id.in_(marked)))
    overlapping = clashes([placement.slot for placement in placements])
    return render_template(
        "board/my_day.html",
        placements=placements,
        clashing={placements[index].id for index in overlapping},
        marks=marks_of(member.id),
        taken_down=_taken_down(member),
        may_restore=may_restore,
        loose=topics_on_market(visitor.event, or_(Topic.convener_id == member.id, Topic.id.in_(marked))),
        moment=now(),
    )


def _taken_down(member: Member) -> list[Topic]:
    mine = (Topic.convener_id == member.id, Topic.withdrawn_at.is_not(None))
    return list(db.session.scalars(select(Topic).where(*mine).order_by(Topic.withdrawn_at)))


@blueprint.get("/me/leave")
@requires(Role.PARTICIPANT)
def leaving() -> ResponseReturnValue:
    """What would happen if I left."""
    after_this_request(no_store)
    return leaving_page()


def leaving_page(problem: Problem | None = None) -> str:
    """The topics that would go along, and why one cannot leave if one cannot."""
    topics = db.session.scalars(
        select(Topic).where(Topic.convener_id == visitor.member.id, Topic.withdrawn_at.is_(None)).order_by(Topic.number)
    ).all()
    return render_template("access/leave.html", topics=topics, problem=problem)


@blueprint.delete("/me")
@requires(Role.PARTICIPANT)
@shows_again(leaving_page)
def leave() -> ResponseReturnValue:
    """Leave the event for good."""
    access.leave(visitor.member)
    give_up_seat(visitor.event)
    flash_message(gettext("You have left, and your name is forgotten."))
    return redirect(url_for("front.show", left=1), 303)


def day_asked(event: EventSnapshot) -> date:
    """The day in the address, if it belongs to the event, else today or the nearest."""
    try:
        asked = date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        return event.day_shown()
    return asked if event.starts_on <= asked <= event.ends_on else event.day_shown()


def mine(member: Member | MemberSnapshot | None, channel: str, revision: int) -> dict[str, object]:
    """What only this person's page marks: the board itself is the same bytes for all.

    Whatever changes it is a change of the board, so that it holds for a `revision` of that `channel`.
    """
    if member is None:
        return {"member": False, "topics": [], "marks": {}}
    key = (member.id, revision)
    return marked.get(key, lambda: _mine(member.id)) if channel == BOARD else _mine(member.id)


def _mine(member_id: int) -> dict[str, object]:
    numbers = select(Topic.number).where(Topic.convener_id == member_id)
    return {"member": True, "topics": list(db.session.scalars(numbers)), "marks": marks_of(member_id)}


def _what_is_where(event: Event) -> list[tuple[Space, Placement | None, list[Placement]]]:
    """Every space with what is on there and what comes; of the closed ones those where something is still on."""
    found = [(space, *_now_in(space)) for space in (*event.spaces, *event.closed_spaces)]
    return [each for each in found if each[1] or not each[0].closed_at]


def _now_in(place: Space) -> tuple[Placement | None, list[Placement]]:
    today = [p for p in topics_in(Placement.space_id == place.id) if p.slot.ends_at > now()]
    on_now = next((p for p in today if p.slot.starts_at <= now()), None)
    return on_now, [p for p in today if p is not on_now]


def topic_json(topic: Topic, *, going: int | None = None) -> dict[str, object]:
    """A topic as JSON; the convener's name only for members."""
    found: dict[str, object] = {
        "number": topic.number,
        "title": topic.title,
        "text": topic.text,
        "language": topic.language,
        "address": base_url() + url_for("topics.show", event=visitor.slug, number=topic.number),
    }
    if visitor.member_id:
        found["convener"] = topic.convener.name
    return found if going is None else found | {"going": going}


def _as_json(event: Event, day: date) -> dict[str, object]:
    rows = board_on(event, day)
    return {
        "day": day.isoformat(),
        "revision": log.revision(event.id, BOARD),
        "slots": [
            {
                "starts_at": event.local(row.slot.starts_at).isoformat(),
                "ends_at": event.local(row.slot.ends_at).isoformat(),
                "title": row.slot.title,
                "cells": [
                    {
                        "cell": cell.key,
                        "number": cell.space.number,
                        "space": cell.space.name,
                        "topic": topic_json(cell.placement.topic, going=cell.going) if cell.placement else None,
                    }
                    for cell in row.cells
                ],
            }
            for row in rows
        ],
    }


fragments.register_personal(mine, BOARD, "topic")
