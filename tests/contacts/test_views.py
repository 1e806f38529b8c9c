"""The pages of the contact book: steps that keep what was typed, pictures, exchanges, the live list."""

import json
import re
from datetime import timedelta
from io import BytesIO

import pytest
from flask_babel import force_locale
from lxml import html
from PIL import Image
from sqlalchemy import select

from openspace import clock
from openspace.access import actions as access
from openspace.access.models import Member
from openspace.access.rules import hashed
from openspace.clock import now
from openspace.contacts import actions, fragments, photos
from openspace.contacts.finding.book import present_book
from openspace.contacts.models import Card, Consent, Photo, card_of, cards_in_book
from openspace.contacts.room import room_of
from openspace.contacts.rules import Viewer
from openspace.contacts.visible import visible_to
from openspace.events.models import Event
from openspace.extensions import db
from openspace.live import log
from openspace.live.fragments import View
from openspace.store import sqlite
from openspace.web.errors import Invalid
from tests.factories import a_card, a_member
from tests.live.page import Page

STEPS = ("who", "give", "interests", "reach", "consent")
ENGLISH = {"Accept-Language": "en"}


def put(hall, who: str, path: str, **fields):
    return hall.ask(who).put(hall.url(path), data=fields, headers=ENGLISH)


def a_photo(size=(900, 600), form: str = "JPEG", **more) -> bytes:
    stream = BytesIO()
    picture = Image.new("RGB", size, "teal")
    picture.paste("orange", (0, 0, size[0] // 2, size[1] // 2))
    picture.save(stream, form, **more)
    return stream.getvalue()


def card_in(hall, who: str) -> Card:
    return card_of(hall.ids[who])


def test_a_card_is_filled_in_step_by_step_and_shown_only_after_the_last(hall):
    steps = [
        put(hall, "participant", "contacts/mine/who", name="Олена Нова", occupation="староста", country="UA"),
        put(
            hall, "participant", "contacts/mine/give", **{"offers-0": "мед", "needs-0": "вулики", "about": "Про бджіл"}
        ),
        put(
            hall,
            "participant",
            "contacts/mine/interests",
            languages=["uk", "de"],
            interests=["вода"],
            others="бджоли, мед",
        ),
        put(
            hall,
            "participant",
            "contacts/mine/reach",
            phone="044 123 45 67",
            telegram="olena_tk",
            show_telegram="nobody",
        ),
    ]
    before = hall.ask("convener").get(hall.url(f"contacts/{hall.ids['participant']}")).status_code

    last = put(hall, "participant", "contacts/mine/consent", agreed="y", show_about="exchanged", exports_card="y")

    assert [answer.headers["Location"].rpartition("/")[2] for answer in [*steps, last]] == [*STEPS[1:], "mine"]
    assert before == 404
    with hall.app.test_request_context():
        seen = visible_to(card_in(hall, "participant"), Viewer.SELF)
        assert (seen.name, seen.occupation, seen.offers, seen.needs) == (
            "Олена Нова",
            "староста",
            ("мед",),
            ("вулики",),
        )
        assert (seen.languages, seen.interests) == (("uk", "de"), ("вода", "бджоли", "мед"))
        assert (seen.phone, seen.telegram) == ("+380 44 123 4567", "@olena_tk")
        as_member, exchanged = (
            visible_to(card_in(hall, "participant"), who) for who in (Viewer.MEMBER, Viewer.EXCHANGED)
        )
        assert (as_member.about, as_member.phone, exchanged.phone, exchanged.telegram) == ("", "", seen.phone, "")


def test_a_step_can_be_left_with_what_it_has(hall):
    answer = put(hall, "participant", "contacts/mine/give", **{"offers-0": "мед", "leave": "1"})

    assert answer.headers["Location"].endswith("/contacts/mine")
    page = hall.ask("participant").get(hall.url("contacts/mine"), headers=ENGLISH).get_data(as_text=True)
    assert "мед" in page
    assert "Only you see this card" in page


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("phone", "12", "There is no such number"),
        ("phone", "call me", "not a phone number"),
        ("email", "olena@", "does not look like an e-mail"),
        ("telegram", "@ab", "A Telegram name, please"),
        ("signal", "!!", "not a phone number"),
        ("whatsapp", "000", "There is no such number"),
        ("linkedin", "https://example.org/me", "An address at linkedin.com"),
        ("facebook", "javascript:alert(1)", "not the address of a page"),
        ("web", "javascript:alert(1)//x.y", "not the address of a page"),
        ("web", "nowhere", "not the address of a page"),
        ("web", "http://[", "not the address of a page"),
        ("phone", "067 abc 12 34", "not a phone number"),
    ],
)
def test_a_contact_detail_that_cannot_be_is_refused_and_kept_as_typed(hall, field, typed, says):
    answer = put(hall, "participant", "contacts/mine/reach", **{field: typed, "web" if field != "web" else "email": ""})

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert says in page
    assert f'value="{typed}"'.replace("'", "&#39;") in page


