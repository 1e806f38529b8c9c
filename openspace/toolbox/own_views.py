"""Where organisers write guides for their event: the list, the form with its preview, and the versions of each."""

from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, gettext, lazy_gettext as _l
from wtforms import SelectChoice

from openspace.access.guards import event_blueprint, requires
from openspace.access.models import Role
from openspace.access.visitor import visitor
from openspace.config import LANGUAGES
from openspace.extensions import limiter
from openspace.toolbox import own_actions as actions, shipped
from openspace.toolbox.finding import Entry, cards, entries, entry_of
from openspace.toolbox.forms import GuideForm
from openspace.toolbox.own_models import GuideRevision, OwnGuide, own_guide, own_guides
from openspace.toolbox.words import TOOLS
from openspace.web.errors import NotFound, Problem, shows_again
from openspace.web.http import accepts_body, flash_message, see_other
from openspace.web.i18n import language
from openspace.web.markdown import html_of

blueprint = event_blueprint("own_guides", __name__, is_personal=True)
OFTEN = "60 per minute"
# In bytes. Four languages of 2 MB each still come to the form, which says that they are too long and shows them again.
LARGEST_FORM = 9 * 2**20
_TOO_LARGE = _l("That is too long for a guide: it has 30,000 characters at most. Go back, your text is there still.")


@blueprint.get("/settings/toolbox")
@requires(Role.ORGANISER)
def index() -> ResponseReturnValue:
    """The guides of the event's own, and from which shipped one a new guide can begin."""
    own = [(each, entry_of(each.name, each.texts, each.plan)) for each in own_guides(visitor.event_id)]
    house = cards((each for each in entries(visitor.event_id) if not each.is_own), _languages())
    return render_template("toolbox/own.html", own=own, house=house, languages=_languages())


def new_page(problem: Problem | None = None) -> str:
    """The form of a new guide, which begins with the texts of a shipped one."""
    name = _begun()
    return _form_page(None, problem, {code: shipped.text(name, code) for code in LANGUAGES}, name)


@blueprint.get("/settings/toolbox/new")
@requires(Role.ORGANISER)
def new() -> ResponseReturnValue:
    """The form of a new guide; `?from=fishbowl` says with which shipped one it begins."""
    return new_page()


@blueprint.post("/settings/toolbox")
@limiter.limit(OFTEN)
@accepts_body(LARGEST_FORM, _TOO_LARGE, is_text=True)
@requires(Role.ORGANISER)
@shows_again(new_page)
def create() -> ResponseReturnValue:
    """Add a guide; with `preview` among the fields, only show what it would look like."""
    form = GuideForm()
    form.check()
    if "preview" in request.form:
        return new_page()
    found = actions.write(visitor.event, form.texts(), form.plan.data, by=visitor.member)
    flash_message(gettext("The guide is in the tool box."))
    return see_other(url_for("toolbox.show", name=found.name))


def edit_page(problem: Problem | None = None) -> str:
    """The form of the guide in the address."""
    found = _find((request.view_args or {})["name"])
    return _form_page(found, problem, found.texts, found.plan)


@blueprint.get("/settings/toolbox/<name>")
@requires(Role.ORGANISER)
def edit(name: str) -> ResponseReturnValue:
    """A guide in all its languages, side by side, to be changed, and its versions."""
    return edit_page()


@blueprint.put("/settings/toolbox/<name>")
@limiter.limit(OFTEN)
@accepts_body(LARGEST_FORM, _TOO_LARGE, is_text=True)
@requires(Role.ORGANISER)
@shows_again(edit_page)
def change(name: str) -> ResponseReturnValue:
    """Change a guide; with `preview` among the fields, only show what it would look like."""
    found, form = _find(name), GuideForm()
    form.check()
    if "preview" in request.form:
        return edit_page()
    actions.change(found, form.texts(), form.plan.data, by=visitor.member)
    flash_message(gettext("Saved. What stood there before is among the versions."))
    return see_other(url_for("own_guides.edit", name=name))


