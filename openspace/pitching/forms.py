"""Forms of the microphone."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, FloatField, IntegerField, StringField
from wtforms.validators import Optional, ValidationError

from openspace.board.rules import CellKey
from openspace.web.forms import Form, line


def _is_cell(form: Form, field: Field) -> None:
    if CellKey.parse(field.data or "") is None:
        raise ValidationError(_l("Please choose a free place."))


class EntryForm(Form):
    """One line while somebody speaks: the topic, who invites, and the key of a cell, empty for the market.

    `is_guest` says that the person is new and has no phone; `typed_at` is when it was written, in seconds of Unix time.
    """

    title = line(_l("Topic in one line"), 120, shortest=3)
    convener = line(_l("Who invites"), 165)
    is_guest = BooleanField(_l("Without a phone: write this person down"))
    cell = StringField(_l("Place"), [Optional(), _is_cell])
    typed_at = FloatField(validators=[Optional()])


class QueueForm(Form):
    """Who shall wait in the queue, with a topic that is written down at once or is said at the microphone."""

    title = line(_l("Topic in one line"), 120, required=False)
    convener = line(_l("Who invites"), 165)
    is_guest = BooleanField(_l("Without a phone: write this person down"))


class TurnForm(Form):
    """Whom a facilitator means: the pitch to be called, and the one that was at the microphone as they decided."""

    pitch = IntegerField(validators=[Optional()])
    seen = IntegerField(validators=[Optional()])


class PlaceForm(Form):
    """The place in the queue, counted from 1."""

    place = IntegerField(validators=[Optional()])


class ClaimForm(Form):
    """A code that somebody without a phone was given."""

    code = line(_l("Your code"), 20)
