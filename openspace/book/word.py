"""The book as a Word file (DOCX) that people go on editing: with Word's own styles, and without text boxes."""

from collections.abc import Mapping

from openspace.book.contents import Book


def docx(book: Book, photos: Mapping[str, bytes], as_of: str) -> bytes:
    """Return the book as DOCX with its photos, JPEG by their names. `as_of` says when it was made."""
    # Not at the top: it needs 20 MiB, and only the job that makes the file has use for them.
    from openspace.book.word_file import written

    return written(book, photos, as_of)
