"""Writes of commitments: proposing, asking people, their answers, and what becomes of it."""

import secrets
from datetime import date, datetime
from typing import NamedTuple

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, or_, select

from openspace.access import notices
from openspace.access.models import Member, Role
from openspace.board.models import Topic
from openspace.clock import now
from openspace.commitments import changes
from openspace.commitments.models import Commitment, Pledge, open_ones
from openspace.commitments.rules import MOST, MOST_EACH, MOST_PEOPLE, OPEN, PATIENCE, State, Word, settled
from openspace.events.models import Event
from openspace.extensions import db
from openspace.live import log
from openspace.notes.models import NextStep
from openspace.web.errors import Invalid, NotAllowed, Problem, Stale


class TooManyCommitments(Problem):
    status = 409
    words = _l("No more commitments fit on the wall. Let go of one of them first.")


class TooManyOfOne(Problem):
    status = 409
    words = _l("Twenty commitments that you wrote down are still open. Finish one of them or let it go first.")


class TooManyPeople(Problem):
    status = 409
    words = _l("Twenty people are in this commitment, and no more fit.")


class CommitmentChanged(Stale):
    """Somebody has changed the commitment since the person opened it."""

    words = _l("Somebody has changed this commitment meanwhile. Look how it stands now, and then change it again.")


class Over(Problem):
    """The commitment is done or let go."""

    status = 409
    words = _l("This commitment is over. Open it again first.")


class Plan(NamedTuple):
    """What is promised, its first step, and by when."""

    what: str
    first_step: str = ""
    due_on: date | None = None


def propose(
    event: Event,
    plan: Plan,
    *,
    by: Member,
    owner: Member | None = None,
    helper: Member | None = None,
    topic: Topic | None = None,
    step: NextStep | None = None,
    key: str = "",
) -> Commitment:
    """Write a commitment down. Its `owner` is `by` unless somebody else is asked. With a known `key` it is done once.

    Refuses with `TooManyCommitments` and `TooManyOfOne`.
    """
    log.claim(event.id)
    key, owner = key or secrets.token_hex(16), owner or by
    if known := db.session.scalar(select(Commitment).where(Commitment.event_id == event.id, Commitment.key == key)):
        return known
    _check_room(event.id)
    _check_own_room(by)
    commitment = Commitment(
        event_id=event.id,
        event=event,
        key=key,
        by_id=by.id,
        owner_id=owner.id,
        topic=topic,
        step=step,
        **plan._asdict(),
    )
    db.session.add(commitment)
    _add(commitment, owner, by=by)
    if helper and helper.id != owner.id:
        _add(commitment, helper, by=by)
    _settle(commitment)
    return commitment


def take_over(step: NextStep, *, by: Member) -> Commitment:
    """Make a commitment of a next step of notes, once. Whoever was to do it is asked; else it is `by` who takes it on.

    Refuses with `TooManyCommitments` and `TooManyOfOne`.
    """
    topic = step.topic
    log.claim(topic.event_id)
    if known := db.session.scalar(select(Commitment).where(Commitment.step_id == step.id)):
        return known
    plan = Plan(step.what, due_on=step.due_on)
    return propose(topic.event, plan, by=by, owner=step.who, topic=topic, step=step)


def change(commitment: Commitment, plan: Plan, *, revision: int, by: Member) -> None:
    """Change what is promised. Refuses with `NotAllowed`, and with `CommitmentChanged` if it is another by now."""
    check_may_change(commitment, by)
    if commitment.revision != revision:
        raise CommitmentChanged
    commitment.what, commitment.first_step, commitment.due_on = plan
    commitment.revision += 1
    changes.commitment(commitment)


def ask(commitment: Commitment, member: Member, *, by: Member) -> None:
    """Ask a member to help, or once more if they did not answer. Refuses with `NotAllowed`, `Over`, `TooManyPeople`."""
    check_may_change(commitment, by)
    _check_open(commitment)
    known = commitment.pledge_of(member.id)
    if known and known.word in (Word.YES, Word.ASKED):
        return
    _add(commitment, member, by=by)
    _settle(commitment)


