"""Forms of access."""

from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, SelectChoice, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional, StopValidation

from openspace.access.models import Role
from openspace.forms import Form, email, line

_SHORT = _l("Too short: %(min)d characters or more.")


class NameForm(Form):
    """Who somebody is."""

    name = line(_l("What is your name?"), 80)
    community = line(_l("Community or town"), 80, required=False)


class SignInForm(Form):
    """E-mail and password of an organiser or facilitator."""

    email = email(_l("E-mail"), required=True)
    password = PasswordField(_l("Password"), [InputRequired(_l("Please fill this in.")), Length(max=200)])


class PasswordForm(Form):
    """New credentials; both empty for none."""

    email = email(_l("E-mail"))
    password = PasswordField(_l("Password"), [Optional(), Length(min=8, message=_SHORT), Length(max=200)])

    def validate_password(self, field: PasswordField) -> None:
        """One without the other would sign nobody in."""
        if self.email.data and not field.data:
            raise StopValidation(_l("Please fill this in."))

    def validate_email(self, field: StringField) -> None:
        """One without the other would sign nobody in."""
        if self.password.data and not field.data:
            raise StopValidation(_l("Please fill this in."))


class InvitedForm(PasswordForm):
    """Somebody who came by a one-time link."""

    name = line(_l("What is your name?"), 80, required=False)


class RoleForm(Form):
    """What a member may do."""

    role = SelectField(
        _l("Role"),
        choices=[
            SelectChoice(Role.PARTICIPANT.value, _l("participant")),
            SelectChoice(Role.FACILITATOR.value, _l("facilitator")),
            SelectChoice(Role.ORGANISER.value, _l("organiser")),
        ],
    )
