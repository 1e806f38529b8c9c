"""Draws the photos and films of the demo, beside requests, and sends them as those who wait for them would."""

from io import BytesIO
from tempfile import TemporaryFile

from flask_babel import lazy_gettext as _l

from openspace.demo import notes, stories
from openspace.events.models import Event
from openspace.extensions import db
from openspace.jobs.kinds import job
from openspace.jobs.run import Run
from openspace.media import process
from openspace.notes.photo_models import photos_called
from openspace.store import transactions
from openspace.stories.media_models import media_called
from openspace.uploads import form_files
from openspace.uploads.form_files import Stored


@job("demo.draw", title=_l("The photos and films of the demo are drawn"), attempts=2)
def draw(run: Run) -> None:
    """Draw all photos and films, and let those arrive for which stories and notes of the event wait."""
    # Here, because it needs Pillow, which no server loads.
    from openspace.demo import films, flipcharts, photos

    transactions.let_go()
    drawn = {name: form_files.store(BytesIO(photos.photo(name))) for name in photos.PHOTOS}
    drawn |= {name: _film(films.film(name), films.RATE) for name in films.FILMS}
    sheets = {name: form_files.store(BytesIO(flipcharts.photo(name))) for name in flipcharts.FLIPCHARTS}
    with run.finishing():
        event = db.session.get_one(Event, run.event_id)
        for name, stored in drawn.items():
            _send(stored._replace(ref=stories.ref_of(name)), event)
        for name, stored in sheets.items():
            _send(stored._replace(ref=notes.ref_of(name)), event)


def _film(pictures: list[bytes], rate: int) -> Stored:
    with TemporaryFile() as target:
        process.run("flipbook.film", *pictures, target, rate=rate, memory=1024, written=20)
        target.seek(0)
        return form_files.store(target)


def _send(stored: Stored, event: Event) -> None:
    """Let the file arrive for the story or the notes that wait for it. Nothing happens if these are gone."""
    tellers = [medium.story.author for medium in media_called(stored.ref) if medium.story.event_id == event.id]
    writers = [photo.by for photo in photos_called(stored.ref) if photo.topic.event_id == event.id]
    for by in [*tellers, *writers]:
        if by:
            form_files.keep(stored, event, by=by)
