"""Writes of the hall's slideshow: which stories are in it and what facilitators do with it."""

from collections.abc import Callable

from openspace.clock import now
from openspace.extensions import db
from openspace.live import log
from openspace.stories.models import Story
from openspace.stories.rules import Viewer, Way, may_go
from openspace.stories.slides import Show, arranged, standing, stepped
from openspace.stories.slides_models import SLIDES, Slideshow, show_of, slides_of


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
