"""How long the book takes and how large it is: `python -m tests.load.proceedings`, with 300 topics and 100 photos.

For each format it prints seconds of processor, MiB of memory beyond the photos, each in a process of its own, and MiB
of the file.
"""

import multiprocessing
import os
import resource
import sys
import tempfile
from importlib import import_module
from pathlib import Path

from openspace import create_app
from tests.book.books import book, photos_of, session, tale

TOPICS, PHOTOS, TALES = 300, 90, 10
# The module of each format, and its function.
FORMATS = {
    "pdf": ("paper", "a4"),
    "a5": ("paper", "a5"),
    "html": ("page", "html"),
    "docx": ("word", "docx"),
    "epub": ("ebook", "epub"),
    "md": ("plain", "markdown"),
}


def measure(name: str, data: str) -> None:
    """Make the book in one format and print what it took."""
    with create_app({"DATA": Path(data)}).test_request_context():
        sessions = [session(number, photos=int(number <= PHOTOS)) for number in range(1, TOPICS + 1)]
        given = book(sessions, tales=[tale(photos=(f"story-{number}-1",)) for number in range(TALES)])
        photos = {picture.name: content for picture, content in zip(given.pictures, _distinct(given), strict=True)}
        module, function = FORMATS[name]
        before, start = _peak(), _processor()
        made = getattr(import_module(f"openspace.book.{module}"), function)(given, photos, "")
        seconds = _processor() - start
    print(f"{name:5} {seconds:6.2f} s {_peak() - before:6.0f} MiB of memory {len(made) / 2**20:6.1f} MiB")


def _distinct(given):
    """The bytes of a photo for each picture, each another one, as large as photos are."""
    content = next(iter(photos_of(book([session(1)])).values()))
    for number, _ in enumerate(given.pictures):
        yield content + number.to_bytes(4, "big") + bytes(200_000 - len(content) % 200_000)


def _processor() -> float:
    """Seconds of processor that this process and its children have used so far."""
    return sum(os.times()[:4])


def _peak() -> float:
    """The most memory that this process, or a child of it, has had so far, in MiB."""
    most = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return most / (2**20 if sys.platform == "darwin" else 2**10)


def main() -> None:
    """Measure all formats after each other."""
    processes = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as data:
        for name in FORMATS:
            child = processes.Process(target=measure, args=(name, data))
            child.start()
            child.join()


if __name__ == "__main__":
    main()