@pytest.mark.parametrize(
    ("field", "typed", "kept"),
    [
        ("phone", "067 123 45 67", "+380 67 123 4567"),
        ("phone", "+49 30 901820", "+49 30 901820"),
        ("telegram", "https://t.me/olena_tk", "@olena_tk"),
        ("signal", "olena.42", "olena.42"),
        ("signal", f"https://signal.me/#eu/{'x' * 64}", f"https://signal.me/#eu/{'x' * 64}"),
        ("web", "example.org/x", "https://example.org/x"),
        ("facebook", "www.facebook.com/olena", "https://www.facebook.com/olena"),
    ],
)
def test_a_contact_detail_is_kept_as_it_is_used(hall, field, typed, kept):
    put(hall, "participant", "contacts/mine/reach", **{field: typed})

    with hall.app.test_request_context():
        assert getattr(card_in(hall, "participant"), field) == kept


def test_a_number_without_its_country_is_the_cards_or_the_readers(hall):
    for language, country, typed, kept in (
        ("de", "", "030 901820", "+49 30 901820"),
        ("en", "DE", "030 901820", "+49 30 901820"),
        ("en", "", "067 123 45 67", "+380 67 123 4567"),
    ):
        put(hall, "participant", "contacts/mine/who", name="Олена", country=country)
        fields, address = {"phone": typed}, hall.url("contacts/mine/reach")
        hall.ask("participant").put(address, data=fields, headers={"Accept-Language": language})
        with hall.app.test_request_context():
            assert card_in(hall, "participant").phone == kept


def test_a_refused_consent_keeps_what_was_chosen(hall):
    put(hall, "participant", "contacts/mine/who", name="Олена", occupation="староста")

    answer = put(hall, "participant", "contacts/mine/consent", show_occupation="nobody")

    assert answer.status_code == 422
    assert '<option value="nobody" selected>' in answer.get_data(as_text=True)
    with hall.app.test_request_context():
        assert not card_in(hall, "participant").is_in_book


def test_the_consent_names_the_day_until_which_the_card_is_kept(hall):
    page = hall.ask("convener").get(hall.url("contacts/mine/consent"), headers=ENGLISH).get_data(as_text=True)

    assert "June 5 2027" in page


