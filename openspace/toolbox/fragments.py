"""Renders the hall's clock: on its screens, and for facilitators who steer it."""

from collections.abc import Iterable
from typing import Any

from flask import render_template
from flask_babel import force_locale

from openspace.events.models import Event
from openspace.extensions import db
from openspace.live import fragments
from openspace.live.fragments import Patch, View
from openspace.screens import scenes
from openspace.toolbox.finding import entry_named
from openspace.toolbox.models import TOOLBOX, HallClock, hall_clock
from openspace.toolbox.words import TOOLS
from openspace.web.i18n import language

# The word of the scene that screens show while a guide is run in the hall.
SCENE = "guide"
# The template `toolbox/_clock_<part>.html` draws each as an element with the id `clock-<part>`.
PARTS = ("hall", "steering")


def clock_html(event: Event) -> dict[str, str]:
    """Render both of `PARTS`, by their names. What is said in the hall is in a language of the guide."""
    facts = _facts(event, hall_clock(event.id))
    with force_locale(facts["said_in"] or language()):
        hall = render_template("toolbox/_clock_hall.html", event=event, **facts, **TOOLS)
    return {"hall": hall, "steering": render_template("toolbox/_clock_steering.html", event=event, **facts, **TOOLS)}


def _facts(event: Event, clock: HallClock | None) -> dict[str, Any]:
    entry = entry_named(event.id, clock.guide) if clock else None
    if clock is None or entry is None:
        return {"clock": None, "said_in": None}
    code = entry.language(language(), *event.languages)
    guide = entry.guides[code]
    # A guide that was shortened meanwhile is at its last step.
    place = min(clock.step, len(guide.steps) - 1)
    return {"clock": clock, "entry": entry, "said_in": code, "guide": guide, "place": place}


def draw_toolbox(event_id: int, channel: str, subjects: list[str], view: View) -> Iterable[Patch]:
    """Yield a patch for each part that shows the hall's clock."""
    event = db.session.get_one(Event, event_id)
    for part, html in clock_html(event).items():
        yield f"clock-{part}", html


def _scene_of_clock(event_id: int) -> str:
    clock = hall_clock(event_id)
    return SCENE if clock and entry_named(event_id, clock.guide) else ""


fragments.register(TOOLBOX, draw_toolbox, rule=fragments.only("members", "projector"))
scenes.interrupt(_scene_of_clock)
