"""Light Markdown as safe HTML, as words, and as data: what people write may be bold, a list, a table or a link, and
nothing else.
"""

from collections.abc import Iterator
from typing import Any, TypedDict

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, table
from markdown_it.token import Token
from markupsafe import Markup

# Cells of a table that are filled in although more of them are empty than were typed.
MOST_FILLED = 256


def _table(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """The rule for tables (GFM), but for those that would be mostly cells which nobody typed.

    A row with less cells than the head is filled up: a head of 128 cells and short rows make a thousand characters
    sixty thousand cells.
    """
    if not table(state, start, end, True):
        return False
    return silent or (not _is_mostly_empty(state, start, end) and table(state, start, end, False))


def _is_mostly_empty(state: StateBlock, start: int, end: int) -> bool:
    typed = rows = 0
    for line in range(start + 2, end):
        words = state.getLines(line, line + 1, 0, False)
        if not words.strip():
            break
        typed, rows = typed + words.count("|") + 1, rows + 1
    head = state.getLines(start, start + 1, 0, False)
    return rows * head.count("|") > 2 * typed + MOST_FILLED


# No pictures: they would be fetched from other servers. No HTML: what looks like a tag is shown as it was typed.
_READER = (
    MarkdownIt("commonmark", {"html": False, "breaks": True, "linkify": True})
    .enable(["table", "strikethrough", "linkify"])
    .disable(["image", "html_block", "html_inline"])
)
_READER.block.ruler.at("table", _table, {"alt": ["paragraph", "reference"]})
_TAGS = {"p", "br", "strong", "em", "s", "ul", "ol", "li", "a", "code", "pre", "blockquote", "hr"} | {
    *("h3", "h4", "h5", "table", "thead", "tbody", "tr", "th", "td")
}
# A heading in a paragraph stands below those of the page.
_HEADINGS = {"h1": "h3", "h2": "h4"} | dict.fromkeys(("h3", "h4", "h5", "h6"), "h5")
# What a link may begin with. As a link, anything else is only its words.
_SCHEMES = ("http://", "https://", "mailto:", "tel:")
# Characters of an address: readers of PDF, browsers and Word know no end of longer ones.
LONGEST_LINK = 2_000
_STYLES = {"strong_open": "bold", "em_open": "italic", "s_open": "struck"}


class Run(TypedDict, total=False):
    """A piece of a line: its text, how it is set (`bold`, `italic`, `struck`, `code`), and where it leads.

    A run with the text "\\n" breaks the line.
    """

    text: str
    styles: list[str]
    link: str


# A piece of a text by its `kind`: `paragraph` or `heading` with `runs`, `code` with `text`, `quote` with `blocks`,
# `list` with `items` (each a list of blocks) and a `start` if it is numbered, `table` with `rows` of cells (each a list
# of runs), the first of them its head, and `rule`.
Block = dict[str, Any]


def text_of(text: str) -> str:
    """Return the words of Markdown in one line, without its signs; of a link what it is called."""
    inline = (token for token in _READER.parse(text) if token.type == "inline")
    lines = ("".join(_words(part) for part in token.children or []) for token in inline)
    return " ".join(" ".join(lines).split())


def _words(part: Token) -> str:
    return " " if part.type in {"softbreak", "hardbreak"} else part.content


def html_of(text: str) -> Markup:
    """Return the HTML of Markdown (CommonMark with tables, strikethrough and bare links), cleaned by nh3."""
    tokens = _READER.parse(text)
    for token in tokens:
        token.tag = _HEADINGS.get(token.tag, token.tag)
    drawn = _READER.renderer.render(tokens, _READER.options, {})
    cleaned = nh3.clean(
        drawn,
        tags=_TAGS,
        attributes={"a": {"href"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="nofollow noopener noreferrer",
    )
    return Markup(cleaned)  # noqa: S704  # cleaned by nh3


def blocks_of(text: str) -> list[Block]:
    """Return Markdown as data, for files that are no HTML."""
    return _blocks(iter(_READER.parse(text)))


def _blocks(tokens: Iterator[Token]) -> list[Block]:
    """The blocks up to the end of what is open."""
    found = []
    for token in tokens:
        if token.nesting < 0:
            break
        found.append(_block(token, tokens))
    return found


def _block(token: Token, tokens: Iterator[Token]) -> Block:
    match token.type:
        case "paragraph_open" | "heading_open":
            runs = _runs(next(tokens))
            next(tokens)
            return {"kind": token.type.removesuffix("_open"), "runs": runs}
        case "bullet_list_open" | "ordered_list_open":
            start = {"start": int(token.attrGet("start") or 1)} if token.tag == "ol" else {}
            return {"kind": "list", "items": _parts(tokens), **start}
        case "blockquote_open":
            return {"kind": "quote", "blocks": _blocks(tokens)}
        case "table_open":
            return {"kind": "table", "rows": _rows(tokens)}
        case "hr":
            return {"kind": "rule"}
    return {"kind": "code", "text": token.content.rstrip("\n")}


def _parts(tokens: Iterator[Token]) -> list[list[Block]]:
    """The blocks of each entry up to the end of the list."""
    found = []
    for token in tokens:
        if token.nesting < 0:
            break
        found.append(_blocks(tokens))
    return found


def _rows(tokens: Iterator[Token]) -> list[list[list[Run]]]:
    rows: list[list[list[Run]]] = []
    for token in tokens:
        if token.type == "table_close":
            break
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline":
            rows[-1].append(_runs(token))
    return rows


def _runs(inline: Token) -> list[Run]:
    runs: list[Run] = []
    styles: list[str] = []
    link = ""
    for part in inline.children or []:
        if part.type in _STYLES:
            styles.append(_STYLES[part.type])
        elif part.type == "link_open":
            link = _address(str(part.attrGet("href") or ""))
        elif part.type == "link_close":
            link = ""
        elif part.nesting < 0:
            styles.pop()
        elif content := "\n" if part.type in {"softbreak", "hardbreak"} else part.content:
            run: Run = {"text": content, "styles": [*styles, "code"] if part.type == "code_inline" else [*styles]}
            runs.append(run | {"link": link} if link else run)
    return runs


def _address(href: str) -> str:
    """The address, if it is one that files may lead to."""
    return href if href.startswith(_SCHEMES) and len(href) <= LONGEST_LINK else ""
