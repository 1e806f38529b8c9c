"""Forms of the board."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, HiddenField, RadioField, SelectChoice, StringField
from wtforms.validators import InputRequired, Optional, ValidationError

from openspace.board.rules import CellKey
from openspace.config import LANGUAGES
from openspace.web.forms import Form, line, text
from openspace.web.i18n import NAMES


def _is_cell(form: Form, field: Field) -> None:
    if CellKey.parse(field.data or "") is None:
        raise ValidationError(_l("Please choose a free place."))


class TopicForm(Form):
    """The fields of a topic: title, text and language."""

    title = line(_l("Topic"), 120, shortest=3)
    text = text(_l("What is it about?"), 2000)
    language = RadioField(
        _l("Language of the talk"),
        [InputRequired(_l("Please choose a language."))],
        choices=[SelectChoice(code, NAMES[code]) for code in LANGUAGES],
    )


class ProposeForm(TopicForm):
    """The fields of a new topic, and the key of its cell; an empty one for the market."""

    cell = StringField(_l("Where and when?"), [Optional(), _is_cell])
    convener_name = line(_l("Convener"), 165, required=False)
    adds_convener = BooleanField()
    anyway = BooleanField(_l("Hang it up anyway"))


class PlacementForm(Form):
    """The cell for a topic. `moving` is the key of the cell that it leaves; empty if it shall hang in one more."""

    cell = StringField(
        _l("Where and when?"),
        [
            InputRequired(_l("Please choose a free place.")),
            _is_cell,
        ],
    )
    moving = HiddenField(validators=[Optional(), _is_cell])
    anyway = BooleanField(_l("Hang it up anyway"))


class WithdrawalForm(Form):
    """The reason for withdrawing a topic."""

    why = line(_l("Why? The convener reads it"), 200, required=False)
