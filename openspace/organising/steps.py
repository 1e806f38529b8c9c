"""How steps are told that change times and places."""

from flask_babel import lazy_gettext as _l

from openspace.journal.models import name

name("grid.slot", _l("%(time)s moved by %(minutes)+d minutes"))
name("grid.rest", _l("%(time)s and all after it moved by %(minutes)+d minutes"))
name("grid.add_slot", _l("Added: %(time)s"))
name("grid.add_space", _l("Added: place %(place)s"))
