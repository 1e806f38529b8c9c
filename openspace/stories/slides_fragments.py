"""Renders the live parts of the hall's slideshow, for screens and for the page that directs them."""

from collections.abc import Collection, Iterable

from flask import render_template

from openspace.events.models import Event
from openspace.extensions import db
from openspace.live import fragments
from openspace.live.fragments import Patch, View
from openspace.stories.models import Story, counts_of
from openspace.stories.slides_models import SLIDES, show_of, stories_in_hall


def slide_html(stories: Collection[Story]) -> dict[int, str]:
    """Render the slides of stories; returns the HTML of each by the story's number."""
    counts = counts_of([story.id for story in stories])
    return {
        story.number: render_template("stories/_slide.html", story=story, counts=counts[story.id], media=[])
        for story in stories
    }


def show_html(event: Event) -> str:
    """Render the state of the slideshow, which is also the line of its progress."""
    return render_template("stories/_show.html", show=show_of(event.id))


def draw_slides(event_id: int, channel: str, subjects: list[str], view: View) -> Iterable[Patch]:
    """Yield a patch for each changed `slide-N` and for `show`. Of a story that may not be shown nothing is left."""
    numbers = [int(subject.partition("-")[2]) for subject in subjects if subject != "show"]
    html = slide_html(stories_in_hall(event_id, Story.number.in_(numbers)))
    yield from ((f"slide-{number}", html.get(number)) for number in numbers)
    if "show" in subjects:
        yield "show", show_html(db.session.get_one(Event, event_id))


fragments.register(SLIDES, draw_slides, rule=fragments.only("members", "projector"))
