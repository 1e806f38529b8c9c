"""What becomes of the book when a member leaves, or is made one with another member."""

from openspace.access.belongings import Belongings, register
from openspace.access.models import Member
from openspace.book import actions, queries


def leave(member: Member) -> None:
    """Delete the files of the book if the member is named in it: it is made anew, without them."""
    if queries.is_named(member):
        actions.forget(member.event_id)


def merge(kept: Member, gone: Member) -> None:
    """Nothing: what the book says of them has changed, so the files are made anew."""


register(Belongings((), leave, merge))
