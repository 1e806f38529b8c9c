"""Writes of the hall's slideshow: which stories are in it, what facilitators do with it, what screens say of it."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import delete

from openspace.clock import now
from openspace.extensions import db
from openspace.live import log
from openspace.stories.models import Story
from openspace.stories.rules import Viewer, Way, may_go
from openspace.stories.slides import Show, arranged, standing, stepped
from openspace.stories.slides_models import SLIDES, Screen, Slideshow, screens_of, show_of, slides_of

# For so long a screen that says nothing is remembered, and so many of an event are.
REMEMBERED, MOST_SCREENS = timedelta(days=1), 20


def arrange(event_id: int) -> None:
    """Bring the slideshow in step with the wall, after stories came, went or changed."""
    log.claim(event_id)
    row = db.session.get(Slideshow, event_id)
    before = row.show if row else Show(since=now())
    after = arranged(before, slides_of(event_id), now())
    if after.slides == before.slides:
        return
    _keep(event_id, after)
    changed = {slide.number for slide in before.slides} ^ {slide.number for slide in after.slides}
    log.record(event_id, SLIDES, *(f"slide-{number}" for number in sorted(changed)), "show")


def redraw(story: Story) -> None:
    """Record that what the story's slide shows has changed, if it has a slide."""
    if may_go(Way.HALL, story.state, story.agreed, Viewer.SCREEN):
        log.record(story.event_id, SLIDES, f"slide-{story.number}")


def step(event_id: int, *, back: bool, seen: int) -> None:
    """Show the next story, or the one before, if `seen` is the number of the one that is shown."""
    _change(event_id, lambda show: stepped(show, now(), back=back, seen=seen))


def hold(event_id: int, is_held: bool) -> None:
    """Let the story that is shown stand, or let the slideshow go on."""
    _change(event_id, lambda show: standing(show, now(), is_held=is_held, is_blank=show.is_blank))


def blank(event_id: int, is_blank: bool) -> None:
    """Make the screens dark, or show stories again. What is not seen takes no turn."""
    _change(event_id, lambda show: standing(show, now(), is_held=show.is_held, is_blank=is_blank))


def hear(event_id: int, name: str, *, number: int | None, is_blank: bool) -> None:
    """Note what a screen says that it shows. Forgets screens of the day before, and the oldest of too many."""
    log.claim(event_id)
    numbers = {slide.number for slide in show_of(event_id).slides}
    screen = db.session.get(Screen, (event_id, name)) or Screen(event_id=event_id, name=name)
    screen.number, screen.is_blank, screen.heard_at = number if number in numbers else None, is_blank, now()
    db.session.add(screen)
    db.session.flush()
    db.session.execute(delete(Screen).where(Screen.event_id == event_id, Screen.heard_at < now() - REMEMBERED))
    latest = sorted(screens_of(event_id), key=lambda each: each.heard_at, reverse=True)
    for old in latest[MOST_SCREENS:]:
        db.session.delete(old)


def _change(event_id: int, changed: Callable[[Show], Show]) -> None:
    log.claim(event_id)
    before = show_of(event_id)
    after = changed(before)
    if after != before:
        _keep(event_id, after)
        log.record(event_id, SLIDES, "show")


def _keep(event_id: int, show: Show) -> None:
    row = db.session.get(Slideshow, event_id) or Slideshow(event_id=event_id)
    row.show = show
    db.session.add(row)
