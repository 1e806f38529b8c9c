"""Which guides an event has, and in which language somebody reads one."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from openspace.collation import collated
from openspace.toolbox import shipped
from openspace.toolbox.guide import Guide, Kind
from openspace.toolbox.own_models import own_guide, own_guides
from openspace.toolbox.reading import WrongGuide, read


class DifferentSteps(WrongGuide):
    words = _l("In all languages a guide has the same steps, of the same minutes each.")


class Entry(NamedTuple):
    """A guide of the tool box: its name in addresses, its texts by language, and its seating plan."""

    name: str
    guides: Mapping[str, Guide]
    plan: Markup
    # Whether the event's organisers have written it.
    is_own: bool = False

    @property
    def minutes(self) -> tuple[int, ...]:
        """The minutes of each step, which are those of all its languages."""
        return tuple(step.minutes for step in next(iter(self.guides.values())).steps)

    def language(self, *wanted: str | None) -> str:
        """The first of these languages in which it is written; any if in none of them."""
        return next((code for code in wanted if code and code in self.guides), next(iter(self.guides)))


def entry_named(event_id: int, name: str) -> Entry | None:
    """The guide with this name; None if there is none, or if the event's organisers have hidden it."""
    if guides := shipped.guides(name):
        return Entry(name, guides, shipped.plan(name))
    own = own_guide(event_id, name)
    return None if own is None or own.is_hidden else entry_of(own.name, own.texts, own.plan)


def entries(event_id: int) -> list[Entry]:
    """All guides of an event: those that are shipped, and its own that are not hidden."""
    own = (entry_of(each.name, each.texts, each.plan) for each in own_guides(event_id) if not each.is_hidden)
    return [
        *(Entry(name, shipped.guides(name), shipped.plan(name)) for name in shipped.names()),
        *(entry for entry in own if entry),
    ]


def entry_of(name: str, texts: Mapping[str, str], plan: str) -> Entry | None:
    """A guide of an event by its texts; None if none of them can be read any more."""
    guides = {code: guide for code, text in texts.items() if (guide := _readable(text))}
    return Entry(name, guides, shipped.plan(plan), is_own=True) if guides else None


def read_all(texts: Mapping[str, str]) -> dict[str, Guide]:
    """Read a guide by language. Refuses with `WrongGuide` if a text is none, or the languages differ in their steps."""
    if not texts:
        raise WrongGuide(_l("Write the guide in one language at least."))
    guides = {code: read(text) for code, text in texts.items()}
    if len({tuple(step.minutes for step in guide.steps) for guide in guides.values()}) > 1:
        raise DifferentSteps
    return guides


@lru_cache(maxsize=256)
def _readable(text: str) -> Guide | None:
    try:
        return read(text)
    except WrongGuide:
        return None


class Card(NamedTuple):
    """A guide in a list: what it is, and the text of it that is shown there, with its language."""

    entry: Entry
    language: str
    guide: Guide


def cards(found: Iterable[Entry], languages: Iterable[str]) -> list[Card]:
    """The cards of guides in the first of these languages that each has, by kind and title."""
    wanted = list(languages)
    made = [Card(each, code := each.language(*wanted), each.guides[code]) for each in found]
    order = list(Kind)
    return sorted(made, key=lambda card: (order.index(card.guide.kind), collated(card.guide.title)))


class Wish(NamedTuple):
    """What of the tool box somebody looks for: a kind, at most so many minutes, words; empty for all."""

    kind: str = ""
    up_to: int = 0
    words: str = ""

    def fits(self, card: Card) -> bool:
        """Whether the card is among what is looked for."""
        guide = card.guide
        said = f"{guide.title} {guide.summary} {' '.join(guide.material)}".casefold()
        return (
            self.kind in ("", guide.kind)
            and (not self.up_to or guide.minutes <= self.up_to)
            and all(word in said for word in self.words.casefold().split())
        )
