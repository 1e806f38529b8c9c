"""The alphabetical order of names: a sort key that Python and both databases compare character by character.

For Ukrainian, Russian, German and English, also mixed. It follows CLDR's root collation with the Ukrainian tailoring:
Latin before Cyrillic, accents count only between names that are otherwise equal, punctuation only ends a word. Our own,
because PyICU has to be compiled, icu4py brings 16 MB and pyuca does not know the Ukrainian order.
"""

from functools import lru_cache
from unicodedata import category, normalize

# The Cyrillic letters of our languages and their neighbours', in an order that is right for each of them.
_CYRILLIC = "абвгґѓдђеєжзѕиіїйјкќлљмнњопрстћуўфхцчџшщъыьэюя"
_PLACE = {letter: chr(0x0400 + place) for place, letter in enumerate(_CYRILLIC)}
# Letters that Unicode does not decompose into a base letter and an accent, and the base after which they are sorted.
_BASE = {
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
_IGNORED = set("'’‘‛`´ʼʹʻʽ′\u00ad")
# Sorted before all letters; the end of the name before the end of a word.
_END_OF_NAME, _END_OF_WORD, _NO_ACCENT = " ", "!", "."


@lru_cache(maxsize=20_000)
def collated(text: str) -> str:
    """Return the sort key of a text: its base letters, then the positions of its accents, if any."""
    letters: list[str] = []
    accents: list[str] = []
    for part in _parts(normalize("NFC", text.casefold())):
        if category(part) == "Mn":
            if accents:
                accents[-1] += part
        elif part in _IGNORED:
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
    """The text with its letters decomposed into base letters and accents."""
    return "".join(_part(letter) for letter in text)


def _part(letter: str) -> str:
    if letter in _PLACE:
        return letter
    base = _BASE.get(letter)
    return base + _STROKE if base else normalize("NFD", letter)
