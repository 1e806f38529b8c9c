"""Forms of programmes: founding one, and what its call says in numbers, in words and as questions."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from flask import request
from flask_babel import gettext, lazy_gettext as _l
from wtforms import (
    DateField,
    HiddenField,
    IntegerField,
    PasswordField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    TimeField as ClockField,
)
from wtforms.validators import InputRequired, NumberRange

from openspace.access.forms import NEW_PASSWORD
from openspace.clock import now
from openspace.config import LANGUAGES
from openspace.organising.forms import ZONES
from openspace.programmes.actions import Frame
from openspace.programmes.models import Question
from openspace.programmes.rules import LENGTHS, closing
from openspace.programmes.words import PARTS
from openspace.text import one_line, paragraphs
from openspace.web.errors import Invalid
from openspace.web.forms import Form, email, line, text
from openspace.web.i18n import NAMES

_NEEDED = InputRequired(_l("Please fill this in."))
LONGEST_QUESTION, LONGEST_HINT, LONGEST_ANSWER, USUAL_ANSWER = 300, 500, 10_000, 2000


def _number(label: object, low: int, high: int) -> IntegerField:
    words = _l("A whole number from %(min)d to %(max)d, please.")
    return IntegerField(label, [_NEEDED, NumberRange(low, high, message=words)])


def _zone() -> SelectField:
    return SelectField(_l("Time zone"), choices=[SelectChoice(zone, zone.replace("_", " ")) for zone in ZONES])


def _languages() -> SelectMultipleField:
    return SelectMultipleField(
        _l("Languages"),
        [InputRequired(_l("Please choose at least one language."))],
        choices=[SelectChoice(code, NAMES[code]) for code in LANGUAGES],
    )


class FoundForm(Form):
    """A new programme and its first organiser."""

    name = line(_l("Name of the programme"), 120, shortest=2)
    zone = _zone()
    languages = _languages()
    organiser = line(_l("What is your name?"), 80)
    email = email(_l("E-mail"), required=True)
    password = PasswordField(_l("Password"), NEW_PASSWORD)


class FrameForm(Form):
    """What a call says in numbers."""

    # The stamp of what was shown before; nobody reads it.
    seen = HiddenField()
    closes_on = DateField(_l("Last day to apply"), [_NEEDED])
    closes_at = ClockField(_l("Until what time"), [_NEEDED])
    zone = _zone()
    places = _number(_l("Pairs of cities that can take part"), 1, 200)
    languages = _languages()
    email = email(_l("E-mail for questions"))
    kept_until = DateField(_l("Applications are kept until"), [_NEEDED])

    def frame(self, present: list[str]) -> Frame:
        """What was typed; languages keep the order of the `present` ones, and others come after them.

        Refuses with `Invalid` what would be deleted before the deadline, or at once.
        """
        zone, day = str(self.zone.data), self.closes_on.data
        closes_at = closing(day, self.closes_at.data, zone)
        if self.kept_until.data < closes_at.astimezone(ZoneInfo(zone)).date():
            words = gettext("Applications cannot be deleted before the last day to apply.")
            raise Invalid(fields={"kept_until": [words]})
        if self.kept_until.data <= now().date():
            raise Invalid(fields={"kept_until": [gettext("That day is over: everything would be deleted at once.")]})
        chosen = self.languages.data or []
        return Frame(
            zone=zone,
            languages=[code for code in dict.fromkeys([*present, *LANGUAGES]) if code in chosen],
            closes_at=closes_at,
            places=self.places.data or 1,
            email=self.email.data or "",
            kept_until=self.kept_until.data,
        )


class TextsForm(Form):
    """A call in one language. Its fields are named as the parts of the text (`rules.LENGTHS`)."""

    # The stamp of what was shown before; nobody reads it.
    seen = HiddenField()
    title = line(PARTS["title"], LENGTHS["title"], required=False)

    def texts(self) -> dict[str, str]:
        """The text by its parts."""
        return {part: self[part].data or "" for part in LENGTHS}


for _part in list(LENGTHS)[1:]:
    setattr(TextsForm, _part, text(PARTS[_part], LENGTHS[_part]))


def read_questions(languages: list[str]) -> list[Question]:
    """The questions as they were typed; rows without words in any language are left out. Refuses with `Invalid`."""
    found = [question for question in typed_questions(languages) if any(question["words"].values())]
    for question in found:
        if not question["words"][languages[0]]:
            raise Invalid(gettext("Each question needs words in %(language)s.", language=NAMES[languages[0]]))
        if any(len(words) > LONGEST_QUESTION for words in question["words"].values()):
            raise Invalid(gettext("A question has %(most)d characters at most.", most=LONGEST_QUESTION))
        if any(len(words) > LONGEST_HINT for words in question["hint"].values()):
            raise Invalid(gettext("A hint has %(most)d characters at most.", most=LONGEST_HINT))
        if not 50 <= question["longest"] <= LONGEST_ANSWER:
            raise Invalid(gettext("An answer may have 50 to %(most)d characters.", most=LONGEST_ANSWER))
    if not found:
        raise Invalid(gettext("A call asks one question at least."))
    return found


def typed_questions(languages: list[str]) -> list[Question]:
    """All rows of the form, also empty ones."""
    return list(_rows(languages))


def _rows(languages: list[str]) -> Iterator[Question]:
    names, longest, needed = (request.form.getlist(each) for each in ("name", "longest", "needed"))
    words = {code: request.form.getlist(f"words_{code}") for code in languages}
    hints = {code: request.form.getlist(f"hint_{code}") for code in languages}
    for row, name in enumerate(names):
        yield Question(
            name=one_line(name)[:12],
            words={code: one_line(_at(words[code], row)) for code in languages},
            hint={code: paragraphs(_at(hints[code], row)) for code in languages},
            needed=_at(needed, row) != "no",
            longest=int(_at(longest, row)) if _at(longest, row).isdecimal() else 0,
        )


def _at(values: list[str], row: int) -> str:
    return values[row] if row < len(values) else ""
