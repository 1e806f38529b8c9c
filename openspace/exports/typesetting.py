"""Makes PDF files of the templates in `templates/exports/*.typ`, with Typst in a child process.

What people wrote never becomes Typst: it goes in as JSON, which the template reads and prints.
"""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from flask import current_app
from flask_babel import lazy_gettext as _l

from openspace.media import Refused, process
from openspace.store import transactions
from openspace.web.errors import Problem
from openspace.web.i18n import hyphenated

# What templates import.
SHARED = ("paper", "matrix", "markdown")
TEMPLATES = Path(__file__).parents[2] / "templates" / "exports"


class NotTypeset(Problem):
    """The child was killed, took too long, or the template is wrong. Nothing was changed."""

    status = 503
    words = _l("The pages could not be made this time. Please try again in a minute; nothing is lost.")


def pdf(
    template: str,
    words: Mapping[str, Any],
    pictures: Mapping[str, str] | None = None,
    *,
    standards: Sequence[str] = (),
    seconds: int = 10,
    memory: int = 768,
) -> bytes:
    """Typeset `templates/exports/<template>.typ` with these words, as JSON has them, and pictures: SVG by file name.

    `standards` are those that the file shall meet, such as `a-2a`, which wants `words` with a title and a language. It
    may take so many seconds of processor and MiB of memory. Ends a transaction that reads. Refuses with `NotTypeset`.
    """
    transactions.let_go()
    files = {"main": _source(template)} | {f"{name}.typ": _source(name) for name in SHARED}
    files |= {name: svg.encode() for name, svg in (pictures or {}).items()}
    given = json.dumps(words).encode()
    try:
        made = process.run(
            "typesetting.pdf",
            *files.values(),
            given,
            seconds=seconds,
            memory=memory,
            names=list(files),
            standards=list(standards),
        )
    except Refused as refused:
        current_app.logger.error("%s.typ could not be typeset: %s", template, refused)
        raise NotTypeset from None
    return made.parts[0]


def broken(title: str, language: str) -> str:
    """A title with soft hyphens in its long words, as pages have them, but as plain text."""
    return hyphenated(title, language).unescape()


def headline(words: str) -> str:
    """The words with a capital letter at their beginning."""
    return words[:1].upper() + words[1:]


@cache
def _source(name: str) -> bytes:
    return (TEMPLATES / f"{name}.typ").read_bytes()
