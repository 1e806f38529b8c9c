"""The form of the calendar of one's day."""

from flask_babel import lazy_gettext as _l
from wtforms import SelectChoice, SelectField

from openspace.web.forms import Form


class AlarmForm(Form):
    """When the calendar reminds."""

    alarm = SelectField(
        _l("Reminder"),
        choices=[
            SelectChoice("", _l("None")),
            SelectChoice("5", _l("5 minutes before")),
            SelectChoice("10", _l("10 minutes before")),
            SelectChoice("15", _l("15 minutes before")),
        ],
    )

    @property
    def minutes(self) -> int | None:
        """The chosen minutes; None for no reminder."""
        return int(self.alarm.data) if self.alarm.data else None
