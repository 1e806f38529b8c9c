"""What becomes of turns at the microphone and of codes when a member leaves, or is made one with another member."""

from sqlalchemy import delete, or_, update

from openspace.access.belongings import Belongings, register
from openspace.access.models import Member
from openspace.extensions import db
from openspace.pitching import changes, notices
from openspace.pitching.models import Claim, Pitch, pitch_waiting
from openspace.pitching.notices import TurnNotice


def leave(member: Member) -> None:
    """Delete the member's turns and codes."""
    db.session.execute(delete(Pitch).where(Pitch.member_id == member.id))
    db.session.execute(delete(Claim).where(Claim.member_id == member.id))
    changes.now(member.event_id)
    changes.queue(member.event_id)
    notices.tell(member.event_id)


def merge(kept: Member, gone: Member) -> None:
    """Give the turns of `gone` to `kept`, who waits once. Open codes of both end: they would sign in as the other one.

    Who waits with a topic keeps it rather than a place without any. That `gone` leaves then records what has changed.
    """
    places = [pitch for pitch in (pitch_waiting(kept.id), pitch_waiting(gone.id)) if pitch]
    if len(places) == 2:
        db.session.delete(min(places, key=lambda pitch: (pitch.topic_id is not None, -pitch.place)))
        db.session.flush()
    db.session.execute(update(Pitch).where(Pitch.member_id == gone.id).values(member_id=kept.id))
    both = or_(Claim.member_id == kept.id, Claim.member_id == gone.id)
    db.session.execute(delete(Claim).where(both, Claim.used_at.is_(None)))
    db.session.execute(update(Claim).where(Claim.member_id == gone.id).values(member_id=kept.id))


register(Belongings((Pitch, Claim, TurnNotice), leave, merge))
