"""Words and blocks as Markdown (CommonMark with tables, as GitHub reads it) that says no more than they do.

What people wrote becomes no HTML, heading, list, picture or link that it was not, and a bare address becomes no link.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile

from openspace.web.markdown import Block, Run, blocks_of

# Signs that mean something anywhere, and those in the midst of an address, of which some readers make a link.
_IN_ADDRESSES = r"(?<=\S)(\.(?!(?<=\d\.)\d)|@)(?=\S)|(?<=[^\W\d]):(?=\S)|/(?=/)"
_SIGNS = re.compile(rf"[\\`*_\[\]<>|~$]|&(?=[#\w])|!(?=\[)|{_IN_ADDRESSES}")
_ENTITY = re.compile(r"&(?=[#\w]+;)")
# What begins a heading, a list or a table at the beginning of a line.
_BEGINNING = re.compile(r"([#=+:-]|\d{1,9}(?=[.)]))")
_SPACES = re.compile("[ \t\n]+")
_MARKS = {"bold": "**", "italic": "*", "struck": "~~"}
# The largest number of an entry of a list that is read as one.
LARGEST = 999_999_999
RULE, HASH, AMPERSAND = "___", r"\#", r"\\&"
# What readers show decoded in addresses that stand for themselves.
_CODED = re.compile("%|xn--", re.I)


def line(text: str) -> str:
    """Return words that stand within a line."""
    return _SIGNS.sub(r"\\\g<0>", _SPACES.sub(" ", text).strip())


def heading(level: int, text: str) -> str:
    """Return words as a heading."""
    return _heading(level, line(text))


def bold(text: str) -> str:
    """Return words that are bold, between blanks, punctuation or ends of a line."""
    return f"**{line(text)}**" if text.strip() else ""


def lines(text: str) -> str:
    """Return words as a paragraph, with their line breaks."""
    return "\\\n".join(_begun(line(each)) for each in text.split("\n") if each.strip())


def markdown_of(blocks: Iterable[Block], level: int) -> str:
    """Return blocks as Markdown. `level` is that of headings among them."""
    return "\n\n".join(_blocks(blocks, level))


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table of cells that are Markdown."""
    return "\n".join([_row(head), _row(["---"] * len(head)), *map(_row, rows)])


def _heading(level: int, text: str) -> str:
    return f"{'#' * level} {text.replace('#', HASH)}"


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _blocks(blocks: Iterable[Block], level: int) -> Iterator[str]:
    # Two lists that follow each other would be one if they had the same signs.
    is_other = False
    before = ""
    for block in blocks:
        is_other = block["kind"] == before == "list" and not is_other
        before = block["kind"]
        if text := _block(block, level, is_other=is_other):
            yield text


def _block(block: Block, level: int, *, is_other: bool) -> str:  # noqa: PLR0911  # one for each kind
    match block["kind"]:
        case "paragraph":
            return "\\\n".join(_begun(each) for each in _lines(block["runs"]))
        case "heading":
            return _heading(level, " ".join(_lines(block["runs"])))
        case "quote":
            return _indented(markdown_of(block["blocks"], level), "> ", "> ")
        case "list":
            return _list(block, level, "*)" if is_other else "-.")
        case "table":
            head, *rows = ([" ".join(_lines(cell, in_table=True)) for cell in row] for row in block["rows"])
            return table(head, rows)
        case "code":
            return _code_block(block["text"])
    return RULE


def _list(block: Block, level: int, signs: str) -> str:
    items = []
    for place, item in enumerate(block["items"]):
        mark = f"{min(block['start'] + place, LARGEST)}{signs[1]} " if "start" in block else f"{signs[0]} "
        items.append(_indented(markdown_of(item, level), mark, " " * len(mark)))
    return "\n".join(items)


def _code_block(text: str) -> str:
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
    return f"{fence}\n{text}\n{fence}"


def _indented(text: str, first: str, others: str) -> str:
    begun, *rest = text.split("\n")
    return "\n".join([(first + begun).rstrip(), *((others + each).rstrip() for each in rest)])


def _begun(text: str) -> str:
    """A line whose beginning starts no heading, list, quote or table."""
    found = _BEGINNING.match(text)
    if not found:
        return text
    sign = found[0]
    return f"{sign}\\{text[len(sign) :]}" if sign.isdigit() else f"\\{text}"


def _lines(runs: Iterable[Run], *, in_table: bool = False) -> list[str]:
    """The lines of runs that hold anything."""
    found: list[list[Run]] = [[]]
    for run in runs:
        before = found[-1][-1] if found[-1] else None
        if run["text"] == "\n":
            found.append([])
        elif before and (before["styles"], before.get("link")) == (run["styles"], run.get("link")):
            found[-1][-1] = {**before, "text": before["text"] + run["text"]}
        else:
            found[-1].append(run)
    return [text for each in found if (text := _line(each, in_table=in_table))]


def _line(runs: Sequence[Run], *, in_table: bool) -> str:
    """A line of runs with their styles, or without those that would be read as signs there."""
    if any(run["styles"] for run in runs) and _words(blocks_of(_begun(_joined(runs)))) != _words([{"runs": runs}]):
        runs = [{**run, "styles": [each for each in run["styles"] if each == "code"]} for run in runs]
    return _joined(runs, in_table=in_table)


def _joined(runs: Iterable[Run], *, in_table: bool = False) -> str:
    """Runs with their marks. Styles that neighbours share stay open between them."""
    text = ""
    opened: list[str] = []
    for run in runs:
        styles = [style for style in run["styles"] if style in _MARKS]
        kept = len([*takewhile(lambda pair: pair[0] == pair[1], zip(opened, styles, strict=False))])
        marks = [*reversed(opened[kept:]), *styles[kept:]]
        text += "".join(_MARKS[style] for style in marks)
        if "link" in run and text.endswith("!"):
            # It would make a picture of the link.
            text = text[:-1] + r"\!"
        text += _run(run, in_table=in_table)
        opened = styles
    return (text + "".join(_MARKS[style] for style in reversed(opened))).strip()


def _run(run: Run, *, in_table: bool) -> str:
    if "link" in run and run["link"] == run["text"] and not _CODED.search(run["link"]):
        return f"<{run['link']}>"
    if "code" in run["styles"]:
        text = _code(run["text"].replace("|", r"\|") if in_table else run["text"])
    else:
        text = _SIGNS.sub(r"\\\g<0>", _SPACES.sub(" ", run["text"]))
    return f"[{text}](<{_ENTITY.sub(AMPERSAND, run['link'])}>)" if "link" in run else text


def _code(text: str) -> str:
    fence = "`" * (1 + max(map(len, re.findall("`+", text)), default=0))
    pad = " " if text.startswith(("`", " ")) or text.endswith(("`", " ")) else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def _words(blocks: Iterable[Block]) -> list[str]:
    return "".join(run["text"] for block in blocks for run in block.get("runs", [])).split()
