"""Announcements on pages: who gets them, in which language, until when, and what that asks of the database."""

import json
import re
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import event as sqlalchemy_event

from openspace import clock
from openspace.announcements import actions
from openspace.announcements.models import Announcement
from openspace.announcements.rules import mark_of
from openspace.extensions import db
from openspace.store import sqlite

UK, EN = "Обід пізніше", "Lunch is later"
MEMBERS = ["", "market", "topics/1", "topics/new", "me", "me/day", "spaces", "contacts", "contacts/room", "stories"]
OF_FACILITATORS = ["facilitator/announcements", "stories/projector/control", "stories/moderation"]
PUBLIC = ["", "market", "topics/1", "spaces"]
SCREENS = [
    f"projector/{{key}}{scene}" for scene in ("", "/stories", "/room", "/pitch", "/join", "/market", "/now", "/clock")
]


def page(hall, path: str, who: str = "participant", language: str = "uk") -> str:
    answer = hall.ask(who).get(hall.url(path.format(key=hall.projector)), headers={"Accept-Language": language})
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def take_back(hall, ident: int) -> None:
    with hall.app.test_request_context(), sqlite.writing():
        actions.take_back(db.session.get_one(Announcement, ident), seen="", by=None)
        db.session.commit()


@pytest.mark.parametrize("path", MEMBERS)
def test_members_read_it_on_every_page(hall, path):
    assert UK not in page(hall, path)

    ident = hall.announce()

    assert page(hall, path).count(f'id="announcement-{ident}"') == 1
    assert f'<span lang="uk" dir="auto">{UK}</span>' in page(hall, path)
    take_back(hall, ident)
    assert UK not in page(hall, path)


@pytest.mark.parametrize("path", OF_FACILITATORS)
def test_facilitators_read_it_on_their_pages(hall, path):
    ident = hall.announce()

    assert page(hall, path, "facilitator").count(f'id="announcement-{ident}"') == 1


@pytest.mark.parametrize("path", PUBLIC)
@pytest.mark.parametrize("who", ["stranger", "other"])
def test_readers_of_a_public_board_read_it_and_others_nothing(hall, path, who):
    hall.announce()
    closed = [hall.ask(who).get(hall.url(each)).get_data(as_text=True) for each in (path, f"join/{hall.code}")]
    assert not any(UK in text or EN in text for text in closed)

    hall.open_to_the_public()

    assert UK in page(hall, path, who)


@pytest.mark.parametrize("path", SCREENS)
@pytest.mark.parametrize("who", ["stranger", "participant"])
def test_screens_show_it_in_all_languages_and_have_none_for_phones(hall, path, who):
    assert "message__panel" not in page(hall, path, who)

    ident = hall.announce()

    shown = page(hall, path, who)
    assert shown.count(f'id="message-{ident}"') == 1
    assert f'<p lang="uk" dir="auto">{UK}</p>' in shown
    assert f'<p lang="en" dir="auto">{EN}</p>' in shown
    assert "announcement-" not in shown
    take_back(hall, ident)
    assert UK not in page(hall, path, who)


def test_it_is_where_it_was_to_be_shown(hall):
    hall.announce(words={"uk": "Лише на телефонах"}, on_screens=False)
    hall.announce(words={"uk": "Лише в залі"}, on_phones=False)

    phone, screen = page(hall, ""), page(hall, "projector/{key}")

    assert ("Лише на телефонах" in phone, "Лише в залі" in phone) == (True, False)
    assert ("Лише на телефонах" in screen, "Лише в залі" in screen) == (False, True)


@pytest.mark.parametrize(("language", "lang", "text"), [("uk", "uk", UK), ("en", "en", EN), ("de", "uk", UK)])
def test_a_reader_gets_their_language_else_the_first_marked_as_such(hall, language, lang, text):
    hall.announce()

    assert re.findall(r'<span lang="(\w+)" dir="auto">(.*?)</span>', page(hall, "", language=language)) == [
        (lang, text)
    ]


def test_several_stand_with_the_newest_first_and_leave_at_their_ends(hall):
    hall.announce(5, words={"uk": "Перше"})
    hall.announce(20, words={"uk": "Друге"})
    hall.announce(10, words={"uk": "Третє"})

    def shown(path: str) -> list[str]:
        return re.findall(r"Перше|Друге|Третє", page(hall, path))

    for minutes, expected in ((0, ["Третє", "Друге", "Перше"]), (5, ["Третє", "Друге"]), (5, ["Друге"]), (10, [])):
        clock.held += timedelta(minutes=minutes)
        assert [shown(path) for path in ("", "me", "projector/{key}")] == [expected] * 3


