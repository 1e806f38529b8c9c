"""Writes of the follow-up: rounds, addresses, the questions, their answers, and calls for help."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from sqlalchemy import select, update

from openspace.access import notices
from openspace.access.models import Member, Role
from openspace.clock import now
from openspace.commitments import actions, changes, checks
from openspace.commitments.follow_up_models import AddressCheck, FollowUp, FollowUpPlan, Letter, MailAddress, weeks_of
from openspace.commitments.follow_up_rules import LEFT, WEEKS, Letters, Outcome, due_at, is_young, round_due
from openspace.commitments.models import Commitment, Pledge
from openspace.commitments.rules import OPEN, State, Word
from openspace.events.models import Event
from openspace.extensions import db
from openspace.live import log
from openspace.store import database
from openspace.web.errors import NotAllowed

# A question is sent so long after it was noticed that it is due. A clock that is put right in between asks nobody.
PAUSE = timedelta(minutes=15)


def choose_weeks(event: Event, weeks: Collection[int], *, by: Member) -> None:
    """Let it be asked so many weeks after the event. Refuses with `NotAllowed` all but organisers."""
    if not by.is_at_least(Role.ORGANISER):
        raise NotAllowed
    log.claim(event.id)
    plan = db.session.get(FollowUpPlan, event.id) or FollowUpPlan(event_id=event.id)
    plan.weeks = _in_words(weeks)
    db.session.add(plan)


def _in_words(weeks: Collection[int]) -> str:
    return " ".join(str(each) for each in WEEKS if each in weeks)


def agree(member: Member, *, email: str, language: str) -> None:
    """Let a member be asked by mail at this address, or with an empty one at that of their card.

    It first gets one letter that asks whether it is theirs. Refuses with `TooManyAddresses`.
    """
    log.claim(member.event_id)
    address = db.session.get(MailAddress, member.id) or MailAddress(member_id=member.id)
    address.email, address.language, address.agreed_at = email, language, now()
    address.bounced_at, address.bounce, address.stopped_at = None, "", None
    db.session.add(address)
    db.session.flush()
    checks.ask(address)
    # What came back from the address before is sent again to the new one.
    bounced = update(Letter).where(Letter.member_id == member.id, Letter.state == Letters.BOUNCED)
    db.session.execute(bounced.values(state=Letters.WAITING, next_at=now(), said=""))


def withdraw(member: Member) -> None:
    """Forget the address of a member."""
    log.claim(member.event_id)
    if address := db.session.get(MailAddress, member.id):
        db.session.delete(address)


def stop(follow_up: FollowUp) -> None:
    """Let whoever is asked get no further mail; the link goes on to open the question."""
    log.claim(follow_up.event_id)
    if follow_up.member_id and (address := db.session.get(MailAddress, follow_up.member_id)):
        address.stopped_at = address.stopped_at or now()


def open_due() -> None:
    """Begin the rounds that are due: a question for each commitment that is taken on and not over. A periodic task.

    What was taken on within the last days is asked about when it is older, as long as the round may begin.
    """
    moment = now()
    for event in db.session.scalars(select(Event).where(Event.ends_on < moment.date()).order_by(Event.id)).all():
        weeks = round_due(event.ends_on, event.zone, weeks_of(event.id), moment)
        if weeks:
            _open(event, weeks, moment)


def _open(event: Event, weeks: int, moment: datetime) -> None:
    asked = select(FollowUp.commitment_id).where(FollowUp.weeks == weeks)
    shown = (Commitment.event_id == event.id, Commitment.hidden_at.is_(None))
    open_ones = select(Commitment).where(*shown, Commitment.state.in_(OPEN))
    for commitment in db.session.scalars(open_ones.where(Commitment.id.not_in(asked)).order_by(Commitment.id)).all():
        log.claim(event.id)
        pledge = commitment.pledge_of(commitment.owner_id) if commitment.owner_id else None
        if pledge and pledge.word == Word.YES and not is_young(pledge.at, moment):
            follow_up = FollowUp(event_id=event.id, commitment=commitment, weeks=weeks, member=commitment.owner)
            follow_up.member_id, follow_up.commitment_id = commitment.owner_id, commitment.id
            follow_up.renew()
            db.session.add(follow_up)
            db.session.flush()
            _write(follow_up, [commitment.owner_id], is_news=False)
            if _was_due_before_restore(event, weeks, pledge):
                follow_up.letters[0].state = Letters.ASIDE


def _was_due_before_restore(event: Event, weeks: int, pledge: Pledge) -> bool:
    """Whether the question may have been asked before a backup from still earlier was brought back."""
    plan = db.session.get(FollowUpPlan, event.id)
    at = plan.restored_at if plan else None
    return at is not None and due_at(event.ends_on, event.zone, weeks) <= at and not is_young(pledge.at, at)


def set_aside(made_at: datetime) -> None:
    """Set letters aside that may have gone out after a backup that was made then, and is now brought back."""
    for table in (Letter, AddressCheck):
        db.session.execute(update(table).where(table.state == Letters.WAITING).values(state=Letters.ASIDE))
    for event_id in db.session.scalars(select(Event.id).order_by(Event.id)).all():
        plan = db.session.get(FollowUpPlan, event_id) or FollowUpPlan(event_id=event_id, weeks=_in_words(WEEKS))
        plan.restored_at = now()
        db.session.add(plan)


def send_left(event: Event, *, by: Member) -> None:
    """Let letters that are left be sent after all. Refuses with `NotAllowed` all but organisers."""
    if not by.is_at_least(Role.ORGANISER):
        raise NotAllowed
    log.claim(event.id)
    of_event = select(FollowUp.id).where(FollowUp.event_id == event.id)
    left = update(Letter).where(Letter.follow_up_id.in_(of_event), Letter.state.in_(LEFT))
    db.session.execute(left.values(state=Letters.WAITING, next_at=now(), refused_since=None))


def answer(follow_up: FollowUp, outcome: Outcome, *, words: str = "", wants_help: bool = False) -> None:
    """Say what came of it, and move the commitment accordingly. Whoever asks for help reaches those who promised it."""
    log.claim(follow_up.event_id)
    follow_up.outcome, follow_up.words, follow_up.answered_at = outcome, words, now()
    commitment = follow_up.commitment
    owner = commitment.owner
    if owner and owner.id == follow_up.member_id:
        state = {Outcome.DONE: State.DONE, Outcome.MOVING: State.DOING}.get(outcome)
        if outcome == Outcome.LET_GO and words:
            state = State.LET_GO
        if state:
            actions.move(commitment, state, why=words if state == State.LET_GO else "", by=owner)
    if wants_help and not follow_up.wants_help:
        _write(follow_up, [each.id for each in commitment.helpers], is_news=True)
    follow_up.wants_help = wants_help
    changes.commitment(commitment)


def _write(follow_up: FollowUp, member_ids: Iterable[int | None], *, is_news: bool) -> None:
    """Put letters to these members into the post; calls for help are notices, too."""
    known = {each.member_id for each in follow_up.letters}
    fresh = [each for each in member_ids if each and each not in known]
    for member_id in fresh:
        next_at = now() if is_news else now() + PAUSE
        follow_up.letters.append(Letter(member_id=member_id, is_news=is_news, next_at=next_at))
    db.session.flush()
    if is_news:
        notices.tell(follow_up.event_id, sorted(fresh))


def renew(follow_up: FollowUp, *, by: Member) -> None:
    """End the link, which may have been forwarded, and make another one. Refuses with `NotAllowed` participants."""
    if not by.is_at_least(Role.ORGANISER):
        raise NotAllowed
    log.claim(follow_up.event_id)
    follow_up.renew()


database.when_restored.append(set_aside)
