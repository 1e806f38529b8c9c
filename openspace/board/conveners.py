"""The convener of a topic that a facilitator proposes for somebody: found by name, or added."""

from collections import Counter

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from openspace.access import actions as access
from openspace.access.models import Member, Role
from openspace.collation import collated
from openspace.events.models import Event
from openspace.extensions import db
from openspace.text import alike
from openspace.web.errors import Invalid, NotAllowed

LONGEST = Member.name.type.length


class NobodyCalled(Invalid):
    """Nobody has this name. Facts: `name`, `community`. Sent again with the box ticked, the person is added."""

    words = _l("Nobody here is called that.")


class SeveralCalled(Invalid):
    words = _l("Several people here are called that. Choose one from the list, with the community.")


def labels(event: Event) -> dict[str, Member]:
    """The members of the event, sorted by name, by a unique label: name and community, and a number if shared."""
    here = (Member.event_id == event.id, Member.left_at.is_(None))
    found: dict[str, Member] = {}
    times = Counter[str]()
    members = db.session.scalars(select(Member).where(*here))
    for member in sorted(members, key=lambda member: (collated(member.name), member.id)):
        label = f"{member.name}, {member.community}" if member.community else member.name
        times[label] += 1
        found[f"{label} ({times[label]})" if times[label] > 1 else label] = member
    return found


def convener_called(event: Event, typed: str, *, by: Member, adds: bool = False) -> Member:
    """The member whom `typed` names: their label, or their name alone where nobody else has it.

    With `adds` a person who is not there is added as a member, without a signed-in browser; `typed` is then a name, or
    a name, a comma and a community. Refuses with `SeveralCalled`; with `NobodyCalled` unless `adds`; and with
    `NotAllowed` if `by` may not propose topics for others.
    """
    if not by.is_at_least(Role.FACILITATOR):
        raise NotAllowed
    found = _called(event, typed)
    if len(found) > 1:
        raise SeveralCalled
    if found:
        return found[0]
    name, _, community = (part.strip() for part in typed.partition(","))
    name, community = name[:LONGEST], community[:LONGEST]
    if not adds or not name:
        raise NobodyCalled(name=name, community=community)
    return access.seat(event, name=name, community=community, role=Role.PARTICIPANT, is_here=False)


def _called(event: Event, typed: str) -> list[Member]:
    members = labels(event)
    wanted = alike(typed)
    exactly = [member for label, member in members.items() if alike(label) == wanted]
    return exactly[:1] or [member for member in members.values() if alike(member.name) == wanted]
