"""The organisers' guide: `docs/organising*.md` as a page of the event, in the reader's language."""

from functools import cache
from pathlib import Path

from flask import Response, render_template, send_from_directory
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from markdown_it import MarkdownIt
from markupsafe import Markup

from openspace.access.guards import event_blueprint, requires
from openspace.access.models import Role
from openspace.config import LANGUAGES

DOCS = Path(__file__).parents[2] / "docs"
ENGLISH = "en"

blueprint = event_blueprint("guide", __name__)


@blueprint.get("/settings/guide")
@requires(Role.ORGANISER)
def show() -> ResponseReturnValue:
    """The guide, from a month before the event to a month after it."""
    return render_template("organising/guide.html", guide=_guide(str(get_locale())))


# The pictures stand below the page as they stand below the file, so that the file's own links find them.
@blueprint.get(f"/settings/organising/<any({', '.join(LANGUAGES)}):language>/<name>.webp")
@requires(Role.ORGANISER)
def picture(language: str, name: str) -> Response:
    """A picture of the guide."""
    return send_from_directory(DOCS / "organising" / language, f"{name}.webp", max_age=3600)


@cache
def _guide(language: str) -> Markup:
    """The guide's HTML in this language. The file is our own, so nothing has to be cleaned."""
    name = "organising.md" if language == ENGLISH else f"organising.{language}.md"
    return Markup(MarkdownIt().render((DOCS / name).read_text(encoding="utf-8")))  # noqa: S704  # our own file
