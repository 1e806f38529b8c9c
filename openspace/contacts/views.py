"""Pages of the contact book: its list, a card, a photo, and the picture of the room."""

from typing import NamedTuple
from urllib.parse import urlencode

from flask import Response, after_this_request, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from openspace.access.guards import event_blueprint, event_projected, requires
from openspace.access.models import Role
from openspace.access.visitor import visitor
from openspace.board.models import Placement
from openspace.clock import now
from openspace.contacts.finding.book import Book, book_of
from openspace.contacts.finding.pages import BookQuery, Page, page_of
from openspace.contacts.finding.suggestions import in_words, reasons_between, suggestions
from openspace.contacts.fragments import count_html, marks, person_html, room_html
from openspace.contacts.models import (
    PEOPLE,
    ROOM,
    Card,
    Contact,
    Photo,
    card_of,
    has_exchanged,
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

blueprint = event_blueprint("contacts", __name__, channel=lambda: PEOPLE)
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
    member, book = visitor.member, book_of(visitor.event_id, visitor.revision)
    query, number = BookQuery.from_args(request.args), max(1, request.args.get("page", 1, type=int))
    page = page_of(book, member, query, number)
    if wants_json():
        return jsonify(cards=[as_json(card) for card in page.cards])
    results = _results(page, query, number)
    if "part" in request.args:
        return render_template("contacts/_results.html", results=results, query=query)
    card, wishes = card_of(member.id), wishes_of(member)
    suggested = suggestions(card, book)
    return render_template(
        "contacts/index.html",
        results=results,
        query=query,
        count=count_html(book),
        languages=book.languages[:6],
        interests=book.interests[:8],
        countries=book.countries,
        communities=book.communities,
        card=card,
        suggested=suggested[:SUGGESTED],
        to_meet=_to_meet(book, wishes),
        moment=now(),
        revision=visitor.revision,
        personal_json=marks(wishes, suggested),
    )


@blueprint.get("/contacts/<int:member_id>")
@requires(Role.PARTICIPANT)
def show(member_id: int) -> ResponseReturnValue:
    """A card, with what its viewer may see of it."""
    after_this_request(no_store)
    member = visitor.member
    card = card_in_book(member_id)
    viewer = viewer_of(card, member)
    visible = visible_to(card, viewer)
    if wants_json():
        return jsonify(as_json(visible))
    book, wish = book_of(visitor.event_id, visitor.revision), wishes_of(member).get(member_id)
    reasons = reasons_between(card_of(member.id), visible_to(card, Viewer.MEMBER), book)
    return render_template(
        "contacts/show.html",
        card=visible,
        revision=visitor.revision,
        is_in_book=card.is_in_book,
        viewer=viewer,
        contact=db.session.get(Contact, (member.id, member_id)),
        reasons=[in_words(reason) for reason in reasons],
        wish=wish,
        is_mutual=wish == "meet" and wish_to_meet(member_id, member.id) is not None,
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
    card, member = card_of(member_id), visitor.member
    if card is None or card.event_id != visitor.event_id or card.member.left_at:
        raise NotFound
    if not (card.is_in_book or member_id == member.id or has_exchanged(member, member_id)):
        raise NotFound
    return card


def _results(page: Page, query: BookQuery, number: int) -> ResultPage:
    parameters = urlencode({**query.parameters(), "page": number + 1})
    address = f"{url_for('contacts.index')}?{parameters}" if page.has_more else ""
    return ResultPage([person_html(visitor.event, card, query.q) for card in page.cards], address, page.total)


def _to_meet(book: Book, wishes: dict[int, str]) -> list[tuple[VisibleCard, Placement | None]]:
    """The cards of those whom the member wants to meet, each with where they are or will be, if known."""
    cards = [card for card in book.cards.values() if wishes.get(card.member_id) == "meet"]
    spots = whereabouts(visitor.event, [card.member_id for card in cards])
    return [(card, spots.get(card.member_id)) for card in cards]


scenes.register("people", title=_l("Room of people"), endpoint="contacts.room_on_projector")
