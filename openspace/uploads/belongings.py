"""What happens to a member's uploads when they leave or are merged with another member."""

from sqlalchemy import select, update

from openspace.access.belongings import Belongings, register
from openspace.access.models import Member
from openspace.extensions import db
from openspace.uploads import actions
from openspace.uploads.models import Upload


def leave(member: Member) -> None:
    """Delete the member's uploads, finished or not; what a feature has taken, that feature sees to."""
    theirs = (Upload.member_id == member.id, Upload.is_taken.is_(False))
    actions.discard(*db.session.scalars(select(Upload).where(*theirs)))


def merge(kept: Member, gone: Member) -> None:
    """Give the uploads of `gone` to `kept`, who can go on with them."""
    db.session.execute(update(Upload).where(Upload.member_id == gone.id).values(member_id=kept.id))


register(Belongings((Upload,), leave, merge))
