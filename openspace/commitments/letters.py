"""Writes letters about follow-ups, and hands them to the mail server, each at most once."""

from collections.abc import Collection
from email.message import EmailMessage

from flask import current_app, url_for
from flask_babel import force_locale, gettext
from sqlalchemy import ColumnElement, Select, and_, exists, or_, select, update
from sqlalchemy.orm import aliased

from openspace.clock import now
from openspace.commitments import checks, delivery
from openspace.commitments.delivery import AGAIN, LONGEST_PAUSE, Ready, Sent
from openspace.commitments.follow_up_models import AddressCheck, FollowUp, Letter, MailAddress
from openspace.commitments.follow_up_rules import REFUSALS, WEEKS, Letters, due_at
from openspace.commitments.models import Commitment, Pledge
from openspace.commitments.rules import OPEN, Word
from openspace.events.models import Event
from openspace.extensions import db
from openspace.mail import Relay
from openspace.store import transactions

# Letters of one job, which may take so long as the mail server lets it.
AT_ONCE = 40


def due(event_id: int) -> list[int]:
    """Return the ids of letters that may be sent now."""
    event = db.session.get_one(Event, event_id)
    found = select(Letter).where(Letter.id.in_(_due(event))).order_by(Letter.next_at, Letter.id)
    return [each.id for each in db.session.scalars(found) if _leads_on(each)]


def _leads_on(letter: Letter) -> bool:
    """Whether the letter can go now, or lets its address be asked first. For others no job begins again and again."""
    address = db.session.get(MailAddress, letter.member_id)
    return address is not None and bool(address.now or checks.may_ask(address))


def _due(event: Event) -> Select[int]:
    """The letters that wait, have an address, are of a round that has begun, and still have something to ask."""
    moment = now()
    begun = [weeks for weeks in WEEKS if due_at(event.ends_on, event.zone, weeks) <= moment]
    has_address = exists().where(
        MailAddress.member_id == Letter.member_id, MailAddress.bounced_at.is_(None), MailAddress.stopped_at.is_(None)
    )
    checked = select(AddressCheck.id).where(AddressCheck.member_id == Letter.member_id)
    confirmed = checked.where(AddressCheck.confirmed_at.is_not(None), AddressCheck.stopped_at.is_(None))
    # One that was given before addresses were asked is asked when it is due for the first time.
    may_be_theirs = or_(confirmed.exists(), ~checked.exists())
    return (
        select(Letter.id)
        .join(FollowUp)
        .join(FollowUp.commitment)
        .where(FollowUp.event_id == event.id, Letter.state == Letters.WAITING, has_address, may_be_theirs)
        .where(Commitment.hidden_at.is_(None))
        .where(or_(Letter.next_at <= moment, Letter.next_at > moment + LONGEST_PAUSE))
        .where(FollowUp.weeks.in_(begun), _still_asks(begun))
    )


def _still_asks(begun: Collection[int]) -> ColumnElement[bool]:
    """Whether a letter says what still holds, about an open commitment.

    It asks the owner, unanswered, in the latest round; or it calls for help that is still wanted, and goes to somebody
    who still promises it.
    """
    later = aliased(FollowUp)
    is_older = exists().where(
        later.commitment_id == FollowUp.commitment_id, later.weeks > FollowUp.weeks, later.weeks.in_(begun)
    )
    promises = exists().where(
        Pledge.commitment_id == FollowUp.commitment_id, Pledge.member_id == Letter.member_id, Pledge.word == Word.YES
    )
    is_mine = FollowUp.member_id == Letter.member_id
    asks = and_(is_mine, FollowUp.outcome.is_(None), Commitment.owner_id == Letter.member_id, ~is_older)
    # Of one whose asker has left nobody is there to be helped: without a member neither holds.
    calls = and_(~is_mine, FollowUp.wants_help, promises)
    return and_(Commitment.state.in_(OPEN), or_(asks, calls))


