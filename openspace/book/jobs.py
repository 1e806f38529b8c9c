"""Makes the files of the book, beside requests."""

from collections.abc import Callable, Mapping
from io import BytesIO

from flask import current_app
from flask_babel import force_locale, gettext, lazy_gettext as _l

from openspace.book import actions, ebook, page, paper, plain, reading, word
from openspace.book.contents import Book, Picture
from openspace.book.models import Form
from openspace.clock import now
from openspace.events.models import Event
from openspace.extensions import db
from openspace.jobs.kinds import job
from openspace.jobs.run import Run
from openspace.media import Refused, process
from openspace.store import media, transactions
from openspace.web.i18n import clock_time, day

# Photos that one child turns into JPEG: after each child progress is told.
AT_ONCE = 20
# Percent of the work when the photos are there.
PHOTOS_DONE = 60

Maker = Callable[[Book, Mapping[str, bytes], str], bytes]
MAKERS: dict[Form, Maker] = {
    Form.A4: paper.a4,
    Form.A5: paper.a5,
    Form.WORD: word.docx,
    Form.PAGE: page.html,
    Form.EBOOK: ebook.epub,
    Form.PLAIN: plain.markdown,
}


@job(actions.BOOK, title=_l("The book is made"), memory=1024, processor=180, seconds=600, attempts=2)
def make(run: Run, *, event_id: int, form: str, language: str) -> None:
    """Make the book of an event in one form and language, and keep it."""
    event = db.session.get(Event, event_id)
    if event is None:
        return
    read_at, zone, wanted = now(), event.zone, Form(form)
    today = event.local(read_at).date()
    # Addresses within the app are made of requests.
    with current_app.test_request_context():
        book = reading.read(event, language)
    transactions.let_go()
    # Markdown has only their captions.
    is_plain = wanted == Form.PLAIN
    photos = {each.name: b"" for each in book.pictures} if is_plain else _photos(book.pictures, run.progress)
    with force_locale(language):
        as_of = gettext("As of %(time)s.", time=f"{day(today)}, {clock_time(read_at, zone)}")
        made = MAKERS[wanted](book, photos, as_of)
    stored = media.store().put(BytesIO(made))
    with run.finishing():
        actions.keep(event_id, wanted, language, stored, job_id=run.job_id, book=book.digest, read_at=read_at)


def _photos(pictures: list[Picture], progress: Callable[[int], None]) -> dict[str, bytes]:
    """The photos as JPEG by their names. One whose file is lost or broken is left out."""
    photos: dict[str, bytes] = {}
    for start in range(0, len(pictures), AT_ONCE):
        photos |= _as_jpeg(pictures[start : start + AT_ONCE])
        progress(PHOTOS_DONE * (start + AT_ONCE) // max(len(pictures), AT_ONCE))
    return photos


def _as_jpeg(pictures: list[Picture]) -> dict[str, bytes]:
    found = {picture.name: content for picture in pictures if (content := _content(picture.digest))}
    if not found:
        return {}
    try:
        made = process.run("pictures.jpegs", *found.values(), seconds=60, memory=768)
    except Refused:
        # One of them is to blame.
        return {} if len(found) == 1 else {name: jpeg for each in pictures for name, jpeg in _as_jpeg([each]).items()}
    return dict(zip(found, made.parts, strict=True))


def _content(digest: str) -> bytes:
    try:
        with media.store().open(digest) as file:
            return file.read()
    except media.Missing:
        return b""
