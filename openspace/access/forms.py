"""Forms of access."""

from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, SelectChoice, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional, StopValidation

from openspace.access.models import Role
from openspace.access.passwords import is_easily_guessed
from openspace.access.visitor import visitor
from openspace.web.forms import Form, email, line


def _hard_to_guess(form: Form, field: PasswordField) -> None:
    """Refuse a common password, and one that is a word of the form, of the event or of the member's name."""
    known = [other.data for other in form if other is not field and isinstance(other.data, str)]
    if visitor and (member := visitor.member_or_none):
        known += [member.name, member.community, member.event.name, member.event.slug, member.event.city]
    if field.data and is_easily_guessed(field.data, known):
        raise StopValidation(_l("Too easy to guess. Take a few words that belong to nobody and to no event."))


# The rules for a new password.
NEW_PASSWORD = [Length(min=8, message=_l("Too short: %(min)d characters or more.")), Length(max=200), _hard_to_guess]


class NameForm(Form):
    """A name and a community, as the entrance asks for them."""

    name = line(_l("What is your name?"), 80)
    community = line(_l("Community or town"), 80, required=False)


class SignInForm(Form):
    """E-mail and password of an organiser or facilitator."""

    email = email(_l("E-mail"), required=True)
    password = PasswordField(_l("Password"), [InputRequired(_l("Please fill this in.")), Length(max=200)])


class PasswordForm(Form):
    """A new e-mail and password; both empty for none."""

    email = email(_l("E-mail"))
    password = PasswordField(_l("Password"), [Optional(), *NEW_PASSWORD])

    def validate_password(self, field: PasswordField) -> None:
        """Refuse an e-mail without a password."""
        if self.email.data and not field.data:
            raise StopValidation(_l("Please fill this in."))

    def validate_email(self, field: StringField) -> None:
        """Refuse a password without an e-mail."""
        if self.password.data and not field.data:
            raise StopValidation(_l("Please fill this in."))


class OwnPasswordForm(PasswordForm):
    """A new e-mail and password on the member's own page, with the present password, which some have to give."""

    current = PasswordField(_l("Present password"), [Optional(), Length(max=200)])


class ConfirmationForm(Form):
    """The password, asked for once more as a proof."""

    password = PasswordField(_l("Password"), [InputRequired(_l("Please fill this in.")), Length(max=200)])


class InvitedForm(PasswordForm):
    """What the page behind a one-time link asks for: a name, and credentials for whoever wants some."""

    name = line(_l("What is your name?"), 80, required=False)


class RoleForm(Form):
    """The choice of a member's role."""

    role = SelectField(
        _l("Role"),
        choices=[
            SelectChoice(Role.PARTICIPANT.value, _l("participant")),
            SelectChoice(Role.FACILITATOR.value, _l("facilitator")),
            SelectChoice(Role.ORGANISER.value, _l("organiser")),
        ],
    )
