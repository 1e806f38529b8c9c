"""Whether an address belongs to the member who gave it: asked once, by one letter, before any other goes there."""

from email.message import EmailMessage
from typing import Any

from flask import current_app, url_for
from flask_babel import force_locale, gettext, lazy_gettext as _l
from sqlalchemy import Select, func, or_, select, update

from openspace.access.models import Member
from openspace.clock import now
from openspace.commitments import delivery
from openspace.commitments.delivery import AGAIN, LONGEST_PAUSE, Ready
from openspace.commitments.follow_up_models import AddressCheck, MailAddress, address_hash
from openspace.commitments.follow_up_rules import LEFT, Letters
from openspace.events.models import Event
from openspace.extensions import db
from openspace.live import log
from openspace.mail import Relay
from openspace.store import transactions
from openspace.web.errors import Problem

# Addresses that one member may give in one event: each of them gets a letter.
MOST = 5


class TooManyAddresses(Problem):
    status = 409
    words = _l("You have given five addresses, and each got a mail. Confirm one of them.")


def ask(address: MailAddress) -> None:
    """Let the address that a member gave get one letter with a link that confirms it, unless it had one.

    One that came back, or was set aside or refused, is sent again. Refuses with `TooManyAddresses`.
    """
    target = address.target
    if not target:
        return
    known = address.check
    if known is None:
        if not may_ask(address):
            raise TooManyAddresses
        db.session.add(AddressCheck(member_id=address.member_id, hash=address_hash(target)))
    elif known.state in (Letters.BOUNCED, *LEFT):
        known.state, known.next_at = Letters.WAITING, now()
    db.session.flush()


def may_ask(address: MailAddress) -> bool:
    """Whether the address has not been asked yet, and its member may give one more."""
    if not address.target or address.check:
        return False
    counted = select(func.count()).where(AddressCheck.member_id == address.member_id)
    return (db.session.scalar(counted) or 0) < MOST


def confirm(check: AddressCheck) -> None:
    """Let mail go to the address from now on: who got the letter says that it is theirs."""
    log.claim(check.member.event_id)
    check.confirmed_at, check.stopped_at = check.confirmed_at or now(), None


def stop(check: AddressCheck) -> None:
    """Let no mail go to the address any more."""
    log.claim(check.member.event_id)
    check.stopped_at = check.stopped_at or now()


def due(event_id: int) -> list[int]:
    """Return the ids of the checks whose letter may be sent now."""
    return list(db.session.scalars(_due(event_id).order_by(AddressCheck.next_at, AddressCheck.id)))


def _due(event_id: int) -> Select[int]:
    moment = now()
    return (
        select(AddressCheck.id)
        .join(AddressCheck.member)
        .where(Member.event_id == event_id, Member.left_at.is_(None), AddressCheck.state == Letters.WAITING)
        .where(AddressCheck.confirmed_at.is_(None), AddressCheck.stopped_at.is_(None))
        .where(or_(AddressCheck.next_at <= moment, AddressCheck.next_at > moment + LONGEST_PAUSE))
    )


def send_due(event_id: int, relay: Relay, most: int) -> bool:
    """Send the letters that ask for a confirmation; returns whether the mail server can be asked for more."""
    for check_id in due(event_id)[:most]:
        with transactions.writing():
            ready = _take(event_id, check_id, relay)
        if ready:
            sent = delivery.send(relay, ready)
            with transactions.writing():
                _note(ready.id, sent)
            if not sent.goes_on:
                return False
    return True


def _take(event_id: int, check_id: int, relay: Relay) -> Ready | None:
    """Mark a letter as being sent, and write it, as `letters.send_due` does: so it is sent at most once.

    One to an address that its member has changed since is not sent, and forgotten: it would wait for ever.
    """
    waiting = update(AddressCheck).where(AddressCheck.id == check_id, AddressCheck.id.in_(_due(event_id)))
    if not db.session.connection().execute(waiting.values(state=Letters.SENDING)).rowcount:
        return None
    check = db.session.get_one(AddressCheck, check_id, populate_existing=True)
    address = db.session.get(MailAddress, check.member_id)
    if address is None or address_hash(address.target) != check.hash:
        db.session.delete(check)
        return None
    return Ready(check.id, address.target, _write(check, address, relay))


def _note(check_id: int, sent: delivery.Sent) -> None:
    check = db.session.get(AddressCheck, check_id)
    if check is None:
        return
    check.state, check.next_at = sent.state, now() + AGAIN
    address = db.session.get(MailAddress, check.member_id)
    if sent.state == Letters.BOUNCED and address and address_hash(address.target) == check.hash:
        address.bounced_at, address.bounce = now(), sent.said


def _write(check: AddressCheck, address: MailAddress, relay: Relay) -> EmailMessage:
    event: Event = check.member.event
    base = current_app.config["BASE_URL"] or event.address
    with current_app.test_request_context(base_url=base or None), force_locale(address.language):
        names: dict[str, Any] = {"event": event.slug, "check_id": check.id, "token": check.token}
        facts = {
            "subject": gettext("Is this your address? %(event)s", event=event.name),
            "asks": gettext("Somebody at “%(event)s” asked us to write to this address.", event=event.name),
            "what": gettext("May we ask you here what came of what you promised?"),
            "address": base + url_for("addresses.show", **names),
            "does": gettext("Yes, this is my address"),
            "ends": base + url_for("addresses.stop", **names),
            "words": gettext("Without your yes no other mail comes here."),
            "event_name": event.name,
        }
        return delivery.letter(facts, relay, language=address.language, name=f"address-{check.id}")