@pytest.mark.parametrize("prints_name", [False, True])
def test_what_is_kept_of_a_consent_is_what_was_read_and_agreed_to(hall, prints_name):
    page = html.fromstring(hall.ask("participant").get(hall.url("contacts/mine/consent"), headers=ENGLISH).text)
    [of_card] = page.xpath("//div[@class='consent']/p[@lang='en']/text()")
    [in_print] = page.xpath("//fieldset[legend[contains(., 'In the book of the event')]]/p/text()")
    [described] = page.xpath("//fieldset[p]//input[@name='prints_name']/@aria-describedby")

    put(hall, "participant", "contacts/mine/consent", agreed="y", **({"prints_name": "y"} if prints_name else {}))

    assert "cannot be called back" in in_print
    assert page.get_element_by_id(described).text == in_print
    with hall.app.test_request_context():
        [given] = db.session.scalars(select(Consent).filter_by(member_id=hall.ids["participant"], ended_at=None))
        assert given.words == (f"{of_card} {in_print}" if prints_name else of_card)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_photo_is_made_square_small_and_free_of_what_the_camera_wrote(inside, form):
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "SecretCamera", 6
    upload = a_photo(form=form, exif=exif)
    assert b"SecretCamera" in upload

    picture = photos.prepare(upload)

    for body, size in ((picture.small, photos.SMALL), (picture.large, photos.LARGE)):
        with Image.open(BytesIO(body)) as made:
            assert (made.format, made.size, dict(made.getexif())) == ("WEBP", (size, size), {})
            # Turned upright: what was at the left above is at the right above.
            assert made.convert("RGB").getpixel((size - 8, 8))[0] > 200
        assert b"SecretCamera" not in body
    assert len(picture.small) < 8_000


def test_a_photo_is_put_on_the_card_and_taken_off(hall):
    answer = hall.ask("participant").put(
        hall.url("contacts/mine/photo"), data={"photo": (BytesIO(a_photo()), "me.jpg")}
    )
    with hall.app.test_request_context():
        digest = card_in(hall, "participant").photo
    own = hall.ask("participant").get(hall.url(f"contacts/{hall.ids['participant']}/{digest}-large.webp"))
    others = hall.ask("convener").get(hall.url(f"contacts/{hall.ids['participant']}/{digest}-large.webp"))

    hall.ask("participant").delete(hall.url("contacts/mine/photo"))

    assert (answer.status_code, own.status_code, own.mimetype, others.status_code) == (303, 200, "image/webp", 404)
    with hall.app.test_request_context():
        assert db.session.scalars(select(Photo.member_id).where(Photo.member_id == hall.ids["participant"])).all() == []


def test_a_phones_whole_picture_is_taken_and_a_whole_book_of_text_is_not(hall):
    stream = BytesIO()
    Image.effect_noise((1600, 1200), 120).convert("RGB").save(stream, "JPEG", quality=95)
    assert len(stream.getvalue()) > 256 * 1024

    upload = {"photo": (BytesIO(stream.getvalue()), "me.jpg")}
    picture = hall.ask("participant").put(hall.url("contacts/mine/photo"), data=upload)
    text = hall.ask("participant").put(hall.url("contacts/mine/give"), data={"about": "x" * 300_000})

    assert (picture.status_code, text.status_code) == (303, 413)


def test_a_picture_is_made_ready_before_anybody_elses_write_has_to_wait(hall, monkeypatch):
    begun = []
    monkeypatch.setattr(photos, "prepare", lambda upload: begun.append(db.session().in_transaction()) or _refuse())

    answer = put(hall, "participant", "contacts/mine/photo", photo=(BytesIO(b"x"), "me.jpg"))

    assert (answer.status_code, begun) == (422, [False])


def _refuse():
    raise Invalid


def test_scanning_a_code_asks_first_and_then_both_have_each_other(hall):
    asked = hall.ask("participant").get(hall.url(f"contacts/code/{hall.card_code}"), headers=ENGLISH)
    assert "Exchange contacts" in asked.get_data(as_text=True)

    put(hall, "participant", f"contacts/code/{hall.card_code}")

    mine = hall.ask("participant").get(hall.url("contacts/exchanged")).get_data(as_text=True)
    theirs = hall.ask("convener").get(hall.url("contacts"), headers=ENGLISH).get_data(as_text=True)
    assert "Оксана Дячук" in mine
    assert "You have exchanged contacts with Олена Ткачук" in theirs
    again = hall.ask("participant").get(hall.url(f"contacts/code/{hall.card_code}"))
    assert again.headers["Location"].endswith(f"/contacts/{hall.ids['convener']}")


