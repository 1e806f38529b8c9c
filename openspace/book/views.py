"""The page of the book, where members take it along in the form and language that they like, and its files."""

from threading import Lock

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from openspace.access.guards import event_blueprint, requires
from openspace.access.models import Role
from openspace.access.visitor import visitor
from openspace.book import actions, reading
from openspace.book.contents import Digest
from openspace.book.models import BookFile, Form, files_of
from openspace.clock import now
from openspace.extensions import SELDOM, limiter
from openspace.store import media, private_files
from openspace.web.cache import LruCache
from openspace.web.http import see_other
from openspace.web.i18n import language
from openspace.web.preparing import prepared_by

blueprint = event_blueprint("book", __name__)
OFTEN = "240 per minute"
# Seconds for which a process remembers what it has read of a book: two hundred people look at once.
REMEMBERED = 15
_known, _reading = LruCache(64), Lock()
# Each form by what it is called and what it is for, and its type.
FORMS = {
    Form.A4: ("PDF, A4", _l("to print and to read")),
    Form.A5: (_l("PDF, booklet"), _l("A5, for folded sheets of A4")),
    Form.WORD: ("Word", _l("to go on writing")),
    Form.PAGE: ("HTML", _l("one file for any browser, without a network")),
    Form.EBOOK: ("EPUB", _l("for phones and e-readers")),
    Form.PLAIN: ("Markdown", _l("plain text, without photos")),
}
TYPES = {
    Form.A4: "application/pdf",
    Form.A5: "application/pdf",
    Form.WORD: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Form.PAGE: "text/html; charset=utf-8",
    Form.EBOOK: "application/epub+zip",
    Form.PLAIN: "text/markdown; charset=utf-8",
}
_FORM = f"<any({', '.join(repr(form.value) for form in Form)}):form>"


@blueprint.get("/book/")
@limiter.limit(OFTEN)
@requires(Role.PARTICIPANT)
def show() -> ResponseReturnValue:
    """The book in each form, in the language `?language=de`, and what would make it better."""
    chosen = _language()
    book = _digest(chosen)
    files = files_of(visitor.event_id, chosen)
    return render_template(
        "book/show.html",
        book=book,
        chosen=chosen,
        files=[(form, files.get(form)) for form in FORMS],
        FORMS=FORMS,
        without_alt=[
            (url_for("stories.show" if is_story else "notes.show", number=number), title, code)
            for is_story, number, title, code in book.without_alt
        ],
    )


@blueprint.post(f"/book/{_FORM}")
@limiter.limit(SELDOM)
@requires(Role.PARTICIPANT)
@prepared_by(lambda form: _digest(_language()))
def make(book: Digest, form: str) -> ResponseReturnValue:
    """Let the book be made in a form and the language `?language=de`, unless it is there or is being made."""
    chosen, wanted = _language(), Form(form)
    found = files_of(visitor.event_id, chosen).get(wanted)
    if found is None or not found.is_good(book):
        actions.ask(visitor.event, wanted, chosen, by=visitor.member)
    return _to_page(chosen, wanted)


@blueprint.get(f"/exports/proceedings.{_FORM}")
@limiter.limit(OFTEN)
@requires(Role.PARTICIPANT)
def file(form: str) -> ResponseReturnValue:
    """The book in a form and the language `?language=de`; one that is not there leads to the page of the book."""
    chosen, wanted = _language(), Form(form)
    book = _digest(chosen)
    found = files_of(visitor.event_id, chosen).get(wanted)
    if found is None or not found.is_good(book):
        return _to_page(chosen, wanted)
    try:
        return _answer(found)
    except media.Missing:
        # The store has lost it.
        return _to_page(chosen, wanted)


def _digest(chosen: str) -> Digest:
    """What is known of the visitor's book, at most `REMEMBERED` seconds old."""
    key = (visitor.event_id, chosen, int(now().timestamp()) // REMEMBERED)
    # While one reads, others wait for what it finds.
    with _reading:
        return _known.get(key, lambda: reading.read(visitor.event, chosen).digest)


def _language() -> str:
    """The language of the book that is asked for: one of the event's, else that of the page, else the first."""
    offered = visitor.event.languages
    return next((code for code in (request.args.get("language"), language()) if code in offered), offered[0])


def _to_page(chosen: str, wanted: Form) -> ResponseReturnValue:
    return see_other(url_for("book.show", language=chosen, _anchor=f"file-{wanted.name.lower()}"))


def _answer(found: BookFile) -> Response:
    name = f"{visitor.slug}-{found.language}.{found.form}"
    return private_files.answer_document(found.digest or "", TYPES[found.form], name)
