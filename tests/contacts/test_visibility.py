"""Who sees which field where: every field, for every kind of viewer, over every way out of the app.

Each field holds words that stand nowhere else, so that one look at an answer tells whether it is there.
"""

import pytest
from flask_babel import force_locale

from openspace.contacts import actions, changes, exchange_actions as exchanges, fragments
from openspace.contacts.finding import search, suggestions
from openspace.contacts.finding.book import present_book
from openspace.contacts.models import card_of
from openspace.contacts.rules import FIELDS, Visibility
from openspace.events.models import Event
from openspace.extensions import db
from openspace.live.fragments import Listener, View, admit
from openspace.store import sqlite
from openspace.web.cache import clear_all
from openspace.web.errors import NotJoined
from tests.factories import DIGEST, Hall, a_card

VALUES = {
    "photo": DIGEST,
    "occupation": "workword",
    "region": "regionword",
    "country": "LU",
    "languages": ["lt"],
    "interests": ["interestword"],
    "offers": ["offerword"],
    "needs": ["needword"],
    "about": "aboutword",
    "phone": "+380 44 555 6677",
    "email": "emailword@example.org",
    "telegram": "@telegramword",
    "signal": "signalword.42",
    "whatsapp": "+380 50 888 9911",
    "linkedin": "https://linkedin.com/in/linkedinword",
    "facebook": "https://facebook.com/facebookword",
    "web": "https://webword.example",
}
# How each field reads in a page, a file or a packet.
READS = {
    field: value[0] if isinstance(value, list) else value.removeprefix("https://") for field, value in VALUES.items()
} | {"country": "Luxembourg", "languages": "Lietuvių"}
CODES = {"country": '"LU"', "languages": '"lt"'}
VIEWERS = ("self", "exchanged", "member", "facilitator", "organiser", "stranger", "other event")
SEEN = {
    "self": {Visibility.EVERYONE, Visibility.EXCHANGED, Visibility.NOBODY},
    "exchanged": {Visibility.EVERYONE, Visibility.EXCHANGED},
    "member": {Visibility.EVERYONE},
    "facilitator": {Visibility.EVERYONE},
    "organiser": {Visibility.EVERYONE},
    "stranger": set(),
    "other event": set(),
}
ASKS = {"self": "convener", "exchanged": "participant", "stranger": "stranger", "other event": "other"}


class Exhibit:
    """The convener's card with every field filled in, shown to some; the participant has exchanged with them."""

    def __init__(self, hall, who: Visibility) -> None:
        self.hall, self.who, self.id = hall, who, hall.ids["convener"]
        hall.app.extensions["states"].put_back(f"exhibit {who}", lambda app: self._fill(Hall.of(app)))

    def _fill(self, hall: Hall) -> None:
        with hall.app.test_request_context(), sqlite.writing():
            card = card_of(self.id)
            owner = card.member
            fields = {field: value for field, value in VALUES.items() if field != "photo"}
            actions.write(card, by=owner, **fields)
            actions.set_visibilities(card, dict.fromkeys(FIELDS, self.who), by=owner)
            from openspace.access.models import Member

            exchanges.exchange(card, by=db.session.get_one(Member, hall.ids["participant"]))
            # Somebody whom everything on it would fit, and who shows nobody what that is.
            member = db.session.get_one(Member, hall.ids["facilitator"])
            fitting = a_card(member, offers=["needword"], needs=["offerword"], interests=["interestword"])
            actions.set_visibilities(fitting, dict.fromkeys(FIELDS, Visibility.NOBODY), by=member)
            db.session.commit()

    def ask(self, viewer: str, path: str, **headers: str) -> str:
        asks = ASKS.get(viewer, viewer)
        if viewer == "member":
            asks = "newcomer"
            self._seat_newcomer()
        answer = self.hall.ask(asks).get(self.hall.url(path), headers={"Accept-Language": "en", **headers})
        return answer.get_data(as_text=True) if answer.status_code == 200 else ""

    def _seat_newcomer(self) -> None:
        from openspace.access.models import Member
        from tests.factories import a_member

        if "newcomer" in self.hall.ids:
            return
        with self.hall.app.test_request_context(), sqlite.writing():
            member: Member = a_member(db.session.get_one(Event, self.hall.id), "Нова Людина")
            self.hall.ids["newcomer"] = member.id
            db.session.commit()


