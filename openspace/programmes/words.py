"""What the parts of a call and its changes are called on pages."""

from flask_babel import lazy_gettext as _l

PARTS = {
    "title": _l("Title"),
    "lead": _l("In one or two sentences"),
    "who": _l("Who may apply"),
    "gets": _l("What you get"),
    "steps": _l("The road"),
    "they_pay": _l("What the programme pays"),
    "you_pay": _l("What you bring"),
    "dates": _l("Dates"),
    "note": _l("What else is to be said"),
    "declaration": _l("What applicants declare"),
}
CHANGED = {
    "deadline": _l("the deadline"),
    "frame": _l("places or languages"),
    "texts": _l("the text"),
    "questions": _l("the questions"),
}
