"""Records in the live log what of the news has changed."""

from sqlalchemy import select

from openspace.access.actions import when_introduced
from openspace.access.models import Member
from openspace.board.changes import when_changed, when_rearranged
from openspace.board.models import IS_SHOWN, Topic, TopicSnapshot
from openspace.extensions import db
from openspace.live import log
from openspace.news.models import NEWS
from openspace.notes.changes import topics_naming, when_written
from openspace.notes.progress import Progress
from openspace.phases.changes import when_switched

# The subject of the channel for the round. The others are `report-N`, and of the board `cell-S-P` and `day-ISO`.
ROUND = "round"


def report(changed: Topic, progress: Progress | None = None) -> None:
    """Record that other notes, next steps or people are known of a topic's session; of a merged one, of the joint."""
    log.record(changed.event_id, NEWS, f"report-{(changed.joint or changed).number}")


def round_moved(event_id: int) -> None:
    """Record that the round is at another session, or that there is none any more."""
    log.record(event_id, NEWS, ROUND)


def board(event_id: int, subject: str) -> None:
    """Record that a cell was filled or freed, or that a day has other times or places. Locks change nothing here."""
    if not subject.startswith("slot-"):
        log.record(event_id, NEWS, subject)


def topic(changed: Topic | TopicSnapshot) -> None:
    """Record that a topic looks different or hangs elsewhere; of one that was merged, also that the joint one does.

    A tap on its chair, which has a snapshot, changes nothing here.
    """
    if isinstance(changed, Topic):
        log.record(changed.event_id, NEWS, f"report-{changed.number}")
        report(changed)


def member(changed: Member) -> None:
    """Record that a member is called otherwise, who convenes a topic or will do something."""
    convened = select(Topic).where(Topic.convener_id == changed.id, IS_SHOWN).order_by(Topic.number)
    for each in [*db.session.scalars(convened), *topics_naming(changed)]:
        report(each)


when_written.append(report)
when_changed.append(topic)
when_rearranged.append(board)
when_introduced.append(member)
when_switched.append(round_moved)
