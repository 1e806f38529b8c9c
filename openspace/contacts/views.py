"""Pages of the contact book: its list, a card, a photo, and the picture of the room."""

from typing import NamedTuple
from urllib.parse import urlencode

from flask import Response, after_this_request, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from openspace.access.guards import event_blueprint, event_projected, find, requires
from openspace.access.models import Member, Role
from openspace.access.visitor import visitor
from openspace.board.models import Placement
from openspace.clock import now
from openspace.contacts.finding.book import BookQuery, communities_of, countries_of, page_of
from openspace.contacts.finding.suggestions import in_words, reasons_between, suggestions
from openspace.contacts.fragments import count_html, person_html, personal_json, room_html
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
    whereabouts,
    wish_to_meet,
    wishes_of,
)
from openspace.contacts.rules import Viewer
from openspace.contacts.visible import VisibleCard, as_json, viewer_of, visible_to
from openspace.extensions import db
from openspace.live import log
from openspace.screens import scenes
from openspace.screens.hall_views import short_address
from openspace.web.errors import NotFound, wants_json
from openspace.web.http import no_store

blueprint = event_blueprint("contacts", __name__)
# How many people to meet the book suggests on its first page.
SUGGESTED = 12


class ResultPage(NamedTuple):
    """A page of the book: the HTML of its cards, the next page's address (or ""), and the number of all cards found."""

    cards: list[str]
    next_address: str
    total: int


@blueprint.get("/contacts")
@requires(Role.PARTICIPANT)
def index() -> ResponseReturnValue:
    """The list of cards that `?q=` and the filters find (`BookQuery`); as JSON, or with `?part`, only the cards."""
    event, member = visitor.event, visitor.member
    revision = log.revision(event.id, PEOPLE)
    query, number = BookQuery.from_args(request.args), max(1, request.args.get("page", 1, type=int))
    if wants_json():
        cards = page_of(event, member, query, number).cards
        return jsonify(cards=[as_json(visible_to(card, Viewer.MEMBER)) for card in cards])
    results = _results(query, number)
    if "part" in request.args:
        return render_template("contacts/_results.html", results=results, query=query)
    return render_template(
        "contacts/index.html",
        results=results,
        query=query,
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
        personal_json=personal_json(member, PEOPLE, revision),
    )


@blueprint.get("/contacts/<int:member_id>")
@requires(Role.PARTICIPANT)
def show(member_id: int) -> ResponseReturnValue:
    """A card, with what its viewer may see of it."""
    after_this_request(no_store)
    member = visitor.member
    revision = log.revision(member.event_id, PEOPLE)
    card = card_in_book(member_id)
    viewer = viewer_of(card, member)
    visible = visible_to(card, viewer)
    if wants_json():
        return jsonify(as_json(visible))
    return render_template(
        "contacts/show.html",
        card=visible,
        revision=revision,
        is_in_book=card.is_in_book,
        viewer=viewer,
        contact=db.session.get(Contact, (member.id, member_id)),
        reasons=[in_words(reason) for reason in reasons_between(member, visible_to(card, Viewer.MEMBER))],
        wish=wishes_of(member).get(member_id),
        is_mutual=bool(wish_to_meet(member.id, member_id) and wish_to_meet(member_id, member.id)),
        spot=whereabouts(visitor.event, [member_id]).get(member_id),
        moment=now(),
    )


@blueprint.get("/contacts/<int:member_id>/<digest>-<any(small, large):size>.webp")
@requires(Role.PARTICIPANT)
def photo(member_id: int, digest: str, size: str) -> ResponseReturnValue:
    """The photo on a card as WebP, for those who may see it."""
    card = card_in_book(member_id)
    found = db.session.get(Photo, member_id)
    if found is None or visible_to(card, viewer_of(card, visitor.member)).photo != digest:
        raise NotFound
    response = Response(getattr(found, size), mimetype="image/webp")
    # Ten minutes are enough to scroll through the book. Not longer: an owner can hide or delete the photo.
    response.headers["Cache-Control"] = "private, max-age=600"
    return response


@blueprint.get("/contacts/room")
@requires(Role.PARTICIPANT)
def room() -> ResponseReturnValue:
    """The picture of who is in the room, updated live."""
    event = visitor.event
    revision = log.revision(event.id, ROOM)
    return render_template("contacts/room.html", live=room_html(event), revision=revision)


@blueprint.get("/projector/<key>/room")
def room_on_projector(key: str) -> ResponseReturnValue:
    """The picture of the room for the projector, which shows its own key instead of a seat."""
    event = event_projected(key)
    revision = log.revision(event.id, ROOM)
    facts = {"revision": revision, "key": key, "short_address": short_address(event.join_code)}
    return render_template("contacts/room_projector.html", live=room_html(event), **facts)


def card_in_book(member_id: int) -> Card:
    """Return a card that the visitor may open: one in the book, their own, or that of a contact.

    Refuses with `NotFound`.
    """
    card, member = card_of(find(Member, member_id).id), visitor.member
    if card is None or card.member.left_at:
        raise NotFound
    if not (card.is_in_book or member_id == member.id or has_exchanged(member, member_id)):
        raise NotFound
    return card


def _results(query: BookQuery, number: int) -> ResultPage:
    event = visitor.event
    page = page_of(event, visitor.member, query, number)
    parameters = urlencode({**query.parameters(), "page": number + 1})
    address = f"{url_for('contacts.index')}?{parameters}" if page.has_more else ""
    cards = [person_html(event, visible_to(card, Viewer.MEMBER), query.q) for card in page.cards]
    return ResultPage(cards, address, page.total)


def _to_meet(member: Member) -> list[tuple[VisibleCard, Placement | None]]:
    """The cards of those whom the member wants to meet, each with where they are or will be, if known."""
    ids = [ident for ident, kind in wishes_of(member).items() if kind == "meet"]
    cards = db.session.scalars(cards_in_book(member.event, Card.member_id.in_(ids)))
    spots = whereabouts(member.event, ids)
    return [(visible_to(card, Viewer.MEMBER), spots.get(card.member_id)) for card in cards]


scenes.register("people", title=_l("Room of people"), endpoint="contacts.room_on_projector")
