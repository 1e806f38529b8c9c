"""Forms of notes, next steps and attendance."""

from flask_babel import lazy_gettext as _l
from wtforms import DateField, IntegerField, RadioField, SelectChoice, StringField
from wtforms.validators import AnyOf, Length, Optional, Regexp

from openspace.notes.rules import LONGEST_CAPTION, LONGEST_NAME, LONGEST_NOTES, LONGEST_STEP, Part
from openspace.web.forms import Form, line, text

_KEY = r"^[A-Za-z0-9-]{1,40}$"


def _keys(field: StringField) -> list[str]:
    return (field.data or "").split()[:50]


class ParagraphForm(Form):
    """A paragraph as it was written: its text, the version's name, and the versions that it goes on from."""

    text = text(_l("A paragraph"), LONGEST_NOTES)
    version = StringField(validators=[Regexp(_KEY)])
    bases = StringField(validators=[Length(max=4000)])
    part = StringField(default=Part.SAID, validators=[AnyOf(list(Part))])
    after = StringField(validators=[Optional(), Regexp(_KEY)])

    @property
    def base_keys(self) -> list[str]:
        """The names of the versions that it goes on from, the latest first."""
        return _keys(self.bases)


class ChoiceForm(Form):
    """Which version of a clash is kept, and between which the person chose."""

    keeps = StringField(validators=[Regexp(_KEY)])
    of = StringField(validators=[Length(max=4000)])

    @property
    def seen(self) -> list[str]:
        """The names of the versions that were shown."""
        return _keys(self.of)


class RevisionForm(Form):
    """The revision that is brought back."""

    revision = IntegerField()


class StepForm(Form):
    """A next step. `who` is the id of a member, or empty for somebody called `name`."""

    what = line(_l("What shall be done?"), LONGEST_STEP)
    who = RadioField(_l("Who does it?"), validators=[Optional()], default="")
    name = line(_l("Somebody else"), LONGEST_NAME, required=False)
    due_on = DateField(_l("By when?"), [Optional()])
    revision = IntegerField(validators=[Optional()])

    def offer(self, people: dict[int, str]) -> "StepForm":
        """Offer these people, and somebody else; returns the form."""
        choices = [SelectChoice(str(ident), name) for ident, name in people.items()]
        self.who.choices = [*choices, SelectChoice("", _l("Somebody else"))]
        return self


class NameForm(Form):
    """Somebody without a phone who was in the session."""

    name = line(_l("Who was there without a phone?"), LONGEST_NAME)


class CaptionForm(Form):
    """What is to be seen on a photo; and what stood there when it was read."""

    caption = line(_l("What does it show?"), LONGEST_CAPTION, required=False)
    was = line("", LONGEST_CAPTION, required=False)


class AttendanceForm(Form):
    """That one is in a session; whether one may be named, if that is said; and the place whose page it was said on."""

    is_named = StringField(validators=[Optional(), AnyOf(["y", "n"])])
    space = IntegerField(validators=[Optional()])

    @property
    def names(self) -> bool | None:
        """Whether one may be named; None if it is not said."""
        return {"y": True, "n": False}.get(self.is_named.data or "")