def test_a_code_scanned_before_one_has_a_seat_leads_back_after_joining(hall):
    stranger = hall.ask("stranger")
    stranger.get(hall.url(f"contacts/code/{hall.card_code}"))

    answer = stranger.post(hall.url(f"join/{hall.code}"), data={"name": "Нова"})

    assert answer.headers["Location"].endswith(f"/contacts/code/{hall.card_code}")


def test_an_old_code_leads_nowhere_and_is_shown_no_more(hall):
    before = hall.ask("convener").get(hall.url("contacts/code/qr.svg"))
    hall.ask("convener").post(hall.url("contacts/code"))
    after = hall.ask("convener").get(hall.url("contacts/code/qr.svg"))

    assert (before.headers["Cache-Control"], before.data == after.data) == ("private, no-store", False)
    assert hall.ask("participant").get(hall.url(f"contacts/code/{hall.card_code}")).status_code == 404


def test_the_code_is_an_address_and_nothing_about_its_owner(hall):
    from openspace.contacts.exchange_views import _address
    from openspace.web import qr

    with hall.app.test_request_context(hall.url()):
        hall.app.preprocess_request()
        address = _address(card_in(hall, "convener"))

    assert address == f"http://localhost{hall.url('contacts/code/')}{hall.card_code}"
    assert "svg" in qr.svg(address)


def test_an_exchange_that_was_undone_cannot_be_done_again_with_the_same_code(hall):
    put(hall, "participant", f"contacts/code/{hall.card_code}")

    hall.ask("convener").delete(hall.url(f"contacts/{hall.ids['participant']}/exchange"))

    assert put(hall, "participant", f"contacts/code/{hall.card_code}").status_code == 404


def test_who_has_no_card_in_the_book_can_be_exchanged_with_and_noted(hall):
    put(hall, "participant", f"contacts/code/{hall.card_code}")
    address = f"contacts/{hall.ids['participant']}"

    page = hall.ask("convener").get(hall.url(address), headers=ENGLISH)
    noted = put(hall, "convener", f"{address}/note", note="познайомились у черзі")

    assert page.status_code == 200
    assert "Олена Ткачук has not put a card into the book yet" in page.get_data(as_text=True)
    assert noted.status_code == 303
    assert hall.ask("organiser").get(hall.url(address)).status_code == 404


def test_notes_are_seen_by_who_wrote_them_alone(hall):
    a_card_for(hall, "participant")
    put(hall, "participant", f"contacts/code/{hall.card_code}")
    put(hall, "participant", f"contacts/{hall.ids['convener']}/note", note="таємна обіцянка")

    own = hall.ask("participant").get(hall.url(f"contacts/{hall.ids['convener']}")).get_data(as_text=True)
    pages = [
        hall.ask(who).get(hall.url(path))
        for who in ("convener", "organiser")
        for path in (f"contacts/{hall.ids['participant']}", f"contacts/{hall.ids['convener']}", "contacts/exchanged")
    ]

    assert "таємна обіцянка" in own
    assert {page.status_code for page in pages} == {200}
    assert "таємна обіцянка" not in "".join(page.get_data(as_text=True) for page in pages)


def test_a_mutual_wish_is_told_to_both_and_one_alone_to_nobody(hall):
    a_card_for(hall, "participant")
    alone = put(hall, "participant", f"contacts/{hall.ids['convener']}/wish", kind="meet")
    before = [book(hall, who) for who in ("convener", "organiser")]

    put(hall, "convener", f"contacts/{hall.ids['participant']}/wish", kind="meet")

    assert alone.status_code == 303
    assert "want to meet each other" not in "".join(before)
    assert "You and Оксана Дячук want to meet each other" in book(hall, "participant")
    hall.ask("participant").delete(hall.url("me/notices"), data={"shown": now().isoformat()})
    assert "want to meet each other" not in book(hall, "participant")


