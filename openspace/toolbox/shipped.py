"""The guides and seating plans that the product ships, read from the package."""

from functools import cache
from pathlib import Path

from markupsafe import Markup

from openspace.config import LANGUAGES
from openspace.toolbox.guide import Guide
from openspace.toolbox.reading import read

_FOLDER = Path(__file__).parent


@cache
def names() -> tuple[str, ...]:
    """The names of the shipped guides, as they stand in addresses."""
    return tuple(sorted(path.name for path in (_FOLDER / "guides").iterdir() if path.is_dir()))


@cache
def guides(name: str) -> dict[str, Guide]:
    """A shipped guide by language; empty if there is none of this name."""
    return {language: read(text(name, language)) for language in LANGUAGES} if name in names() else {}


@cache
def text(name: str, language: str) -> str:
    """The text of a shipped guide."""
    return (_FOLDER / "guides" / name / f"{language}.md").read_text(encoding="utf-8")


@cache
def plan(name: str) -> Markup:
    """The seating plan of a shipped guide: an SVG for pages, which give its classes their colours."""
    return Markup((_FOLDER / "plans" / f"{name}.svg").read_text(encoding="utf-8"))  # noqa: S704  # our own file
