"""Stems of the words of a text in our four languages, without stop words. Pure functions."""

from functools import cache, lru_cache
from typing import Any

from openspace.text import words_of

_STEMMED_BY = {"de": "german", "en": "english", "ru": "russian"}
# Snowball has no Ukrainian stemmer. The longest of these endings that leaves three letters is cut off.
_ENDINGS = """
ами ями ові еві ого ому ими іми ій ої ою ею єю ів їв ам ям ах ях ом ем єм им ім ий ая яя ою
ння нням ості істю ати яти ити іти увати ований ована оване овані ський ська ське ські ського ськими
а я у ю о е є и і ї ь й
"""
_UKRAINIAN_ENDINGS = sorted(_ENDINGS.split(), key=len, reverse=True)
_UKRAINIAN_ONLY, _RUSSIAN_ONLY, _GERMAN_ONLY = set("іїєґ"), set("ыэъё"), set("äöüß")
# Words that say nothing about what two people have in common.
_STOP_WORD_LINES = """
для про від під над при між або але щоб який яка яке які коли наш ваш свій щодо вже хто когось такого такий
роки рік років люди людей досвід пораду порада ідеї приклад партнер партнера допомогу допомога контакти
как что это или уже лет год опыт совет идеи пример помощь
the and for with from about how our your who that this have need help experience advice ideas example
und oder für mit von aus bei der die das ein eine einen einer wie was wer wir unser hilfe erfahrung ideen
"""
_STOP_WORDS = set(_STOP_WORD_LINES.split())
# In letters.
SHORTEST_WORD, SHORTEST_STEM = 4, 3
# A Latin word with more letters than this is taken for German, which builds long compounds.
LONGEST_ENGLISH = 11


@lru_cache(maxsize=20_000)
def stems(text: str) -> frozenset[str]:
    """Return the stems of the words in a text, without short words, numbers and stop words."""
    return frozenset(stem(word) for word in words_of(text) if len(word) >= SHORTEST_WORD and not _is_stop_word(word))


def stem(word: str) -> str:
    """Return the stem of a lowercase word. Its letters and length tell which of our four languages it is in."""
    letters = set(word)
    if letters & _RUSSIAN_ONLY:
        return str(_snowball("ru").stemWord(word))
    if letters & _UKRAINIAN_ONLY or any("а" <= letter <= "я" for letter in letters):
        return _ukrainian(word)
    language = "de" if letters & _GERMAN_ONLY or len(word) > LONGEST_ENGLISH else "en"
    return str(_snowball(language).stemWord(word))


def _is_stop_word(word: str) -> bool:
    return word in _STOP_WORDS or word.isdigit()


def _ukrainian(word: str) -> str:
    ends = (e for e in _UKRAINIAN_ENDINGS if word.endswith(e) and len(word) - len(e) >= SHORTEST_STEM)
    return word.removesuffix(next(ends, ""))


@cache
def _snowball(language: str) -> Any:
    import snowballstemmer  # here because it is needed only where cards are compared

    return snowballstemmer.stemmer(_STEMMED_BY[language])
