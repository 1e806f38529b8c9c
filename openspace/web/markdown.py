"""Light Markdown as safe HTML: what people write may be bold, a list, a table or a link, and nothing else."""

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

# No pictures: they would be fetched from other servers. No HTML: what looks like a tag is shown as it was typed.
_READER = (
    MarkdownIt("commonmark", {"html": False, "breaks": True, "linkify": True})
    .enable(["table", "strikethrough", "linkify"])
    .disable(["image", "html_block", "html_inline"])
)
_TAGS = {"p", "br", "strong", "em", "s", "ul", "ol", "li", "a", "code", "pre", "blockquote", "hr"} | {
    *("h3", "h4", "h5", "table", "thead", "tbody", "tr", "th", "td")
}
# A heading in a paragraph stands below those of the page.
_HEADINGS = {"h1": "h3", "h2": "h4"} | dict.fromkeys(("h3", "h4", "h5", "h6"), "h5")


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
