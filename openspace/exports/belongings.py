"""What becomes of the calendar of somebody's day when they leave, or are made one with another member."""

from sqlalchemy import delete

from openspace.access.belongings import Belongings, register
from openspace.access.models import Member
from openspace.exports.models import MyCalendar
from openspace.extensions import db


def leave(member: Member) -> None:
    """Delete the calendar: its address leads nowhere."""
    db.session.execute(delete(MyCalendar).where(MyCalendar.member_id == member.id))


def merge(kept: Member, gone: Member) -> None:
    """Keep the calendar that `kept` has; else that of `gone`, whose phone may show it already."""
    calendar = db.session.get(MyCalendar, gone.id)
    if calendar and db.session.get(MyCalendar, kept.id) is None:
        calendar.member_id = kept.id
        db.session.flush()


register(Belongings((MyCalendar,), leave, merge))
