"""The tool box, a guide in it, and the guide on paper."""

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import force_locale

from openspace.access.guards import event_blueprint, requires
from openspace.access.models import Role
from openspace.access.visitor import visitor
from openspace.extensions import limiter
from openspace.live import log
from openspace.toolbox import paper
from openspace.toolbox.finding import Entry, Wish, cards, entries, entry_named
from openspace.toolbox.fragments import clock_html
from openspace.toolbox.guide import Kind
from openspace.toolbox.models import TOOLBOX
from openspace.toolbox.words import TOOLS
from openspace.web.errors import NotFound
from openspace.web.i18n import language
from openspace.web.markdown import html_of

blueprint = event_blueprint("toolbox", __name__)
# The chip for guides that are soon over.
SHORT = 30


@blueprint.get("/toolbox/")
@requires(Role.PARTICIPANT)
def index() -> ResponseReturnValue:
    """The guides, of the kind `?kind=meet`, of at most `?up_to=30` minutes, with the words `?q=chairs`."""
    kind = request.args.get("kind", "")
    wish = Wish(kind if kind in list(Kind) else "", request.args.get("up_to", 0, int), request.args.get("q", "")[:80])
    every = cards(entries(visitor.event_id), _languages())
    return render_template(
        "toolbox/index.html", count=len(every), cards=list(filter(wish.fits, every)), wish=wish, SHORT=SHORT, **TOOLS
    )


@blueprint.get("/toolbox/<name>")
@requires(Role.PARTICIPANT)
def show(name: str) -> ResponseReturnValue:
    """A guide, in the language `?language=de` if it is written in that one."""
    # Read before the rest, so that a change in between is sent to the page twice rather than never.
    revision = log.revision(visitor.event_id, TOOLBOX)
    entry = _find(name)
    chosen = _language(entry)
    guide = entry.guides[chosen]
    steering = clock_html(visitor.event)["steering"] if visitor.is_facilitator else ""
    # All that belongs to the guide is said in its own language.
    with force_locale(chosen):
        written = render_template("toolbox/_guide.html", entry=entry, guide=guide, html_of=html_of, **TOOLS)
        run = render_template("toolbox/_run.html", entry=entry)
    facts = {"entry": entry, "guide": guide, "chosen": chosen, "written": written, "run": run, **TOOLS}
    return render_template("toolbox/show.html", revision=revision, steering=steering, **facts)


@blueprint.get("/toolbox/<name>.pdf")
@limiter.limit("60 per minute")
@requires(Role.PARTICIPANT)
def document(name: str) -> ResponseReturnValue:
    """The guide on paper, A4, in the language `?language=de`."""
    entry = _find(name)
    chosen = _language(entry)
    response = Response(paper.made(entry, chosen), mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{name}-{chosen}.pdf"'
    response.headers["Cache-Control"] = "private, no-cache"
    response.add_etag(weak=True)
    response.make_conditional(request)
    return response


def _find(name: str) -> Entry:
    entry = entry_named(visitor.event_id, name)
    if entry is None:
        raise NotFound
    return entry


def _languages() -> list[str]:
    """The languages in which this visitor is likely to read, the best first."""
    return [language(), *visitor.event_snapshot.languages]


def _language(entry: Entry) -> str:
    return entry.language(request.args.get("language"), *_languages())
