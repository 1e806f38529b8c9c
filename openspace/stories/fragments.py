"""Renders the live parts of the storytelling wall, with the same templates at first load and as patches."""

from collections.abc import Callable, Collection, Iterable, Set
from functools import partial
from typing import Any

from flask import render_template, url_for

from openspace.access.models import Member, Role
from openspace.access.snapshots import MemberSnapshot
from openspace.events.models import Event
from openspace.extensions import db
from openspace.live import fragments
from openspace.live.fragments import Patch, View, read_once
from openspace.store import private_files
from openspace.stories.media_models import Rendition, media_of, on_the_way
from openspace.stories.models import STORIES, Story, comments_on, counts_of, marks_of, out_by, stories_where
from openspace.stories.rules import Mark, Way, is_folded, is_poster
from openspace.uploads.awaited import problem_of, srcset


def story_html(
    event: Event,
    stories: Collection[Story],
    template: str = "stories/_story.html",
    *,
    given: Collection[Mark] = (),
) -> dict[int, str]:
    """Render stories for the wall; returns the HTML of each by its number.

    `given` are the marks of whoever looks, where that is one person.
    """
    ids = tuple(story.id for story in stories)
    counts, media = read_once(counts_of, ids), read_once(media_of, ids)
    return {
        story.number: render_template(
            template,
            event=event,
            story=story,
            counts=counts[story.id],
            media=media[story.id],
            is_poster=is_poster(story.text, has_media=bool(media[story.id])),
            is_folded=is_folded(story.text),
            given=given,
            **media_tools(event, story),
        )
        for story in stories
    }


def media_html(event: Event, stories: Collection[Story]) -> dict[int, str]:
    """Render the photos, films and sound of stories alone; returns the HTML by the stories' numbers."""
    media = media_of({story.id for story in stories})
    return {
        story.number: render_template(
            "stories/_media.html", event=event, story=story, media=media[story.id], **media_tools(event, story)
        )
        for story in stories
        if media[story.id]
    }


def media_tools(event: Event, story: Story) -> dict[str, Any]:
    """Return the functions by which templates show the media of a story."""
    address_of = _address_of(event, story)
    return {"address_of": address_of, "srcset": partial(srcset, address_of), "problem_of": problem_of}


def _address_of(event: Event, story: Story) -> Callable[[Rendition], str]:
    """A function that returns the private address of a file of this story."""

    def address(rendition: Rendition) -> str:
        signed = private_files.sign(rendition.digest, rendition.mimetype, of=(event.id, story.number))
        return url_for("story_media.file", event=event.slug, number=story.number, address=signed)

    return address


def comments_html(event: Event, story: Story, asking: Member | None = None) -> str:
    """Render the comments on a story: for everybody, or with what this member may do."""
    facts = {"own": asking.id if asking else None, "clears": asking is not None and may_clear(story, asking)}
    comments = read_once(comments_on, story.id)
    return render_template("stories/_comments.html", event=event, story=story, comments=comments, **facts)


def may_clear(story: Story, asking: Member) -> bool:
    """Whether a member may delete all comments on a story, beside their own."""
    return story.belongs_to(asking) or asking.is_at_least(Role.FACILITATOR)


def draw_stories(event_id: int, channel: str, subjects: list[str], view: View) -> Iterable[Patch]:
    """Yield a patch for each changed `story-N` and `comments-N`. Of a story that is not on the wall nothing is left."""
    event = db.session.get_one(Event, event_id)
    numbers = frozenset(int(subject.partition("-")[2]) for subject in subjects)
    stories = read_once(_on_wall, event_id, numbers)
    html = story_html(event, stories.values())
    for subject in subjects:
        kind, _, number = subject.partition("-")
        story = stories.get(int(number))
        if kind == "story":
            yield subject, html.get(int(number))
        else:
            yield subject, comments_html(event, story) if story else None


def _on_wall(event_id: int, numbers: Set[int]) -> dict[int, Story]:
    shown = (Story.number.in_(numbers), *out_by(Way.WALL))
    return {story.number: story for story in db.session.scalars(stories_where(event_id, *shown))}


def personal_json(asking: Member | MemberSnapshot | None, channel: str, revision: int) -> dict[str, Any]:
    """Return the personal JSON of the wall.

    `stories` has the visitor's marks by story and kind, such as `7-heart`; `coming` the numbers of their own stories
    of which a file is on its way.
    """
    marks = marks_of(asking.id) if asking else {}
    stories = {f"{number}-{kind}": kind for kind, numbers in marks.items() for number in numbers}
    return {"stories": stories, "coming": on_the_way(asking.id) if asking else []}


fragments.register(STORIES, draw_stories, rule=fragments.only("members"))
fragments.register_personal(personal_json, STORIES)
