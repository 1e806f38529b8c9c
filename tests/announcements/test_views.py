"""The facilitators' page of announcements: what it offers, what it refuses and keeps, what it undoes."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest

from openspace import clock
from openspace.access import actions as access
from openspace.access.rules import hashed
from openspace.announcements.models import Announcement
from openspace.events.models import Event
from openspace.extensions import db
from openspace.store import sqlite

PATH = "facilitator/announcements"
SENT = {"words_uk": "Обід пізніше", "until": "soon", "on_phones": "y", "on_screens": "y"}
LONG = "Дуже довге оголошення " * 455


def text(answer) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True))).split())


def post(hall, **sent):
    return hall.ask("facilitator").post(hall.url(PATH), data={**SENT, **sent}, headers={"Accept-Language": "en"})


def shown(hall, path: str = PATH):
    return hall.ask("facilitator").get(hall.url(path), headers={"Accept-Language": "en"})


def rows(hall) -> list[Announcement]:
    with hall.app.app_context():
        return db.session.query(Announcement).order_by(Announcement.id).all()


@pytest.mark.parametrize(
    ("sent", "ends"),
    [
        ({"until": "soon"}, (9, 4)),
        ({"until": "break"}, (9, 30)),
        ({"until": "evening"}, (13, 30)),
        ({"until": "time", "at": "12:00"}, (9, 0)),
        ({"until": "time", "at": "23:10"}, (20, 10)),
    ],
)
def test_create_announces_until_the_chosen_end(hall, sent, ends):
    answer = post(hall, **sent)

    (there,) = rows(hall)
    assert answer.status_code == 303
    assert (there.words, there.ends_at) == ({"uk": "Обід пізніше"}, datetime(2026, 6, 4, *ends, tzinfo=UTC))
    assert (there.on_phones, there.on_screens, there.by_id) == (True, True, hall.ids["facilitator"])


def test_ten_minutes_are_whole_ones(hall):
    clock.held = clock.held.replace(second=37)

    post(hall)

    assert rows(hall)[0].ends_at == datetime(2026, 6, 4, 9, 5, tzinfo=UTC)


def test_create_keeps_the_languages_in_the_order_of_the_event(hall):
    post(hall, words_en=" Lunch \n is later ", words_uk="Обід", words_de="Später")

    assert list(rows(hall)[0].words.items()) == [("uk", "Обід"), ("en", "Lunch is later")]


def test_the_ends_that_are_offered_are_those_to_come(hall):
    offered = ("10 minutes", "Until the break, 12:30", "Until the evening, 16:30", "Until another time")
    assert [words in text(shown(hall)) for words in offered] == [True] * 4

    clock.held += timedelta(hours=1)
    assert [words in text(shown(hall)) for words in offered] == [True, False, True, True]
    assert post(hall, until="break").status_code == 422

    clock.held += timedelta(hours=4)
    assert [words in text(shown(hall)) for words in offered] == [True, False, False, True]


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"words_uk": " \n ", "words_en": ""}, "There is nothing to announce yet"),
        ({"words_uk": LONG}, "Too long: 200 characters at most."),
        ({"on_phones": "", "on_screens": ""}, "Please choose where"),
        ({"until": "time", "at": "11:54"}, "This end is over already"),
        ({"until": "time", "at": ""}, "Please say until when."),
        ({"until": "time", "at": "nonsense"}, "Something needs another look"),
        ({"until": ""}, "Something needs another look"),
        ({"until": "never"}, "Something needs another look"),
    ],
)
def test_create_refuses_and_keeps_what_was_written(hall, sent, says):
    sent = {name: value for name, value in {**SENT, "words_en": "Lunch is later", **sent}.items() if value}
    answer = hall.ask("facilitator").post(hall.url(PATH), data=sent, headers={"Accept-Language": "en"})

    assert (answer.status_code, rows(hall)) == (422, [])
    assert says in text(answer)
    assert all(sent[name].strip() in text(answer) for name in sent if name.startswith("words"))


def test_a_refused_form_keeps_where_it_was_to_be_seen(hall):
    page = post(hall, words_uk="", on_screens="").get_data(as_text=True)

    assert re.search(r'<input checked[^>]*name="on_phones"', page)
    assert not re.search(r'<input checked[^>]*name="on_screens"', page)


@pytest.mark.parametrize("who", ["stranger", "participant", "convener", "other"])
def test_only_facilitators_announce(hall, who):
    answer = hall.ask(who).post(hall.url(PATH), data=SENT)

    assert (answer.status_code, rows(hall)) == (403, [])


def test_the_list_says_what_is_seen_now_and_what_was(hall):
    now_seen, over = hall.announce(words={"uk": "Зараз"}), hall.announce(1, words={"uk": "Раніше"})
    clock.held += timedelta(minutes=2)

    page = shown(hall).get_data(as_text=True)

    now_part, before_part = page.partition('id="now-head"')[2].split('id="before-head"')
    assert ("Зараз" in now_part, "Раніше" in now_part) == (True, False)
    assert ("Зараз" in before_part.partition("</main>")[0], "Раніше" in before_part) == (False, True)
    assert f"{PATH}/{now_seen}/withdrawal" in now_part
    assert f"{PATH}/{over}/withdrawal" not in page
    assert "11:54 to 12:04" in text(shown(hall))
    assert "Ірина" in text(shown(hall))


def test_take_back_offers_to_undo_and_undoing_shows_it_again(hall):
    ident = hall.announce()

    hall.ask("facilitator").put(hall.url(f"{PATH}/{ident}/withdrawal"))
    page = shown(hall).get_data(as_text=True)

    assert not rows(hall)[0].is_current
    undo = re.search(rf'action="([^"]*{PATH}/{ident}/withdrawal\?method=DELETE)"', page)[1]
    hall.ask("facilitator").post(unescape(undo))
    assert rows(hall)[0].is_current


def test_announcing_can_be_undone(hall):
    post(hall)
    page = shown(hall).get_data(as_text=True)
    undo, seen = re.search(
        r'action="([^"]*/withdrawal\?method=PUT)".*?name="seen"\s+value="(\w+)"', page, re.S
    ).groups()

    hall.ask("facilitator").post(unescape(undo), data={"seen": seen})

    assert not rows(hall)[0].is_current


def test_edit_shows_what_is_announced_and_changes_it(hall):
    ident = hall.announce(30)
    page = shown(hall, f"{PATH}/{ident}").get_data(as_text=True)
    seen = re.search(r'name="seen"\s+value="(\w+)"', page)[1]
    assert all(words in page for words in ("Обід пізніше", "Lunch is later", 'value="12:24"'))
    sent = {"words_uk": "О 13:15", "until": "time", "at": "12:24", "on_phones": "y", "seen": seen}

    answer = hall.ask("facilitator").put(hall.url(f"{PATH}/{ident}"), data=sent)

    assert answer.status_code == 303
    assert (rows(hall)[0].words, rows(hall)[0].on_screens) == ({"uk": "О 13:15"}, False)
    assert rows(hall)[0].ends_at == datetime(2026, 6, 4, 9, 24, tzinfo=UTC)
    again = hall.ask("facilitator").put(hall.url(f"{PATH}/{ident}"), data={**sent, "words_uk": "О 13:20"})
    assert (again.status_code, "О 13:20" in text(again)) == (409, True)
    assert rows(hall)[0].words == {"uk": "О 13:15"}


def test_the_button_says_how_many_phones_it_reaches(hall):
    clock.held += timedelta(minutes=3)
    assert "Announce to all Announce on the screens" in text(shown(hall))

    with hall.app.app_context(), sqlite.writing():
        access.note_presence(hall.id, [hashed(hall.token(who)) for who in ("participant", "convener")])
        db.session.commit()

    assert "Announce to all, 2 phones" in text(shown(hall))


def test_in_an_event_of_one_language_no_language_is_named(hall):
    assert "English" in text(shown(hall)).partition("What shall everybody know?")[2]
    with hall.app.app_context(), sqlite.writing():
        db.session.get_one(Event, hall.id).language_codes = "uk"
        db.session.commit()

    fields = text(shown(hall)).partition("What shall everybody know?")[2]
    assert not any(name in fields for name in ("English", "Українська", "another language"))
