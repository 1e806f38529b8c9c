"""Which rows of petitions facilitators' steps change, so that the journal can undo them."""

from flask_babel import lazy_gettext as _l

from openspace.access.models import Member
from openspace.extensions import db
from openspace.journal import actions as journal
from openspace.journal.models import name
from openspace.journal.rows import Difference, Values, Watched
from openspace.petitions import changes, notices
from openspace.petitions.models import Petition


def _changed(event_id: int, before: Values | None, after: Values | None) -> None:
    changes.petitions(event_id)


def _tell(event_id: int, written: list[Difference], by: Member) -> None:
    """Tell who asked and who backs that a decision was undone, or made again."""
    for each in written:
        petition = db.session.get(Petition, each.key[0]) if each.table == Petition.__tablename__ else None
        if petition:
            notices.tell(petition, by=by)


journal.watch(
    Watched(
        Petition,
        key=("id",),
        columns=("state", "decided_at", "decided_by_id", "answer"),
        of=lambda event_id: Petition.event_id == event_id,
        changed=_changed,
    )
)
journal.when_written.append(_tell)

name("petitions.grant", _l("Request granted: “%(title)s”"))
name("petitions.decline", _l("Request declined: “%(title)s”"))
