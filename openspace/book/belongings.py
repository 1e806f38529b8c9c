"""What becomes of the book when a member leaves: it is made anew, without them."""

from openspace.access.belongings import Belongings, register
from openspace.access.models import Member
from openspace.book import actions


def leave(member: Member) -> None:
    """Delete the files in which the member may be named."""
    actions.forget(member.event_id)


def merge(kept: Member, gone: Member) -> None:
    """Nothing: names change, and with them what the book is compared by."""


register(Belongings((), leave, merge))
