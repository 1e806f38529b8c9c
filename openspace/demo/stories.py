"""The storytelling wall of the demo: twelve stories, with marks and comments."""

import json
import random
from datetime import timedelta
from pathlib import Path

from openspace import clock
from openspace.access.models import Member
from openspace.board.models import Topic
from openspace.clock import now
from openspace.events.models import Event
from openspace.stories import actions as stories
from openspace.stories.models import Story
from openspace.stories.rules import Mark

HERE = Path(__file__).parent
COMMENTS = ["Ми теж так спробуємо.", "А хто це оплатив?", "Приїжджайте до нас і розкажіть.", "Дякую, саме це й болить."]


def put(event: Event, people: list[Member], topics: list[Topic], chance: random.Random) -> None:
    """Tell a story every seven minutes, the latest five minutes ago; the earlier ones have more marks."""
    sheets = json.loads((HERE / "stories.json").read_text())
    tellers = chance.sample(people[1:], len(sheets))
    moment = now()
    for place, (sheet, teller) in enumerate(zip(sheets, tellers, strict=True)):
        with clock.frozen_at(moment - timedelta(minutes=7 * place)):
            about = topics[place] if place % 4 == 3 else None
            in_book, on_web = chance.random() < 0.7, chance.random() < 0.4
            telling = stories.Telling(**sheet, topic=about, in_book=in_book, on_web=on_web)
            story = stories.tell(event, telling, by=teller)
            _say(story, people, chance)


def _say(story: Story, people: list[Member], chance: random.Random) -> None:
    """Let some of the people mark the story, and a few comment on it."""
    for kind, most in ((Mark.HEART, 40), (Mark.TRY, 24)):
        for person in chance.sample(people, chance.randrange(most)):
            stories.mark(story, kind, by=person)
    for words in chance.sample(COMMENTS, chance.randrange(len(COMMENTS))):
        stories.comment(story, words, by=chance.choice(people))
