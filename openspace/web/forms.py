"""What all forms share: fields of text that tidy what was typed, and one way to say what is wrong."""

from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired, Email, InputRequired, Length, Optional

from openspace.text import one_line, paragraphs
from openspace.web.errors import Invalid


class Form(FlaskForm):
    """A form that refuses by itself."""

    def check(self) -> None:
        """Refuses with `Invalid`, naming the fields and what is wrong with each."""
        if not self.validate():
            raise Invalid(fields={name: [str(e) for e in errors] for name, errors in self.errors.items()})

    @classmethod
    def shown(cls, *, validate: bool = True, is_sent: bool = True, **values: Any) -> "Form":
        """The form for a page: as it was sent, with what is wrong unless not to `validate`, or filled with `values`.

        Of a page with several forms `is_sent` tells whether it was this one.
        """
        if request.method == "GET" or not is_sent:
            return cls(formdata=None, **values)
        form = cls()
        if validate:
            form.validate()
        return form


def line(label: Any, longest: int, *, shortest: int = 1, required: bool = True) -> StringField:
    """A field of one line of text."""
    checks: list[Any] = [Length(max=longest, message=_l("Too long: %(max)d characters at most."))]
    if required:
        checks = [DataRequired(_l("Please fill this in.")), *checks]
    if required and shortest > 1:
        checks.append(Length(min=shortest, message=_l("Too short: %(min)d characters or more.")))
    return StringField(label, checks, filters=[one_line])


def text(label: Any, longest: int) -> TextAreaField:
    """A field of several lines; it may stay empty."""
    return TextAreaField(
        label, [Length(max=longest, message=_l("Too long: %(max)d characters at most."))], filters=[paragraphs]
    )


def email(label: Any, *, required: bool = False) -> StringField:
    """A field for an e-mail address."""
    needed = InputRequired(_l("Please fill this in.")) if required else Optional()
    checks = [needed, Length(max=254), Email(_l("This does not look like an e-mail address."))]
    return StringField(label, checks, filters=[one_line])
