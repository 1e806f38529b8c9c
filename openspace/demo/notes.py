"""What the demo's people wrote and drew in sessions that are over, what they will do, and who was there."""

import json
import random
from datetime import timedelta
from pathlib import Path

from openspace.access.models import Member
from openspace.board.models import Topic
from openspace.clock import now
from openspace.extensions import db
from openspace.notes import actions, photo_actions, step_actions
from openspace.notes.models import Attendance
from openspace.notes.rules import Part

NOTES = Path(__file__).with_name("notes.json")


def ref_of(name: str) -> str:
    """What the phone of a convener calls the photo of the flipchart of this name, while it is on its way."""
    return f"flipchart-of-the-demo-{name}"


def put(topics: list[Topic], people: list[Member], chance: random.Random, *, is_illustrated: bool) -> None:
    """Write the notes of a few topics, next steps with who does them, and who was there, two of three by name.

    If they are illustrated, the job that draws the photos of stories draws their flipcharts.
    """
    by_title = {topic.title: topic for topic in topics}
    for note in json.loads(NOTES.read_text(encoding="utf-8")):
        topic = by_title[note["topic"]]
        for part in Part:
            for number, text in enumerate(note[part]):
                key = f"demo-{part}-{number}"
                actions.save(topic, key=key, text=text, version="demo", part=part, by=topic.convener)
        helpers = chance.sample(people, len(note["steps"]))
        for number, (what, who) in enumerate(zip(note["steps"], helpers, strict=True)):
            due = now().date() + timedelta(days=14 * (number + 1))
            step_actions.add(topic, key=f"demo-{number}", what=what, who=who, due_on=due, by=topic.convener)
        for sheet in note.get("photos", ()) if is_illustrated else ():
            (photo,) = photo_actions.add(topic, [ref_of(sheet["draws"])], by=topic.convener)
            photo.caption = sheet["caption"]
        for person in dict.fromkeys([topic.convener, *chance.sample(people, 12)]):
            is_named = chance.randrange(3) > 0
            db.session.add(Attendance(topic_id=topic.id, member_id=person.id, is_named=is_named))
    db.session.flush()
