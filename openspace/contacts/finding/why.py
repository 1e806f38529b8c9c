"""Why a card was found: what was searched for, marked in the card as the viewer sees it."""

import re
from collections.abc import Callable, Sequence

from markupsafe import Markup, escape

from openspace.contacts.finding.spelling import asked, is_near, searched
from openspace.contacts.shown import Shown
from openspace.web.i18n import country as name_of, country_names

Mark = Callable[[str], Markup]
# A word with the apostrophes, stress marks and hyphens in it.
_WORD = re.compile(r"[\w'’ʼ‘`´′\u0301\u00ad]+")


class Found:
    """What of a card answers a search: its texts with marks, and the lines that its face in the book does not show."""

    def __init__(self, card: Shown, typed: str) -> None:
        self._words = [spelling for word in asked(typed) for spelling in word]
        begins = [name for name in _texts(card) if self._holds(name, str.startswith)]
        # A slip is forgiven only where nothing begins as it was typed, as in the search itself.
        self._matches = str.startswith if begins else _is_near
        self._card = card

    def mark(self, text: str) -> Markup:
        """The text with the words that answer the search marked."""
        if not self._words:
            return escape(text)
        pieces: list[Markup] = []
        end = 0
        for word in _WORD.finditer(text):
            pieces.append(escape(text[end : word.start()]))
            shown = escape(word[0])
            pieces.append(Markup("<mark>{}</mark>").format(shown) if self._answers(word[0]) else shown)
            end = word.end()
        return Markup("").join([*pieces, escape(text[end:])])

    def country(self, code: str) -> Markup:
        """The country's name, marked when it is found in any of our languages."""
        name = escape(name_of(code))
        return Markup("<mark>{}</mark>").format(name) if self._holds(_names(code), self._matches) else name

    @property
    def beside(self) -> list[tuple[str, list[Markup]]]:
        """The fields that answer and do not stand on the card's face, each with its marked texts."""
        card = self._card
        fields = {"region": [card.region], "interests": card.interests, "about": [card.about]}
        holding = {name: [text for text in texts if self._holds(text, self._matches)] for name, texts in fields.items()}
        return [(name, [self.mark(text) for text in texts]) for name, texts in holding.items() if texts]

    def _answers(self, word: str) -> bool:
        return self._holds(word, self._matches)

    def _holds(self, text: str, matches: Callable[[str, str], bool]) -> bool:
        return any(matches(form, word) for form in searched(text).split() for word in self._words)


def _texts(card: Shown) -> Sequence[str]:
    lines = [*card.interests, *card.offers, *card.needs]
    return [card.name, card.community, card.occupation, card.region, card.about, _names(card.country), *lines]


def _names(country: str) -> str:
    return " ".join(country_names(country))


def _is_near(word: str, typed: str) -> bool:
    return is_near(typed, word)
