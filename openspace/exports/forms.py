"""The forms of exports: what a list of sessions takes, and when the calendar of one's day reminds."""

from datetime import date
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectChoice, SelectField, SelectMultipleField
from wtforms.validators import ValidationError

from openspace.events.models import Event
from openspace.exports.sessions import PARTS, Choice, Part, days_offered, spaces_offered
from openspace.web.forms import Form
from openspace.web.i18n import day


class SeveralField(SelectMultipleField):  # type: ignore[misc]  # WTForms has no types
    """Some of several values. An empty value only says that the field was asked, so that none of it may be chosen."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take the values that were sent; the default stays if the field was not sent at all."""
        if valuelist:
            self.data = [value for value in valuelist if value]

    def pre_validate(self, form: Form) -> None:
        """Refuse what is not offered, such as a place that was given up after the address was kept."""
        if set(self.data or ()) - set(self.chosen):
            raise ValidationError(_l("Part of this choice is not there (any more). Choose anew from what is."))

    @property
    def chosen(self) -> list[str]:
        """The values that were chosen and are offered."""
        return [choice.value for choice in self.choices if choice.value in (self.data or ())]


class ChoiceForm(Form):
    """What a list of sessions takes, from the query of an address that can be kept and passed on."""

    class Meta:  # noqa: D106  # settings of WTForms
        # A form of GET changes nothing.
        csrf = False

    day = SeveralField(_l("Days"))
    space = SeveralField(_l("Places"))
    include = SeveralField(
        _l("What to include"),
        choices=[SelectChoice(part.value, label) for part, label in PARTS.items()],
        default=[part.value for part in Part],
    )
    format = RadioField(
        _l("File"),
        choices=[
            SelectChoice("xlsx", "Excel"),
            SelectChoice("csv", "CSV"),
            SelectChoice("json", "JSON"),
            SelectChoice("pdf", "PDF"),
            SelectChoice("matrix", "PDF"),
        ],
        default="xlsx",
    )
    separator = SelectField(
        _l("Between the fields"),
        choices=[
            SelectChoice("", _l("as Excel expects it in this language")),
            SelectChoice("semicolon", _l("semicolon")),
            SelectChoice("comma", _l("comma")),
            SelectChoice("tab", _l("tab")),
        ],
        default="",
    )

    def __init__(self, event: Event) -> None:
        super().__init__(request.args)
        self.day.choices = [SelectChoice(each.isoformat(), day(each)) for each in days_offered(event)]
        self.space.choices = [SelectChoice(str(each.number), each.name) for each in spaces_offered(event)]

    @property
    def choice(self) -> Choice:
        """What was chosen, without what is not there."""
        return Choice(
            frozenset(date.fromisoformat(value) for value in self.day.chosen),
            frozenset(int(value) for value in self.space.chosen),
            frozenset(Part(value) for value in self.include.chosen),
        )

    def query(self, **changes: Any) -> dict[str, Any]:
        """What was chosen as the query of an address, with these `changes`."""
        return {
            "day": self.day.chosen,
            "space": self.space.chosen,
            "include": ["", *self.include.chosen] if len(self.include.chosen) < len(Part) else [],
            "format": self.format.data,
            "separator": self.separator.data or None,
            **changes,
        }


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
