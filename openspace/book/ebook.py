"""The book as an e-book: EPUB 3.3 (https://www.w3.org/TR/epub-33/), a chapter to a file."""

from collections.abc import Iterator, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from flask import render_template
from markupsafe import Markup

from openspace.book.contents import Book, Picture
from openspace.book.markup import image, markup
from openspace.book.packing import packed
from openspace.book.parts import Parts, parts_of, printable

STYLE = Path(__file__).parents[2] / "templates" / "book" / "epub" / "book.css"
# The format wants a date of each edition. As the identifier is another one for other contents, all have the same.
MODIFIED = "2000-01-01T00:00:00Z"
CONTAINER = """\
<?xml version="1.0" encoding="utf-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
  <rootfiles><rootfile full-path="EPUB/content.opf" media-type="application/oebps-package+xml"/></rootfiles>
</container>
"""


def epub(book: Book, photos: Mapping[str, bytes], as_of: str) -> bytes:
    """Return the book as EPUB with its photos, JPEG by their names. `as_of` says when it was made.

    It needs an app, whose templates it draws.
    """
    identifier = uuid5(NAMESPACE_URL, book.digest.fingerprint).urn
    return packed(_files(parts_of(book, photos), photos, printable(as_of), identifier))


def _files(parts: Parts, photos: Mapping[str, bytes], as_of: str, identifier: str) -> Iterator[tuple[str, bytes]]:
    """The files of the archive, the first of which says what it is."""
    book = parts.book
    images = {picture.name: f"images/{place}.jpg" for place, picture in enumerate(book.pictures, 1)}
    chapter_of = {each.number: chapter.name for chapter in parts.chapters for each in chapter.sessions}
    shared = {
        "book": book,
        "labels": book.labels,
        "chapters": parts.chapters,
        "by_number": parts.by_number,
        "address": lambda number: f"{chapter_of[number]}.xhtml#topic-{number}",
        "written": markup,
        "drawn": partial(_drawn, images=images, unnamed=book.labels["photo"]),
        "images": images.values(),
        "as_of": as_of,
        "identifier": identifier,
        "modified": MODIFIED,
    }
    yield "mimetype", b"application/epub+zip"
    yield "META-INF/container.xml", CONTAINER.encode()
    yield "EPUB/content.opf", _page("content.opf.xml", shared)
    yield "EPUB/nav.xhtml", _page("nav.xhtml", shared)
    yield "EPUB/book.css", _style()
    yield "EPUB/cover.xhtml", _page("cover.xhtml", shared)
    for chapter in parts.chapters:
        yield f"EPUB/{chapter.name}.xhtml", _page("chapter.xhtml", shared, chapter=chapter)
    for name, file in images.items():
        yield f"EPUB/{file}", photos[name]


def _page(template: str, shared: Mapping[str, Any], **own: object) -> bytes:
    return render_template(f"book/epub/{template}", **shared, **own).encode()


def _drawn(picture: Picture, *, images: Mapping[str, str], unnamed: str) -> Markup:
    return image(images[picture.name], picture, unnamed)


@cache
def _style() -> bytes:
    return STYLE.read_bytes()
