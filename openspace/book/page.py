"""The book as one HTML file that needs nothing else: no script, no server, no network."""

from base64 import b64encode
from collections.abc import Mapping
from functools import cache, partial
from pathlib import Path

from flask import render_template
from markupsafe import Markup

from openspace.book.contents import Book, Picture, Session
from openspace.book.markup import image, markup
from openspace.book.parts import parts_of, printable
from openspace.web import bundles, qr

TOP = Path(__file__).parents[2]
# What of the app's stylesheets the file has: colours, sizes, and rings of chairs.
SHARED = ("tokens.css", "dark.css", "components/ring.css")


def html(book: Book, photos: Mapping[str, bytes], as_of: str) -> bytes:
    """Return the book as HTML, with its photos, JPEG by their names, in it. `as_of` says when it was made.

    It needs an app, whose templates it draws.
    """
    parts = parts_of(book, photos)
    drawn = render_template(
        "book/page.html",
        book=parts.book,
        labels=parts.book.labels,
        chapters=parts.chapters,
        by_number=parts.by_number,
        address="#topic-{}".format,
        written=markup,
        drawn=partial(_photo, book=parts.book, photos=photos),
        code=_code,
        style=_style(),
        as_of=printable(as_of),
    )
    return drawn.encode()


def _photo(picture: Picture, *, book: Book, photos: Mapping[str, bytes]) -> Markup:
    source = "data:image/jpeg;base64," + b64encode(photos[picture.name]).decode()
    return image(source, picture, book.labels["photo"])


def _code(session: Session) -> Markup:
    """The QR code of the session's page; nothing where there is no address."""
    if not session.link:
        return Markup()
    return Markup(qr.svg(session.link).replace("<svg ", '<svg aria-hidden="true" ', 1))  # noqa: S704  # drawn by us


@cache
def _style() -> Markup:
    sheets = {f"css/{name}": (TOP / "static" / "css" / name).read_bytes() for name in SHARED}
    sheets["css/page.css"] = (TOP / "templates" / "book" / "page.css").read_bytes()
    return Markup(bundles.stylesheet("css/page.css", sheets))  # noqa: S704  # our own stylesheets
