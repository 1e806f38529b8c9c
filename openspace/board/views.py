"""The views of the board, the market, the projector, the spaces, a member's own day, and leaving the event."""

from collections.abc import Callable
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
from openspace.access.guards import event_blueprint, event_projected, find, render_from_snapshots, requires, sees_board
from openspace.access.models import Member, Role
from openspace.access.snapshots import EventSnapshot, MemberSnapshot
from openspace.access.visitor import visitor
from openspace.announcements.fragments import here as announcements
from openspace.board.cells import board_on, market_size, topics_on_market
from openspace.board.fragments import day_html, page_state
from openspace.board.models import (
    BOARD,
    IS_SHOWN,
    Interest,
    Placement,
    Topic,
    convened_by,
    marks_of,
    placements_where,
    topics_and_marks_of,
)
from openspace.board.permissions import may_restore
from openspace.board.rules import clashes
from openspace.clock import now
from openspace.events.models import Event, Space
from openspace.extensions import base_url, db
from openspace.live import fragments, log
from openspace.live.fragments import View
from openspace.live.pages import KeptPage
from openspace.screens.hall_views import short_address
from openspace.web.cache import LruCache
from openspace.web.errors import Problem, shows_again, wants_json
from openspace.web.http import flash_message, no_store
from openspace.web.i18n import language

blueprint = event_blueprint("board", __name__, channel=lambda: BOARD, code_view="show")
page_cache, page_end_cache, personal_cache = LruCache(24), LruCache(256), LruCache(256)


@blueprint.get("/")
@sees_board
def show() -> ResponseReturnValue:
    """The board of one day, as a page or JSON: today's, or that of `?day=2026-06-04`."""
    day = day_asked(visitor.event_snapshot)
    return jsonify(_as_json(visitor.event, day)) if wants_json() else _page("board/show.html", day)


@blueprint.get("/market")
@sees_board
def market() -> ResponseReturnValue:
    """The topics without a placement, as a page or JSON."""
    if wants_json():
        return jsonify(topics=[topic_json(topic, going=going) for topic, going in topics_on_market(visitor.event)])
    return _page("board/market.html", visitor.event_snapshot.day_shown())


def _page(template: str, day: date) -> ResponseReturnValue:
    """Answer with a page whose beginning is kept and shared by all visitors, and whose end is the visitor's own."""
    view = View(language(), visitor.audience)
    roles = {"is_facilitator": visitor.is_facilitator, "is_organiser": visitor.is_organiser}
    event = visitor.event_snapshot
    begins = (event.start_page, event.takes_topics, event.phase)

    def draw() -> str:
        state = page_state(event.id, day, visitor.revision, view)
        facts = {"day": day, "page": day_html(visitor.event, state), "shared": True, "member": None}
        return render_template(template, **facts, **roles, audience=view.audience)

    kept = page_cache.get((template, event.id, day, view, *begins, *roles.values(), request.query_string), KeptPage)
    shared = kept.at(event.id, BOARD, visitor.revision, view, draw)
    page_token = get_template_attribute("macros/live.html", "page_token")()
    token = session.get("csrf_token", "")
    return shared.respond(_page_end(view), "text/html", volatile=page_token, scope=token)


def _page_end(view: View) -> str:
    """The visitor's own end of a page, cached unless it carries a flash message, which is shown only once."""
    event, member, revision = visitor.event_snapshot, visitor.member_snapshot, visitor.revision

    def draw() -> str:
        facts = {"revision": revision, "personal_json": personal_json(member, BOARD, revision)}
        return render_from_snapshots("board/_page_end.html", **facts)

    if "_flashes" in session:
        return draw()
    return page_end_cache.get((event, member, revision, view, announcements()), draw)


@blueprint.get("/projector")
@requires(Role.FACILITATOR)
def projector_link() -> ResponseReturnValue:
    """Redirect to the projector's address. Its key lets a computer show the board without anybody signed in on it."""
    return redirect(url_for("board.projector", key=visitor.event.projector_key))


@blueprint.get("/projector/<key>")
def projector(key: str) -> ResponseReturnValue:
    """Today's board on one screen, for whoever has the projector's key."""
    event = event_projected(key)
    day = event.day_shown()
    return render_template(
        "board/projector.html",
        day=day,
        key=key,
        page=day_html(event, page_state(event.id, day, log.revision(event.id, BOARD), View(language(), "members"))),
        count=market_size(event),
        short_address=short_address(event.join_code),
    )


@blueprint.get("/spaces")
@sees_board
def spaces() -> ResponseReturnValue:
    """What is on now in each space."""
    return render_template("board/spaces.html", now_in=_now_and_next(visitor.event))


@blueprint.get("/spaces/<int:space_id>")
@sees_board
def space(space_id: int) -> ResponseReturnValue:
    """What is on in one space now, and what comes next. The QR code of the space's door sign leads here."""
    place = find(Space, space_id)
    on_now, coming = _now_in(place)
    return render_template(
        "board/space.html",
        at_the_door=[door(place, visitor.member_or_none) for door in doors],
        calendar=_webcal(place),
        space=place,
        on_now=on_now,
        coming=coming,
        day=visitor.event_snapshot.day_shown(),
    )


