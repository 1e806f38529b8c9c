"""The book, a card in it, and the picture of the room."""

from typing import NamedTuple
from urllib.parse import urlencode

from flask import Response, after_this_request, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from openspace.access.guards import event_blueprint, event_projected, find, requires
from openspace.access.models import Member, Role
from openspace.access.visitor import visitor
from openspace.board.models import Placement
from openspace.clock import now
from openspace.contacts.finding.book import Asked, communities_of, countries_of, page_of
from openspace.contacts.finding.suggestions import in_words, reasons_between, suggestions
from openspace.contacts.fragments import count_html, mine, person_html, room_html
from openspace.contacts.models import (
    PEOPLE,
    ROOM,
    Card,
    Contact,
    Photo,
    card_of,
    cards_in_book,
    has_exchanged,
    tags_of,
    wants_to_meet,
    whereabouts,
    wishes_of,
)
from openspace.contacts.rules import Viewer
from openspace.contacts.shown import Shown, as_json, shown, viewer_of
from openspace.extensions import base_url, db
from openspace.live import log
from openspace.web.errors import NotFound, wants_json
from openspace.web.http import no_store

blueprint = event_blueprint("contacts", __name__)
SUGGESTED = 12


class Found(NamedTuple):
    """A page of the book: its cards, drawn, the address of the next, and how many there are on all pages."""

    cards: list[str]
    more: str
    total: int


@blueprint.get("/contacts")
@requires(Role.PARTICIPANT)
def index() -> ResponseReturnValue:
    """The book: `?q=` searches it, `show`, `community`, `country`, `language` and `interest` leave only some."""
    event, member = visitor.event, visitor.member
    revision = log.revision(event.id, PEOPLE)
    asked, number = Asked.read(request.args), max(1, request.args.get("page", 1, type=int))
    if wants_json():
        cards = page_of(event, member, asked, number).cards
        return jsonify(cards=[as_json(shown(card, Viewer.MEMBER)) for card in cards])
    found = _drawn(asked, number)
    if "part" in request.args:
        return render_template("contacts/_found.html", found=found, asked=asked)
    return render_template(
        "contacts/index.html",
        found=found,
        asked=asked,
        count=count_html(event),
        languages=tags_of(event, "languages", 6),
        interests=tags_of(event, "interests", 8),
        countries=countries_of(event),
        communities=communities_of(event),
        card=card_of(member.id),
        suggested=suggestions(member)[:SUGGESTED],
        to_meet=_to_meet(member),
        moment=now(),
        revision=revision,
        mine=mine(member, PEOPLE, revision),
    )


@blueprint.get("/contacts/<int:member_id>")
@requires(Role.PARTICIPANT)
def show(member_id: int) -> ResponseReturnValue:
    """Somebody's card, as far as it is for whoever asks."""
    after_this_request(no_store)
    member = visitor.member
    revision = log.revision(member.event_id, PEOPLE)
    card = card_in_book(member_id)
    viewer = viewer_of(card, member)
    seen = shown(card, viewer)
    if wants_json():
        return jsonify(as_json(seen))
    return render_template(
        "contacts/show.html",
        card=seen,
        revision=revision,
        is_in_book=card.is_in_book,
        viewer=viewer,
        contact=db.session.get(Contact, (member.id, member_id)),
        why=[in_words(reason) for reason in reasons_between(member, shown(card, Viewer.MEMBER))],
        wish=wishes_of(member).get(member_id),
        is_mutual=bool(wants_to_meet(member.id, member_id) and wants_to_meet(member_id, member.id)),
        spot=whereabouts(visitor.event, [member_id]).get(member_id),
        moment=now(),
    )


@blueprint.get("/contacts/<int:member_id>/<digest>-<any(small, large):size>.webp")
@requires(Role.PARTICIPANT)
def photo(member_id: int, digest: str, size: str) -> ResponseReturnValue:
    """The picture on a card, for those who may see it."""
    card = card_in_book(member_id)
    found = db.session.get(Photo, member_id)
    if found is None or shown(card, viewer_of(card, visitor.member)).photo != digest:
        raise NotFound
    response = Response(getattr(found, size), mimetype="image/webp")
    # Long enough to scroll through the book, and no longer: a picture can be taken back.
    response.headers["Cache-Control"] = "private, max-age=600"
    return response


@blueprint.get("/contacts/room")
@requires(Role.PARTICIPANT)
def room() -> ResponseReturnValue:
    """Who is in the room, as a picture that follows."""
    event = visitor.event
    revision = log.revision(event.id, ROOM)
    return render_template("contacts/room.html", live=room_html(event), revision=revision)


@blueprint.get("/projector/<key>/room")
def room_on_projector(key: str) -> ResponseReturnValue:
    """The same for the projector, under its own key."""
    event = event_projected(key)
    revision = log.revision(event.id, ROOM)
    short_address = f"{base_url()}/{event.join_code}".partition("://")[2]
    return render_template(
        "contacts/room_projector.html", live=room_html(event), revision=revision, key=key, short_address=short_address
    )


def card_in_book(member_id: int) -> Card:
    """The card of a member of this event: one in the book, one's own, or of somebody one has exchanged with.

    Refuses with `NotFound`.
    """
    card, member = card_of(find(Member, member_id).id), visitor.member
    if card is None or card.member.left_at:
        raise NotFound
    if not (card.is_in_book or member_id == member.id or has_exchanged(member, member_id)):
        raise NotFound
    return card


def _drawn(asked: Asked, number: int) -> Found:
    event = visitor.event
    page = page_of(event, visitor.member, asked, number)
    more = f"{url_for('contacts.index')}?{urlencode({**asked.given(), 'page': number + 1})}" if page.has_more else ""
    cards = [person_html(event, shown(card, Viewer.MEMBER), asked.q) for card in page.cards]
    return Found(cards, more, page.total)


def _to_meet(member: Member) -> list[tuple[Shown, Placement | None]]:
    """Whom the member wants to meet, with where each of them is or will be."""
    ids = [ident for ident, kind in wishes_of(member).items() if kind == "meet"]
    cards = db.session.scalars(cards_in_book(member.event, Card.member_id.in_(ids)))
    spots = whereabouts(member.event, ids)
    return [(shown(card, Viewer.MEMBER), spots.get(card.member_id)) for card in cards]
