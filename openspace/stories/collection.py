"""The stories that leave the house as files: JSON in a documented shape, and a website that opens from a disk.

docs/stories.md describes both.
"""

import json
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from flask import render_template

from openspace.access.visitor import visitor
from openspace.clock import now
from openspace.extensions import db
from openspace.store import archives, media
from openspace.store.archives import Entry
from openspace.stories import subtitles
from openspace.stories.media_models import Medium, Rendition, media_of
from openspace.stories.models import Counts, Story, counts_of, out_by, stories_where
from openspace.stories.rules import MediumKind, Way
from openspace.uploads.rules import MediumState

# The shape of stories.json. It grows when a program that reads the old shape would be wrong.
VERSION = 1
# The types that are in a collection, and how their files end. No AVIF: what opens WebP is enough.
ENDINGS = {"image/webp": "webp", "video/mp4": "mp4", "audio/mp4": "m4a"}
STYLESHEET = "style.css"


class Copy(NamedTuple):
    """A file of a medium, and its path within the collection."""

    path: str
    file: Rendition


class Shown(NamedTuple):
    """A medium with its copies: its pictures, the smallest first; what is played; and its subtitles as WebVTT."""

    medium: Medium
    pictures: list[Copy]
    player: Copy | None
    webvtt: str = ""

    @property
    def copies(self) -> list[Copy]:
        """All of its files."""
        return [*self.pictures, *([self.player] if self.player else [])]


class Told(NamedTuple):
    """A story of a collection, with its media and the counts of its marks."""

    story: Story
    media: list[Shown]
    counts: Counts

    @property
    def path(self) -> str:
        """The path of its page within the collection."""
        return f"stories/{self.story.number}.html"

    @property
    def topic(self) -> str:
        """The title of the topic that it is about, if that has not been withdrawn."""
        topic = self.story.topic
        return topic.title if topic and not topic.withdrawn_at else ""

    @property
    def place(self) -> str:
        """The name of the place that it is about."""
        return self.story.space.name if self.story.space else ""


def collected(way: Way) -> list[Told]:
    """Return the stories of the visitor's event that go this way, the earliest first."""
    stories = db.session.scalars(stories_where(visitor.event_id, *out_by(way))).all()[::-1]
    ids = [story.id for story in stories]
    media, counts = media_of(ids), counts_of(ids)
    return [Told(story, _shown(story, media[story.id]), counts[story.id]) for story in stories]


def _shown(story: Story, media: Sequence[Medium]) -> list[Shown]:
    ready = [medium for medium in media if medium.state == MediumState.READY]
    return [_with_copies(medium, f"media/{story.number}-{place}") for place, medium in enumerate(ready, 1)]


def _with_copies(medium: Medium, beginning: str) -> Shown:
    pictures = [Copy(f"{beginning}-{file.width}.webp", file) for file in medium.files("image/webp")]
    if medium.kind == MediumKind.FILM:
        # The small one for the list, the large one as its poster: no page shows those in between.
        pictures = [*pictures[:1], *pictures[1:][-1:]]
    played = medium.player
    player = Copy(f"{beginning}.{ENDINGS[played.mimetype]}", played) if played else None
    has_webvtt = medium.kind == MediumKind.FILM and medium.subtitles
    return Shown(medium, pictures, player, f"{beginning}.vtt" if has_webvtt else "")


def size_of(collection: Sequence[Told]) -> int:
    """How many bytes the files of a collection have."""
    return sum(copy.file.size for told in collection for shown in told.media for copy in shown.copies)


def as_json(collection: Sequence[Told], way: Way) -> str:
    """Return a collection as JSON."""
    event = visitor.event
    facts = {
        "version": VERSION,
        "for": "web" if way == Way.SITE else "book",
        "made_at": now().isoformat(timespec="seconds"),
        "event": {
            "name": event.name,
            "city": event.city,
            "starts_on": event.starts_on.isoformat(),
            "ends_on": event.ends_on.isoformat(),
        },
        "stories": [_story_facts(told) for told in collection],
    }
    return json.dumps(facts, ensure_ascii=False, indent=2)


def _story_facts(told: Told) -> dict[str, Any]:
    story = told.story
    return {
        "number": story.number,
        "language": story.language,
        "text": story.text,
        "name": story.name,
        "community": story.community,
        "topic": told.topic,
        "place": told.place,
        "shown_at": (story.shown_at or story.created_at).isoformat(timespec="seconds"),
        "changed_at": story.changed_at.isoformat(timespec="seconds"),
        "consents": {consent: consent in story.agreed for consent in ("in_hall", "in_book", "on_web")},
        "hearts": told.counts.hearts,
        "tries": told.counts.tries,
        "comments": told.counts.comments,
        "media": [_medium_facts(shown) for shown in told.media],
    }


def _medium_facts(shown: Shown) -> dict[str, Any]:
    medium = shown.medium
    return {
        "kind": medium.kind,
        "alt": medium.alt,
        "width": medium.width,
        "height": medium.height,
        "seconds": medium.seconds,
        "subtitles": [{"begins": begin, "ends": end, "text": words} for begin, end, words in medium.lines],
        "files": [
            {
                "path": path,
                "type": file.mimetype,
                "width": file.width,
                "height": file.height,
                "bytes": file.size,
                "sha256": file.digest,
            }
            for path, file in shown.copies
        ],
    }


def site(collection: Sequence[Told], way: Way) -> Iterator[Entry]:
    """Return the files of a website with these stories, below one folder, ready to be sent without a transaction.

    Files that the store has lost are left out, with whatever would show them.
    """
    pages = _pages(collection := _kept(collection))
    pages["stories.json"] = as_json(collection, way)
    top, store = f"{visitor.slug}-stories", media.store()
    copies = [
        (path, file.digest, file.size) for told in collection for each in told.media for path, file in each.copies
    ]

    def entries() -> Iterator[Entry]:
        for path, content in pages.items():
            yield archives.whole(f"{top}/{path}", content.encode())
        for path, digest, size in copies:
            yield Entry(f"{top}/{path}", size, store.read(digest, 0, size))

    return entries()


def _kept(collection: Sequence[Told]) -> list[Told]:
    held = {file.digest for file in media.store().list()}

    def is_kept(shown: Shown) -> bool:
        return all(copy.file.digest in held for copy in shown.copies)

    return [told._replace(media=list(filter(is_kept, told.media))) for told in collection]


def _pages(collection: Sequence[Told]) -> dict[str, str]:
    """The texts of the website by their paths."""
    pages = {
        "index.html": render_template("stories/site/index.html", collection=collection, **_tools("")),
        STYLESHEET: render_template(f"stories/site/{STYLESHEET}"),
    }
    for before, told, after in zip([None, *collection], collection, [*collection[1:], None], strict=False):
        facts = {"told": told, "before": before, "after": after}
        pages[told.path] = render_template("stories/site/story.html", **facts, **_tools("../"))
        pages |= {each.webvtt: subtitles.as_webvtt(each.medium.lines) for each in told.media if each.webvtt}
    return pages


def _tools(up: str) -> dict[str, str | Callable[[Shown], str]]:
    """What templates need to name other files from a page: `up` leads from its folder to the top."""
    return {
        "up": up,
        "stylesheet": up + STYLESHEET,
        "within": _within,
        "srcset": lambda shown: ", ".join(f"{up}{path} {file.width}w" for path, file in shown.pictures),
    }


def _within(shown: Shown) -> str:
    """The subtitles of a film as an address that holds them."""
    return f"data:text/vtt;base64,{b64encode(subtitles.as_webvtt(shown.medium.lines).encode()).decode()}"
