"""Cards for address books: read back by two parsers, and holding nothing that is not for the reader."""

import csv
from base64 import b64decode
from datetime import UTC, datetime
from io import BytesIO, StringIO

import pytest
from flask_babel import force_locale
from hypothesis import given, settings, strategies as st
from PIL import Image

from openspace.access.models import Member
from openspace.contacts import actions as contacts, columns, exchange_actions as exchanges, photos
from openspace.contacts.models import Contact
from openspace.contacts.reach import address as reach_address
from openspace.contacts.rules import FIELDS, Visibility
from openspace.contacts.vcards import vcard
from openspace.contacts.visible import VisibleCard
from openspace.events.models import Event
from openspace.extensions import db
from openspace.store import sqlite
from tests.factories import a_member
from tests.people.book import (
    ENGLISH,
    FULL,
    IN_TABLES,
    IN_VCARDS,
    a_card,
    by_icaljs,
    by_vobject,
    exchange,
    seen_in,
    unfolded,
)

pytestmark = pytest.mark.usefixtures("empty_book")

FAMILY = "👩‍👩‍👧‍👦"
NASTY = {
    "umlauts": "Jürgen Groß-Überländer",
    "apostrophes": "Мар’яна Дем'яненко-Знахарʼ",
    "commas and semicolons": "Вода, земля; і, знову; вода",
    "backslashes": "C:\\new\\, \\; \\n",
    "emoji": f"{FAMILY} Оленка {FAMILY}",
    "a long line": "Їжак ґазда " * 27 + "кінець",
    "latin": "plain words only",
    "colons and quotes": 'a:b "c" = d',
    "right to left": "שלום Олена",
}


def a_visible_card(name: str = "Олена Ткачук", **fields) -> VisibleCard:
    return VisibleCard(7, name, fields.pop("community", "Вербівська громада"), 0, **fields)


def a_small_picture() -> bytes:
    stream = BytesIO()
    Image.effect_noise((60, 50), 60).convert("RGB").save(stream, "JPEG")
    return stream.getvalue()


def an_old_event() -> Event:
    return Event(slug="hromady", name="Інновації громад", zone="Europe/Kyiv")


def octets(text: str) -> list[bytes]:
    assert text.endswith("\r\n")
    return text.encode().split(b"\r\n")[:-1]


@pytest.fixture
def nasty(in_request) -> dict[str, str]:
    """Each text, wherever a text can stand on a card."""

    def written(text: str) -> str:
        lists = {"interests": [text, "інше"], "offers": [text], "needs": [text]}
        card = a_visible_card(text, community=text, occupation=text, region=text, about=text, **lists)
        return vcard(card, event=an_old_event(), note=f"{text}\n{text}")

    return {name: written(text) for name, text in NASTY.items()}


def parted(name: str) -> tuple[str, str]:
    """Given and family name: what is no word is nobody's surname."""
    given, _, family = name.rpartition(" ")
    return (given, family) if family[0].isalpha() else (name, "")


@pytest.mark.parametrize("name", NASTY)
def test_vcard_reads_back_in_vobject(nasty, name):
    text = NASTY[name].strip()
    given, family = parted(text)

    card = by_vobject(nasty[name])[0]

    assert (card.version.value, card.fn.value, card.org.value, card.title.value) == ("3.0", text, [text], text)
    assert (card.n.value.given, card.n.value.family, card.adr.value.region) == (given, family, text)
    assert card.note.value.split("\n")[:2] == [text, text]


@pytest.mark.parametrize("name", NASTY)
def test_vcard_reads_back_in_icaljs(nasty, node, name):
    text = NASTY[name].strip()
    given, family = parted(text)

    card = by_icaljs(node, nasty[name])[0]

    assert card["fn"] + card["title"] + card["org"] == [(None, [text])] * 3
    assert card["n"] == [(None, [[family, given, "", "", ""]])]
    assert card["adr"] == [(None, [["", "", "", "", text, "", ""]])]
    assert card["categories"] == [(None, [text, "інше"])]
    assert card["note"][0][1][0].split("\n")[:2] == [text, text]


@pytest.mark.parametrize("name", NASTY)
def test_vcard_lines_are_short_and_whole(nasty, name):
    lines = octets(nasty[name])

    assert max(len(line) for line in lines) <= 75
    assert [line for line in lines if not line.decode()] == []


