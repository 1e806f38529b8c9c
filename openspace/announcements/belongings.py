"""What becomes of announcements when whoever made them leaves, or is made one with another member."""

from sqlalchemy import update

from openspace.access.belongings import Belongings, register
from openspace.access.models import Member
from openspace.announcements.models import Announcement
from openspace.extensions import db


def leave(member: Member) -> None:
    """Let the member's announcements stay, and forget who made them."""
    db.session.execute(update(Announcement).where(Announcement.by_id == member.id).values(by_id=None))


def merge(kept: Member, gone: Member) -> None:
    """Give the announcements of `gone` to `kept`."""
    db.session.execute(update(Announcement).where(Announcement.by_id == gone.id).values(by_id=kept.id))


register(Belongings((Announcement,), leave, merge))
