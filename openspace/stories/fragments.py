"""Renders the live parts of the storytelling wall, with the same templates at first load and as patches."""

from collections.abc import Collection, Iterable
from typing import Any

from flask import render_template

from openspace.access.models import Member
from openspace.access.snapshots import MemberSnapshot
from openspace.events.models import Event
from openspace.extensions import db
from openspace.live import fragments
from openspace.live.fragments import Patch, View
from openspace.stories.models import STORIES, Story, comments_on, counts_of, marks_of, stories_where
from openspace.stories.rules import State, is_poster


def story_html(event: Event, stories: Collection[Story], template: str = "stories/_story.html") -> dict[int, str]:
    """Render stories for the wall; returns the HTML of each by its number."""
    counts = counts_of([story.id for story in stories])
    return {
        story.number: render_template(
            template,
            event=event,
            story=story,
            counts=counts[story.id],
            is_poster=is_poster(story.text, has_media=False),
        )
        for story in stories
    }


def comments_html(event: Event, story: Story) -> str:
    """Render the comments on a story."""
    return render_template("stories/_comments.html", event=event, story=story, comments=comments_on(story.id))


def draw_stories(event_id: int, channel: str, subjects: list[str], view: View) -> Iterable[Patch]:
    """Yield a patch for each changed `story-N` and `comments-N`. Of a story that is not on the wall nothing is left."""
    event = db.session.get_one(Event, event_id)
    numbers = {int(subject.partition("-")[2]) for subject in subjects}
    shown = (Story.number.in_(numbers), Story.state == State.SHOWN)
    stories = {story.number: story for story in db.session.scalars(stories_where(event_id, *shown))}
    html = story_html(event, stories.values())
    for subject in subjects:
        kind, _, number = subject.partition("-")
        story = stories.get(int(number))
        if kind == "story":
            yield subject, html.get(int(number))
        else:
            yield subject, comments_html(event, story) if story else None


def personal_json(asking: Member | MemberSnapshot | None, channel: str, revision: int) -> dict[str, Any]:
    """Return the personal JSON of the wall: `stories`, the visitor's marks by story and kind, such as `7-heart`."""
    marks = marks_of(asking.id) if asking else {}
    return {"stories": {f"{number}-{kind}": kind for kind, numbers in marks.items() for number in numbers}}


fragments.register(STORIES, draw_stories, rule=fragments.only("members"))
fragments.register_personal(personal_json, STORIES)
