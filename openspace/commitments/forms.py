"""Forms of commitments."""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l, lazy_ngettext
from wtforms import BooleanField, DateField, IntegerField, RadioField, SelectChoice, SelectField, SelectMultipleField
from wtforms.validators import InputRequired, Optional

from openspace.access.models import Member
from openspace.commitments.actions import Plan
from openspace.commitments.follow_up_rules import WEEKS
from openspace.commitments.rules import LONGEST
from openspace.commitments.words import OUTCOMES
from openspace.web.forms import Form, email, line


def _choices(people: Iterable[Member]) -> list[tuple[str, str]]:
    """Each by name, and by community too, for two may have one name."""
    return [(str(each.id), f"{each.name}, {each.community}" if each.community else each.name) for each in people]


class PlanForm(Form):
    """What is promised, its first step, and by when."""

    what = line(_l("What shall come of it?"), LONGEST)
    first_step = line(_l("First step"), LONGEST, required=False)
    due_on = DateField(_l("By when?"), [Optional()])
    revision = IntegerField(validators=[Optional()])

    @property
    def plan(self) -> Plan:
        """What was typed."""
        return Plan(self.what.data or "", self.first_step.data or "", self.due_on.data)


class CommitmentForm(PlanForm):
    """A new commitment. `owner` is the id of who takes it on, empty for oneself; `helper` of somebody who is asked."""

    owner = SelectField(_l("Who takes it on?"), default="", validators=[Optional()])
    helper = SelectField(_l("Who could help?"), default="", validators=[Optional()])

    def offer(self, people: Iterable[Member]) -> "CommitmentForm":
        """Offer these people besides oneself; returns the form."""
        choices = _choices(people)
        self.owner.choices = [("", _l("I do")), *choices]
        self.helper.choices = [("", _l("Nobody is asked yet")), *choices]
        return self


class HelperForm(Form):
    """Somebody who is asked to help."""

    helper = SelectField(_l("Who could help?"))

    def offer(self, people: Iterable[Member]) -> "HelperForm":
        """Offer these people; returns the form."""
        self.helper.choices = _choices(people)
        return self


class EndForm(Form):
    """The sentence with which a commitment is let go."""

    why = line(_l("In a sentence: why is it let go?"), LONGEST, required=False)


class OutcomeForm(Form):
    """What came of a commitment."""

    outcome = RadioField(
        _l("What came of it?"),
        [InputRequired(_l("Please choose one."))],
        choices=[SelectChoice(outcome.value, label) for outcome, label in OUTCOMES.items()],
    )
    words = line(_l("In a sentence, if you like"), LONGEST, required=False)
    removes_photo = BooleanField(_l("Take the photo away"))
    wants_help = BooleanField(_l("We could use help: tell those who promised it with me"))
    is_shared = BooleanField(_l("It may stand on the public page of what came of it"))


class SharingForm(Form):
    """What of a commitment everybody may read."""

    is_shared = BooleanField(_l("It may stand on the public page of what came of it"))
    is_named = BooleanField(_l("My name may stand with it, there and in the book"))


class AddressForm(Form):
    """Where one may be asked what came of it."""

    email = email(_l("E-mail"), required=True)


class WeeksForm(Form):
    """After how many weeks it is asked what came of a commitment."""

    weeks = SelectMultipleField(
        _l("When shall people be asked?"),
        choices=[
            SelectChoice(str(weeks), lazy_ngettext("After %(num)d week", "After %(num)d weeks", weeks))
            for weeks in WEEKS
        ],
    )