def found_in(text: str, *, as_codes: bool = False) -> set[str]:
    reads = READS | (CODES if as_codes else {})
    return {field for field, value in reads.items() if value in text}


@pytest.mark.parametrize("who", list(Visibility))
@pytest.mark.parametrize("viewer", VIEWERS)
def test_a_cards_page_shows_what_is_for_the_viewer(hall, viewer, who):
    exhibit = Exhibit(hall, who)

    page = exhibit.ask(viewer, f"contacts/{exhibit.id}")

    assert found_in(page) == (set(FIELDS) if who in SEEN[viewer] else set())


@pytest.mark.parametrize("who", list(Visibility))
@pytest.mark.parametrize("viewer", VIEWERS)
def test_a_cards_json_holds_what_is_for_the_viewer(hall, viewer, who):
    exhibit = Exhibit(hall, who)

    answer = exhibit.ask(viewer, f"contacts/{exhibit.id}", Accept="application/json")

    expected = set(FIELDS) - {"photo"} if who in SEEN[viewer] else set()
    assert found_in(answer, as_codes=True) == expected


@pytest.mark.parametrize("who", list(Visibility))
@pytest.mark.parametrize("viewer", VIEWERS)
def test_a_cards_picture_is_served_to_those_who_may_see_it(hall, viewer, who):
    exhibit = Exhibit(hall, who)

    exhibit.ask(viewer, "contacts")
    asks = "newcomer" if viewer == "member" else ASKS.get(viewer, viewer)
    exhibit.ask("member", "contacts")
    answer = hall.ask(asks).get(hall.url(f"contacts/{exhibit.id}/{DIGEST}-small.webp"))

    assert (answer.status_code == 200) == (who in SEEN[viewer])


@pytest.mark.parametrize("who", list(Visibility))
@pytest.mark.parametrize("viewer", VIEWERS)
def test_a_vcard_holds_what_is_for_the_viewer(hall, viewer, who):
    exhibit = Exhibit(hall, who)

    text = exhibit.ask(viewer, f"contacts/{exhibit.id}.vcf").replace("\r\n ", "")

    reads = {
        **READS,
        "photo": "PHOTO;",
        "telegram": "telegramword",
        "whatsapp": "380508889911",
    }
    found = {field for field, value in reads.items() if value in text}
    assert found == (set(FIELDS) if who in SEEN[viewer] else set())


BOOK = {"photo", "occupation", "country", "languages", "offers", "needs"}


@pytest.mark.parametrize("who", list(Visibility))
@pytest.mark.parametrize("viewer", VIEWERS)
def test_the_book_shows_only_what_everybody_may_see_even_to_the_owner(hall, viewer, who):
    exhibit = Exhibit(hall, who)

    page = exhibit.ask(viewer, "contacts?part=1")

    is_seen = who == Visibility.EVERYONE and viewer not in {"stranger", "other event"}
    assert found_in(page) == (BOOK if is_seen else set())


@pytest.mark.parametrize("who", list(Visibility))
def test_filters_of_the_book_name_nothing_hidden(hall, who):
    page = Exhibit(hall, who).ask("organiser", "contacts")

    is_named = {"interests", "languages", "country"} <= found_in(page)
    assert is_named == (who == Visibility.EVERYONE)
    if who != Visibility.EVERYONE:
        assert found_in(page) & {"languages", "country"} == set()


@pytest.mark.parametrize("who", list(Visibility))
def test_live_patches_hold_only_what_everybody_may_see(hall, who):
    exhibit = Exhibit(hall, who)
    with hall.app.test_request_context(), force_locale("en"):
        event = db.session.get_one(Event, hall.id)
        patches = dict(fragments.draw_people(event.id, "people", [f"card-{exhibit.id}"], View("en", "members")))

    assert patches
    assert found_in(str(patches)) == (BOOK if who == Visibility.EVERYONE else set())


