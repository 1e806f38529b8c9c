"""The book as PDF, typeset by `templates/exports/proceedings.typ`."""

from base64 import b64encode
from collections.abc import Mapping
from typing import Any

from openspace.book.contents import Book, Picture
from openspace.exports import typesetting
from openspace.web import qr

# In seconds of processor and in MiB: 300 topics take 5 s and 700 MiB.
LONGEST, LARGEST = 90, 2048
# For archives, with tags for readers that speak (ISO 19005-2, level a).
STANDARDS = ("a-2a",)


def a4(book: Book, photos: Mapping[str, bytes], as_of: str) -> bytes:
    """Return the book with its photos, JPEG by their names, on A4.

    `as_of` is the sentence that says when it was made. Refuses with `NotTypeset`.
    """
    return _typeset(book, photos, as_of, "a4")


def a5(book: Book, photos: Mapping[str, bytes], as_of: str) -> bytes:
    """Return the book as `a4` does, on A5, with as many pages as a booklet of folded sheets has."""
    return _typeset(book, photos, as_of, "a5")


def _typeset(book: Book, photos: Mapping[str, bytes], as_of: str, paper: str) -> bytes:
    words: dict[str, Any] = {**book.as_data(), "paper": paper, "as-of": as_of, "photos": dict.fromkeys(photos, True)}
    pictures = {f"topic-{each.number}.svg": qr.svg(each.link) for each in book.sessions if each.link}
    pictures |= {f"{each.name}.svg": _svg(each, photos[each.name]) for each in book.pictures if each.name in photos}
    return typesetting.pdf("proceedings", words, pictures, standards=STANDARDS, seconds=LONGEST, memory=LARGEST)


def _svg(picture: Picture, jpeg: bytes) -> str:
    """The photo within an SVG, because files are given to Typst as texts. In the PDF it is the same JPEG again."""
    size = f'width="{picture.width}" height="{picture.height}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size}>'
        f'<image {size} href="data:image/jpeg;base64,{b64encode(jpeg).decode()}"/></svg>'
    )
