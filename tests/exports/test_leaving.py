"""All that leaves the app: what the organisers' page says of it is what the guards, the matrix and the log do."""

import re

import pytest

from openspace.access.guards import Readers
from openspace.access.security_log import Kind, SecurityEntry, is_written_down
from openspace.events.models import Event
from openspace.exports.leaving import LEAVING
from openspace.extensions import db
from openspace.store import sqlite
from tests.access.test_matrix import PEOPLE, PUBLIC, ROWS, address, ask, routes

ENGLISH = {"Accept-Language": "en"}
# Answers that are no pages, and are seen within one: pictures, QR codes, players, and what scripts ask for.
WITHIN_PAGES = {
    *(
        "access.join_code",
        "claims.code",
        "credentials.personal_code",
        "news.code",
        "commitments.code",
        "dots.code",
        "follow_ups.code",
        "pitching.code",
        "schedules.code",
    ),
    *("slides.code", "slides.code_of_story", "stories.code", "topics.code"),
    *(
        "contacts.photo",
        "guide.picture",
        "slides.file",
        "slides.file_for_control",
        "note_photos.file",
        "follow_ups.photo",
        "sharing.photo",
        "news_photos.file",
        "news_photos.file_in_hall",
        "story_media.file",
        "story_media.webvtt",
    ),
    *("console_topics.show_costs", "hall.bowl", "live.changes", "story_media.states"),
    *("health.healthz", "health.show", "static"),
}
# Files with something of people of which nothing is written down, and why.
UNWRITTEN = {
    "book.file": "everybody takes it home, and it names only those who agreed",
    "people.mine": "one's own data",
    "toolbox.document": "it is about nobody",
    "vcards.card": "owners have put their cards into the book for this, and who keeps whose is nobody else's business",
    "downloads.topic_calendar": "names nobody",
    "calendars.whole": "names nobody",
    "calendars.of_space": "names nobody",
    "calendars.my_day": "one's own day",
    "papers": "hangs on doors and walls",
    "schedules.xml": "apps read it every minute, and nobody knows for whom",
    "schedules.json": "apps read it every minute, and nobody knows for whom",
    "rooms.index": "it counts people and names nobody",
    "publication": "everybody may read it",
    "films": "everybody may read it",
}


def endpoints() -> list[str]:
    return [endpoint for each in LEAVING for endpoint in each.endpoints]


def test_every_answer_that_is_no_page_is_listed_once(hall):
    found = set()
    for name, rule in routes(hall.app).items():
        if name.startswith("GET "):
            hall.restore()
            answer = ask(hall, "organiser", name, address(hall, rule), {})
            if answer.mimetype != "text/html" or "attachment" in answer.headers.get("Content-Disposition", ""):
                found.add(rule.endpoint)

    listed = endpoints()
    assert len(listed) == len(set(listed))
    assert found - WITHIN_PAGES - set(listed) == set()
    assert found >= WITHIN_PAGES, "these are pages, or gone"
    pages = {"films.index", *(each for each in listed if each.startswith("publication."))}
    assert set(listed) - found == pages


@pytest.mark.parametrize("each", LEAVING, ids=lambda each: each.names)
def test_the_page_says_who_may_read_what_as_the_matrix_does(app, each):
    with app.app_context():
        readers, opened = each.readers, {Readers.BOARD, Readers.KEY}

    for endpoint in each.endpoints:
        statuses = dict(zip(PEOPLE, ROWS[f"GET {endpoint}"], strict=True))
        may = {person for person, status in statuses.items() if status == 200}
        members = {"participant", "convener", "facilitator", "organiser"}
        expected = {
            Readers.ORGANISERS: {"organiser"},
            Readers.FACILITATORS: {"facilitator", "organiser"},
            Readers.ADDRESS: set(PEOPLE),
        }.get(readers, members)
        if readers == Readers.PUBLISHED:
            assert may in (set(), set(PEOPLE)), "either it is published or not"
        else:
            assert may == expected
        assert (f"GET {endpoint}" in PUBLIC) == (readers in opened)


