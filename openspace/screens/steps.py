"""What of a facilitator's steps concerns screens: the rows that steps change, and the sentences that tell of them."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select

from openspace.extensions import db
from openspace.journal.actions import NoLongerFits, watch
from openspace.journal.models import Facts, name
from openspace.journal.rows import Values, Watched
from openspace.live import log
from openspace.screens import scenes
from openspace.screens.models import SCREENS, Screen, called


def _changed(event_id: int, before: Values | None, after: Values | None) -> None:
    screen = db.session.get(Screen, (after or before or {})["id"])
    number = screen.number if screen else (before or {})["number"]
    log.record(event_id, SCREENS, f"screen-{number}")


def _fits(values: Values) -> None:
    """Refuse with `NoLongerFits` a screen that was forgotten, and has come back by itself since."""
    if "name" not in values:
        return
    same = or_(Screen.name == values["name"], Screen.number == values["number"])
    if db.session.scalar(select(Screen.id).where(Screen.event_id == values["event_id"], same)):
        raise NoLongerFits


def _said(facts: Facts) -> Facts:
    """A screen and a scene as the reader's language calls them. Steps from before have them in words already."""
    scene = scenes.scene(facts.get("scene", ""))
    screen = {"screen": called(facts["number"], facts["title"])} if "number" in facts else {}
    return facts | screen | ({"scene": str(scene.title)} if scene else {})


watch(
    Watched(
        Screen,
        key=("id",),
        columns=("title", "shows", "is_blank", "rings"),
        of=lambda event_id: Screen.event_id == event_id,
        changed=_changed,
        fits=_fits,
    )
)

name("screens.show", _l("%(screen)s shows: %(scene)s"), _said)
name("screens.usual", _l("%(screen)s goes by the phase"), _said)
name("screens.blank", _l("%(screen)s is dark"), _said)
name("screens.show_again", _l("%(screen)s shows again"), _said)
name("screens.let_ring", _l("The bowl rings: %(screen)s"), _said)
name("screens.silence", _l("The bowl is silent: %(screen)s"), _said)
name("screens.forget", _l("%(screen)s is forgotten"), _said)
