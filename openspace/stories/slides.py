"""Which slide of the hall's slideshow is shown when. Pure functions.

Nothing moves the slideshow on: its slides, the one that was shown at some moment and the time tell which is shown now.
So all screens show the same, and go on without the server. `static/js/slideshow.js` reckons as `moved_on` does.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

# Seconds: what a slide takes besides its text, the least of all, and of each photo.
START, LEAST, A_PHOTO = 5, 10, 8
# Characters that somebody reads in a second from the last row of the hall.
READ = 14


class Slide(NamedTuple):
    """A story in the slideshow, by its number, and how long it is shown."""

    number: int
    seconds: int


@dataclass(frozen=True)
class Show:
    """The slideshow. Of its `slides`, which come in turns, the one at `place` is shown since the moment `since`.

    After it come `fresh` slides that are new. While it is held or the screens are blank, it stands as it was at the
    moment `stands_since`.
    """

    since: datetime
    slides: tuple[Slide, ...] = ()
    place: int = 0
    fresh: int = 0
    is_held: bool = False
    is_blank: bool = False
    stands_since: datetime | None = None

    @property
    def number(self) -> int | None:
        """The number of the story that is shown; None without any."""
        return self.slides[self.place].number if self.slides else None


def seconds(characters: int, *, photos: int = 0, film: float = 0) -> int:
    """How long a story is shown: as long as its text needs, its photos one after another, or its film."""
    return round(max(LEAST, START + characters / READ, A_PHOTO * photos, film))


def moved_on(show: Show, moment: datetime) -> Show:
    """The slideshow as it is at a moment that is not before it was changed last."""
    if not show.slides or show.stands_since:
        return show
    gone = max(0.0, (moment - show.since).total_seconds())
    rounds, left = divmod(gone, sum(slide.seconds for slide in show.slides))
    place, fresh = show.place, 0 if rounds else show.fresh
    while left >= show.slides[place].seconds:
        left -= show.slides[place].seconds
        place, fresh = (place + 1) % len(show.slides), max(0, fresh - 1)
    return replace(show, place=place, fresh=fresh, since=moment - timedelta(seconds=left))


def arranged(show: Show, wanted: Iterable[Slide], moment: datetime) -> Show:
    """The slideshow with just the `wanted` slides.

    New ones come next, in this order, after those that are new already; so every story comes before one comes again.
    If the one that is shown is not wanted, the next one is shown at once.
    """
    show, seconds_of = moved_on(show, moment), dict(wanted)
    known = {slide.number for slide in show.slides}
    new = [Slide(*pair) for pair in seconds_of.items() if pair[0] not in known]
    before, (*shown,), fresh, after = (
        [Slide(slide.number, seconds_of[slide.number]) for slide in part if slide.number in seconds_of]
        for part in _parts(show)
    )
    slides = (*before, *shown, *fresh, *new, *after)
    # In the first round nothing is newer than the rest.
    coming = len(fresh) + len(new) if known else 0
    if shown:
        return replace(show, slides=slides, place=len(before), fresh=coming)
    place = len(before) % len(slides) if slides else 0
    return _begun(replace(show, slides=slides, place=place, fresh=max(0, coming - 1)), moment)


def _parts(show: Show) -> tuple[tuple[Slide, ...], ...]:
    """The slides before the one that is shown, that one, the new ones after it, and those after these."""
    place = show.place
    end = place + 1 + show.fresh
    return show.slides[:place], show.slides[place : place + 1], show.slides[place + 1 : end], show.slides[end:]


def stepped(show: Show, moment: datetime, *, back: bool, seen: int) -> Show:
    """The slideshow with the next slide, or the one before; unchanged if the story `seen` is not shown any more."""
    show = moved_on(show, moment)
    if show.number != seen:
        return show
    if not back:
        place = (show.place + 1) % len(show.slides)
        return _begun(replace(show, place=place, fresh=max(0, show.fresh - 1)), moment)
    # So that new ones always stand behind the one that is shown, the round begins with the last slide.
    slides = show.slides if show.place else (show.slides[-1], *show.slides[:-1])
    fresh = min(show.fresh + 1, len(slides) - 1) if show.fresh else 0
    return _begun(replace(show, slides=slides, place=max(0, show.place - 1), fresh=fresh), moment)


def standing(show: Show, moment: datetime, *, is_held: bool, is_blank: bool) -> Show:
    """The slideshow held or not, its screens blank or not. What stood goes on where it stood."""
    show = replace(moved_on(show, moment), is_held=is_held, is_blank=is_blank)
    if (is_held or is_blank) and not show.stands_since:
        return replace(show, stands_since=moment)
    if show.stands_since and not (is_held or is_blank):
        return replace(show, since=show.since + (moment - show.stands_since), stands_since=None)
    return show


def _begun(show: Show, moment: datetime) -> Show:
    """The slideshow, of which the present slide begins at this moment."""
    return replace(show, since=moment, stands_since=show.stands_since and moment)
