"""What becomes of dots when a member leaves, or is made one with another member."""

from sqlalchemy import delete, select, update

from openspace.access.belongings import Belongings, register
from openspace.access.models import Member
from openspace.convergence import changes
from openspace.convergence.actions import hand_on
from openspace.convergence.models import DotRound, PaperDots, SealedDots, round_of
from openspace.extensions import db
from openspace.live import log


def leave(member: Member) -> None:
    """Delete what the member has given in a round that is not counted; the sheets they entered stay, unnamed."""
    log.claim(member.event_id)
    db.session.execute(delete(SealedDots).where(SealedDots.member_id == member.id))
    db.session.execute(update(PaperDots).where(PaperDots.by_id == member.id).values(by_id=None))
    if round_of(member.event_id):
        changes.given(member.event_id)


def merge(kept: Member, gone: Member) -> None:
    """Let of what both have given only the later choice count, as of two phones of one person."""
    log.claim(kept.event_id)
    gave = select(SealedDots.round_id).where(SealedDots.member_id == gone.id)
    for found in db.session.scalars(select(DotRound).where(DotRound.id.in_(gave)).order_by(DotRound.id)).all():
        hand_on(found, kept=kept.id, gone=gone.id)
    db.session.execute(update(PaperDots).where(PaperDots.by_id == gone.id).values(by_id=kept.id))


register(Belongings((SealedDots, PaperDots), leave, merge))