@blueprint.delete("/settings/toolbox/<name>")
@limiter.limit(OFTEN)
@requires(Role.ORGANISER)
def remove(name: str) -> ResponseReturnValue:
    """Remove a guide with all its versions."""
    actions.remove(_find(name), by=visitor.member)
    return see_other(url_for("own_guides.index"))


@blueprint.put("/settings/toolbox/<name>/shown")
@limiter.limit(OFTEN)
@requires(Role.ORGANISER)
def show(name: str) -> ResponseReturnValue:
    """Let a hidden guide stand in the tool box again."""
    actions.hide(_find(name), False, by=visitor.member)
    return see_other(url_for("own_guides.index"))


@blueprint.delete("/settings/toolbox/<name>/shown")
@limiter.limit(OFTEN)
@requires(Role.ORGANISER)
def hide(name: str) -> ResponseReturnValue:
    """Take a guide out of the tool box for now."""
    actions.hide(_find(name), True, by=visitor.member)
    return see_other(url_for("own_guides.index"))


@blueprint.get("/settings/toolbox/<name>/versions/<int:revision>")
@requires(Role.ORGANISER)
def version(name: str, revision: int) -> ResponseReturnValue:
    """A guide as it was once."""
    found, past = _find_revision(name, revision)
    entry = entry_of(name, past.texts, past.plan)
    return render_template("toolbox/version.html", found=found, past=past, drawn=_drawn(entry) if entry else [])


@blueprint.put("/settings/toolbox/<name>/versions/<int:revision>")
@limiter.limit(OFTEN)
@requires(Role.ORGANISER)
def bring_back(name: str, revision: int) -> ResponseReturnValue:
    """Let a guide be again what it was once."""
    found, past = _find_revision(name, revision)
    actions.bring_back(found, past, by=visitor.member)
    flash_message(gettext("Brought back. What stood there before is among the versions."))
    return see_other(url_for("own_guides.edit", name=name))


def _form_page(found: OwnGuide | None, problem: Problem | None, texts: dict[str, str], plan: str) -> str:
    values: dict[str, Any] = {"plan": plan} | {f"text_{code}": text for code, text in texts.items()}
    form: Any = GuideForm.for_page(**values)
    is_preview = request.method != "GET" and problem is None
    plans = {card.entry.name: card.guide.title for card in cards(entries(visitor.event_id), _languages())}
    form.plan.choices = [SelectChoice(name, plans[name]) for name in shipped.names()]
    facts: dict[str, Any] = {"found": found, "begun": _begun(), "form": form, "problem": problem}
    return render_template("toolbox/edit.html", drawn=_preview(form) if is_preview else [], **facts)


def _begun() -> str:
    """The shipped guide with which a new one begins."""
    name = request.args.get("from", "")
    return name if name in shipped.names() else "fishbowl"


def _preview(form: Any) -> list[tuple[str, str]]:
    entry = entry_of("preview", form.texts(), form.plan.data)
    return _drawn(entry) if entry else []


def _drawn(entry: Entry) -> list[tuple[str, str]]:
    """Each language of a guide with how it looks."""
    drawn = []
    for code, guide in entry.guides.items():
        with force_locale(code):
            facts = {"entry": entry, "guide": guide, "html_of": html_of, "prefix": f"{code}-", **TOOLS}
            drawn.append((code, render_template("toolbox/_guide.html", **facts)))
    return drawn


def _languages() -> list[str]:
    return [language(), *visitor.event_snapshot.languages]


def _find(name: str) -> OwnGuide:
    found = own_guide(visitor.event_id, name)
    if found is None:
        raise NotFound
    return found


def _find_revision(name: str, number: int) -> tuple[OwnGuide, GuideRevision]:
    found = _find(name)
    past = next((each for each in found.revisions if each.number == number), None)
    if past is None:
        raise NotFound
    return found, past
