"""Draws the photos and films of the demo, beside requests, and sends them as those who told the stories would."""

from io import BytesIO
from tempfile import TemporaryFile

from flask_babel import lazy_gettext as _l

from openspace.demo.stories import ref_of
from openspace.events.models import Event
from openspace.extensions import db
from openspace.jobs.kinds import job
from openspace.jobs.run import Run
from openspace.media import process
from openspace.store import transactions
from openspace.stories.media_models import media_called
from openspace.uploads import form_files
from openspace.uploads.form_files import Stored


@job("demo.draw", title=_l("The photos and films of the demo are drawn"), attempts=2)
def draw(run: Run) -> None:
    """Draw all photos and films, and let those arrive for which a story of the event waits."""
    # Here, because it needs Pillow, which no server loads.
    from openspace.demo import films, photos

    transactions.let_go()
    drawn = {name: form_files.store(BytesIO(photos.photo(name))) for name in photos.PHOTOS}
    drawn |= {name: _film(films.film(name), films.RATE) for name in films.FILMS}
    with run.finishing():
        for name, stored in drawn.items():
            _send(stored._replace(ref=ref_of(name)), run.event_id)


def _film(pictures: list[bytes], rate: int) -> Stored:
    with TemporaryFile() as target:
        process.run("flipbook.film", *pictures, target, rate=rate, memory=1024, written=20)
        target.seek(0)
        return form_files.store(target)


def _send(stored: Stored, event_id: int | None) -> None:
    """Let the file arrive for the story that waits for it. Nothing happens if that is gone."""
    for medium in media_called(stored.ref):
        if medium.story.event_id == event_id and medium.story.author:
            form_files.keep(stored, db.session.get_one(Event, event_id), by=medium.story.author)