def test_what_is_for_whoever_has_the_key_opens_with_it_alone(hall):
    with hall.app.app_context():
        key = db.session.get_one(Event, hall.id).feed_key
    rules = {rule.endpoint: rule for rule in routes(hall.app).values()}
    with hall.app.app_context():
        found = [endpoint for each in LEAVING if each.readers == Readers.KEY for endpoint in each.endpoints]

    assert len(found) == 5
    for endpoint in found:
        stranger, path = hall.ask("stranger"), address(hall, rules[endpoint])
        assert [stranger.get(path + query).status_code for query in ("", "?key=other", f"?key={key}")] == [
            403,
            404,
            200,
        ]


def test_what_is_published_is_for_everybody_and_for_no_stranger_before(hall):
    found = {
        "stories.atom": "publishes_stories",
        "stories/podcast.xml": "publishes_stories",
        "films": "publishes_films",
    }
    for path, switch in found.items():
        statuses = []
        for is_published in (False, True):
            with hall.app.app_context(), sqlite.writing():
                setattr(db.session.get_one(Event, hall.id), switch, is_published)
                db.session.commit()
            statuses.append(hall.ask("stranger").get(hall.url(path)).status_code)
        assert statuses == [404, 200], path


def test_downloads_of_personal_data_are_written_down_and_nothing_else_is_left_out(hall):
    def logged() -> int:
        with hall.app.app_context():
            return sum(each.times for each in db.session.query(SecurityEntry).filter_by(kind=Kind.DOWNLOADED))

    rules = {rule.endpoint: rule for rule in routes(hall.app).values()}
    for endpoint in endpoints():
        hall.restore()
        path, before = address(hall, rules[endpoint]), logged()
        ask(hall, "organiser", f"GET {endpoint}", path, {})
        with hall.app.app_context():
            says = is_written_down(endpoint)
        assert logged() - before == says, endpoint
        assert says == (endpoint not in UNWRITTEN and endpoint.partition(".")[0] not in UNWRITTEN), endpoint


def test_nothing_else_is_written_down_as_a_download(hall):
    with hall.app.app_context():
        marked = {endpoint for endpoint in hall.app.view_functions if is_written_down(endpoint)}

    assert marked
    assert marked <= set(endpoints())


def read(hall, query: str = "") -> str:
    page = (
        hall.ask("organiser")
        .get(hall.url(f"exports/{query}"), headers=ENGLISH)
        .get_data(as_text=True)
        .replace("<wbr>", "")
    )
    return re.sub(r"\s+", " ", page)


def test_the_page_leads_to_all_of_it_and_says_who_took_personal_data(hall):
    assert "Nobody has downloaded any yet." in read(hall)
    for kind in ("csv", "csv", "xlsx"):
        hall.ask("organiser").get(hall.url(f"exports/sessions.{kind}"))
    hall.ask("participant").get(hall.url("contacts/exchanged.vcf"))
    hall.ask("organiser").put(hall.url(f"settings/members/{hall.ids['participant']}"), data={"role": "facilitator"})

    page = read(hall)

    assert [each.names for each in LEAVING if each.names not in page] == []
    log = page.partition("Who took personal data out")[2]
    said = re.findall(r"\w+ (?:\w+ )?downloaded [\w.]+", re.sub(r"<[^>]+>", "", log))
    assert said == [
        "Олена Ткачук downloaded exchanged.vcf.",
        "Команда downloaded sessions.xlsx.",
        "Команда downloaded sessions.csv.",
    ]
    assert "2 times" in log
    assert "changed the role" not in log


def test_each_link_of_the_list_leads_somewhere(hall):
    listed = read(hall).partition('id="leaving"')[2].partition('id="taken"')[0]
    links = set(re.findall(r'<a href="([^"]+)"', listed))

    assert len(links) > 8
    assert {link: hall.ask("organiser").get(link).status_code for link in links} == dict.fromkeys(links, 200)


def test_the_page_says_when_the_board_is_public(hall):
    assert "because the board is not public" in read(hall)
    assert "Everybody, because the board is public" not in read(hall)

    hall.open_to_the_public()

    assert "because the board is not public" not in read(hall)
    assert "Everybody, because the board is public" in read(hall)
