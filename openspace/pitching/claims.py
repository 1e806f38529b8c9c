"""Codes of six digits by which somebody takes over what was written down for them.

A code is made from the installation's secret and can be made again for whoever may print it. The database holds only
its keyed hash, by which it is found.
"""

import hmac
from hashlib import sha256

from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from openspace.access.models import Role, Seat
from openspace.events.models import Event
from openspace.extensions import db
from openspace.pitching.models import Claim
from openspace.pitching.rules import DIGITS, digits
from openspace.web.errors import Problem


class WrongCode(Problem):
    status = 422
    words = _l("Nothing belongs to this code. It counts once, until the event's last day.")


def code_of(claim: Claim) -> str:
    """The six digits of a claim."""
    return f"{int(_mac(f'code {claim.event_id} {claim.id} {claim.salt}'), 16) % 10**DIGITS:0{DIGITS}}"


def give_code(claim: Claim) -> None:
    """Find a code for the claim that no other one of the event has, and keep its hash."""
    while (known := _with_code(claim.event_id, code_of(claim))) and known.id != claim.id:
        claim.salt += 1
    claim.code_hash = hash_of(claim.event_id, code_of(claim))


def hash_of(event_id: int, code: str) -> str:
    """The hash under which the event's claims are kept."""
    return _mac(f"hash {event_id} {code}")


def claim_with(event: Event, typed: str) -> Claim:
    """The claim with a code however it was typed.

    Refuses with `WrongCode` one that does not exist, was used, or is of an event that is over. It refuses so, too, once
    the person has a phone or has been given a role: a few digits must not open that.
    """
    code = digits(typed)
    claim = _with_code(event.id, code) if code else None
    if claim is None or claim.used_at or event.today() > event.ends_on or not _is_guest(claim):
        raise WrongCode
    return claim


def _is_guest(claim: Claim) -> bool:
    member = claim.member
    seated = select(Seat.token_hash).where(Seat.member_id == member.id).limit(1)
    return member.left_at is None and member.role == Role.PARTICIPANT and db.session.scalar(seated) is None


def _with_code(event_id: int, code: str) -> Claim | None:
    found = select(Claim).where(Claim.event_id == event_id, Claim.code_hash == hash_of(event_id, code))
    return db.session.scalar(found)


def _mac(words: str) -> str:
    secret: str = current_app.config["SECRET_KEY"]
    return hmac.new(secret.encode(), f"claim {words}".encode(), sha256).hexdigest()
