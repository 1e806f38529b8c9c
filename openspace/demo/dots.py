"""The round of dots with which the demo's first day ended: what its people wanted to take on."""

import random
from collections import Counter
from datetime import timedelta

from openspace import clock
from openspace.access.models import Member
from openspace.board.models import Topic
from openspace.convergence import actions, closing, paper_actions
from openspace.convergence.actions import Plan
from openspace.convergence.rules import GRACE
from openspace.events.models import Event

PER_PERSON, MINUTES = 5, 5
# How much people care about each of the topics.
WEIGHTS = (9, 7, 2, 6, 3, 1)


def put(event: Event, topics: list[Topic], people: list[Member], *, by: Member) -> None:
    """Let these people give dots at the end of the first day, and three more on paper; and count them."""
    # Examples, not secrets.
    chance = random.Random("dots")  # noqa: S311
    evening = max(slot.ends_at for slot in event.slots if slot.day == event.starts_on)
    with clock.frozen_at(evening):
        found = actions.prepare(event, Plan(PER_PERSON, True, MINUTES, 3), topics, by=by)
        actions.start(found, by=by)
        for person in people:
            chosen = chance.choices(topics, WEIGHTS[: len(topics)], k=chance.randint(3, PER_PERSON))
            dots = Counter(topic.number for topic in chosen)
            actions.give(event, dots, number=found.number, version=None, by=person)
        paper_actions.enter(found, {topics[0].number: 7, topics[3].number: 5}, people=3, by=by)
    with clock.frozen_at(evening + timedelta(minutes=MINUTES) + GRACE):
        closing.close(event.id)
