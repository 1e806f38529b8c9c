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
    """What a topic says."""

    title = line(_l("Topic"), 120, shortest=3)
    text = text(_l("What is it about?"), 2000)
    language = RadioField(
        _l("Language of the talk"),
        [InputRequired(_l("Please choose a language."))],
        choices=[SelectChoice(code, NAMES[code]) for code in LANGUAGES],
    )


class ProposeForm(TopicForm):
    """A new topic, and where it hangs: a cell, or nothing for the market."""

    cell = StringField(_l("Where and when?"), [Optional(), _is_cell])
    convener_name = line(_l("Convener"), 165, required=False)
    adds_convener = BooleanField()
    anyway = BooleanField(_l("Hang it up anyway"))


class PlacementForm(Form):
    """Where a topic goes. `moving` names the cell it hangs in now; without it, it hangs in one more."""

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
    """Why a topic is taken down."""

    why = line(_l("Why? The convener reads it"), 200, required=False)
