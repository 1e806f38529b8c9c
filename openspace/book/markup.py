"""What people wrote, given as data (`openspace.web.markdown.blocks_of`), as XHTML that is HTML as well."""

from collections.abc import Iterable
from textwrap import shorten

from markupsafe import Markup

from openspace.book.contents import Picture
from openspace.web.markdown import Block, Run

_TAGS = {"bold": "strong", "italic": "em", "struck": "s", "code": "code"}
_BREAK, _RULE = Markup("<br />"), Markup("<hr />")
# A table that is wider than the page is scrolled, by those without a mouse too, who hear what it is called.
_WIDE = Markup('<div class="wide" role="group" aria-label="{}" tabindex="0">{}</div>')
# The most characters of such a name.
LONGEST_NAME = 80
_LINK = Markup('<a href="{}" rel="nofollow noopener noreferrer">{}</a>')
_HEAD = Markup('<th scope="col">{}</th>')
_IMAGE = Markup('<img src="{}" alt="{}" width="{}" height="{}" />')
_EMPTY = Markup()


def markup(blocks: Iterable[Block], level: int = 5) -> Markup:
    """Return the blocks as markup. `level` is that of headings among them."""
    return _EMPTY.join(_block(block, level) for block in blocks)


def image(source: str, picture: Picture, unnamed: str) -> Markup:
    """Return a picture as a tag; `unnamed` is said of one without an alternative text."""
    return _IMAGE.format(source, picture.alt or unnamed, picture.width, picture.height)


def _block(block: Block, level: int) -> Markup:  # noqa: PLR0911  # one for each kind
    match block["kind"]:
        case "paragraph":
            return _element("p", _runs(block["runs"]))
        case "heading":
            return _element(f"h{level}", _runs(block["runs"]))
        case "quote":
            return _element("blockquote", markup(block["blocks"], level))
        case "list":
            return _list(block, level)
        case "table":
            return _table(block["rows"])
        case "code":
            return _element("pre", _element("code", block["text"]))
    return _RULE


def _list(block: Block, level: int) -> Markup:
    items = _EMPTY.join(_element("li", markup(item, level)) for item in block["items"])
    if "start" not in block:
        return _element("ul", items)
    return Markup('<ol start="{}">{}</ol>').format(block["start"], items)


def _table(rows: list[list[list[Run]]]) -> Markup:
    head = _EMPTY.join(_HEAD.format(_runs(cell)) for cell in rows[0])
    body = _EMPTY.join(_element("tr", _EMPTY.join(_element("td", _runs(cell)) for cell in row)) for row in rows[1:])
    parts = _element("thead", _element("tr", head)) + (_element("tbody", body) if body else _EMPTY)
    table, name = _element("table", parts), _name(rows)
    return _WIDE.format(name, table) if name else table


def _name(rows: list[list[list[Run]]]) -> str:
    """What a table is called: the words of its first row that has any."""
    told = (", ".join(filter(None, map(_words, row))) for row in rows)
    return shorten(next(filter(None, told), ""), LONGEST_NAME, placeholder="…")


def _words(cell: list[Run]) -> str:
    return "".join(run["text"] for run in cell).strip()


def _runs(runs: Iterable[Run]) -> Markup:
    return _EMPTY.join(_run(run) for run in runs)


def _run(run: Run) -> Markup:
    if run["text"] == "\n":
        return _BREAK
    shown = Markup.escape(run["text"])
    for style in reversed(run["styles"]):
        shown = _element(_TAGS[style], shown)
    return _LINK.format(run["link"], shown) if "link" in run else shown


def _element(tag: str, content: str) -> Markup:
    return Markup("<{0}>{1}</{0}>").format(tag, content)
