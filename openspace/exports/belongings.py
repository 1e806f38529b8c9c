"""What becomes of the calendar of somebody's day when they leave, or are made one with another member."""

from sqlalchemy import delete

from openspace.access.belongings import Belongings, register
from openspace.access.models import Member
from openspace.access.rules import hashed
from openspace.exports.models import MyCalendar
from openspace.extensions import db


def leave(member: Member) -> None:
    """Delete the calendar: its address leads nowhere."""
    db.session.execute(delete(MyCalendar).where(MyCalendar.member_id == member.id))


def merge(kept: Member, gone: Member) -> None:
    """Keep the calendar of whose role is higher; of equals that of `kept`, else that of `gone`.

    So nobody's address leads to the day of somebody with a higher role than theirs.
    """
    own, other = db.session.get(MyCalendar, kept.id), db.session.get(MyCalendar, gone.id)
    if gone.role.rank > kept.role.rank and own:
        db.session.delete(own)
        db.session.flush()
        own = None
    if other is None or own or gone.role.rank < kept.role.rank:
        return
    if gone.role == kept.role:
        # With a higher role, `kept` gets the personal link of `gone`.
        other.link_hash = hashed(kept.key)
    other.member_id = kept.id
    db.session.flush()


register(Belongings((MyCalendar,), leave, merge))