def test_vcard_folding_has_something_to_fold(nasty):
    assert max(len(line.encode()) for line in unfolded(nasty["a long line"]).split("\r\n")) > 600
    assert len([line for line in octets(nasty["a long line"]) if line.startswith(b" ")]) > 30


@settings(max_examples=150, deadline=None)
@given(note=st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1))
def test_vcard_keeps_any_note(any_app, note):
    with any_app.test_request_context():
        text = vcard(a_visible_card(), event=an_old_event(), note=note)

    assert by_vobject(text)[0].note.value == note
    assert max(len(line) for line in octets(text)) <= 75


def test_vcard_names_somebody_with_one_name(in_request):
    card = by_vobject(vcard(a_visible_card("Ірина"), event=an_old_event()))[0]

    assert (card.n.value.given, card.n.value.family) == ("Ірина", "")


def test_vcard_gives_addresses_that_open(in_request, node):
    fields = {name: FULL[name] for name in ("phone", "email", "telegram", "whatsapp", "linkedin", "facebook")}
    web = "https://example.org/a,b;c?d=e"
    card = a_visible_card(**fields, signal="+380 44 123 4567", web=web)

    read = by_icaljs(node, vcard(card, event=an_old_event()))[0]

    labels = {group: values[0] for group, values in read["x-ablabel"]}
    pages = {labels.get(group, "web"): values[0] for group, values in read["url"]}
    assert read["tel"] + read["email"] == [(None, ["+380 44 123 4567"]), (None, ["oksana@hidden.example"])]
    assert pages == {
        "web": web,
        "Telegram": "https://t.me/oksana_secret",
        "WhatsApp": "https://wa.me/380507654321",
        "Signal": "https://signal.me/#p/+380441234567",
        "LinkedIn": FULL["linkedin"],
        "Facebook": FULL["facebook"],
    }


@pytest.mark.parametrize(
    ("signal", "address"),
    [
        ("https://signal.me/#eu/abc", "https://signal.me/#eu/abc"),
        ("+49 151 1", "https://signal.me/#p/+491511"),
        ("a.42", ""),
        ("", ""),
    ],
)
def test_signal_address_knows_links_numbers_and_names(signal, address):
    assert reach_address("signal", signal) == address


def test_vcard_says_when_and_where_in_the_zone_of_the_event(in_request):
    late = datetime(2026, 6, 4, 22, 30, tzinfo=UTC)

    with force_locale("en"):
        known = by_vobject(
            vcard(a_visible_card(), event=an_old_event(), note="Так!", exchanged_at=late, place="Тераса")
        )[0]
        nowhere = by_vobject(vcard(a_visible_card(), event=an_old_event(), exchanged_at=late))[0]

    assert known.note.value.split("\n") == [
        "Так!",
        "Contacts exchanged on June 5, 2026, Інновації громад, place: Тераса",
    ]
    assert nowhere.note.value == "Contacts exchanged on June 5, 2026, Інновації громад"


def test_vcard_names_the_country_as_the_reader_does(app, hall):
    a_card(hall, "convener", **FULL)
    ask, url = hall.ask("participant"), hall.url(f"contacts/{hall.ids['convener']}.vcf")

    countries = {
        code: by_vobject(ask.get(url, headers={"Accept-Language": code}).get_data(as_text=True))[0].adr.value.country
        for code in ("uk", "de", "en")
    }

    assert countries == {"uk": "Польща", "de": "Polen", "en": "Poland"}


def test_card_holds_the_photo_as_jpeg(hall, node):
    a_card(hall, "convener", photo=True)

    text = hall.ask("participant").get(hall.url(f"contacts/{hall.ids['convener']}.vcf")).get_data(as_text=True)

    picture = by_vobject(text)[0].photo
    with Image.open(BytesIO(picture.value)) as image:
        assert (image.format, image.size, picture.type_param) == ("JPEG", (448, 448), "JPEG")
    assert b64decode(by_icaljs(node, text)[0]["photo"][0][1][0]) == picture.value
    assert max(len(line) for line in octets(text)) <= 75


def test_card_comes_as_a_vcard_under_a_plain_name(hall):
    a_card(hall, "convener")

    answer = hall.ask("participant").get(hall.url(f"contacts/{hall.ids['convener']}.vcf"))

    assert answer.headers["Content-Type"] == "text/vcard; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="oksana-diachuk.vcf"'
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_card_of_a_name_without_letters_has_a_file_name(hall):
    with hall.app.test_request_context(), sqlite.writing():
        db.session.get_one(Member, hall.ids["convener"]).name = "🐝"
        db.session.commit()
    a_card(hall, "convener")

    answer = hall.ask("participant").get(hall.url(f"contacts/{hall.ids['convener']}.vcf"))

    assert answer.headers["Content-Disposition"] == 'attachment; filename="contact.vcf"'


