"""Writes of people without a phone: writing one down, giving them a code, and taking over by it."""

from secrets import token_hex

from openspace.access import actions as access
from openspace.access.merging import merge
from openspace.access.models import Member, Role
from openspace.board.conveners import LONGEST
from openspace.clock import now
from openspace.events.models import Event
from openspace.extensions import db
from openspace.live import log
from openspace.pitching.claims import claim_with, give_code
from openspace.pitching.models import Claim
from openspace.web.errors import Invalid, NotAllowed


def write_down(event: Event, typed: str, *, by: Member) -> Claim:
    """Add somebody without a phone as a member, and a code by which they take over later.

    `typed` is a name, or a name, a comma and a community. Refuses with `NotAllowed`; and with `Invalid` an empty name.
    """
    if not by.is_at_least(Role.FACILITATOR):
        raise NotAllowed
    name, _, community = (part.strip()[:LONGEST] for part in typed.partition(","))
    if not name:
        raise Invalid
    member = access.seat(event, name=name, community=community, role=Role.PARTICIPANT, is_here=False)
    # The code is made from the row's id, so at first there is none.
    claim = Claim(event_id=event.id, member=member, code_hash=token_hex(32))
    db.session.add(claim)
    db.session.flush()
    give_code(claim)
    db.session.flush()
    return claim


def take_over(event: Event, typed: str, *, by: Member | None) -> Member:
    """Use a code up, and return who has its topics now: the member `by` or, without one, the person written down.

    Refuses as `claim_with` does, whoever comes second too; and as `merge` does.
    """
    log.claim(event.id)
    claim = claim_with(event, typed)
    claim.used_at = now()
    db.session.flush()
    if by is None:
        return claim.member
    merge(by, claim.member)
    return by
