"""Ends questions whether two topics shall be merged, and tells open pages of new and ended ones."""

from collections.abc import Callable, Iterable

from openspace.access import notices
from openspace.access.models import Member
from openspace.board import changes
from openspace.board.merge_models import MergeRequest, requests_about
from openspace.board.models import Topic
from openspace.extensions import db

# Features that show what waits for an answer append a function here. It is called with the event's id.
when_changed: list[Callable[[int], None]] = []


def close(*topics: Topic) -> None:
    """Delete all open questions about these topics; nobody is asked any more."""
    end(requests_about(*topics))


def end(requests: Iterable[MergeRequest]) -> None:
    """Delete these questions, and the notices that ask them."""
    for request in requests:
        people, topics, event_id = request.people, (request.first, request.second), request.event_id
        db.session.delete(request)
        db.session.flush()
        for member_id in sorted(people):
            notices.recount(db.session.get_one(Member, member_id))
        shown_anew(event_id, topics)


def shown_anew(event_id: int, topics: Iterable[Topic]) -> None:
    """Record that another question is asked about these topics, or one less."""
    for topic in topics:
        changes.reload_topic_page(topic)
    for changed in when_changed:
        changed(event_id)
