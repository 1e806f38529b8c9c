"""Renders the live parts of the hall's slideshow, for screens and for the page that directs them."""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from flask import render_template

from openspace.events.models import Event
from openspace.extensions import db
from openspace.live import fragments
from openspace.live.fragments import Patch, View
from openspace.store import private_files
from openspace.stories.media_models import Medium, Rendition, media_of
from openspace.stories.models import Story, counts_of
from openspace.stories.slides_models import SLIDES, show_of, stories_in_hall
from openspace.uploads.rules import MediumState

# What a signature for the screens holds besides the story: it opens nothing elsewhere.
IN_HALL_ONLY = "hall"


class SlideMedium(NamedTuple):
    """A photo or a film as a slide shows it: addresses and sizes of the picture, or of the film and its poster."""

    kind: str
    address: str
    poster: str
    # Of a film; may be empty.
    subtitles: str
    width: int
    height: int
    alt: str


def slide_html(stories: Collection[Story]) -> dict[int, str]:
    """Render the slides of stories; returns the HTML of each by the story's number."""
    ids = [story.id for story in stories]
    counts, media = counts_of(ids), media_of(ids)
    return {
        story.number: render_template(
            "stories/_slide.html", story=story, counts=counts[story.id], media=_shown(story, media[story.id])
        )
        for story in stories
    }


def _shown(story: Story, media: Iterable[Medium]) -> list[SlideMedium]:
    """The photos of a story that are ready, or its film; sound is not heard in the hall.

    The addresses are relative to the pages that show slides, because the patches that members get too must not hold the
    projector's key.
    """

    def address(file: Rendition) -> str:
        signed = private_files.sign(file.digest, file.mimetype, of=(story.event_id, story.number, IN_HALL_ONLY))
        return f"files/{story.number}/{signed}"

    def shown(medium: Medium) -> SlideMedium:
        picture, player = medium.files("image/webp")[-1], medium.player
        return SlideMedium(
            kind=medium.kind.value,
            address=address(player or picture),
            poster=address(picture),
            subtitles=f"files/{story.number}/subtitles-{medium.id}.vtt" if medium.subtitles else "",
            width=picture.width or 1,
            height=picture.height or 1,
            alt=medium.alt,
        )

    return [shown(medium) for medium in media if medium.state == MediumState.READY and medium.files("image/webp")]


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
