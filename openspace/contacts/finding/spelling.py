"""Spellings under which a word is indexed and searched, so that any alphabet and transliteration finds it.

Pure functions: no database, no request. `indexed_words` and `query_words` reduce words to the same few spellings.
"""

import re
from functools import lru_cache

from openspace.text import folded, words_of

# Ukrainian as in passports (Cabinet of Ministers, resolution 55 of 2010), and what Russian has beyond it.
_ROMAN = dict(zip("абвгґдезиіїйклмнопрстуфыэё", "abvhgdezyiiiklmnoprstufyee", strict=True))
_ROMAN |= {"є": "ie", "ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ю": "iu", "я": "ia"}
_ROMAN |= {"ь": "", "ъ": "", "\u0301": ""}
_AT_FIRST = {"є": "ye", "ї": "yi", "й": "y", "ю": "yu", "я": "ya"}
_CYRILLIC = re.compile("[а-яіїєґё]")
# Replacements that give one sound in Latin letters one spelling. After each of them, a prefix of a word is still a
# prefix of it, so that search works while somebody types.
_ONE_SOUND = (
    (re.compile("š"), "sh"),
    (re.compile("č"), "ch"),
    (re.compile("ž"), "zh"),
)
_ONE_SPELLING = (
    (re.compile("schtsch|shch|szcz|sch"), "sh"),
    (re.compile("tsch|cz"), "ch"),
    (re.compile("kh"), "h"),
    (re.compile("ph"), "f"),
    (re.compile("x"), "ks"),
    (re.compile("w"), "v"),
    (re.compile("[yj]"), "i"),
    (re.compile("(?<=[aou])e"), ""),
    (re.compile("i+e"), "e"),
    (re.compile(r"(.)\1+"), r"\1"),
)
# In letters: a typo is forgiven in words of this length or more.
SHORTEST_WITH_TYPO = 4


@lru_cache(maxsize=20_000)
def romanised(word: str) -> str:
    """Return a lowercase word in Latin letters without accents. Ukrainian is transliterated as in passports."""
    if not _CYRILLIC.search(word):
        return _unaccented(word)
    spelt = word.replace("зг", "zgh")
    latin = _AT_FIRST.get(spelt[0], "") or _ROMAN.get(spelt[0], spelt[0])
    latin += "".join(_ROMAN.get(letter, letter) for letter in spelt[1:])
    return latin if latin.isascii() else _unaccented(latin)


@lru_cache(maxsize=20_000)
def spellings(word: str) -> tuple[str, ...]:
    """Return the spellings under which a lowercase word is indexed and searched, its own first."""
    found = [folded(word), romanised(word), _simple(romanised(word))]
    if "г" in word:
        # Transliterated as Russian is: Igor for Ігор.
        found.append(_simple(romanised(word.replace("г", "ґ"))))
    if not word.isascii() and not _CYRILLIC.search(word):
        found.append(_simple(word))
    return tuple(dict.fromkeys(each for each in found if each))


@lru_cache(maxsize=2048)
def forms(text: str) -> tuple[str, ...]:
    """Return the words of a text in all their spellings."""
    return tuple(dict.fromkeys(each for word in words_of(text) for each in spellings(word)))


def indexed_words(text: str) -> str:
    """Return the words of a text in all their spellings, separated by blanks: what the index holds."""
    return " ".join(forms(text))


def query_words(typed: str) -> list[tuple[str, ...]]:
    """Return the spellings of each typed word. A text matches if it has one spelling of every word."""
    return [spellings(word) for word in words_of(typed)]


def is_near(typed: str, word: str) -> bool:
    """Whether `word` begins with `typed`, forgiving one typo: a wrong, missing or extra letter, or two swapped."""
    if word.startswith(typed):
        return True
    if len(typed) < SHORTEST_WITH_TYPO:
        return False
    at = next((i for i, (a, b) in enumerate(zip(typed, word, strict=False)) if a != b), len(word))
    return (
        word.startswith(typed[at + 1 :], at + 1)
        or word.startswith(typed[at:], at + 1)
        or word.startswith(typed[at + 1 :], at)
        or (typed[at : at + 2] == word[at : at + 2][::-1] and word.startswith(typed[at + 2 :], at + 2))
    )


def pieces(typed: str) -> list[str]:
    """Return one or two parts of `typed`, of which every word that `is_near` contains at least one.

    One typo damages one half of a word only; the letter between the halves is left out, for two swapped letters may lie
    on either side of the middle. Parts have three characters or more; the blank before a word counts.
    """
    half = len(typed) // 2
    parts = [" " + typed[: max(2, half - 1)], typed[half:]]
    return [part for part in parts if len(part) >= 3]


def trigrams(text: str) -> list[str]:
    """Return the sorted set of all three-character substrings of a text."""
    return sorted({text[at : at + 3] for at in range(len(text) - 2)})


def _unaccented(word: str) -> str:
    from text_unidecode import unidecode  # here because its tables are large, and the board needs none

    return "".join(words_of(unidecode(word)))


def _simple(word: str) -> str:
    """The word by its sound, so that Yuliia, Julia and Yulia become equal."""
    for letters, one in _ONE_SOUND:
        word = letters.sub(one, word)
    if not word.isascii():
        word = _unaccented(word)
    for letters, one in _ONE_SPELLING:
        word = letters.sub(one, word)
    return word
