"""What waits for a decision of the facilitators: petitions with their effects, merges, stories and reports of them."""

from typing import Any

from openspace.board import merge_requests
from openspace.board.merge_models import merges_waiting
from openspace.events.models import Event
from openspace.extensions import db
from openspace.journal.models import CONSOLE, WAITING
from openspace.live import log
from openspace.petitions.effects import effects
from openspace.petitions.models import open_petitions
from openspace.petitions.words import sentence
from openspace.stories.models import Story, open_reports, stories_where
from openspace.stories.rules import State


def waiting(event: Event) -> dict[str, Any]:
    """What the part of the console shows that lists it; the petitions with most backing come first."""
    petitions = sorted(open_petitions(event.id), key=lambda petition: (-len(petition.backings), petition.id))
    cases = {(report.story_id, report.comment_id) for report in open_reports(event.id)}
    stories = db.session.scalars(stories_where(event.id, Story.state == State.WAITING)).all()
    return {
        "petitions": petitions,
        "effects": effects(event.id, petitions),
        "sentence": sentence,
        "merges": merges_waiting(event.id),
        "reports": len(cases),
        "stories": len(stories),
    }


def _changed(event_id: int) -> None:
    """Record that a question about merging was asked or answered."""
    log.record(event_id, CONSOLE, WAITING)


merge_requests.when_changed.append(_changed)
