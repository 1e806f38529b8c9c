"""How notes are merged, and what of a session counts as written; pure functions."""

import re
from difflib import SequenceMatcher
from enum import StrEnum

from merge3 import Merge3

# Characters: of all notes of one topic, of what is to be done, and of a name.
LONGEST_NOTES, LONGEST_STEP, LONGEST_NAME = 80_000, 300, 80
# Characters that say what is to be seen on a photo; photos in the notes of one topic.
LONGEST_CAPTION, MOST_PHOTOS = 300, 30
# Sentences of a text that are still merged, and words that are still compared: both take time by their square.
MOST_MERGED, MOST_MARKED = 2_000, 2_000
# Characters from which a session counts as written down, rather than begun.
ENOUGH = 80
# Versions of one paragraph that may wait for a choice.
MOST_RIVALS = 10
# Seconds for which somebody who writes in a paragraph is shown there, unless they go on.
HELD = 60
_ENDS = (".", "!", "?", "…")


class Part(StrEnum):
    """Which part of the notes a paragraph is in: what was said, or what is advised."""

    SAID = "said"
    ADVICE = "advice"


def with_tables(text: str) -> str:
    """Return the text in which lines with tabs, as pasted from a spreadsheet or from Word, are Markdown tables."""
    return "\n\n".join(_table(part.strip("\n")) for part in re.split(r"\n\s*\n", text)) if "\t" in text else text


def _table(text: str) -> str:
    lines = text.split("\n")
    rows = [[cell.strip().replace("|", "\\|") for cell in line.split("\t")] for line in lines]
    width = max(map(len, rows))
    if len(lines) < 2 or width < 2 or any(len(row) < 2 for row in rows):
        return text
    padded = [row + [""] * (width - len(row)) for row in rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in [padded[0], ["---"] * width, *padded[1:]])


def merged(base: str, mine: str, theirs: str) -> str | None:
    """Return a text with both changes of `base`, merged by sentences; None if they clash.

    Two clash that change the same sentence differently, or of which one deletes what the other changes, and all that
    have more than `MOST_MERGED` sentences and blanks. This is the three-way merge of diff3 (Khanna, Kunal, Pierce: A
    Formal Investigation of Diff3, 2007), by the library merge3.
    """
    if theirs in {mine, base}:
        return mine
    if mine == base:
        return theirs
    if not (mine and theirs):
        return None
    before, ours, others = _tokens(base), _tokens(mine), _tokens(theirs)
    if max(map(len, (before, ours, others))) > MOST_MERGED:
        return None
    groups = list(Merge3(before, ours, others).merge_groups())
    if any(group[0] == "conflict" for group in groups):
        return None
    return "".join(token for group in groups for token in group[1])


def _tokens(text: str) -> list[str]:
    """Sentences, lines, and the blanks between them: a blank that stays keeps changes of neighbours apart."""
    tokens = [""]
    for piece in re.split(r"(\s+)", text):
        is_between = piece.isspace() and ("\n" in piece or tokens[-1].endswith(_ENDS))
        if is_between:
            tokens += [piece, ""]
        else:
            tokens[-1] += piece
    return [token for token in tokens if token]


def marked(text: str, other: str) -> list[tuple[str, bool]]:
    """Return the text in pieces, each with whether `other` lacks it, by words; unmarked from `MOST_MARKED` words on."""
    words, others = (re.findall(r"\s+|[^\s]+", each) for each in (text, other))
    if max(len(words), len(others)) > MOST_MARKED:
        return [(text, False)]
    same = SequenceMatcher(None, words, others, autojunk=False).get_matching_blocks()
    pieces, at = [], 0
    for block in same:
        pieces += [("".join(words[at : block.a]), True), ("".join(words[block.a : block.a + block.size]), False)]
        at = block.a + block.size
    return [piece for piece in pieces if piece[0]]


def room_state(people: int, chairs: int) -> str:
    """Return how full a room is: `free`, `filling` from two thirds of its chairs on, or `full`."""
    if people >= chairs:
        return "full"
    return "filling" if 3 * people >= 2 * chairs else "free"


def progress(characters: int, extras: int) -> str:
    """Return how far a session is written down: `full`, `some` or ``.

    `characters` are those of its paragraphs, `extras` counts its next steps and photos, of which one is enough.
    """
    if characters >= ENOUGH or extras:
        return "full"
    return "some" if characters else ""