def test_card_keeps_its_uid(hall):
    a_card(hall, "convener", phone="+380 44 123 4567")
    url = hall.url(f"contacts/{hall.ids['convener']}.vcf")
    before = by_vobject(hall.ask("participant").get(url).get_data(as_text=True))[0].uid.value

    a_card(hall, "convener", phone="+380 44 765 4321", occupation="Інша")
    exchange(hall, "participant", "convener")

    assert by_vobject(hall.ask("participant").get(url).get_data(as_text=True))[0].uid.value == before


def test_card_shows_each_the_fields_meant_for_them(hall):
    a_card(hall, "convener", photo=True, **FULL)
    url = hall.url(f"contacts/{hall.ids['convener']}.vcf")
    reach = {"phone", "email", "telegram", "signal", "whatsapp", "linkedin", "facebook", "web"}

    def seen(who: str) -> set[str]:
        return seen_in(hall.ask(who).get(url, headers=ENGLISH).get_data(as_text=True), IN_VCARDS)

    as_member = seen("participant")
    exchange(hall, "participant", "convener")

    assert as_member == set(FIELDS) - reach
    assert seen("participant") == set(FIELDS)
    assert seen("convener") == set(FIELDS)
    assert seen("organiser") == set(FIELDS) - reach


def test_card_hides_what_is_for_nobody(hall):
    a_card(hall, "convener", photo=True, shown_to=Visibility.NOBODY, **FULL)
    exchange(hall, "participant", "convener")
    url = hall.url(f"contacts/{hall.ids['convener']}.vcf")

    def seen(who: str, rest: str, traces: dict[str, str]) -> set[str]:
        return seen_in(hall.ask(who).get(rest, headers=ENGLISH).get_data(as_text=True), traces)

    assert seen("convener", url, IN_VCARDS) == set(FIELDS), "there is something to leak"
    for who in ("participant", "facilitator", "organiser"):
        assert seen(who, url, IN_VCARDS) == set()
    assert seen("participant", hall.url("contacts/exchanged.vcf"), IN_VCARDS) == set()
    assert seen("participant", hall.url("contacts/exchanged.csv"), IN_TABLES) == set()


def test_exchanged_of_somebody_without_consent_is_the_name_alone(hall):
    a_card(hall, "convener", in_book=False, photo=True, shown_to=Visibility.EVERYONE, **FULL)
    exchange(hall, "participant", "convener")
    ask = hall.ask("participant")

    alone = ask.get(hall.url(f"contacts/{hall.ids['convener']}.vcf"), headers=ENGLISH).get_data(as_text=True)
    book = ask.get(hall.url("contacts/exchanged.vcf"), headers=ENGLISH).get_data(as_text=True)
    table = ask.get(hall.url("contacts/exchanged.csv"), headers=ENGLISH).get_data(as_text=True)

    assert seen_in(alone, IN_VCARDS) == seen_in(book, IN_VCARDS) == seen_in(table, IN_TABLES) == set()
    assert by_vobject(alone)[0].fn.value == by_vobject(book)[0].fn.value == "Оксана Дячук"


def test_exchanged_reads_as_one_file_of_two_hundred(hall, node):
    with hall.app.test_request_context(), sqlite.writing():
        event, me = db.session.get_one(Event, hall.id), db.session.get_one(Member, hall.ids["participant"])
        # A small one, for two parsers read it two hundred times; its lines are folded all the same.
        picture = photos.prepare(a_small_picture())
        for number in range(200):
            other = a_member(event, f"Людина, {number};")
            card = contacts.ensure_card(other)
            contacts.put_photo(card, picture, by=other)
            contacts.consent(card, words="так", exports_card=False, exports_details=False, by=other)
            exchanges.write_note(exchanges.exchange(card, by=me), f"Нотатка\n{number}, так; так")
        db.session.commit()

    answer = hall.ask("participant").get(hall.url("contacts/exchanged.vcf"))

    text = answer.get_data(as_text=True)
    wanted = sorted(f"Людина, {number};" for number in range(200))
    read = by_icaljs(node, text)
    assert sorted(card.fn.value for card in by_vobject(text)) == wanted
    assert sorted(card["fn"][0][1][0] for card in read) == wanted
    assert {len(card["photo"]) for card in read} == {1}
    assert len({card["uid"][0][1][0] for card in read}) == 200
    assert max(len(line) for line in octets(text)) <= 75


