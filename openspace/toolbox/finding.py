"""Which guides an event has, and in which language somebody reads one."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from markupsafe import Markup

from openspace.collation import collated
from openspace.toolbox import shipped
from openspace.toolbox.guide import Guide, Kind


class Entry(NamedTuple):
    """A guide of the tool box: its name in addresses, its texts by language, and its seating plan."""

    name: str
    guides: Mapping[str, Guide]
    plan: Markup

    @property
    def minutes(self) -> tuple[int, ...]:
        """The minutes of each step, which are those of all its languages."""
        return tuple(step.minutes for step in next(iter(self.guides.values())).steps)

    def language(self, *wanted: str | None) -> str:
        """The first of these languages in which it is written; any if in none of them."""
        return next((code for code in wanted if code and code in self.guides), next(iter(self.guides)))


def entry_named(name: str) -> Entry | None:
    """The guide with this name; None if there is none."""
    guides = shipped.guides(name)
    return Entry(name, guides, shipped.plan(name)) if guides else None


def entries() -> list[Entry]:
    """All guides."""
    return [Entry(name, shipped.guides(name), shipped.plan(name)) for name in shipped.names()]


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
