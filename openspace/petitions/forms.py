"""Forms of petitions."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectChoice, StringField
from wtforms.validators import InputRequired, Optional, ValidationError

from openspace.board.rules import CellKey
from openspace.petitions.rules import LONGEST, Kind
from openspace.web.forms import Form, line

KINDS = {
    Kind.SPACE: _l("A bigger place"),
    Kind.TIME: _l("Another time"),
    Kind.PROJECTOR: _l("A projector"),
    Kind.OTHER: _l("Something else"),
}


def _is_cell(form: Form, field: StringField) -> None:
    if CellKey.parse(field.data or "") is None:
        raise ValidationError(_l("Please choose a place."))


class ChangeForm(Form):
    """A change of the board: the topic out of `moving` into `cell`, once more in it, or swapped with what hangs there.

    `swap` has the cell's key if the two shall change places.
    """

    again = RadioField(
        _l("What shall happen?"),
        choices=[SelectChoice("", _l("It moves")), SelectChoice("y", _l("It is repeated"))],
        default="",
        validators=[Optional()],
    )
    moving = StringField(validators=[Optional(), _is_cell])
    cell = StringField(_l("Where and when?"), [InputRequired(_l("Please choose a place.")), _is_cell])


class WishForm(Form):
    """What a convener wishes for their topic."""

    kind = RadioField(
        _l("What does your topic need?"),
        [InputRequired(_l("Please choose one."))],
        choices=[SelectChoice(kind, label) for kind, label in KINDS.items()],
    )
    words = line(_l("Tell the facilitators more"), LONGEST, required=False)


class AnswerForm(Form):
    """The sentence with which a petition is decided."""

    answer = line(_l("A sentence to those who asked"), LONGEST, required=False)
