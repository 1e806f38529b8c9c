"""Writes letters about follow-ups, and hands them to the mail server, each at most once."""

from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from typing import NamedTuple

from flask import current_app, render_template, url_for
from flask_babel import force_locale, gettext
from sqlalchemy import exists, or_, select, update
from sqlalchemy.orm import joinedload

from openspace import mail
from openspace.clock import now
from openspace.commitments.follow_up_models import FollowUp, Letter, MailAddress
from openspace.commitments.follow_up_rules import Letters, due_at
from openspace.events.models import Event
from openspace.extensions import db
from openspace.mail import Away, Bounced, Relay, Uncertain
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
    """Return the ids of letters that may be sent now: there is an address, and their round has begun."""
    moment = now()
    has_address = exists().where(
        MailAddress.member_id == Letter.member_id, MailAddress.bounced_at.is_(None), MailAddress.stopped_at.is_(None)
    )
    waiting = (
        select(Letter)
        .join(FollowUp)
        .where(FollowUp.event_id == event_id, Letter.state == Letters.WAITING, has_address)
        .where(or_(Letter.next_at <= moment, Letter.next_at > moment + LONGEST_PAUSE))
        .options(joinedload(Letter.follow_up).joinedload(FollowUp.event))
        .order_by(Letter.next_at, Letter.id)
    )
    return [each.id for each in db.session.scalars(waiting) if _has_begun(each.follow_up)]


def _has_begun(follow_up: FollowUp) -> bool:
    return due_at(follow_up.event.ends_on, follow_up.event.zone, follow_up.weeks) <= now()


def send_due(event_id: int) -> None:
    """Send the letters of an event that are due, until the mail server is away."""
    relay = Relay.of(current_app.config["SMTP_URL"])
    for letter_id in due(event_id)[:AT_ONCE]:
        with transactions.writing():
            ready = _take(letter_id, relay)
        if ready and not _sent(ready, relay):
            return


def _take(letter_id: int, relay: Relay) -> Ready | None:
    """Mark a letter as being sent, and write it. None if another process was quicker, or there is no address any more.

    From here on it is not sent again by itself, unless the mail server says that it has not taken it: of a process that
    is killed now nobody knows what it did, and a mail too few is better than one twice. Its link can be handed out.
    """
    waiting = update(Letter).where(Letter.id == letter_id, Letter.state == Letters.WAITING)
    if not db.session.connection().execute(waiting.values(state=Letters.SENDING)).rowcount:
        return None
    letter = db.session.get_one(Letter, letter_id, populate_existing=True)
    address = db.session.get(MailAddress, letter.member_id)
    if address is None or not address.now:
        letter.state, letter.next_at = Letters.WAITING, now() + AGAIN
        return None
    return Ready(letter.id, address.now, write(letter, address, relay))


def _sent(ready: Ready, relay: Relay) -> bool:
    """Send a letter and note how that went; returns whether the mail server can be asked for the next one."""
    try:
        mail.send(relay, ready.message, ready.to)
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
        letter.state, letter.said = state, one_line(said)[:200]
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
