"""How a word is found in whichever alphabet and spelling it is typed: pure functions, no database, no request.

What a text is found by (`searched`) and what is looked for (`asked`) are brought to the same few spellings.
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
# Spellings of one sound in Latin letters, brought to one. Each leaves a beginning of a word the beginning of what
# becomes of the word, so that one finds while one types.
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
SHORTEST_WITH_SLIP = 4


@lru_cache(maxsize=20_000)
def romanised(word: str) -> str:
    """A small word in Latin letters without accents; Ukrainian as in passports."""
    if not _CYRILLIC.search(word):
        return _unaccented(word)
    spelt = word.replace("зг", "zgh")
    latin = _AT_FIRST.get(spelt[0], "") or _ROMAN.get(spelt[0], spelt[0])
    latin += "".join(_ROMAN.get(letter, letter) for letter in spelt[1:])
    return latin if latin.isascii() else _unaccented(latin)


@lru_cache(maxsize=20_000)
def spellings(word: str) -> tuple[str, ...]:
    """The spellings of a small word under which it is kept and looked for, its own first."""
    found = [folded(word), romanised(word), _simple(romanised(word))]
    if "г" in word:
        # As from Russian: Igor for Ігор.
        found.append(_simple(romanised(word.replace("г", "ґ"))))
    if not word.isascii() and not _CYRILLIC.search(word):
        found.append(_simple(word))
    return tuple(dict.fromkeys(each for each in found if each))


def searched(text: str) -> str:
    """What a text is found by: each of its words in every spelling."""
    return " ".join(dict.fromkeys(each for word in words_of(text) for each in spellings(word)))


def asked(typed: str) -> list[tuple[str, ...]]:
    """What is looked for: of each typed word the spellings of which one is to be found."""
    return [spellings(word) for word in words_of(typed)]


def is_near(typed: str, word: str) -> bool:
    """Whether `word` begins as `typed` does, but for one slip: a letter wrong, missing, too many, or two swapped."""
    if word.startswith(typed):
        return True
    if len(typed) < SHORTEST_WITH_SLIP:
        return False
    at = next((i for i, (a, b) in enumerate(zip(typed, word, strict=False)) if a != b), len(word))
    return (
        word.startswith(typed[at + 1 :], at + 1)
        or word.startswith(typed[at:], at + 1)
        or word.startswith(typed[at + 1 :], at)
        or (typed[at : at + 2] == word[at : at + 2][::-1] and word.startswith(typed[at + 2 :], at + 2))
    )


def pieces(typed: str) -> list[str]:
    """Parts of which one stands unharmed in every word that `is_near`; of three letters or more, a blank counted.

    One slip harms one half of a word; the halves keep a letter's distance, for two that are swapped may be on the seam.
    """
    half = len(typed) // 2
    parts = [" " + typed[: max(2, half - 1)], typed[half:]]
    return [part for part in parts if len(part) >= 3]


def trigrams(text: str) -> list[str]:
    """Every three letters that follow each other."""
    return sorted({text[at : at + 3] for at in range(len(text) - 2)})


def _unaccented(word: str) -> str:
    from text_unidecode import unidecode  # here because its tables are large, and a board needs none

    return "".join(words_of(unidecode(word)))


def _simple(word: str) -> str:
    """A word in Latin letters as one hears it, so that Yuliia, Julia and Yulia are one."""
    for letters, one in _ONE_SOUND:
        word = letters.sub(one, word)
    if not word.isascii():
        word = _unaccented(word)
    for letters, one in _ONE_SPELLING:
        word = letters.sub(one, word)
    return word
