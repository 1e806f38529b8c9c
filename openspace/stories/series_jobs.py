"""Makes the files of the series of micro-films, beside requests."""

from contextlib import ExitStack
from io import BytesIO
from tempfile import TemporaryFile

from flask_babel import lazy_gettext as _l

from openspace.extensions import db
from openspace.jobs.kinds import job
from openspace.jobs.run import Run
from openspace.media import Refused, process
from openspace.store import media, transactions
from openspace.stories import series_actions as actions
from openspace.stories.series_models import SeriesFile, SeriesFilm, shown_in
from openspace.web.errors import Busy

# In MiB: the largest file that is made; an hour of 720p takes about 1,600.
LARGEST_FILE = 3000
# Of processor, for a series of `MOST_FILMS`.
LONGEST = 3600


def give_up(*, file_id: int) -> None:
    """Say that all attempts have failed."""
    actions.failed(file_id, "killed")


@job(
    "stories.series",
    title=_l("A film of the series is made"),
    processor=300,
    seconds=3 * LONGEST + 300,
    attempts=2,
    if_failed=give_up,
)
def make_file(run: Run, *, file_id: int) -> None:
    """Join the films of a file, each after its title card."""
    file = db.session.get(SeriesFile, file_id)
    films = shown_in(file) if file else []
    if file is None or not films:
        with run.finishing():
            actions.failed(file_id, "changed")
        return
    parts, ids, shape = [film.part for film in films], [film.medium_id for film in films], file.shape.value
    transactions.let_go()
    cards = [{"title": part.title, "community": part.community} for part in parts]
    with TemporaryFile() as target, ExitStack() as opened:
        sources = [opened.enter_context(media.store().open(part.digest)) for part in parts]
        try:
            result = process.run(
                "series.join",
                target,
                *sources,
                seconds=LONGEST,
                memory=1536,
                written=LARGEST_FILE,
                progress=run.progress,
                cards=cards,
                shape=shape,
            )
        except Refused as refused:
            if str(refused) == "killed":
                raise Busy from None
            with run.finishing():
                actions.failed(file_id, str(refused))
            return
        target.seek(0)
        stored = media.store().put(target)
    with run.finishing():
        actions.made(file_id, stored, parts, list(zip(ids, result.facts["begins"], strict=True)))


@job("stories.share_picture", title=_l("A picture of a film is made"), attempts=2)
def make_picture(run: Run, *, medium_id: int) -> None:
    """Make of a film's poster the picture that other pages show beside a link to it."""
    film = db.session.get(SeriesFilm, medium_id)
    if film is None:
        return
    digest = film.poster.digest
    with media.store().open(digest) as poster:
        made = process.run("pictures.share_picture", poster.read(), seconds=30)
    stored = media.store().put(BytesIO(made.parts[0]))
    with run.finishing():
        actions.keep_picture(medium_id, stored)
