"""What becomes of a member's petitions and backings when they leave or are merged with another member."""

from sqlalchemy import delete, select, update

from openspace.access import notices
from openspace.access.belongings import Belongings, register
from openspace.access.models import Member
from openspace.extensions import db
from openspace.live import log
from openspace.petitions import changes
from openspace.petitions.actions import let_go
from openspace.petitions.models import Backing, Petition
from openspace.petitions.notices import PetitionNotice
from openspace.petitions.rules import State


def leave(member: Member) -> None:
    """Hand open petitions to those who back them, and forget who made the others, who backed and who decided."""
    log.claim(member.event_id)
    for table in (PetitionNotice, Backing):
        db.session.execute(delete(table).where(table.member_id == member.id))
    db.session.expire_all()
    theirs = select(Petition).where(Petition.asker_id == member.id, Petition.state == State.OPEN)
    for petition in db.session.scalars(theirs.order_by(Petition.id)).all():
        let_go(petition)
    for column in (Petition.asker_id, Petition.decided_by_id):
        db.session.execute(update(Petition).where(column == member.id).values({column: None}))
    changes.board(member.event_id)


def merge(kept: Member, gone: Member) -> None:
    """Give the petitions and backings of `gone` to `kept`, who backs nothing twice and nothing of their own."""
    log.claim(kept.event_id)
    for column in (Petition.asker_id, Petition.decided_by_id):
        db.session.execute(update(Petition).where(column == gone.id).values({column: kept.id}))
    for table in (Backing, PetitionNotice):
        theirs = select(table.petition_id).where(table.member_id == kept.id)
        db.session.execute(delete(table).where(table.member_id == gone.id, table.petition_id.in_(theirs)))
        db.session.execute(update(table).where(table.member_id == gone.id).values(member_id=kept.id))
    own = select(Petition.id).where(Petition.asker_id == kept.id)
    db.session.execute(delete(Backing).where(Backing.member_id == kept.id, Backing.petition_id.in_(own)))
    db.session.expire_all()
    notices.recount(kept)
    changes.board(kept.event_id)


register(Belongings((Petition, Backing, PetitionNotice), leave, merge))