def test_the_public_is_told_nothing_of_the_book():
    with pytest.raises(NotJoined):
        admit(Listener(1, "public"), "people")


@pytest.mark.parametrize("who", list(Visibility))
@pytest.mark.parametrize("viewer", VIEWERS)
def test_catching_up_tells_only_what_everybody_may_see(hall, viewer, who):
    exhibit = Exhibit(hall, who)
    hall.open_to_the_public()
    clear_all()

    answer = exhibit.ask(viewer, "live?channel=people&since=0&language=en")

    is_seen = who == Visibility.EVERYONE and viewer not in {"stranger", "other event"}
    assert found_in(answer) == (BOOK if is_seen else set())


@pytest.mark.parametrize(("channel", "status"), [("people", 403), ("notices", 403), ("room", 200), ("board", 200)])
def test_the_projectors_key_opens_the_board_and_the_room_alone(hall, channel, status):
    address = hall.url(f"live?channel={channel}&since=0&language=uk&key={hall.projector}")

    assert hall.ask("stranger").get(address).status_code == status
    assert hall.ask("participant").get(address).status_code == 200


@pytest.mark.parametrize("who", list(Visibility))
def test_search_finds_by_nothing_hidden(hall, who):
    Exhibit(hall, who)
    with hall.app.test_request_context():
        event = db.session.get_one(Event, hall.id)
        words = ("workword", "regionword", "interestword", "offerword", "needword", "aboutword", "Luxembourg")
        found = {word: hall.ids["convener"] in search.find(event, word) for word in words}
        hidden = {typed: search.find(event, typed) for typed in ("6677", "emailword", "telegramword", "webword")}

    assert set(found.values()) == {who == Visibility.EVERYONE}
    assert set(map(tuple, hidden.values())) == {()}


@pytest.mark.parametrize("who", list(Visibility))
def test_suggestions_compare_nothing_hidden(hall, who):
    Exhibit(hall, who)
    with hall.app.test_request_context():
        mine = card_of(hall.ids["facilitator"])
        found = [each.card.member_id for each in suggestions.suggestions(mine, present_book(hall.id))]

    assert (hall.ids["convener"] in found) == (who == Visibility.EVERYONE)


@pytest.mark.parametrize("who", list(Visibility))
def test_the_room_counts_no_hidden_country(hall, who):
    page = Exhibit(hall, who).ask("organiser", "contacts/room")

    assert ("Luxembourg" in page) == (who == Visibility.EVERYONE)


@pytest.mark.parametrize("who", list(Visibility))
@pytest.mark.parametrize("agreed", [(False, False), (True, False), (False, True), (True, True)])
def test_the_organisers_list_holds_what_its_owner_agreed_to(hall, agreed, who):
    exhibit = Exhibit(hall, who)
    with hall.app.test_request_context(), sqlite.writing():
        card = card_of(exhibit.id)
        actions.consent(card, words="ok", exports_card=agreed[0], exports_details=agreed[1], by=card.member)
        db.session.commit()

    text = exhibit.ask("organiser", "exports/contacts.csv")

    details = {"phone", "email", "telegram", "signal", "whatsapp", "linkedin", "facebook", "web"}
    expected = set(FIELDS) - details - {"photo"} if agreed[0] and who == Visibility.EVERYONE else set()
    expected |= details if agreed[1] and who != Visibility.NOBODY else set()
    assert found_in(text) == expected


@pytest.mark.parametrize("viewer", ["exchanged", "member", "organiser"])
def test_before_the_consent_others_are_shown_nothing_of_a_card(hall, viewer):
    exhibit = Exhibit(hall, Visibility.EVERYONE)
    assert found_in(exhibit.ask(viewer, f"contacts/{exhibit.id}"))
    with hall.app.test_request_context(), sqlite.writing():
        card_of(exhibit.id).in_book_until = None
        changes.card(hall.id, exhibit.id)
        db.session.commit()

    pages = [exhibit.ask(viewer, path) for path in (f"contacts/{exhibit.id}", "contacts", "contacts/exchanged")]

    assert found_in("".join(pages)) == set()