def test_suggestions_say_why_and_not_now_is_heard(hall):
    with hall.app.test_request_context(), sqlite.writing():
        convener = db.session.get_one(Member, hall.ids["convener"])
        actions.write(card_of(convener.id), by=convener, needs=["вчителя німецької мови"])
        a_card(db.session.get_one(Member, hall.ids["participant"]), offers=["курси німецької мови"])
        db.session.commit()
    assert "Looks for what you offer: вчителя німецької мови" in book(hall, "participant")

    put(hall, "participant", f"contacts/{hall.ids['convener']}/wish", kind="later")

    assert "Looks for what you offer" not in book(hall, "participant")


def test_suggestions_follow_a_card_that_is_not_in_the_book_yet(hall):
    with hall.app.test_request_context(), sqlite.writing():
        convener = db.session.get_one(Member, hall.ids["convener"])
        actions.write(card_of(convener.id), by=convener, needs=["вчителя німецької мови"])
        db.session.commit()
    put(hall, "participant", "contacts/mine/give", **{"offers-0": "гриби"})
    assert "Looks for what you offer" not in book(hall, "participant")

    put(hall, "participant", "contacts/mine/give", **{"offers-0": "курси німецької"})

    assert "Looks for what you offer" in book(hall, "participant")


def test_who_was_put_aside_can_be_suggested_again(hall):
    put(hall, "participant", f"contacts/{hall.ids['convener']}/wish", kind="later")
    page = hall.ask("participant").get(hall.url(f"contacts/{hall.ids['convener']}"), headers=ENGLISH)
    assert "You have put this person aside" in page.get_data(as_text=True)

    hall.ask("participant").delete(hall.url(f"contacts/{hall.ids['convener']}/wish"))

    page = hall.ask("participant").get(hall.url(f"contacts/{hall.ids['convener']}"), headers=ENGLISH)
    assert "You have put this person aside" not in page.get_data(as_text=True)


def test_where_somebody_is_now_stands_on_their_card(hall):
    hall.ask("participant").put(hall.url("topics/1/interest"), data={"kind": "go"})
    a_card_for(hall, "participant")

    with clock.frozen_at(clock.now() + timedelta(hours=2, minutes=15)):
        page = hall.ask("convener").get(hall.url(f"contacts/{hall.ids['participant']}"), headers=ENGLISH)

    assert "Now: Велика зала, place 1" in page.get_data(as_text=True)


def test_here_now_leaves_whose_page_was_open_lately(hall):
    query = hall.url("contacts?part=1&show=here")
    assert "Оксана" in hall.ask("organiser").get(query).get_data(as_text=True)
    later = clock.held + timedelta(minutes=40)

    clock.held = later
    gone = hall.ask("organiser").get(query).get_data(as_text=True)
    with hall.app.app_context(), sqlite.writing():
        access.note_presence(hall.id, [hashed(hall.token("convener"))])
        db.session.commit()

    assert "Оксана" not in gone
    assert "Оксана" in hall.ask("organiser").get(query).get_data(as_text=True)


def test_the_live_list_is_in_step_with_a_fresh_one(hall):
    view = View("en", "members")

    def fresh() -> str:
        event = db.session.get_one(Event, hall.id)
        cards = [
            fragments.person_html(event, visible_to(card, Viewer.MEMBER))
            for card in db.session.scalars(cards_in_book(event.id))
        ]
        return f'<div id="people">{"".join(cards)}</div>{fragments.count_html(present_book(event.id))}'

    with hall.app.test_request_context(), force_locale("en"):
        page, since = Page(fresh()), log.revision(hall.id, "people")
    with hall.app.test_request_context(), sqlite.writing():
        event = db.session.get_one(Event, hall.id)
        people = [a_member(event, name) for name in ("Яна", "Anna", "Ґанна")]
        for member in people:
            a_card(member, offers=["щось"])
        access.introduce(people[0], name="Богдана", community="Степова громада")
        actions.take_back(people[1], by=people[1])
        access.introduce(db.session.get_one(Member, hall.ids["convener"]), name="Оксана Інша", community="")
        db.session.commit()
    with hall.app.test_request_context(), force_locale("en"):
        event = db.session.get_one(Event, hall.id)
        subjects = log.subjects_since(hall.id, "people", since)
        page.apply(list(fragments.draw_people(hall.id, "people", subjects.names, view)))

        assert page.text() == Page(fresh()).text()
        assert "Богдана" in page.text()


