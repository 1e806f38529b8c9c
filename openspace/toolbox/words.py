"""What is said of guides in the language of the reader: kinds, levels, and how long something takes."""

from typing import Any

from flask_babel import gettext, lazy_gettext as _l, ngettext

from openspace.toolbox.guide import Kind, Level

KINDS = {
    Kind.MEET: _l("Get to know each other"),
    Kind.FIND: _l("Find out"),
    Kind.MATCH: _l("Agree"),
    Kind.ACT: _l("Act"),
    Kind.CONCLUDE: _l("Conclude"),
}
LEVELS = {
    Level.FIRST_TIME: _l("good for the first time"),
    Level.SOME_PRACTICE: _l("with some practice"),
    Level.PRACTISED: _l("for the practised"),
}


def lasting(minutes: int) -> str:
    """How long something takes, such as `45 min`, and from two hours on `8 h` if it is whole hours."""
    count, is_hours = _counted(minutes)
    return str(gettext("%(n)s h", n=count) if is_hours else gettext("%(n)s min", n=count))


def time_figure(minutes: int) -> tuple[str, str]:
    """The number and the word of how long something takes, such as `8` and `hours`."""
    count, is_hours = _counted(minutes)
    word = ngettext("hour", "hours", count) if is_hours else ngettext("minute", "minutes", count)
    return str(count), str(word)


def people_figure(people: str) -> tuple[str, str]:
    """The number of people and the word for them."""
    return people, str(ngettext("person", "people", _last(people)))


def facilitators_figure(facilitators: str) -> tuple[str, str]:
    """The number of those who lead it and the word for them."""
    return facilitators, str(ngettext("leader", "leaders", _last(facilitators)))


def _counted(minutes: int) -> tuple[int, bool]:
    is_hours = minutes >= 120 and minutes % 60 == 0
    return (minutes // 60 if is_hours else minutes), is_hours


def _last(span: str) -> int:
    return int(span.rpartition("–")[2])


# The functions and words with which templates tell of guides.
TOOLS: dict[str, Any] = {
    "KINDS": KINDS,
    "LEVELS": LEVELS,
    "lasting": lasting,
    "figures": (time_figure, people_figure, facilitators_figure),
}