def ask_no_more(commitment: Commitment, member: Member, *, by: Member) -> None:
    """Take back a question that waits for an answer. Refuses with `NotAllowed`."""
    check_may_change(commitment, by)
    pledge = commitment.pledge_of(member.id)
    if pledge is None or pledge.word not in (Word.ASKED, Word.SILENT):
        return
    commitment.pledges.remove(pledge)
    if commitment.owner_id == member.id:
        commitment.owner, commitment.owner_id = None, None
    _settle(commitment)
    notices.recount(member)


def answer(commitment: Commitment, *, accepts: bool, by: Member) -> None:
    """Say yes or no to what one was asked, or offer help unasked. Refuses with `Over`.

    Who says no after a yes steps back. Without its owner a commitment looks for somebody who takes it on.
    """
    log.claim(commitment.event_id)
    _check_open(commitment)
    pledge = commitment.pledge_of(by.id)
    if pledge is None and not accepts:
        return
    pledge = pledge or _add(commitment, by, by=by)
    if accepts and commitment.owner_id == by.id and pledge.word != Word.YES:
        pledge.at = now()
    if not accepts:
        pledge.shared_at = pledge.named_at = None
    pledge.word = Word.YES if accepts else Word.NO
    pledge.is_news = commitment.owner_id not in (by.id, None)
    owner_id = commitment.owner_id
    if owner_id == by.id and not accepts:
        commitment.owner, commitment.owner_id = None, None
    _settle(commitment)
    notices.recount(by)
    if pledge.is_news and owner_id:
        notices.tell(commitment.event_id, [owner_id])


def take_on(commitment: Commitment, *, by: Member) -> None:
    """Become the owner of a commitment that has none. Refuses with `Over`, and with `CommitmentChanged` if it has."""
    log.claim(commitment.event_id)
    _check_open(commitment)
    if commitment.owner_id not in (None, by.id):
        raise CommitmentChanged
    pledge = commitment.pledge_of(by.id) or _add(commitment, by, by=by)
    if commitment.owner_id is None or pledge.word != Word.YES:
        pledge.at, pledge.shared_at = now(), None
    commitment.owner, commitment.owner_id = by, by.id
    pledge.word, pledge.is_news = Word.YES, False
    _settle(commitment)
    notices.recount(by)


def move(commitment: Commitment, state: State, *, why: str = "", by: Member) -> None:
    """Say how far it is: `DOING` also opens again what is over; `LET_GO` needs a sentence `why`.

    Refuses with `NotAllowed` all but those who said yes and facilitators; with `Invalid` letting go without a sentence,
    and states that only follow from what people say; with `TooManyCommitments` and `TooManyOfOne` opening again what
    no longer fits.
    """
    log.claim(commitment.event_id)
    if not may_move(commitment, by):
        raise NotAllowed(_l("Only those who promised it, or a facilitator, can do this."))
    if state not in (State.DOING, State.DONE, State.LET_GO):
        raise Invalid
    if state == State.LET_GO and not why:
        raise Invalid(_l("Please say in a sentence why it is let go. That is a result too."))
    if state == State.LET_GO and commitment.owner_id != by.id:
        _keep_from_public(commitment)
    if state in OPEN and not commitment.is_open:
        _check_room(commitment.event_id)
        if commitment.by_id == by.id:
            _check_own_room(by)
    commitment.state, commitment.why = state, why if state == State.LET_GO else ""
    commitment.ended_at = None if state in OPEN else now()
    _settle(commitment)


def _keep_from_public(commitment: Commitment) -> None:
    """Take a commitment off the public page and tell its owner: the sentence of somebody else would stand as theirs."""
    pledge = commitment.pledge_of(commitment.owner_id) if commitment.owner_id else None
    if pledge and pledge.shared_at:
        pledge.shared_at, pledge.is_news = None, True
        notices.tell(commitment.event_id, [pledge.member_id])


