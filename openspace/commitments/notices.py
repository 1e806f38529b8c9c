"""Notices about commitments: that one is asked, and, for the owner, what others answered or let go."""

from flask import url_for
from flask_babel import gettext
from sqlalchemy import and_, exists, or_, select, update
from sqlalchemy.orm import joinedload

from openspace.access import notices
from openspace.access.models import Member
from openspace.access.notices import RECIPIENT, Answer, Notice, Source
from openspace.access.snapshots import EventSnapshot
from openspace.commitments.follow_up_models import FollowUp, Letter
from openspace.commitments.models import Commitment, Pledge
from openspace.commitments.rules import OPEN, Word
from openspace.events.models import Event
from openspace.extensions import db

_IS_OF_SHOWN = Letter.follow_up.has(FollowUp.commitment.has(Commitment.hidden_at.is_(None)))
_ASKED = and_(Pledge.word == Word.ASKED, Commitment.state.in_(OPEN))


def _waiting(member_id: int, event: Event | EventSnapshot) -> list[Notice]:
    loaded = (joinedload(Pledge.member), joinedload(Pledge.by), joinedload(Pledge.commitment))
    of_all = select(Pledge).join(Pledge.commitment).options(*loaded).where(Commitment.hidden_at.is_(None))
    of_all = of_all.order_by(Pledge.at, Pledge.commitment_id)
    asked = db.session.scalars(of_all.where(Pledge.member_id == member_id, _ASKED)).all()
    calls = select(Letter).where(Letter.member_id == member_id, Letter.is_news, _IS_OF_SHOWN).order_by(Letter.id)
    called = db.session.scalars(calls.options(joinedload(Letter.follow_up).joinedload(FollowUp.commitment))).all()
    answered = db.session.scalars(of_all.where(Commitment.owner_id == member_id, Pledge.is_news)).all()
    return [
        *(_question(each, event.slug) for each in asked),
        *(_answer(each, event.slug) for each in answered),
        *(_call(each, event.slug) for each in called),
    ]


def _question(pledge: Pledge, slug: str) -> Notice:
    commitment = pledge.commitment
    facts = {"name": pledge.by.name if pledge.by else "…", "what": commitment.what}
    if commitment.owner_id == pledge.member_id:
        words = gettext("%(name)s asks you to take this on: “%(what)s”", **facts)
        accepts = gettext("I take it on")
    else:
        words = gettext("%(name)s asks you to help with this: “%(what)s”", **facts)
        accepts = gettext("I will help")

    def address(word: str) -> str:
        return url_for("pledges.answer", event=slug, commitment_id=commitment.id, word=word, method="PUT")

    answers = (Answer(accepts, address("yes")), Answer(gettext("Not this time"), address("no")))
    return Notice("hand", words, url_for("commitments.show", event=slug, commitment_id=commitment.id), answers)


def _answer(pledge: Pledge, slug: str) -> Notice:
    facts = {"name": pledge.member.name, "what": pledge.commitment.what}
    address = url_for("commitments.show", event=slug, commitment_id=pledge.commitment_id)
    if pledge.member_id == pledge.commitment.owner_id:
        words = gettext(
            "Somebody else let go of “%(what)s”. It is public again once you agree anew.", what=facts["what"]
        )
        return Notice("leaf", words, address)
    if pledge.word == Word.YES:
        return Notice("check", gettext("%(name)s helps with “%(what)s”.", **facts), address)
    return Notice("x", gettext("%(name)s cannot help with “%(what)s” this time.", **facts), address)


def _call(letter: Letter, slug: str) -> Notice:
    commitment, member = letter.follow_up.commitment, letter.follow_up.member
    words = gettext(
        "%(name)s asks for help with “%(what)s”. %(words)s",
        name=member.name if member else "…",
        what=commitment.what,
        words=letter.follow_up.words,
    )
    address = url_for("commitments.show", event=slug, commitment_id=commitment.id)
    return Notice("hand", words.strip(), address)


def _read(member: Member) -> None:
    called = update(Letter).where(Letter.member_id == member.id).values(is_news=False)
    db.session.execute(called, execution_options={"synchronize_session": "fetch"})
    mine = select(Commitment.id).where(Commitment.owner_id == member.id)
    read = update(Pledge).where(Pledge.commitment_id.in_(mine)).values(is_news=False)
    db.session.execute(read, execution_options={"synchronize_session": "fetch"})


_WAITS = exists().where(
    Pledge.commitment_id == Commitment.id,
    Commitment.hidden_at.is_(None),
    or_(and_(Pledge.member_id == RECIPIENT, _ASKED), and_(Commitment.owner_id == RECIPIENT, Pledge.is_news)),
)

_CALLED = exists().where(Letter.member_id == RECIPIENT, Letter.is_news, _IS_OF_SHOWN)

notices.register(Source(or_(_WAITS, _CALLED), _waiting, _read))
