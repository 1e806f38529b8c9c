"""What becomes of commitments when a member leaves or is merged with another member."""

from sqlalchemy import delete, select, update

from openspace.access import notices
from openspace.access.belongings import Belongings, register
from openspace.access.models import Member
from openspace.commitments import actions, changes, photo_actions
from openspace.commitments.follow_up_models import AddressCheck, FollowUp, Letter, MailAddress
from openspace.commitments.models import Commitment, Pledge, naming
from openspace.commitments.rules import STRENGTH
from openspace.extensions import db
from openspace.live import log


def leave(member: Member) -> None:
    """Take the member out of all commitments, whose words stay: they look for somebody who takes them on."""
    log.claim(member.event_id)
    for table in (Letter, MailAddress, AddressCheck):
        db.session.execute(delete(table).where(table.member_id == member.id))
    photo_actions.forget(member)
    # Nobody is left who could answer; what was answered stays, without a name and a photo.
    asked = FollowUp.member_id == member.id
    db.session.execute(delete(FollowUp).where(asked, FollowUp.answered_at.is_(None)))
    db.session.execute(update(FollowUp).where(asked).values(member_id=None))
    db.session.expire_all()
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
    written = select(Letter.follow_up_id).where(Letter.member_id == kept.id)
    db.session.execute(delete(Letter).where(Letter.member_id == gone.id, Letter.follow_up_id.in_(written)))
    if db.session.get(MailAddress, kept.id):
        db.session.execute(delete(MailAddress).where(MailAddress.member_id == gone.id))
    known = select(AddressCheck.hash).where(AddressCheck.member_id == kept.id)
    db.session.execute(delete(AddressCheck).where(AddressCheck.member_id == gone.id, AddressCheck.hash.in_(known)))
    ours = (Letter.member_id, MailAddress.member_id, AddressCheck.member_id, FollowUp.member_id)
    for column in (Commitment.owner_id, Commitment.by_id, Pledge.by_id, *ours):
        db.session.execute(update(column.class_).where(column == gone.id).values({column: kept.id}))
    db.session.expire_all()
    for commitment in theirs:
        changes.commitment(commitment)
    notices.recount(kept)


register(Belongings((Commitment, Pledge, FollowUp, Letter, MailAddress, AddressCheck), leave, merge))
