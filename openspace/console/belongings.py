"""What becomes of what a facilitator holds when they leave, or are made one with another member."""

from sqlalchemy import delete, update

from openspace.access.belongings import Belongings, register
from openspace.access.models import Member
from openspace.console.actions import HANDS
from openspace.console.models import Hand
from openspace.extensions import db
from openspace.journal.models import CONSOLE
from openspace.live import log


def leave(member: Member) -> None:
    """Empty the member's hand."""
    db.session.execute(delete(Hand).where(Hand.member_id == member.id))
    log.record(member.event_id, CONSOLE, HANDS)


def merge(kept: Member, gone: Member) -> None:
    """Give what `gone` holds to `kept`, if nothing is in that hand."""
    if db.session.get(Hand, kept.id) is None:
        db.session.execute(update(Hand).where(Hand.member_id == gone.id).values(member_id=kept.id))
    leave(gone)


register(Belongings((Hand,), leave, merge))
