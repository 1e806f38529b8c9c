"""Rounds of dots for tests: with topics that hang, people who give, and a clock that can be moved on."""

from datetime import timedelta

from openspace import clock
from openspace.access.models import Member, Role
from openspace.convergence import actions, closing
from openspace.convergence.actions import Plan
from openspace.convergence.models import DotRound, round_of
from openspace.events.models import Event
from openspace.extensions import db
from tests.factories import a_member, a_topic, an_event

PLAN = Plan(per_person=5, is_stacked=True, minutes=5, going_on=2)


class Circle:
    """An event with topics 1 to 4, people and a facilitator, within a transaction that writes."""

    def __init__(self, people: int = 3, plan: Plan = PLAN) -> None:
        self.event = an_event()
        self.people = [a_member(self.event, f"Людина {number}") for number in range(people)]
        self.facilitator = a_member(self.event, "Ірина", Role.FACILITATOR)
        self.topics = [a_topic(self.event, self.people[0], f"Тема {number}") for number in range(1, 5)]
        self.prepare(plan)

    def prepare(self, plan: Plan = PLAN) -> DotRound:
        return actions.prepare(self.event, plan, self.topics, by=self.facilitator)

    @property
    def round(self) -> DotRound:
        db.session.flush()
        db.session.expire_all()
        found = round_of(self.event.id)
        assert found
        return found

    def start(self) -> None:
        actions.start(self.round, by=self.facilitator)

    def give(self, who: int, dots: dict[int, int], version: int | None = None, number: int | None = None) -> None:
        by = self.people[who]
        actions.give(self.event, dots, number=number or self.round.number, version=version, by=by)

    def wait(self, seconds: float) -> None:
        later(seconds)
        closing.close(self.event.id)

    def counts(self) -> dict[int, int]:
        return {each.topic.number: each.dots for each in self.round.topics}


def later(seconds: float) -> None:
    """Move the clock on."""
    assert clock.held
    clock.held += timedelta(seconds=seconds)


def opened(hall) -> None:
    """Prepare and open a round with topics 1 and 2 of a hall."""
    from openspace.board.models import topic_numbered
    from openspace.store import sqlite

    with hall.app.test_request_context(), sqlite.writing():
        event, by = db.session.get_one(Event, hall.id), db.session.get_one(Member, hall.ids["facilitator"])
        found = actions.prepare(event, PLAN, [topic_numbered(hall.id, number) for number in (1, 2)], by=by)
        actions.start(found, by=by)
        db.session.commit()


def close(hall) -> None:
    """Count what is due, as a server does every second."""
    from openspace.store import sqlite

    with hall.app.test_request_context(), sqlite.writing():
        closing.close(hall.id)
        db.session.commit()