def test_what_was_put_away_on_this_phone_stays_away_until_its_words_change(hall):
    ident = hall.announce()
    other = hall.announce(words={"uk": "Інше"})
    phone = hall.ask("participant")
    phone.set_cookie(f"announcement-{ident}", mark_of({"uk": UK, "en": EN}), domain="localhost")

    for path in ("", "me"):
        text = page(hall, path)
        assert (f"announcement-{ident}" in text, f"announcement-{other}" in text) == (False, True)
    assert UK in page(hall, "", "convener")

    hall.ask("facilitator").put(
        hall.url(f"facilitator/announcements/{ident}"),
        data={"words_uk": "Обід о пів на другу", "until": "soon", "on_phones": "y"},
    )

    assert "Обід о пів на другу" in page(hall, "")


def test_what_people_write_is_text_and_no_markup(hall):
    hall.announce(words={"uk": "<script>alert(1)</script> & <b>"})

    for path in ("", "me", "projector/{key}"):
        assert "<script>alert" not in page(hall, path)
        assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &lt;b&gt;" in page(hall, path)


def test_a_page_that_has_it_is_another_page_for_caches(hall):
    def opened(tag: str = ""):
        return hall.ask("participant").get(hall.url(""), headers={"If-None-Match": tag} if tag else {})

    before = opened().headers["ETag"]
    assert opened(before).status_code == 304

    hall.announce()

    after = opened(before)
    assert (after.status_code, opened(after.headers["ETag"]).status_code) == (200, 304)
    clock.held += timedelta(minutes=11)
    assert UK not in opened(after.headers["ETag"]).get_data(as_text=True)


def queries(hall, path: str) -> list[str]:
    asked: list[str] = []

    def note(connection, cursor, statement, parameters, context, executemany):
        asked.append(statement)

    with hall.app.app_context():
        engine = db.engine
    sqlalchemy_event.listen(engine, "before_cursor_execute", note)
    page(hall, path)
    sqlalchemy_event.remove(engine, "before_cursor_execute", note)
    return asked


@pytest.mark.parametrize("path", ["", "me/day"])
def test_announcements_ask_nothing_of_the_database_once_they_are_rendered(hall, path):
    page(hall, path)
    without = queries(hall, path)
    hall.announce()
    page(hall, path)

    again = queries(hall, path)

    assert len(again) == len(without)
    assert not any("FROM announcement" in statement for statement in (*without, *again))


def test_an_error_page_asks_for_none(hall):
    hall.announce()

    answer = hall.ask("participant").get(hall.url("topics/99"))

    assert (answer.status_code, UK in answer.get_data(as_text=True)) == (404, False)


def stand(hall, path: str, who: str = "participant") -> tuple[str, dict[str, int]]:
    """What a page says of the announcements that it has, and which channels it follows."""
    text = page(hall, path, who)
    revision = re.search(r'data-announced="(\d+)"', text)
    return revision[1] if revision else "", json.loads(unescape(re.search(r'data-channels="([^"]+)"', text)[1]))


def test_a_page_says_what_it_has_heard_and_follows_no_more_channels_for_it(hall):
    board = stand(hall, "")[1]["board"]
    assert stand(hall, "") == ("", {"board": board})
    assert stand(hall, "projector/{key}") == ("", {"board": board, "messages": 0, "screens": 1})

    hall.announce()

    assert stand(hall, "") == ("1", {"board": board})
    assert stand(hall, "me") == ("1", {"notices": 0})
    assert stand(hall, "projector/{key}") == ("", {"board": board, "messages": 1, "screens": 1})


@pytest.mark.parametrize("channel", ["board", "notices", "people", "stories"])
def test_each_catch_up_says_whether_one_was_missed(hall, channel):
    address = hall.url(f"live?channel={channel}")
    assert "announced" not in hall.ask("participant").get(address).get_json()["mine"]

    ident = hall.announce()

    assert hall.ask("participant").get(address).get_json()["mine"]["announced"] == 1
    missed = hall.ask("participant").get(hall.url("live?channel=announcements&since=0&language=en")).get_json()
    assert [name for name, html in missed["patches"]] == [f"announcement-{ident}"]
    assert EN in missed["patches"][0][1]


def test_what_is_over_taken_back_or_for_screens_alone_is_in_no_catch_up_of_phones(hall):
    over, taken = hall.announce(5, words={"uk": "Минуло"}), hall.announce(words={"uk": "Знято"})
    hall.announce(words={"uk": "Лише в залі"}, on_phones=False)
    hall.announce(words={"uk": "Лише на телефонах"}, on_screens=False)
    take_back(hall, taken)
    clock.held += timedelta(minutes=6)

    def missed(who: str, channel: str, key: str = "") -> str:
        query = f"live?channel={channel}&since=0&language=uk&key={key}"
        return json.dumps(hall.ask(who).get(hall.url(query)).get_json(), ensure_ascii=False)

    phone, screen = missed("participant", "announcements"), missed("stranger", "messages", hall.projector)

    assert f'"announcement-{over}", null' in phone
    words = ("Минуло", "Знято", "Лише в залі", "Лише на телефонах")
    assert [text in phone for text in words] == [False, False, False, True]
    assert [text in screen for text in words] == [False, False, True, False]
