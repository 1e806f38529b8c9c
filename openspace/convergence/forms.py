"""The form by which facilitators prepare a round of dots."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, SelectMultipleField
from wtforms.validators import InputRequired, NumberRange

from openspace.board.models import Topic
from openspace.convergence.actions import Plan
from openspace.convergence.rules import (
    GOING_ON,
    MINUTES,
    MOST_GOING_ON,
    MOST_MINUTES,
    MOST_PER_PERSON,
    PER_PERSON,
)
from openspace.web.forms import Form


def _number(label: Any, first: int, most: int) -> IntegerField:
    checks = [
        InputRequired(_l("Please fill this in.")),
        NumberRange(1, most, message=_l("A number from %(min)d to %(max)d.")),
    ]
    return IntegerField(label, checks, default=first)


class RoundForm(Form):
    """How a round goes, and which topics are in it, as their numbers."""

    per_person = _number(_l("Dots for each person"), PER_PERSON, MOST_PER_PERSON)
    minutes = _number(_l("Minutes for giving them"), MINUTES, MOST_MINUTES)
    going_on = _number(_l("How many topics go on"), GOING_ON, MOST_GOING_ON)
    is_stacked = BooleanField(_l("One may give several dots to one topic"), default=True)
    has_paper = BooleanField(_l("People also put dots on paper"))
    topics = SelectMultipleField(_l("Topics"), coerce=int, validate_choice=False)

    def plan(self) -> Plan:
        """How the round goes. Refuses with `Invalid`."""
        self.check()
        stacked, minutes = self.is_stacked.data, self.minutes.data
        return Plan(self.per_person.data, stacked, minutes, self.going_on.data, self.has_paper.data)

    def chosen(self, candidates: list[Topic]) -> list[Topic]:
        """Those of the candidates that are chosen."""
        return [topic for topic in candidates if topic.number in (self.topics.data or [])]
