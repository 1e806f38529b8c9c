"""Notices about other people: that contacts were exchanged, and that a wish to meet turned out mutual."""

from flask import url_for
from flask_babel import gettext
from sqlalchemy import exists, or_, select, update

from openspace.access import notices
from openspace.access.models import Member
from openspace.access.notices import RECIPIENT, Notice, Source
from openspace.access.snapshots import EventSnapshot
from openspace.contacts.models import Contact, Wish
from openspace.events.models import Event
from openspace.extensions import db


def _waiting(member_id: int, event: Event | EventSnapshot) -> list[Notice]:
    return [
        Notice(icon, words(other.name), url_for("contacts.show", event=event.slug, member_id=other.id))
        for icon, words, table in (("link", _exchanged, Contact), ("heart", _mutual, Wish))
        for other in db.session.scalars(
            select(Member)
            .join(table, table.other_id == Member.id)
            .where(table.member_id == member_id, table.is_news)
            .order_by(table.at)
        )
    ]


def _exchanged(name: str) -> str:
    return str(gettext("You have exchanged contacts with %(name)s.", name=name))


def _mutual(name: str) -> str:
    return str(gettext("You and %(name)s want to meet each other.", name=name))


def _read(member: Member) -> None:
    for table in (Contact, Wish):
        db.session.execute(update(table).where(table.member_id == member.id).values(is_news=False))


_WAITS = or_(*(exists().where(table.member_id == RECIPIENT, table.is_news) for table in (Contact, Wish)))

notices.register(Source(_WAITS, _waiting, _read))