def test_the_room_counts_by_community_however_it_is_written():
    room = room_of([("Кам’яна громада", "UA", 2), ("КАМʼЯНА громада", "", 1), ("Lindental", "DE", 1), ("", "UA", 1)])

    assert [(circle.name, circle.people, circle.country) for circle in room.circles] == [
        ("Кам’яна громада", 3, "UA"),
        ("Lindental", 1, "DE"),
    ]
    assert (room.countries, room.others, room.people) == ([("UA", 3, 1), ("DE", 1, 2)], 1, 5)


def test_circles_of_the_room_never_overlap():
    circles = room_of([(f"Громада {n}", "UA", 1 + n % 17) for n in range(50)]).circles

    gaps = [
        ((a.x - b.x) ** 2 + (a.y - b.y) ** 2) ** 0.5 - a.radius - b.radius
        for i, a in enumerate(circles)
        for b in circles[:i]
    ]
    assert min(gaps) >= 2.5


def test_the_room_follows_who_joins_and_leaves(hall):
    since = {}
    with hall.app.app_context():
        since["joined"] = log.revision(hall.id, "room")
    hall.ask("stranger").post(hall.url(f"join/{hall.code}"), data={"name": "Нова", "community": "Нова громада"})
    with hall.app.app_context():
        since["left"] = log.revision(hall.id, "room")
    hall.ask("convener").delete(hall.url("me"))

    with hall.app.app_context():
        assert since["joined"] < since["left"] < log.revision(hall.id, "room")


def test_json_of_the_book_is_the_same_people(hall):
    answer = hall.ask("participant").get(hall.url("contacts?q=оксана"), headers={"Accept": "application/json"})

    assert [card["name"] for card in json.loads(answer.data)["cards"]] == ["Оксана Дячук"]


def a_card_for(hall, who: str) -> None:
    with hall.app.test_request_context(), sqlite.writing():
        a_card(db.session.get_one(Member, hall.ids[who]))
        db.session.commit()


def book(hall, who: str) -> str:
    return hall.ask(who).get(hall.url("contacts"), headers=ENGLISH).get_data(as_text=True)


def test_the_count_follows_the_search_and_the_filter(hall):
    client = hall.ask("participant")
    pages = {
        query: client.get(hall.url(f"contacts?{query}"), headers=ENGLISH).get_data(as_text=True)
        for query in ("", "q=Оксана", "q=Сковорода", "show=here")
    }

    said = {query: re.findall(r'role="status">([^<]*found)', page) for query, page in pages.items()}
    assert said == {
        "": [],
        "q=Оксана": ["1 person found"],
        "q=Сковорода": ["0 people found"],
        "show=here": ["1 person found"],
    }


@pytest.mark.parametrize("step", STEPS)
def test_one_part_of_a_card_in_the_book_is_saved_and_leads_back_to_the_card(hall, step):
    fields = {"who": {"name": "Оксана Дячук"}, "consent": {"agreed": "y"}}.get(step, {})
    page = hall.ask("convener").get(hall.url(f"contacts/mine/{step}"), headers=ENGLISH).get_data(as_text=True)

    answer = put(hall, "convener", f"contacts/mine/{step}", **fields)

    assert answer.headers["Location"] == hall.url("contacts/mine")
    assert ('class="steps"' in page, 'name="leave"' in page, ">Save<" in page) == (False, False, True)


def test_my_contacts_can_be_reached_from_people(hall):
    assert f'href="{hall.url("contacts/exchanged")}"' in hall.ask("participant").get(hall.url("contacts")).get_data(
        True
    )
