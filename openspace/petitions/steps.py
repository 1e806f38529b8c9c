"""Which rows of petitions facilitators' steps change, so that the journal can undo them."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select

from openspace.access.models import Member
from openspace.board.models import Topic
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


def _topic_may_go(topic: Topic) -> None:
    """Refuse with `NoLongerFits` a topic for which somebody has asked for a change by now."""
    asked = select(Petition.id).where(or_(Petition.topic_id == topic.id, Petition.other_id == topic.id))
    if db.session.scalar(asked.limit(1)):
        raise journal.NoLongerFits


def _nothing(event_id: int, before: Values | None, after: Values | None) -> None:
    """The board has told of the topic."""


journal.watch(Watched(Topic, ("id",), (), lambda event_id: Topic.event_id == event_id, _nothing, may_go=_topic_may_go))
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
