"""Writes letters about follow-ups, and hands them to the mail server, each at most once."""

from collections.abc import Collection
from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from typing import NamedTuple

from flask import current_app, render_template, url_for
from flask_babel import force_locale, gettext
from sqlalchemy import ColumnElement, Select, and_, exists, or_, select, update
from sqlalchemy.orm import aliased

from openspace import mail
from openspace.clock import now
from openspace.commitments.follow_up_models import FollowUp, Letter, MailAddress
from openspace.commitments.follow_up_rules import REFUSALS, WEEKS, Letters, due_at
from openspace.commitments.models import Commitment
from openspace.commitments.rules import OPEN
from openspace.events.models import Event
from openspace.extensions import db
from openspace.mail import Away, Bounced, Refused, Relay, Uncertain
from openspace.store import transactions
from openspace.text import one_line

# How long a letter waits that the mail server did not take. One that would wait longer, by a clock that was wrong, is
# due at once.
AGAIN = timedelta(minutes=20)
LONGEST_PAUSE = timedelta(hours=1)
# Letters of one job, which may take so long as the mail server lets it.
AT_ONCE = 40


class Ready(NamedTuple):
    """A letter that is to be sent, and to which address."""

    id: int
    to: str
    message: EmailMessage


def due(event_id: int) -> list[int]:
    """Return the ids of letters that may be sent now."""
    event = db.session.get_one(Event, event_id)
    return list(db.session.scalars(_due(event).order_by(Letter.next_at, Letter.id)))


def _due(event: Event) -> Select[int]:
    """The letters that wait, have an address, are of a round that has begun, and still have something to ask."""
    moment = now()
    begun = [weeks for weeks in WEEKS if due_at(event.ends_on, event.zone, weeks) <= moment]
    has_address = exists().where(
        MailAddress.member_id == Letter.member_id, MailAddress.bounced_at.is_(None), MailAddress.stopped_at.is_(None)
    )
    return (
        select(Letter.id)
        .join(FollowUp)
        .join(FollowUp.commitment)
        .where(FollowUp.event_id == event.id, Letter.state == Letters.WAITING, has_address)
        .where(Commitment.hidden_at.is_(None))
        .where(or_(Letter.next_at <= moment, Letter.next_at > moment + LONGEST_PAUSE))
        .where(FollowUp.weeks.in_(begun), _still_asks(begun))
    )


def _still_asks(begun: Collection[int]) -> ColumnElement[bool]:
    """Whether a letter calls for help, or asks the owner of an open commitment, unanswered, in its latest round."""
    later = aliased(FollowUp)
    is_older = exists().where(
        later.commitment_id == FollowUp.commitment_id, later.weeks > FollowUp.weeks, later.weeks.in_(begun)
    )
    is_open = and_(FollowUp.outcome.is_(None), Commitment.state.in_(OPEN))
    return or_(
        FollowUp.member_id.is_distinct_from(Letter.member_id),
        and_(is_open, Commitment.owner_id == Letter.member_id, ~is_older),
    )


def send_due(event_id: int) -> None:
    """Send the letters of an event that are due, until the mail server is away."""
    relay = Relay.of(current_app.config["SMTP_URL"])
    for letter_id in due(event_id)[:AT_ONCE]:
        with transactions.writing():
            ready = _take(letter_id, relay)
        if ready and not _sent(ready, relay):
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
        return None
    return Ready(letter.id, address.now, write(letter, address, relay))


def _sent(ready: Ready, relay: Relay) -> bool:
    """Send a letter and note how that went; returns whether the mail server can be asked for the next one."""
    try:
        mail.send(relay, ready.message, ready.to)
    except Refused as refused:
        # The others may be taken.
        _note(ready, Letters.REFUSED, str(refused))
    except Away as away:
        _note(ready, Letters.WAITING, str(away))
        return False
    except Bounced as bounced:
        _note(ready, Letters.BOUNCED, str(bounced))
    except Uncertain as broken:
        _note(ready, Letters.SENDING, str(broken))
        return False
    else:
        _note(ready, Letters.SENT, "")
    return True


def _note(ready: Ready, state: Letters, said: str) -> None:
    with transactions.writing():
        letter = db.session.get(Letter, ready.id)
        if letter is None:
            return
        letter.refused_since = (letter.refused_since or now()) if state == Letters.REFUSED else None
        # A clock that was ahead when it was first refused ends it no sooner.
        is_over = letter.refused_since and abs(now() - letter.refused_since) >= REFUSALS
        letter.state = Letters.WAITING if state == Letters.REFUSED and not is_over else state
        letter.said = one_line(said)[:200]
        letter.sent_at = now() if state == Letters.SENT else None
        letter.next_at = now() + AGAIN
        address = db.session.get(MailAddress, letter.member_id)
        if state == Letters.BOUNCED and address:
            address.bounced_at, address.bounce = now(), letter.said


def write(letter: Letter, address: MailAddress, relay: Relay) -> EmailMessage:
    """Write a letter in the language of who gets it. No line break of a name or a title gets into a header."""
    event = letter.follow_up.event
    base = current_app.config["BASE_URL"] or event.address
    with current_app.test_request_context(base_url=base or None), force_locale(address.language):
        facts = _facts(letter, event, base)
        message = EmailMessage()
        message["Subject"] = one_line(facts["subject"])[:150]
        message["From"] = relay.sender
        message["Date"] = format_datetime(now())
        message["Message-ID"] = make_msgid(f"letter-{letter.id}", domain=relay.sender.rpartition("@")[2])
        message["Auto-Submitted"] = "auto-generated"
        if letter.is_question:
            message["List-Unsubscribe"] = f"<{facts['ends']}>"
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        message.set_content(render_template("commitments/letter.txt", **facts))
        message.add_alternative(render_template("commitments/letter.html", **facts), subtype="html")
        message["Content-Language"] = address.language
    return message


def _facts(letter: Letter, event: Event, base: str) -> dict[str, str]:
    follow_up = letter.follow_up
    what = follow_up.commitment.what
    facts = {"what": what, "event_name": event.name, "first_step": follow_up.commitment.first_step, "ends": ""}
    if letter.is_question:
        address = base + url_for("outcomes.show", event=event.slug, token=follow_up.token)
        ends = base + url_for("outcomes.stop", event=event.slug, token=follow_up.token)
        asks = gettext("You took this on at “%(event)s”. Say in one tap what came of it.", event=event.name)
        subject = gettext("What came of it? %(what)s", what=what)
        return {**facts, "subject": subject, "asks": asks, "address": address, "ends": ends, "words": ""}
    address = base + url_for("commitments.show", event=event.slug, commitment_id=follow_up.commitment_id)
    name = follow_up.member.name if follow_up.member else ""
    asks = gettext("%(name)s asks for help with what you promised together.", name=name)
    subject = gettext("Help is wanted: %(what)s", what=what)
    return {**facts, "subject": subject, "asks": asks, "address": address, "words": follow_up.words}
