"""What members do with the calendar of their day; keeping the power-cut sheet."""

from datetime import date

from sqlalchemy import delete

from openspace.access.models import Member
from openspace.access.rules import hashed, new_key
from openspace.clock import now
from openspace.exports.models import MyCalendar, PowercutSheet, calendar_of, latest_sheet
from openspace.extensions import db
from openspace.live import log


def make_calendar(*, by: Member) -> MyCalendar:
    """Give the member's calendar an address, unless it has one, which a phone may read already."""
    log.claim(by.event_id)
    return calendar_of(by) or _addressed(by)


def renew_calendar(*, by: Member) -> MyCalendar:
    """Give the member's calendar a new address; the old one leads nowhere."""
    log.claim(by.event_id)
    return _addressed(by)


def _addressed(member: Member) -> MyCalendar:
    found = db.session.get(MyCalendar, member.id)
    if found is None:
        found = MyCalendar(member_id=member.id)
        db.session.add(found)
    found.key, found.link_hash = new_key(), hashed(member.key)
    db.session.flush()
    return found


def set_alarm(minutes: int | None, *, by: Member) -> bool:
    """Let the member's calendar remind so many minutes before each session, or (None) not; False if there is none."""
    log.claim(by.event_id)
    found = calendar_of(by)
    if found:
        found.alarm = minutes
    return found is not None


def end_calendar(*, by: Member) -> None:
    """Take the address of the member's calendar away, if it has one."""
    log.claim(by.event_id)
    found = db.session.get(MyCalendar, by.id)
    if found:
        db.session.delete(found)


def keep_sheet(event_id: int, day: date, revision: int, content: bytes, *, made_on: date) -> None:
    """Keep the power-cut sheet of this day in the place of an earlier one; also the last one from a day before."""
    kept = db.session.get(PowercutSheet, (event_id, made_on))
    if kept is None:
        kept = PowercutSheet(event_id=event_id, made_on=made_on)
        db.session.add(kept)
    kept.day, kept.revision, kept.content, kept.made_at = day, revision, content, now()
    db.session.flush()
    if yesterday := latest_sheet(event_id, before=made_on):
        older = (PowercutSheet.event_id == event_id, PowercutSheet.made_on < yesterday.made_on)
        db.session.execute(delete(PowercutSheet).where(*older))
