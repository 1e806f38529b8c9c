"""Feeds of stories: Atom (RFC 4287), and RSS 2.0 for podcast apps. Pure functions on what a feed holds."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from typing import NamedTuple
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from markupsafe import Markup

from openspace.stories.series import first_words
from openspace.text import for_xml

ATOM_TYPE, RSS_TYPE = "application/atom+xml", "application/rss+xml"
_ATOM = "http://www.w3.org/2005/Atom"
_ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"
_XML = "http://www.w3.org/XML/1998/namespace"

register_namespace("itunes", _ITUNES)
register_namespace("atom", _ATOM)


class File(NamedTuple):
    """A picture, a film or a recording, at its public address; `size` in bytes, the others in pixels and seconds."""

    address: str
    mimetype: str
    size: int
    alt: str = ""
    width: int | None = None
    height: int | None = None
    seconds: float | None = None


@dataclass(frozen=True)
class Item:
    """A story in a feed. `page` is the address of its own page, `player` its film or recording."""

    # An identifier that never changes (a URN).
    uid: str
    page: str
    text: str
    language: str
    author: str
    published_at: datetime
    updated_at: datetime
    pictures: Sequence[File] = field(default_factory=list)
    player: File | None = None

    @property
    def title(self) -> str:
        """Its first words; of a story without words its author."""
        return first_words(self.text) or self.author


@dataclass(frozen=True)
class Feed:
    """A feed: its own address, and that of the page to which it belongs."""

    uid: str
    title: str
    about: str
    address: str
    page: str
    language: str
    updated_at: datetime
    items: Sequence[Item]


def atom(feed: Feed) -> bytes:
    """Return the feed as Atom."""
    top = Element("feed", xmlns=_ATOM)
    top.set(f"{{{_XML}}}lang", feed.language)
    _put(top, "id", feed.uid)
    _put(top, "title", feed.title)
    _put(top, "subtitle", feed.about)
    _put(top, "updated", max([feed.updated_at, *(item.updated_at for item in feed.items)]).isoformat())
    SubElement(top, "link", rel="self", type=ATOM_TYPE, href=feed.address)
    SubElement(top, "link", rel="alternate", type="text/html", href=feed.page)
    # RFC 4287, section 4.1.1: required where an entry has none.
    _put(SubElement(top, "author"), "name", feed.title)
    for item in feed.items:
        _add_entry(top, item)
    return _written(top)


def _add_entry(top: Element, item: Item) -> None:
    entry = SubElement(top, "entry")
    entry.set(f"{{{_XML}}}lang", item.language)
    _put(entry, "id", item.uid)
    _put(entry, "title", item.title)
    _put(entry, "published", item.published_at.isoformat())
    _put(entry, "updated", item.updated_at.isoformat())
    _put(SubElement(entry, "author"), "name", item.author)
    SubElement(entry, "link", rel="alternate", type="text/html", href=item.page)
    if item.player:
        SubElement(entry, "link", {"rel": "enclosure", **_enclosure("href", item.player)})
    _put(entry, "content", _html(item), type="html")


def _html(item: Item) -> str:
    paragraphs = (line for line in item.text.split("\n") if line.strip())
    html = Markup("").join(Markup('<p dir="auto">{}</p>').format(line) for line in paragraphs)
    for each in item.pictures:
        html += Markup('<p><img src="{}" alt="{}" width="{}" height="{}"></p>').format(
            each.address, each.alt, each.width, each.height
        )
    return html


def podcast(feed: Feed) -> bytes:
    """Return what can be played of the feed as RSS 2.0, with what podcast apps need."""
    top = Element("rss", version="2.0")
    channel = SubElement(top, "channel")
    _put(channel, "title", feed.title)
    _put(channel, "link", feed.page)
    _put(channel, "description", feed.about)
    _put(channel, "language", feed.language)
    SubElement(channel, f"{{{_ATOM}}}link", rel="self", type=RSS_TYPE, href=feed.address)
    _put(channel, f"{{{_ITUNES}}}author", feed.title)
    _put(channel, f"{{{_ITUNES}}}explicit", "false")
    SubElement(channel, f"{{{_ITUNES}}}category", text="Society & Culture")
    for item in feed.items:
        if item.player:
            _add_episode(channel, item, item.player)
    return _written(top)


def _add_episode(channel: Element, item: Item, player: File) -> None:
    episode = SubElement(channel, "item")
    _put(episode, "title", item.title)
    _put(episode, "link", item.page)
    _put(episode, "description", item.text or item.title)
    _put(episode, "guid", item.uid, isPermaLink="false")
    _put(episode, "pubDate", format_datetime(item.published_at))
    SubElement(episode, "enclosure", _enclosure("url", player))
    _put(episode, f"{{{_ITUNES}}}author", item.author)
    _put(episode, f"{{{_ITUNES}}}duration", str(round(player.seconds or 0)))


def _enclosure(address: str, file: File) -> dict[str, str]:
    return {address: file.address, "type": file.mimetype, "length": str(file.size)}


def _put(parent: Element, name: str, words: str, **attributes: str) -> None:
    SubElement(parent, name, attributes).text = for_xml(words)


def _written(top: Element) -> bytes:
    content: bytes = tostring(top, encoding="utf-8", xml_declaration=True)
    return content
