"""Highlights the words of a search in the cards that it found."""

import re
from collections.abc import Callable, Sequence

from markupsafe import Markup, escape

from openspace.contacts.finding.spelling import forms, is_near, query_words
from openspace.contacts.visible import VisibleCard
from openspace.web.i18n import country as name_of, country_names

# A word, with apostrophes, stress marks and soft hyphens inside.
_WORD = re.compile(r"[\w'’ʼ‘`´′\u0301\u00ad]+")


class Highlights:
    """The texts of one card with the words that match a search in `<mark>`. Without a search nothing is marked."""

    def __init__(self, card: VisibleCard, typed: str) -> None:
        self._words = [spelling for word in query_words(typed) for spelling in word]
        has_prefix = any(self._has_match(text, str.startswith) for text in _texts(card))
        # As in the search itself, typos are forgiven only if no word begins as it was typed.
        self._matches = str.startswith if has_prefix else _is_near
        self._card = card

    def mark(self, text: str) -> Markup:
        """Return the escaped text with matching words marked."""
        if not self._has_match(text, self._matches):
            return escape(text)
        pieces: list[Markup] = []
        end = 0
        for word in _WORD.finditer(text):
            pieces.append(escape(text[end : word.start()]))
            escaped = escape(word[0])
            is_match = self._has_match(word[0], self._matches)
            pieces.append(Markup("<mark>{}</mark>").format(escaped) if is_match else escaped)
            end = word.end()
        return Markup("").join([*pieces, escape(text[end:])])

    def country(self, code: str) -> Markup:
        """Return the country's name, marked if its name in any of our languages matches."""
        name = escape(name_of(code))
        return Markup("<mark>{}</mark>").format(name) if self._has_match(_names(code), self._matches) else name

    @property
    def other_fields(self) -> list[tuple[str, list[Markup]]]:
        """Fields that match and that the book's list does not show otherwise, each with its marked texts."""
        card = self._card
        fields = {"region": [card.region], "interests": card.interests, "about": [card.about]}
        found = [
            (name, [self.mark(text) for text in texts if self._has_match(text, self._matches)])
            for name, texts in fields.items()
        ]
        return [(name, texts) for name, texts in found if texts]

    def _has_match(self, text: str, matches: Callable[[str, str], bool]) -> bool:
        return any(matches(form, word) for form in forms(text) for word in self._words)


def _texts(card: VisibleCard) -> Sequence[str]:
    lines = [*card.interests, *card.offers, *card.needs]
    return [card.name, card.community, card.occupation, card.region, card.about, _names(card.country), *lines]


def _names(country: str) -> str:
    return " ".join(country_names(country))


def _is_near(word: str, typed: str) -> bool:
    return is_near(typed, word)
