"""Why a job failed, in words for an organiser. They are stored in English and translated when they are shown."""

from typing import Any

from flask_babel import force_locale, gettext, lazy_gettext as _l

MEMORY = _l("It needed more memory than it may use.")
PROCESSOR = _l("It needed more computing time than it may use.")
TIME = _l("It took too long.")
DIED = _l("It was interrupted.")
LATE = _l("It was not done in time.")
REMOVED = _l("This version of the app no longer knows this kind of work.")
BROKEN = _l("Something went wrong on our side.")


def in_english(words: Any) -> str:
    """The source text of a translatable text, at most 300 characters."""
    with force_locale("en"):
        return str(words)[:300]


def translated(reason: str) -> str:
    """A stored reason in the present language; in English if nobody has translated it."""
    return str(gettext(reason)) if reason else ""
