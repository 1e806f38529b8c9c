"""Downloads of stories, for organisers: a website that opens from a disk, and JSON."""

from flask import request
from flask.typing import ResponseReturnValue

from openspace.access.guards import event_blueprint, requires
from openspace.access.models import Role
from openspace.access.security_log import downloads
from openspace.access.visitor import visitor
from openspace.store import archives
from openspace.stories.collection import as_json, collected, site
from openspace.stories.rules import Way
from openspace.web.errors import NotFound
from openspace.web.http import attachment

blueprint = event_blueprint("story_downloads", __name__)
# For what a collection is made: what `?for=` says.
PURPOSES = {"book": Way.BOOK, "web": Way.SITE}


@blueprint.get("/exports/stories.zip")
@requires(Role.ORGANISER)
@downloads("stories.zip")
def archive() -> ResponseReturnValue:
    """The stories as a website in a ZIP archive: those whose authors agreed to the event's book, or to the web."""
    way = _way()
    return archives.answer(site(collected(way), way), f"{visitor.slug}-stories-{request.args['for']}.zip")


@blueprint.get("/exports/stories.json")
@requires(Role.ORGANISER)
@downloads("stories.json")
def as_data() -> ResponseReturnValue:
    """The stories as JSON: those whose authors agreed to the event's book, or to the web."""
    way = _way()
    content = as_json(collected(way), way)
    return attachment(content, f"{visitor.slug}-stories-{request.args['for']}.json", "application/json")


def _way() -> Way:
    """The way that `?for=` names. Refuses with `NotFound` another."""
    if request.args.get("for") not in PURPOSES:
        raise NotFound
    return PURPOSES[request.args["for"]]
