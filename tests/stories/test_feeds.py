"""Feeds of published stories: valid as Atom (RFC 4287) and RSS 2.0, whatever people write."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from openspace.access.models import Member
from openspace.events.models import Event
from openspace.extensions import db
from openspace.store import sqlite
from openspace.stories import actions, feeds
from openspace.stories.feeds import Feed, File, Item
from openspace.stories.models import story_numbered
from openspace.stories.rules import Consent
from tests.factories import FILM, a_film, a_story

ATOM = {"a": "http://www.w3.org/2005/Atom", "i": "http://www.itunes.com/dtds/podcast-1.0.dtd"}
NOON = datetime(2026, 6, 4, 12, tzinfo=UTC)
HOSTILE = [
    "</title><script>alert(1)</script>",
    "]]> & &amp; &lt; <!-- \" ' -->",
    "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>&e;",
    "\x00\x01\x08\x0b\x1f\ufffe\uffff",
    "\u202eעברית العربية",
    "👩🏽\u200d🌾 " * 40,
    "слово" * 60,
    "\n\n  \n",
    "",
]


def an_item(**changes) -> Item:
    facts = {
        "uid": "urn:uuid:7b2f3c1e-0000-5000-8000-000000000007",
        "page": "https://example.org/event/stories/7/published",
        "text": "Автобус вперше приїхав.\nУсі плакали.",
        "language": "uk",
        "author": "Оксана, Вербівська громада",
        "published_at": NOON,
        "updated_at": NOON,
    }
    return Item(**{**facts, **changes})


def a_feed(*items: Item, **changes) -> Feed:
    facts = {
        "uid": "urn:uuid:7b2f3c1e-0000-5000-8000-000000000000",
        "title": "Інновації громад",
        "about": "Історії",
        "address": "https://example.org/event/stories.atom",
        "page": "https://example.org/event/",
        "language": "uk",
        "updated_at": NOON,
    }
    return Feed(items=items, **{**facts, **changes})


PLAYER = File("https://example.org/7.mp4?a=1&b=2", "video/mp4", 1234, seconds=12.4)


def check_atom(content: bytes) -> ElementTree.Element:
    """What RFC 4287, section 4, asks of a feed and of each entry, and of nothing twice; returns the feed."""
    top = ElementTree.fromstring(content)
    assert top.tag == "{http://www.w3.org/2005/Atom}feed"
    for each in (top, *top.findall("a:entry", ATOM)):
        for name in ("id", "title", "updated"):
            (found,) = each.findall(f"a:{name}", ATOM)
            assert found.text
        assert each.find("a:id", ATOM).text.startswith("urn:uuid:")
        moments = [each.find(f"a:{name}", ATOM) for name in ("updated", "published")]
        assert all(datetime.fromisoformat(each.text).tzinfo for each in moments if each is not None)
    assert all(entry.find("a:author/a:name", ATOM).text for entry in top.findall("a:entry", ATOM))
    # Section 4.1.2: an entry without an alternate link must have content.
    assert all(entry.find("a:content", ATOM).get("type") == "html" for entry in top.findall("a:entry", ATOM))
    assert [link.get("rel") for link in top.findall("a:link", ATOM)] == ["self", "alternate"]
    return top


def tags_of(html: str) -> set[str]:
    """The names of the elements in HTML."""
    found, parser = set(), HTMLParser()
    parser.handle_starttag = lambda tag, attributes: found.add(tag)
    parser.feed(html)
    return found


def test_an_entry_says_who_told_what_and_when():
    photo = File("https://example.org/7.webp", "image/webp", 10, "Жовтий <автобус>", 640, 480)
    item = an_item(pictures=[photo], player=PLAYER)

    top = check_atom(feeds.atom(a_feed(item)))

    entry = top.find("a:entry", ATOM)
    assert entry.find("a:title", ATOM).text == "Автобус вперше приїхав"
    assert entry.find("a:author/a:name", ATOM).text == "Оксана, Вербівська громада"
    assert entry.get("{http://www.w3.org/XML/1998/namespace}lang") == "uk"
    assert entry.find("a:content", ATOM).text == (
        '<p dir="auto">Автобус вперше приїхав.</p><p dir="auto">Усі плакали.</p>'
        '<p><img src="https://example.org/7.webp" alt="Жовтий &lt;автобус&gt;" width="640" height="480"></p>'
    )
    enclosure = {"rel": "enclosure", "href": PLAYER.address, "type": "video/mp4", "length": "1234"}
    own_page = {"rel": "alternate", "type": "text/html", "href": "https://example.org/event/stories/7/published"}
    assert [link.attrib for link in entry.findall("a:link", ATOM)] == [own_page, enclosure]


def test_an_episode_has_what_podcast_apps_need():
    top = ElementTree.fromstring(feeds.podcast(a_feed(an_item(), an_item(text="", player=PLAYER))))

    channel = top.find("channel")
    assert (top.tag, top.get("version")) == ("rss", "2.0")
    assert [channel.find(name).text for name in ("title", "link", "description", "language")] == [
        "Інновації громад",
        "https://example.org/event/",
        "Історії",
        "uk",
    ]
    assert channel.find("i:explicit", ATOM).text == "false"
    assert channel.find("a:link", ATOM).get("rel") == "self"
    # The story that cannot be played is none.
    (episode,) = channel.findall("item")
    assert episode.find("enclosure").attrib == {"url": PLAYER.address, "type": "video/mp4", "length": "1234"}
    assert episode.find("link").text == "https://example.org/event/stories/7/published"
    assert episode.find("guid").attrib == {"isPermaLink": "false"}
    assert parsedate_to_datetime(episode.find("pubDate").text) == NOON
    assert episode.find("i:duration", ATOM).text == "12"
    # Without words its author is its title.
    assert episode.find("title").text == episode.find("description").text == "Оксана, Вербівська громада"


@pytest.mark.parametrize("words", HOSTILE)
def test_whatever_people_write_stays_words(words):
    photo = File("https://example.org/7.webp", "image/webp", 10, words, 640, 480)
    item = an_item(text=words, author=f"А{words}", player=PLAYER, pictures=[photo])
    feed = a_feed(item, title=f"Е{words}", about=words)

    entry = check_atom(feeds.atom(feed)).find("a:entry", ATOM)
    episode = ElementTree.fromstring(feeds.podcast(feed)).find("channel/item")

    legal = "".join(each for each in words if each in "\t\n\r" or " " <= each < "\ufffe" or each > "\uffff")
    assert entry.find("a:author/a:name", ATOM).text == f"А{legal}"
    assert {each.tag.rpartition("}")[2] for each in entry} >= {"id", "title", "content"}
    assert tags_of(entry.find("a:content", ATOM).text) <= {"p", "img"}
    assert len(episode.find("title").text) > 0


@pytest.fixture
def published(hall):
    """The hall, which publishes a story with a film, number 2."""
    with hall.app.test_request_context(), sqlite.writing():
        event = db.session.get_one(Event, hall.id)
        event.publishes_stories = True
        story = a_story(event, db.session.get_one(Member, hall.ids["convener"]), "Тепер є автобус.", on_web=True)
        a_film(story)
        db.session.commit()
    return hall


@pytest.mark.parametrize("name", ["stories.atom", "stories/podcast.xml"])
def test_a_feed_is_for_everybody_and_asked_for_again_at_no_cost(published, name):
    stranger = published.ask("stranger")

    first = stranger.get(published.url(name))
    again = stranger.get(published.url(name), headers={"If-None-Match": first.headers["ETag"]})

    assert first.headers["Cache-Control"] == "public, no-cache"
    assert "Set-Cookie" not in first.headers
    assert first.content_type.endswith("+xml; charset=utf-8")
    assert (again.status_code, again.data) == (304, b"")
    other = stranger.get(published.url(name), headers={"Accept-Language": "de"})
    assert other.data == first.data


def test_an_enclosure_is_there_with_ranges_and_for_pages_elsewhere(published):
    stranger = published.ask("stranger")
    feed = ElementTree.fromstring(stranger.get(published.url("stories/podcast.xml")).data)
    enclosure = feed.find("channel/item/enclosure")

    whole = stranger.get(enclosure.get("url"))
    part = stranger.get(enclosure.get("url"), headers={"Range": "bytes=2-5"})

    assert (whole.data, whole.mimetype, str(len(FILM))) == (FILM, enclosure.get("type"), enclosure.get("length"))
    assert (part.status_code, part.data) == (206, FILM[2:6])
    assert whole.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert whole.headers["Cache-Control"] == "public, no-cache"
    assert "Set-Cookie" not in whole.headers


def test_a_public_file_is_one_of_its_story_with_the_ending_of_its_type(published):
    stranger = published.ask("stranger")
    feed = ElementTree.fromstring(stranger.get(published.url("stories/podcast.xml")).data)
    address = feed.find("channel/item/enclosure").get("url")
    with published.app.test_request_context(), sqlite.writing():
        event, author = (db.session.get_one(Event, published.id), db.session.get_one(Member, published.ids["convener"]))
        a_story(event, author, "Ще одна.", on_web=True)
        db.session.commit()

    asked = [address, address.replace("mp4", "webp"), address.replace("stories/2/", "stories/3/")]

    assert [stranger.get(each).status_code for each in asked] == [200, 404, 404]


def test_an_entry_keeps_its_identifier_when_its_story_changes(published):
    def ids() -> list[str]:
        top = ElementTree.fromstring(published.ask("stranger").get(published.url("stories.atom")).data)
        return [each.text for each in top.findall(".//a:id", ATOM)]

    before = ids()
    with published.app.test_request_context(), sqlite.writing():
        story = story_numbered(published.id, 2)
        actions.edit(story, actions.Telling("Інші слова.", "uk", on_web=True), by=story.author)
        db.session.commit()

    assert ids() == before
    assert len(set(before)) == 2


def test_consents_are_changed_on_the_storys_page(published):
    author = published.ask("convener")
    assert 'name="on_web"' in author.get(published.url("stories/2")).get_data(as_text=True)
    assert 'name="on_web"' not in published.ask("organiser").get(published.url("stories/2")).get_data(as_text=True)

    author.put(published.url("stories/2/consents"), data={"in_hall": "y", "in_book": "y"})

    with published.app.app_context():
        assert story_numbered(published.id, 2).agreed == {Consent.HALL, Consent.BOOK}
