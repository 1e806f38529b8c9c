"""Tables of the call: what is written of it in each language, its questions and its deadline; and what was changed."""

from datetime import date, datetime
from typing import Literal, TypedDict
from zoneinfo import ZoneInfo

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from openspace.clock import now
from openspace.events.models import Event
from openspace.extensions import Model, UtcDateTime, db
from openspace.programmes.rules import missing


class Question(TypedDict):
    """A question of a call: its words and a hint by language, and how many characters an answer may have.

    The `name` stays when the words change: answers belong to it. One that is not `needed` may be left empty.
    """

    name: str
    words: dict[str, str]
    hint: dict[str, str]
    longest: int
    needed: bool


class Call(Model):
    """The invitation to apply for a programme. It has the key of the programme's office."""

    __tablename__ = "call"
    __table_args__ = (CheckConstraint("places > 0", name="has_places"),)

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    closes_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # How many pairs of cities there is room for.
    places: Mapped[int]
    # Where questions go.
    email: Mapped[str] = mapped_column(String(254), default="")
    # The last day on which what was handed in is kept.
    kept_until: Mapped[date]
    # By language its texts, each by the names of its parts (`rules.LENGTHS`).
    texts: Mapped[dict[str, dict[str, str]]] = mapped_column(JSON, default=dict)
    questions: Mapped[list[Question]] = mapped_column(JSON, default=list)
    # How many questions were ever asked: their names are q1, q2 and so on, and none is given twice.
    questions_asked: Mapped[int] = mapped_column(default=0)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # When it was published for the first time. From then on its changes are told, also while it is taken back.
    read_since: Mapped[datetime | None] = mapped_column(UtcDateTime)

    office: Mapped[Event] = relationship()
    changes: Mapped[list["CallChange"]] = relationship(order_by="CallChange.id", viewonly=True)

    @property
    def is_open(self) -> bool:
        """Whether it is published and its deadline has not passed."""
        return self.published_at is not None and now() < self.closes_at

    @property
    def closes_local(self) -> datetime:
        """When it closes, on the clock of its zone."""
        return self.closes_at.astimezone(ZoneInfo(self.office.zone))

    @property
    def written_in(self) -> list[str]:
        """The languages of the programme in which nothing that is needed is missing, the main one first."""
        return [code for code in self.office.languages if not missing(self.texts.get(code, {}))]

    def said(self, part: str, language: str) -> str:
        """A part of its text in a language, or else in one in which the call is written."""
        codes = (language, *self.written_in, *self.office.languages)
        return next(filter(None, (self.texts.get(code, {}).get(part, "") for code in codes)), "")

    def words(self, question: Question, language: str, part: Literal["words", "hint"] = "words") -> str:
        """The words of a question in a language, or else in the first one that it has."""
        found = (question[part].get(code, "") for code in (language, *self.office.languages, *question[part]))
        return next(filter(None, found), "")


class CallChange(Model):
    """A change of a call after it was published, which its page tells."""

    __tablename__ = "call_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("call.event_id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    # What was changed: `deadline`, `frame`, `texts` or `questions`, with blanks between.
    what: Mapped[str] = mapped_column(String(60))
    # The deadline that held before, if that was changed.
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def call_of(event_id: int) -> Call:
    """The call of the programme with this office; every programme has one."""
    return db.session.get_one(Call, event_id)


def published_calls() -> list[Call]:
    """The calls that everybody may read, those that close first in front."""
    found = select(Call).where(Call.published_at.is_not(None)).order_by(Call.closes_at, Call.event_id)
    return list(db.session.scalars(found))
