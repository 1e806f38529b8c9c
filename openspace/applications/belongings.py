"""What becomes of what is written down about reading when a member leaves, or is made one with another member."""

from sqlalchemy import delete, select

from openspace.access.belongings import Belongings, register
from openspace.access.models import Member
from openspace.applications.models import Reading
from openspace.extensions import db


def leave(member: Member) -> None:
    """Forget which applications the member has read."""
    db.session.execute(delete(Reading).where(Reading.member_id == member.id))


def merge(kept: Member, gone: Member) -> None:
    """Of what both have read, the first time of either and the last time of either stay."""
    for reading in db.session.scalars(select(Reading).where(Reading.member_id == gone.id)).all():
        same = db.session.get(Reading, (reading.application_id, kept.id))
        if same is None:
            same = Reading(application_id=reading.application_id, member_id=kept.id)
            same.first_at, same.last_at = reading.first_at, reading.last_at
            db.session.add(same)
        else:
            same.first_at = min(same.first_at, reading.first_at)
            same.last_at = max(same.last_at, reading.last_at)
        db.session.delete(reading)


register(Belongings((Reading,), leave, merge))
