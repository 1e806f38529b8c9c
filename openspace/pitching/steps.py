"""Which rows of the microphone facilitators' steps change, so that the journal can undo them."""

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, select

from openspace.access.models import Member, Seat
from openspace.board.models import Topic
from openspace.extensions import db
from openspace.journal import actions as journal
from openspace.journal.models import name
from openspace.journal.rows import Values, Watched
from openspace.pitching import changes, notices
from openspace.pitching.models import AT_MICROPHONE, WAITING, Claim, Pitch, turns_with
from openspace.web.errors import Stale


def _pitch_changed(event_id: int, before: Values | None, after: Values | None) -> None:
    changes.now(event_id)
    changes.queue(event_id)
    notices.tell(event_id)


def _pitch_agrees(pitch: Pitch) -> None:
    """Refuse with `NoLongerFits` a turn that ended unbegun, the second at the microphone, and whoever waits twice."""
    if pitch.ended_at:
        is_alone = pitch.began_at is not None
    else:
        theirs = (Pitch.member_id == pitch.member_id, *WAITING)
        same = AT_MICROPHONE if pitch.began_at else theirs
        others = select(Pitch.id).where(Pitch.event_id == pitch.event_id, Pitch.id != pitch.id, *same)
        is_alone = db.session.scalar(others.limit(1)) is None
    if not is_alone:
        raise journal.NoLongerFits


def _guests_of(event_id: int) -> ColumnElement[bool]:
    """Those who were written down and have no phone yet. Nobody else comes or goes by a step."""
    waiting = select(Claim.member_id).where(Claim.event_id == event_id, Claim.used_at.is_(None))
    return Member.id.in_(waiting)


def _guest_may_go(member: Member) -> None:
    """Refuse with `Stale` somebody who is no guest any more, or has more than what the step wrote down."""
    seat = select(Seat.token_hash).where(Seat.member_id == member.id)
    topic = select(Topic.id).where(Topic.convener_id == member.id)
    pitch = select(Pitch.id).where(Pitch.member_id == member.id)
    if any(db.session.scalar(found.limit(1)) for found in (seat, topic, pitch)):
        raise Stale(_l("This person has a phone or another topic by now, and stays."))


def _topic_may_go(topic: Topic) -> None:
    """Refuse with `NoLongerFits` a topic with which its convener waits by now."""
    if turns_with(topic.id):
        raise journal.NoLongerFits


def _nothing(event_id: int, before: Values | None, after: Values | None) -> None:
    """No page shows guests or codes as such, and the board tells of topics."""


def _of(model: Any) -> Any:
    return lambda event_id: model.event_id == event_id


journal.watch(Watched(Member, ("id",), (), _guests_of, _nothing, renewed=("key",), may_go=_guest_may_go))
journal.watch(Watched(Topic, ("id",), (), _of(Topic), _nothing, may_go=_topic_may_go))
journal.watch(Watched(Claim, ("id",), ("used_at", "member_id"), _of(Claim), _nothing))
journal.watch(
    Watched(
        Pitch,
        ("id",),
        ("member_id", "topic_id", "place", "began_at", "ended_at"),
        _of(Pitch),
        _pitch_changed,
        agrees=_pitch_agrees,
    )
)

name("pitch.enter", _l("“%(title)s” written down at the microphone"))
name("pitch.add", _l("%(name)s waits in the queue"))
name("pitch.move", _l("%(name)s moved in the queue"))
name("pitch.remove", _l("%(name)s taken out of the queue"))
name("pitch.call", _l("%(name)s called to the microphone"))
name("pitch.finish", _l("The microphone is free"))
name("pitch.hang", _l("“%(title)s” hung up from the microphone"))
