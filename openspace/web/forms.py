"""What all forms share: text fields that normalise what was typed, and `Form.check`, which refuses with `Invalid`."""

from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired, Email, InputRequired, Length, Optional

from openspace.text import one_line, paragraphs
from openspace.web.errors import Invalid


class Form(FlaskForm):
    """The base class of all forms."""

    def check(self) -> None:
        """Validate. Refuses with `Invalid`; its fact `fields` maps each wrong field to a list of messages."""
        if not self.validate():
            raise Invalid(fields={name: [str(e) for e in errors] for name, errors in self.errors.items()})

    @classmethod
    def for_page(cls, *, validate: bool = True, is_sent: bool = True, **values: Any) -> "Form":
        """Return the form as a page shows it: on GET filled with `values`, after a refused write as it was sent.

        `validate` adds the messages to a form that was sent. On a page with several forms, `is_sent` is false for
        those that this request did not send.
        """
        if request.method == "GET" or not is_sent:
            return cls(formdata=None, **values)
        form = cls()
        if validate:
            form.validate()
        return form


def line(label: Any, longest: int, *, shortest: int = 1, required: bool = True) -> StringField:
    """A text field of one line, of `shortest` to `longest` characters."""
    checks: list[Any] = [Length(max=longest, message=_l("Too long: %(max)d characters at most."))]
    if required:
        checks = [DataRequired(_l("Please fill this in.")), *checks]
    if required and shortest > 1:
        checks.append(Length(min=shortest, message=_l("Too short: %(min)d characters or more.")))
    return StringField(label, checks, filters=[one_line])


def text(label: Any, longest: int) -> TextAreaField:
    """An optional text field of several lines, with at most `longest` characters."""
    return TextAreaField(
        label, [Length(max=longest, message=_l("Too long: %(max)d characters at most."))], filters=[paragraphs]
    )


def email(label: Any, *, required: bool = False) -> StringField:
    """A field for an e-mail address."""
    needed = InputRequired(_l("Please fill this in.")) if required else Optional()
    checks = [needed, Length(max=254), Email(_l("This does not look like an e-mail address."))]
    return StringField(label, checks, filters=[one_line])
