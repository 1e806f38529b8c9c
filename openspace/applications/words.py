"""What the fields and states of an application are called on pages."""

from flask_babel import lazy_gettext as _l

from openspace.applications.rules import State

FIELDS = {
    "kind": _l("Who applies"),
    "city": _l("Your city"),
    "country": _l("Country of your city"),
    "twin_city": _l("The twin city"),
    "twin_country": _l("Country of the twin city"),
    "organisation": _l("Organisation or initiative"),
    "contact": _l("Contact person"),
    "email": _l("E-mail"),
    "phone": _l("Phone"),
    "networks": _l("Page or social network"),
    "declared": _l("Name of who confirms"),
}
STATES = {
    State.DRAFT: _l("draft"),
    State.HANDED_IN: _l("handed in"),
    State.WITHDRAWN: _l("withdrawn"),
}