def _webcal(space: Space) -> str:
    """The address of the space's calendar by the scheme at which phones offer to subscribe.

    A calendar has no cookie, so a member's address carries the event's key.
    """
    key = visitor.event.feed_key if visitor.member_id else None
    return f"webcal:{base_url().partition(':')[2]}{url_for('calendars.of_space', space_id=space.id, key=key)}"


@blueprint.get("/me/day")
@requires(Role.PARTICIPANT)
def my_day() -> ResponseReturnValue:
    """The member's own topics and those they marked, ordered by time; those that overlap are pointed out."""
    after_this_request(no_store)
    member = visitor.member
    marked = select(Interest.topic_id).where(Interest.member_id == member.id)
    on_my_day = or_(convened_by(member.id), Topic.id.in_(marked))
    placements = placements_where(Topic.event_id == member.event_id, on_my_day)
    overlapping = clashes([placement.slot for placement in placements])
    return render_template(
        "board/my_day.html",
        placements=placements,
        clashing={placements[index].id for index in overlapping},
        marks=marks_of(member.id),
        own=set(db.session.scalars(select(Topic.id).where(convened_by(member.id)))),
        taken_down=_taken_down(member),
        may_restore=may_restore,
        loose=topics_on_market(visitor.event, on_my_day),
        heads=[head(member) for head in my_day_heads],
        parts=[part(member) for part in my_day_parts],
        moment=now(),
    )


def _taken_down(member: Member) -> list[Topic]:
    withdrawn = (convened_by(member.id), Topic.joint_id.is_(None), Topic.withdrawn_at.is_not(None))
    return list(db.session.scalars(select(Topic).where(*withdrawn).order_by(Topic.withdrawn_at)))


@blueprint.get("/me/leave")
@requires(Role.PARTICIPANT)
def leaving() -> ResponseReturnValue:
    """The page that says what leaving the event would delete, and asks for confirmation."""
    after_this_request(no_store)
    return leaving_page()


def leaving_page(problem: Problem | None = None) -> str:
    """The page about leaving, with the topics that would be withdrawn; after a refusal with its reason."""
    topics = db.session.scalars(
        select(Topic).where(Topic.convener_id == visitor.member.id, IS_SHOWN).order_by(Topic.number)
    ).all()
    return render_template("access/leave.html", topics=topics, problem=problem)


@blueprint.delete("/me")
@requires(Role.PARTICIPANT)
@shows_again(leaving_page)
def leave() -> ResponseReturnValue:
    """Let the member leave the event for good and sign this browser out."""
    access.leave(visitor.member)
    give_up_seat(visitor.event)
    flash_message(gettext("You have left, and your name is forgotten."))
    return redirect(url_for("front.show", left=1), 303)


def day_asked(event: EventSnapshot) -> date:
    """The day that the address asks for, if it is one of the event; else today or the event's day nearest to it."""
    try:
        asked = date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        return event.day_shown()
    return asked if event.starts_on <= asked <= event.ends_on else event.day_shown()


def personal_json(member: Member | MemberSnapshot | None, channel: str, revision: int) -> dict[str, object]:
    """The personal JSON of board pages: whether the visitor is a member, their topics' numbers, and their marks.

    The board's HTML is the same for everybody; scripts mark in it what is the member's own. Whatever changes this JSON
    also changes the board, so it is cached for each `revision` of the channel `board`.
    """
    if member is None:
        return {"member": False, "topics": [], "marks": {}}
    key = (member.id, revision)
    return personal_cache.get(key, lambda: _personal_json(member.id)) if channel == BOARD else _personal_json(member.id)


def _personal_json(member_id: int) -> dict[str, object]:
    topics, marks = topics_and_marks_of(member_id)
    return {"member": True, "topics": topics, "marks": marks}


def _now_and_next(event: Event) -> list[tuple[Space, Placement | None, list[Placement]]]:
    """(space, placement that is on now or None, later placements) for each open space, and closed ones in use now."""
    found = [(space, *_now_in(space)) for space in event.all_spaces]
    return [each for each in found if each[1] or not each[0].closed_at]


# Features that have something for the page of one's own day append a function here. It is called as (the member) and
# returns HTML.
my_day_parts: list[Callable[[Member], str]] = []
# The same for what must be seen first, such as what is done by everybody now.
my_day_heads: list[Callable[[Member], str]] = []
# Features that have something for the page of a place append a function here. It is called as (space, the member if
# any) and returns HTML.
doors: list[Callable[[Space, Member | None], str]] = []


def _now_in(place: Space) -> tuple[Placement | None, list[Placement]]:
    today = [p for p in placements_where(Placement.space_id == place.id) if p.slot.ends_at > now()]
    on_now = next((p for p in today if p.slot.starts_at <= now()), None)
    return on_now, [p for p in today if p is not on_now]


def topic_json(topic: Topic, *, going: int | None = None) -> dict[str, object]:
    """A topic as JSON; with the convener's name only for members, with `going` only if it is given."""
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


fragments.register_personal(personal_json, BOARD, "topic")
