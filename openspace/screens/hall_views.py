"""What screens in the hall ask for: the page to join, being heard, and when the bowl rings."""

from flask import Flask, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from openspace.access.guards import event_blueprint, event_projected, sees_board
from openspace.access.visitor import visitor
from openspace.clock import now
from openspace.extensions import base_url, limiter
from openspace.live import log
from openspace.screens import actions, scenes
from openspace.screens.actions import Said
from openspace.screens.models import LONGEST_NAME, SCREENS, rings_of
from openspace.web.errors import NotFound

blueprint = event_blueprint("hall", __name__)


@blueprint.get("/projector/<key>/join")
def join(key: str) -> ResponseReturnValue:
    """How to join, to be read and scanned from the last row, for whoever has the projector's key."""
    event_projected(key)
    host = base_url().partition("://")[2]
    return render_template("screens/join.html", key=key, host=host)


@blueprint.put("/projector/<key>/screens/<name>")
# A hall's screens may all have one address, and each is heard twelve times a minute.
@limiter.limit("900 per minute")
def hear(key: str, name: str) -> ResponseReturnValue:
    """Hear from a screen what it shows, and tell it what it should show. Its name is of letters and digits.

    `scene` is what it shows, `home` the scene at whose address it was opened; `sound`, if it can be heard; `rings`, `y`
    or `n`, if somebody has touched it to let the bowl ring there, or not.
    """
    event = event_projected(key)
    if len(name) > LONGEST_NAME or not (name.isascii() and name.isalnum()):
        raise NotFound
    scene, home = (word if scenes.scene(word) else "" for word in (request.form.get(n, "") for n in ("scene", "home")))
    screen = actions.hear(event.id, name, Said(scene, home, "sound" in request.form))
    if "rings" in request.form:
        actions.let_ring(screen, request.form["rings"] == "y")
    shown = screen.scene
    return jsonify(
        number=screen.number,
        scene=shown.word,
        address=url_for(shown.endpoint, key=key),
        is_blank=screen.is_blank,
        rings=_rings() if screen.rings else None,
        now=now().timestamp(),
    )


@blueprint.get("/bowl")
@sees_board
def bowl() -> ResponseReturnValue:
    """When the bowl rings, for phones that wish to hear it: pairs of a moment and the minutes before an end."""
    return jsonify(rings=_rings(), now=now().timestamp())


def _rings() -> list[tuple[float, int]]:
    return [(ring.at.timestamp(), ring.minutes) for ring in rings_of(visitor.event_id)]


def short_address(code: str) -> str:
    """The address by which people join who type it, such as `board.example.org/KAVUN7`."""
    return f"{base_url()}/{code}".partition("://")[2]


def init_app(app: Flask) -> None:
    """Let templates know the revision of the screens' channel, which every page of a screen follows."""
    app.jinja_env.globals["screens_revision"] = lambda: log.revision(visitor.event_id, SCREENS)


scenes.register("join", title=_l("Way in, QR"), endpoint="hall.join")
