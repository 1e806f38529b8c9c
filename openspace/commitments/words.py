"""How states and outcomes of commitments are called."""

from flask_babel import lazy_gettext as _l

from openspace.commitments.follow_up_rules import Outcome
from openspace.commitments.rules import State

STATES = {
    State.PROPOSED: _l("waiting for a yes"),
    State.ACCEPTED: _l("taken on"),
    State.DOING: _l("on its way"),
    State.DONE: _l("done"),
    State.LET_GO: _l("let go"),
}
OUTCOMES = {
    Outcome.DONE: _l("It is done"),
    Outcome.MOVING: _l("It moves on"),
    Outcome.STUCK: _l("It is stuck"),
    Outcome.LET_GO: _l("We let it go"),
}
