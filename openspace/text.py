"""Normalises text that people type, and compares spellings.

Every form field, query string and command line argument passes through `one_line` or `paragraphs`.
"""

import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from unicodedata import category, normalize

# Code points with Unicode's property Default_Ignorable_Code_Point (DerivedCoreProperties.txt), which are invisible.
# Newer versions of Unicode assign characters within these ranges, but do not change them.
_IGNORABLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
# Ignorable characters that change the one before them: ZWNJ, ZWJ, variation selectors (Mongolian, emoji, ideographs),
# and the tags of which flags are made.
_SHAPING = "\u180b-\u180d\u180f\u200c\u200d\ufe00-\ufe0f\U000e0020-\U000e007f\U000e0100-\U000e01ef"
# Characters that look blank without being separators in Unicode: empty Braille, Hangul fillers, a musical null.
_EMPTY = "\u2800\u3164\uffa0\U0001d159"
_ANY_BLANK = re.compile(f"[{_EMPTY}\\x1c-\\x1f\\u1680\\u2000-\\u2006\\u2008-\\u200a\\u205f\\u3000]")
_FIXED_BLANK = re.compile("[\u2007\u202f]")
_LINE_BREAK = re.compile("\r\n|[\n\v\f\r\u0085\u2028\u2029]")
_SHAPERS = re.compile(f"[{_SHAPING}]")
# Control characters, surrogates, object replacement characters, and noncharacters.
_MEANINGLESS = "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff\ufffc\ufdd0-\ufdef" + "".join(
    f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000)
)
# What XML 1.0 cannot hold, not even escaped (https://www.w3.org/TR/xml/#charsets).
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_UNSEEN = re.compile(f"(?![{_SHAPING}])[{_IGNORABLE}{_MEANINGLESS}]")
_IGNORED = re.compile(f"[{_IGNORABLE}]")


def one_line(text: str | None) -> str:
    """Return text on one line, in NFC, with single blanks and no invisible characters; empty if nothing is visible."""
    return re.sub(r"\s+", " ", _tidy(text)).strip()


def paragraphs(text: str | None) -> str:
    """Return text in NFC with its line breaks, at most one empty line in a row, and no invisible characters."""
    return re.sub(r"\n{3,}", "\n\n", _tidy(text)).strip()


def for_xml(text: str) -> str:
    """Return text without the characters that XML cannot hold."""
    return _NO_XML.sub("", text)


def _tidy(text: str | None) -> str:
    if not text or (text.isascii() and text.isprintable()):
        return text or ""
    text = _FIXED_BLANK.sub("\u00a0", _ANY_BLANK.sub(" ", _LINE_BREAK.sub("\n", text)))
    text = normalize("NFC", _attached(_UNSEEN.sub("", text)))
    return text if any(map(_shows_itself, _IGNORED.sub("", text))) else ""


def _shows_itself(character: str) -> bool:
    kind = category(character)
    # Not `isprintable`: a code point that is unassigned (Cn) in this Python may be a newer emoji.
    return kind[0] in "LNPS" or kind == "Cn"


def _attached(text: str) -> str:
    """The text without accents and joiners that follow no character: they would attach to what stands before it."""
    kept: list[str] = []
    for character in text:
        follows_nothing = not kept or kept[-1].isspace()
        if follows_nothing and (category(character)[0] == "M" or _SHAPERS.match(character)):
            continue
        kept.append(character)
    return "".join(kept)


# Right-to-left scripts, from Hebrew to Adlam.
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")
_FIRST_STRONG_ISOLATE, _POP_ISOLATE = "\u2068", "\u2069"


def isolated(text: str) -> str:
    """Wrap right-to-left text in Unicode's isolates, so that it does not reorder the text around it.

    Other text is returned unchanged. `Markup` stays `Markup`.
    """
    if text.isascii() or not _RIGHT_TO_LEFT.search(text):
        return text
    # In the type of the text; `Markup` does not escape these characters.
    return type(text)(_FIRST_STRONG_ISOLATE) + text + type(text)(_POP_ISOLATE)


# Comparing

_APOSTROPHES = dict.fromkeys(map(ord, "'’‘‛`´ʼʹʻʽˈ′‵＇ꞌ՚׳\u0301\u0300"))
_QUOTES = dict.fromkeys(map(ord, '"“”„‟«»‹›″'))
# Between letters: what people type instead of an apostrophe if their keyboard has none.
_TYPED_FOR_APOSTROPHE = re.compile('(?<=[^\\W\\d_])["“”„″*]+(?=[^\\W\\d_])')
_SAME = str.maketrans("ёґ", "ег")
_DASHES = re.compile(r"[\s\u2010-\u2015\u2212_-]+")
_WORD = re.compile(r"[^\W_]+")


@lru_cache(maxsize=20_000)
def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a text in lower case, without apostrophes and stress marks."""
    plain = normalize("NFC", text.casefold()).translate(_APOSTROPHES)
    plain = _TYPED_FOR_APOSTROPHE.sub("", plain)
    return tuple(_WORD.findall("".join(letter for letter in plain if category(letter) != "Mn")))


def folded(text: str) -> str:
    """Return the words of `words_of` with single blanks between them, ё replaced by е and ґ by г."""
    return " ".join(words_of(text)).translate(_SAME)


@lru_cache(maxsize=20_000)
def alike(text: str) -> str:
    """Return a key that is equal for spellings of one name.

    Case, apostrophes, quotes, dashes and a leading `#` are ignored. Other signs are not: C, C++ and C# have three keys.
    The key is empty only for an empty text.
    """
    plain = _TYPED_FOR_APOSTROPHE.sub("", normalize("NFC", text.casefold()).translate(_APOSTROPHES))
    plain = _DASHES.sub(" ", plain.translate(_QUOTES).translate(_SAME)).lstrip(" #").rstrip()
    return plain or text.strip()


def in_one_spelling(counted: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Add up the counts of names that are `alike`, under the most frequent spelling; if equal, under the first."""
    names: dict[str, Counter[str]] = {}
    for name, count in counted:
        names.setdefault(alike(name), Counter())[name] += count
    return {spellings.most_common(1)[0][0]: spellings.total() for spellings in names.values()}


def listed(typed: str) -> list[str]:
    """Split a line into tags, at commas, semicolons, or a `#` before each tag."""
    tags = re.split(r"[,;،；，、]|\s(?=#)", typed)
    return [tag for each in tags if (tag := each.strip().lstrip("#").strip())]


def without_doubles(names: Iterable[str]) -> list[str]:
    """Return the names in their order without empty ones and duplicates (`alike`); the first spelling is kept."""
    return list({alike(name): name for name in reversed(list(names)) if name}.values())[::-1]