def send_due(event_id: int) -> None:
    """Send the letters of an event that are due, until the mail server is away: first those that ask for an address."""
    relay = Relay.of(current_app.config["SMTP_URL"])
    if not checks.send_due(event_id, relay, AT_ONCE):
        return
    for letter_id in due(event_id)[:AT_ONCE]:
        with transactions.writing():
            ready = _take(letter_id, relay)
        if ready:
            sent = delivery.send(relay, ready)
            with transactions.writing():
                _note(ready.id, sent)
            if not sent.goes_on:
                return


def _take(letter_id: int, relay: Relay) -> Ready | None:
    """Mark a letter as being sent, and write it. None if another process was quicker, or it is not due any more.

    From here on it is not sent again by itself, unless the mail server says that it has not taken it: of a process that
    is killed now nobody knows what it did, and a mail too few is better than one twice. Its link can be handed out.
    """
    letter = db.session.get(Letter, letter_id)
    if letter is None:
        return None
    is_due = Letter.id.in_(_due(letter.follow_up.event))
    waiting = update(Letter).where(Letter.id == letter_id, Letter.state == Letters.WAITING, is_due)
    if not db.session.connection().execute(waiting.values(state=Letters.SENDING)).rowcount:
        return None
    db.session.refresh(letter)
    address = db.session.get(MailAddress, letter.member_id)
    if address is None or not address.now:
        letter.state, letter.next_at = Letters.WAITING, now() + AGAIN
        if address:
            _ask_again(address)
        return None
    return Ready(letter.id, address.now, write(letter, address, relay))


def _ask_again(address: MailAddress) -> None:
    """Let the address be asked whether it is theirs, if it has become another one: it is read on their card.

    One that was asked before is not asked again by itself.
    """
    if checks.may_ask(address):
        checks.ask(address)


def _note(letter_id: int, sent: Sent) -> None:
    letter = db.session.get(Letter, letter_id)
    if letter is None:
        return
    moment = now()
    # One that seems to be refused since a time that is still to come, because a clock was wrong, is from now on.
    since = min(letter.refused_since or moment, moment)
    letter.refused_since = since if sent.state == Letters.REFUSED else None
    is_tried = sent.state == Letters.REFUSED and moment - since < REFUSALS
    letter.state, letter.said = Letters.WAITING if is_tried else sent.state, sent.said
    letter.sent_at = moment if sent.state == Letters.SENT else None
    letter.next_at = moment + AGAIN
    address = db.session.get(MailAddress, letter.member_id)
    if sent.state == Letters.BOUNCED and address:
        address.bounced_at, address.bounce = moment, sent.said


def write(letter: Letter, address: MailAddress, relay: Relay) -> EmailMessage:
    """Write a letter in the language of who gets it."""
    event = letter.follow_up.event
    base = current_app.config["BASE_URL"] or event.address
    with current_app.test_request_context(base_url=base or None), force_locale(address.language):
        facts = _facts(letter, address, base)
        return delivery.letter(facts, relay, language=address.language, name=f"letter-{letter.id}")


def _facts(letter: Letter, to: MailAddress, base: str) -> dict[str, str]:
    follow_up, event = letter.follow_up, letter.follow_up.event
    what = follow_up.commitment.what
    facts = {"what": what, "event_name": event.name, "first_step": follow_up.commitment.first_step, "ends": ""}
    if letter.is_question:
        address = base + url_for("outcomes.show", event=event.slug, token=follow_up.token)
        ends = base + url_for("outcomes.stop", event=event.slug, token=follow_up.token)
        asks = gettext("You took this on at “%(event)s”. Say in one tap what came of it.", event=event.name)
        subject = gettext("What came of it? %(what)s", what=what)
        facts |= {"does": gettext("Say what came of it"), "ends": ends, "words": ""}
        return {**facts, "subject": subject, "asks": asks, "address": address}
    address = base + url_for("commitments.show", event=event.slug, commitment_id=follow_up.commitment_id)
    name = follow_up.member.name if follow_up.member else ""
    asks = gettext("%(name)s asks for help with what you promised together.", name=name)
    subject = gettext("Help is wanted: %(what)s", what=what)
    facts |= {"does": gettext("To the commitment"), "words": follow_up.words}
    if check := to.check:
        facts["ends"] = base + url_for("addresses.stop", event=event.slug, check_id=check.id, token=check.token)
    return {**facts, "subject": subject, "asks": asks, "address": address}
