"""What becomes of commitments when a member leaves or is merged with another member."""

from sqlalchemy import select, update

from openspace.access import notices
from openspace.access.belongings import Belongings, register
from openspace.access.models import Member
from openspace.commitments import actions, changes
from openspace.commitments.models import Commitment, Pledge, naming
from openspace.commitments.rules import STRENGTH
from openspace.extensions import db
from openspace.live import log


def leave(member: Member) -> None:
    """Take the member out of all commitments, whose words stay: they look for somebody who takes them on."""
    log.claim(member.event_id)
    for commitment in naming(member):
        actions.forget(commitment, member)
    db.session.execute(update(Commitment).where(Commitment.by_id == member.id).values(by_id=None))
    db.session.execute(update(Pledge).where(Pledge.by_id == member.id).values(by_id=None))
    db.session.expire_all()


def merge(kept: Member, gone: Member) -> None:
    """Give what `gone` promised to `kept`, who is in each commitment once, with the stronger of two words."""
    log.claim(kept.event_id)
    theirs = naming(gone)
    for pledge in db.session.scalars(select(Pledge).where(Pledge.member_id == gone.id)).all():
        if own := db.session.get(Pledge, (pledge.commitment_id, kept.id)):
            own.word = min(own.word, pledge.word, key=STRENGTH.index)
            db.session.delete(pledge)
        else:
            pledge.member_id = kept.id
    db.session.flush()
    for column in (Commitment.owner_id, Commitment.by_id, Pledge.by_id):
        db.session.execute(update(column.class_).where(column == gone.id).values({column: kept.id}))
    db.session.expire_all()
    for commitment in theirs:
        changes.commitment(commitment)
    notices.recount(kept)


register(Belongings((Commitment, Pledge), leave, merge))
