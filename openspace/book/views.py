"""The page of the book, where members take it along in the form and language that they like, and its files."""

from collections.abc import Iterator

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from openspace.access.guards import event_blueprint, requires
from openspace.access.models import Role
from openspace.access.visitor import visitor
from openspace.book import actions, reading
from openspace.book.contents import Book
from openspace.book.models import BookFile, Form, files_of
from openspace.extensions import SELDOM, limiter
from openspace.store import private_files, transactions
from openspace.web.http import see_other
from openspace.web.i18n import language

blueprint = event_blueprint("book", __name__)
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


@blueprint.get("/book/")
@requires(Role.PARTICIPANT)
def show() -> ResponseReturnValue:
    """The book in each form, in the language `?language=de`, and what would make it better."""
    chosen = _language()
    book = reading.read(visitor.event, chosen)
    files = files_of(visitor.event_id, chosen)
    return render_template(
        "book/show.html",
        book=book,
        fingerprint=book.fingerprint,
        chosen=chosen,
        files=[(form, files.get(form)) for form in FORMS],
        FORMS=FORMS,
        without_alt=list(_without_alt(book)),
        address_of=lambda form: url_for("book.file", form=form.value, language=chosen),
    )


@blueprint.get(f"/exports/proceedings.<any({', '.join(repr(form.value) for form in Form)}):form>")
@limiter.limit(SELDOM)
@requires(Role.PARTICIPANT)
def file(form: str) -> ResponseReturnValue:
    """The book in a form and the language `?language=de`; where it must be made first, the page of the book."""
    chosen, wanted = _language(), Form(form)
    found = files_of(visitor.event_id, chosen).get(wanted)
    if found and found.is_good(reading.read(visitor.event, chosen).fingerprint):
        return _answer(found)
    with transactions.writing():
        actions.ask(visitor.event, wanted, chosen, by=visitor.member)
    return see_other(url_for("book.show", language=chosen, _anchor=f"file-{wanted.name.lower()}"))


def _without_alt(book: Book) -> Iterator[tuple[str, str]]:
    """Where a description of a photo is missing, each page once: its address and what it is called."""
    for session in book.sessions:
        if any(not picture.alt for picture in session.pictures):
            yield url_for("notes.show", number=session.number), session.title
    for tale in book.tales:
        if any(not picture.alt for picture in tale.pictures):
            yield url_for("stories.show", number=tale.number), tale.title


def _language() -> str:
    """The language of the book that is asked for: one of the event's, else that of the page, else the first."""
    offered = visitor.event.languages
    return next((code for code in (request.args.get("language"), language()) if code in offered), offered[0])


def _answer(found: BookFile) -> Response:
    name = f"{visitor.slug}-{found.language}.{found.form}"
    return private_files.answer_document(found.digest or "", TYPES[found.form], name)
