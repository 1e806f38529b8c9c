"""The page of the security log, for organisers."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext as _l

from openspace.access.guards import event_blueprint, requires
from openspace.access.models import Role
from openspace.access.security_log import KEPT, Kind, SecurityEntry, entries
from openspace.access.visitor import visitor

blueprint = event_blueprint("security", __name__, is_personal=True, of_offices=True)
MOST_SHOWN = 300

ROLES = {"participant": _l("participant"), "facilitator": _l("facilitator"), "organiser": _l("organiser")}
# Sentences by (kind, detail), else by kind alone; "about" marks one that names another member.
_WORDS: dict[tuple[str, str], Any] = {
    (Kind.SIGNED_IN, "password"): _l("%(by)s signed in with e-mail and password."),
    (Kind.SIGNED_IN, "link"): _l("%(by)s came in by a one-time link."),
    (Kind.SIGNED_IN, "personal"): _l("%(by)s signed in with their personal link."),
    (Kind.WRONG_PASSWORD, "about"): _l("Somebody typed a wrong password for %(about)s."),
    (Kind.WRONG_PASSWORD, ""): _l("Somebody tried to sign in with an e-mail that nobody here has."),
    (Kind.REFUSED, ""): _l("%(by)s was refused: %(detail)s"),
    (Kind.ROLE, ""): _l("%(by)s changed the role of %(about)s: %(before)s → %(after)s."),
    (Kind.INVITED, "about"): _l("%(by)s made a sign-in link for %(about)s."),
    (Kind.INVITED, ""): _l("%(by)s made an invitation: %(role)s."),
    (Kind.CREDENTIALS, "password"): _l("%(by)s set an e-mail and a password."),
    (Kind.CREDENTIALS, "link"): _l("%(by)s made a new personal link and signed other phones out."),
    (Kind.DOWNLOADED, "about"): _l("%(by)s downloaded what is held on %(about)s."),
    (Kind.DOWNLOADED, ""): _l("%(by)s downloaded %(detail)s."),
    (Kind.DELETED, ""): _l("%(by)s deleted everything about a person."),
    (Kind.MERGED, ""): _l("%(by)s made two people in the list one: %(about)s."),
}


class Line(NamedTuple):
    """An entry of the security log with the sentence that it is shown as."""

    entry: SecurityEntry
    words: str


@blueprint.get("/settings/security")
@requires(Role.ORGANISER)
def show() -> ResponseReturnValue:
    """The page of the security log, the latest entry first."""
    return render_template(
        "access/security.html", lines=lines_of(entries(visitor.event_id, MOST_SHOWN)), days=KEPT.days
    )


def lines_of(found: Iterable[SecurityEntry]) -> list[Line]:
    """The entries, each with its sentence in the present language."""
    return [Line(entry, in_words(entry)) for entry in found]


def in_words(entry: SecurityEntry) -> str:
    """The sentence that an entry is shown as, in the present language."""
    nobody = gettext("somebody who has left")
    by, about = (member.name if member and not member.left_at else nobody for member in (entry.by, entry.about))
    before, _, after = (ROLES.get(word, word) for word in entry.detail.partition(" "))
    keys = [key for key in (entry.detail, "about" if entry.about_id else "") if key] + [""]
    words = next(_WORDS[entry.kind, key] for key in keys if (entry.kind, key) in _WORDS)
    return str(words) % {
        "by": by,
        "about": about,
        "detail": entry.detail,
        "role": ROLES.get(entry.detail, entry.detail),
        "before": before,
        "after": after,
    }