def test_exchanged_table_has_the_note_the_time_and_the_place(hall):
    a_card(hall, "convener", **FULL)
    exchange(hall, "participant", "convener", note="Зустрітися\nв суботу")
    with hall.app.test_request_context(), sqlite.writing():
        db.session.get_one(Contact, (hall.ids["participant"], hall.ids["convener"])).place = "Тераса"
        db.session.commit()

    text = hall.ask("participant").get(hall.url("contacts/exchanged.csv"), headers=ENGLISH).get_data(as_text=True)

    row = next(csv.DictReader(StringIO(text.removeprefix("\ufeff"))))
    assert (row["Name"], row["Community or town"], row["Occupation"]) == (
        "Оксана Дячук",
        "Вербівська громада",
        "Бджолярка",
    )
    assert (row["My note"], row["Where"]) == ("Зустрітися\nв суботу", "Тераса")
    assert row["When we exchanged contacts"] == "2026-06-04T11:54:00+03:00"
    assert seen_in(text, IN_TABLES) == set(IN_TABLES)


def test_exchanged_table_disarms_formulas(hall):
    a_card(hall, "convener", occupation='=HYPERLINK("http://evil.example")', phone="+380 44 123 4567")
    exchange(hall, "participant", "convener", note="@SUM(A1)")

    text = hall.ask("participant").get(hall.url("contacts/exchanged.csv"), headers=ENGLISH).get_data(as_text=True)

    row = next(csv.DictReader(StringIO(text.removeprefix("\ufeff"))))
    assert [row["Occupation"], row["Phone"], row["My note"]] == [
        '\'=HYPERLINK("http://evil.example")',
        "+380 44 123 4567",
        "'@SUM(A1)",
    ]


def test_exchanged_is_mine_alone(hall):
    a_card(hall, "convener")
    exchange(hall, "participant", "convener", note="Обіцяла статут")

    def files(who: str) -> str:
        rests = ("contacts/exchanged.vcf", "contacts/exchanged.csv", f"contacts/{hall.ids['convener']}.vcf")
        return "".join(unfolded(hall.ask(who).get(hall.url(rest)).get_data(as_text=True)) for rest in rests)

    assert files("participant").count("Обіцяла статут") == 3, "there is something to leak"
    assert [who for who in ("convener", "organiser", "facilitator") if "Обіцяла статут" in files(who)] == []


def test_exchanged_forgets_somebody_who_took_their_card_back(hall):
    a_card(hall, "convener")
    exchange(hall, "participant", "convener")
    with hall.app.test_request_context(), sqlite.writing():
        convener = db.session.get_one(Member, hall.ids["convener"])
        contacts.take_back(convener, by=convener)
        db.session.commit()

    ask = hall.ask("participant")

    assert ask.get(hall.url("contacts/exchanged.vcf")).data == b""
    assert ask.get(hall.url(f"contacts/{hall.ids['convener']}.vcf")).status_code == 404


def test_card_that_is_neither_in_the_book_nor_exchanged_is_not_found(hall):
    a_card(hall, "convener", in_book=False, **FULL)
    url = hall.url(f"contacts/{hall.ids['convener']}.vcf")

    assert [hall.ask(who).get(url).status_code for who in ("participant", "organiser", "convener")] == [404, 404, 200]


def test_card_of_nobody_and_of_another_event_is_not_found(hall):
    a_card(hall, "other")
    ask = hall.ask("participant")
    idents = (hall.ids["convener"], hall.ids["other"], 10**6, 10**30)

    assert [ask.get(hall.url(f"contacts/{ident}.vcf")).status_code for ident in idents] == [404] * 4


def test_card_is_for_members(hall):
    a_card(hall, "convener")
    rests = (f"contacts/{hall.ids['convener']}.vcf", "contacts/exchanged.vcf", "contacts/exchanged.csv")

    assert [hall.ask(who).get(hall.url(rest)).status_code for who in ("stranger", "other") for rest in rests] == [
        403
    ] * 6


def test_tables_have_a_column_for_every_field():
    assert set(columns.COLUMNS) == set(FIELDS) - {"photo"}
