"""Notices about other people: that contacts were exchanged, and that a wish to meet turned out mutual."""

from flask import url_for
from flask_babel import gettext
from sqlalchemy import Select, exists, or_, select, update

from openspace.access import notices
from openspace.access.models import Member
from openspace.access.notices import RECIPIENT, Notice, Source
from openspace.access.snapshots import EventSnapshot
from openspace.contacts.models import Contact, Wish
from openspace.events.models import Event
from openspace.extensions import db


def _exchanged(name: str) -> str:
    return str(gettext("You have exchanged contacts with %(name)s.", name=name))


def _mutual(name: str) -> str:
    return str(gettext("You and %(name)s want to meet each other.", name=name))


def _news(table: type[Contact] | type[Wish]) -> Select[int, str]:
    others = select(Member.id, Member.name).join(table, table.other_id == Member.id)
    return others.where(table.member_id == RECIPIENT, table.is_news).order_by(table.at, table.other_id)


_NEWS = (("link", _exchanged, _news(Contact)), ("heart", _mutual, _news(Wish)))


def _waiting(member_id: int, event: Event | EventSnapshot) -> list[Notice]:
    return [
        Notice(icon, words(name), url_for("contacts.show", event=event.slug, member_id=other_id))
        for icon, words, query in _NEWS
        for other_id, name in db.session.connection().execute(query, {RECIPIENT.key: member_id})
    ]


def _read(member: Member) -> None:
    for table in (Contact, Wish):
        db.session.execute(update(table).where(table.member_id == member.id).values(is_news=False))


_WAITS = or_(*(exists().where(table.member_id == RECIPIENT, table.is_news) for table in (Contact, Wish)))

notices.register(Source(_WAITS, _waiting, _read))
