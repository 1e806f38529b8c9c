"""Until when an application may be changed, and what it asks, step by step. Pure functions."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

# So long after the deadline a change is still taken. No page says so: a clock may be wrong, and a network slow.
GRACE = timedelta(minutes=5)
# Characters of the short fields.
SHORT = 200


class State(StrEnum):
    """How an application stands."""

    DRAFT = "draft"
    HANDED_IN = "handed-in"
    WITHDRAWN = "withdrawn"


class Side(StrEnum):
    """Which of the two cities somebody writes for: the one that began, or its twin."""

    FIRST = "first"
    SECOND = "second"


class Step(NamedTuple):
    """A page of the application: its name in addresses, and the names of its fields."""

    name: str
    fields: tuple[str, ...]


CITIES = Step("cities", ("kind", "city", "country", "twin_city", "twin_country", "organisation"))
CONTACT = Step("contact", ("contact", "email", "phone", "networks"))
SIGN = Step("sign", ("declared",))
# Whether two cities apply together, or one looks for a twin.
TOGETHER, LOOKING = "together", "looking"
_ALWAYS = ("city", "country", "organisation", "contact", "email", "declared")
_OF_TWIN = ("twin_city", "twin_country")


def steps(questions: Iterable[str]) -> list[Step]:
    """Return the pages in their order; each question, given by its name, has one of its own."""
    return [CITIES, *(Step(name, (name,)) for name in questions), CONTACT, SIGN]


def missing(texts: Mapping[str, str], needed: Iterable[str]) -> list[str]:
    """Return the fields that are empty and may not be, in the order of the pages; `needed` are names of questions.

    Who has not said that they look for a twin applies with one.
    """
    twin = () if texts.get("kind") == LOOKING else _OF_TWIN
    wanted = [*_ALWAYS[:2], *twin, "organisation", *needed, *_ALWAYS[3:]]
    return [name for name in wanted if not texts.get(name, "").strip()]


def is_taken(moment: datetime, closes_at: datetime, late_until: datetime | None) -> bool:
    """Whether a change is still taken at this moment: until shortly after the deadline, or as long as was granted."""
    return moment <= max(closes_at + GRACE, late_until or closes_at)
