"""Forms of applications: beginning one, and saying who writes for a city."""

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateTimeLocalField
from wtforms.validators import InputRequired, Optional

from openspace.text import one_line, paragraphs
from openspace.web.forms import Form, line

# Bytes of a page that is sent: the longest answer, and what is around it.
LARGEST = 2**20


class NameForm(Form):
    """Who writes for a city, and that they agree to what is kept of them."""

    name = line(_l("What is your name?"), 80)
    agrees = BooleanField(
        _l("I agree that the organisers keep what we write, and who we are, until the day named below."),
        [InputRequired(_l("Without this we may keep nothing that you write."))],
    )


class TimeForm(Form):
    """Until when one application may be changed, on the clock of the call; empty for no longer than others."""

    until = DateTimeLocalField(_l("May be changed until"), [Optional()], format="%Y-%m-%dT%H:%M")


def typed(names: tuple[str, ...]) -> tuple[dict[str, str], dict[str, int]]:
    """The fields of a page that were sent, and the revisions that they replace: 0 for none, or for no number."""
    texts, seen = {}, {}
    for name in names:
        if name in request.form:
            texts[name] = paragraphs(request.form[name]) if name.startswith("q") else one_line(request.form[name])
            revision = request.form.get(f"seen_{name}", "0")
            seen[name] = int(revision) if revision.isdecimal() and len(revision) < 10 else 0
    return texts, seen
