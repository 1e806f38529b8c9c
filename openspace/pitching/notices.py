"""Notices about turns at the microphone: that a member is next, and that it is their turn."""

from enum import StrEnum

from flask import url_for
from flask_babel import gettext
from sqlalchemy import Enum, ForeignKey, exists, select, update
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from openspace.access import notices
from openspace.access.models import Member
from openspace.access.notices import RECIPIENT, Notice, Source
from openspace.access.snapshots import EventSnapshot
from openspace.events.models import Event
from openspace.extensions import Model, db
from openspace.pitching.models import pitch_now, pitch_waiting, turns_open


class Turn(StrEnum):
    """How near a member's turn is: the first of the queue, or called to the microphone."""

    NEXT = "next"
    NOW = "now"


class TurnNotice(Model):
    """What a member knows of their turn, read or not yet. The row goes when it is no longer so."""

    __tablename__ = "turn_notice"

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    turn: Mapped[Turn] = mapped_column(
        Enum(Turn, native_enum=False, length=8, values_callable=lambda turns: [turn.value for turn in turns])
    )
    is_read: Mapped[bool] = mapped_column(default=False)

    member: Mapped[Member] = relationship()


def tell(event_id: int, *, knows: Member | None = None) -> None:
    """Tell whoever is next, and whose turn it is, unless they have been told; and take back what is no longer so.

    The member `knows` is not told: they did it themselves, or are speaking already.
    """
    db.session.flush()
    due = _due(event_id)
    for notice in _notices_of(event_id):
        if due.get(notice.member_id) == notice.turn:
            del due[notice.member_id]
        else:
            db.session.delete(notice)
            db.session.flush()
            if notice.member_id not in due:
                notices.recount(notice.member)
    known = knows.id if knows else None
    db.session.add_all(
        TurnNotice(member_id=member_id, turn=turn, is_read=member_id == known) for member_id, turn in due.items()
    )
    db.session.flush()
    notices.tell(event_id, [member_id for member_id in due if member_id != known])


def _due(event_id: int) -> dict[int, Turn]:
    """How near the turn is of those for whom it is near, by the member's id."""
    turns = turns_open(event_id)
    waiting = [pitch for pitch in turns if pitch.is_waiting]
    due = {pitch.member_id: Turn.NEXT for pitch in waiting[:1]}
    return due | {pitch.member_id: Turn.NOW for pitch in turns if not pitch.is_waiting}


def _notices_of(event_id: int) -> list[TurnNotice]:
    found = select(TurnNotice).join(TurnNotice.member).where(Member.event_id == event_id)
    return list(db.session.scalars(found.options(joinedload(TurnNotice.member))))


def _waiting(member_id: int, event: Event | EventSnapshot) -> list[Notice]:
    notice = db.session.get(TurnNotice, member_id)
    if notice is None:
        # The turn has ended since it was asked whether one waits.
        return []
    pitch = pitch_now(event.id) if notice.turn == Turn.NOW else pitch_waiting(member_id)
    title = pitch.shown.title if pitch and pitch.shown else ""
    return [Notice("mic", _words(notice.turn, title), url_for("pitching.show", event=event.slug))]


def _words(turn: Turn, title: str) -> str:
    if turn == Turn.NOW:
        untitled: str = gettext("It is your turn at the microphone.")
        titled: str = gettext("It is your turn at the microphone: “%(title)s”", title=title)
    else:
        untitled = gettext("You are next at the microphone.")
        titled = gettext("You are next at the microphone: “%(title)s”", title=title)
    return titled if title else untitled


def _read(member: Member) -> None:
    db.session.execute(update(TurnNotice).where(TurnNotice.member_id == member.id).values(is_read=True))


_WAITS = exists().where(TurnNotice.member_id == RECIPIENT, ~TurnNotice.is_read)

notices.register(Source(_WAITS, _waiting, _read))