def lapse_due() -> None:
    """Count questions that waited for `PATIENCE` as left without an answer. A periodic task.

    One that seems to come from the future, because a clock was wrong, waits from now on.
    """
    moment = now()
    waiting = select(Pledge).where(Pledge.word == Word.ASKED)
    for event_id in sorted(set(db.session.scalars(select(Commitment.event_id).join(Pledge).where(_late(moment))))):
        log.claim(event_id)
        of_event = waiting.join(Commitment).where(Commitment.event_id == event_id, _late(moment))
        for pledge in db.session.scalars(of_event.order_by(Pledge.commitment_id, Pledge.member_id)).all():
            if pledge.at > moment:
                pledge.at = moment
                continue
            pledge.word = Word.SILENT
            commitment = pledge.commitment
            if commitment.owner_id == pledge.member_id:
                commitment.owner, commitment.owner_id = None, None
            _settle(commitment)
            notices.recount(pledge.member)


def _late(moment: datetime) -> ColumnElement[bool]:
    return and_(Pledge.word == Word.ASKED, or_(Pledge.at <= moment - PATIENCE, Pledge.at > moment))


def may_change(commitment: Commitment, member: Member) -> bool:
    """Whether the member may change what is promised and ask people: the owner, until then who wrote it; facilitators.

    If the owner is gone, those who help may.
    """
    if member.is_at_least(Role.FACILITATOR):
        return True
    if commitment.is_owned:
        return commitment.owner_id == member.id
    return commitment.by_id == member.id or commitment.word_of(member.id) == Word.YES


def may_move(commitment: Commitment, member: Member) -> bool:
    """Whether the member may say how far it is: those who said yes, and facilitators."""
    return member.is_at_least(Role.FACILITATOR) or commitment.word_of(member.id) == Word.YES


def check_may_change(commitment: Commitment, by: Member) -> None:
    """Lock the event. Refuses with `NotAllowed` whoever may not change what is promised."""
    log.claim(commitment.event_id)
    if not may_change(commitment, by):
        raise NotAllowed(_l("Only the owner or a facilitator can do this."))


def forget(commitment: Commitment, member: Member) -> None:
    """Take a member out who leaves. Without its owner a commitment looks for somebody who takes it on."""
    if pledge := commitment.pledge_of(member.id):
        commitment.pledges.remove(pledge)
    if commitment.owner_id == member.id:
        commitment.owner, commitment.owner_id = None, None
    _settle(commitment)


def _add(commitment: Commitment, member: Member, *, by: Member) -> Pledge:
    """Ask a member; whoever asks themselves says yes by that."""
    pledge = commitment.pledge_of(member.id)
    if pledge is None:
        if len(commitment.pledges) >= MOST_PEOPLE:
            raise TooManyPeople
        pledge = Pledge(member_id=member.id, member=member)
        commitment.pledges.append(pledge)
    pledge.word = Word.YES if member.id == by.id else Word.ASKED
    pledge.by_id, pledge.at, pledge.is_news = (None if member.id == by.id else by.id), now(), False
    pledge.shared_at = pledge.named_at = None
    if member.id != by.id:
        db.session.flush()
        notices.tell(commitment.event_id, [member.id])
    return pledge


def _settle(commitment: Commitment) -> None:
    helpers = [each.word for each in commitment.pledges if each.member_id != commitment.owner_id]
    owner = commitment.word_of(commitment.owner_id)
    commitment.state = settled(commitment.state or State.PROPOSED, owner=owner, helpers=helpers)
    commitment.revision = (commitment.revision or 0) + 1
    db.session.flush()
    changes.commitment(commitment)


def _check_room(event_id: int) -> None:
    if open_ones(event_id) >= MOST:
        raise TooManyCommitments


def _check_own_room(by: Member) -> None:
    """Refuse with `TooManyOfOne`. Facilitators write down what others promise, without end."""
    if not by.is_at_least(Role.FACILITATOR) and open_ones(by.event_id, Commitment.by_id == by.id) >= MOST_EACH:
        raise TooManyOfOne


def _check_open(commitment: Commitment) -> None:
    if not commitment.is_open:
        raise Over
