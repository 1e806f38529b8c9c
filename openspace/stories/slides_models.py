"""The table of the hall's slideshow, and the stories that it shows."""

import json
from collections import Counter
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, ForeignKey, Text, func, select
from sqlalchemy.orm import Mapped, mapped_column

from openspace.clock import now
from openspace.extensions import Model, UtcDateTime, db
from openspace.stories.media_models import Medium
from openspace.stories.models import Story, out_by, stories_where
from openspace.stories.rules import MediumKind, Way
from openspace.stories.slides import Show, Slide, arranged, seconds
from openspace.uploads.rules import MediumState

ALWAYS = datetime(2026, 1, 1, tzinfo=UTC)
# The channel of the live log. Screens without anybody signed in follow it, so nothing but slides is in it.
SLIDES = "slides"
# What may be on a screen in the hall: what is on the wall, if its author agreed to that.
IN_HALL = out_by(Way.HALL)


class Slideshow(Model):
    """The state of an event's slideshow: a `Show` in columns."""

    __tablename__ = "slideshow"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    # A JSON list of pairs: a story's number and its seconds.
    slides: Mapped[str] = mapped_column(Text, default="[]")
    place: Mapped[int] = mapped_column(default=0)
    fresh: Mapped[int] = mapped_column(default=0)
    is_held: Mapped[bool] = mapped_column(default=False)
    is_blank: Mapped[bool] = mapped_column(default=False)
    since: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    stands_since: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def show(self) -> Show:
        """The slideshow as it was changed last."""
        facts = {name: getattr(self, name) for name in _FACTS}
        return Show(slides=tuple(Slide(*pair) for pair in json.loads(self.slides)), **facts)

    @show.setter
    def show(self, show: Show) -> None:
        self.slides = json.dumps(show.slides, separators=(",", ":"))
        for name in _FACTS:
            setattr(self, name, getattr(show, name))


_FACTS = ("since", "place", "fresh", "is_held", "is_blank", "stands_since")


def show_of(event_id: int) -> Show:
    """Return the event's slideshow as it was changed last; before that, of all its stories since always."""
    row = db.session.get(Slideshow, event_id)
    return row.show if row else arranged(Show(since=ALWAYS), slides_of(event_id), ALWAYS)


def slides_of(event_id: int) -> list[Slide]:
    """Return a slide for each story that may be shown in the hall, the earliest first."""
    rows = select(Story.number, func.length(Story.text)).where(Story.event_id == event_id, *IN_HALL)
    found = db.session.execute(rows.order_by(Story.shown_at, Story.number)).all()
    photos, films = _media_in_hall(event_id)
    return [
        Slide(number, seconds(characters, photos=photos.get(number, 0), film=films.get(number, 0.0)))
        for number, characters in found
    ]


def _media_in_hall(event_id: int) -> tuple[dict[int, int], dict[int, float]]:
    """How many photos, and how many seconds of film, are ready, by the numbers of their stories."""
    ready = select(Story.number, Medium.kind, Medium.seconds).join(Medium, Medium.story_id == Story.id)
    rows = db.session.execute(
        ready.where(Story.event_id == event_id, *IN_HALL, Medium.state == MediumState.READY)
    ).all()
    photos = Counter(number for number, kind, _ in rows if kind == MediumKind.PHOTO)
    films = {number: length or 0.0 for number, kind, length in rows if kind == MediumKind.FILM}
    return photos, films


def stories_in_hall(event_id: int, *conditions: ColumnElement[bool]) -> list[Story]:
    """Return the event's stories that may be shown in the hall, by their numbers."""
    found = db.session.scalars(stories_where(event_id, *IN_HALL, *conditions))
    return sorted(found, key=lambda story: story.number)
