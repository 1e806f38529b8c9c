"""How templates are compiled: their indentation is for people who read them, and is not sent to anybody."""

import re
from collections.abc import Iterable

from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream

# Elements that stand on lines of their own: whitespace before and after them is not drawn.
_BLOCKS = "article|aside|div|dl|dt|dd|fieldset|footer|form|h[1-6]|header|legend|li|main|nav|ol|p|section|ul"
# A line break with its indentation, or what `trim_blocks` has left of it, and what it stands between.
_BREAK = re.compile(rf"(?P<before></(?:{_BLOCKS})>)?(?:\s*\n\s*|\s{{2,}})(?P<after>/?>|(?=</?(?:{_BLOCKS})\b))?")


class Unindented(Extension):
    """Leaves one blank of each run of whitespace with a line break in it, and none before the end of a tag.

    Only the text of templates is changed, never a value that they print. Browsers take one whitespace for many, except
    in `<pre>` and `<textarea>`, where templates print values alone.
    """

    def filter_stream(self, stream: TokenStream) -> Iterable[Token]:
        """The tokens of one template, when it is compiled."""
        for token in stream:
            is_text = token.type == "data"
            yield token._replace(value=_BREAK.sub(_shortened, token.value)) if is_text else token


def _shortened(found: re.Match[str]) -> str:
    before, after = found["before"], found["after"]
    return " " if before is None and after is None else (before or "") + (after or "")
