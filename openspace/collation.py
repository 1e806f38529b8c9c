"""The order of names, one for every list and both databases: a key, made here and compared character by character.

Right for Ukrainian, Russian, German and English, and for lists that mix them. After CLDR's root collation with its
Ukrainian tailoring: Latin before Cyrillic, accents count only between names that are else equal, punctuation only as
the end of a word. Of its own because PyICU has to be compiled, icu4py brings 16 MB and pyuca knows no Ukrainian order.
"""

from functools import lru_cache
from unicodedata import category, normalize

# The Cyrillic letters of our languages and of their neighbours, in one order that is right in each of them.
_CYRILLIC = "абвгґѓдђеєжзѕиіїйјкќлљмнњопрстћуўфхцчџшщъыьэюя"
_PLACE = {letter: chr(0x0400 + place) for place, letter in enumerate(_CYRILLIC)}
# Letters that Unicode does not take apart into one that they stand with and an accent.
_STANDS_WITH = {
    "ł": "l",
    "đ": "d",
    "ð": "d",
    "ø": "o",
    "ħ": "h",
    "ı": "i",
    "ŧ": "t",
    "æ": "ae",
    "œ": "oe",
    "þ": "th",
    "ŋ": "ng",
}
_STROKE = "\u0335"
_UNHEARD = set("'’‘‛`´ʼʹʻʽ′\u00ad")
# Below all letters, and the end of the name below the end of a word.
_END_OF_NAME, _END_OF_WORD, _NO_ACCENT = " ", "!", "."


@lru_cache(maxsize=20_000)
def collated(text: str) -> str:
    """The key by which a text stands in a list: its letters, then where it has accents, if any."""
    letters: list[str] = []
    accents: list[str] = []
    for part in _parts(normalize("NFC", text.casefold())):
        if category(part) == "Mn":
            if accents:
                accents[-1] += part
        elif part in _UNHEARD:
            continue
        elif part.isalnum():
            letters.append(_PLACE.get(part, part))
            accents.append("")
        elif letters and letters[-1] != _END_OF_WORD:
            letters.append(_END_OF_WORD)
            accents.append("")
    where = "".join(accent or _NO_ACCENT for accent in accents).rstrip(_NO_ACCENT)
    return "".join(letters).rstrip(_END_OF_WORD) + (_END_OF_NAME + where if where else "")


def _parts(text: str) -> str:
    """The text with its letters taken apart into those that they stand with and accents."""
    return "".join(_part(letter) for letter in text)


def _part(letter: str) -> str:
    if letter in _PLACE:
        return letter
    base = _STANDS_WITH.get(letter)
    return base + _STROKE if base else normalize("NFD", letter)
