"""The notice that asks a convener whether two topics shall be merged; it is shown until it is answered."""

from flask import url_for
from flask_babel import gettext
from sqlalchemy import exists

from openspace.access import notices
from openspace.access.notices import RECIPIENT, Answer, Notice, Source
from openspace.access.snapshots import EventSnapshot
from openspace.board.merge_models import MergeRequest, requests_to, waits_for
from openspace.events.models import Event


def _question(request: MergeRequest, member_id: int, slug: str) -> Notice:
    facts = {"name": request.asked_by.name, "first": request.first.title, "second": request.second.title}
    is_second = member_id in request.second.convener_ids and not request.second_agrees
    topic = request.second if is_second else request.first
    words = (
        gettext("%(name)s would like to merge your topic “%(second)s” into “%(first)s”. Do you agree?", **facts)
        if is_second
        else gettext("%(name)s would like to merge “%(second)s” into your topic “%(first)s”. Do you agree?", **facts)
    )
    answers = (
        Answer(gettext("Yes, merge"), url_for("merges.agree", event=slug, request_id=request.id, method="PUT")),
        Answer(gettext("No"), url_for("merges.decline", event=slug, request_id=request.id, method="DELETE")),
    )
    return Notice("link", words, url_for("topics.show", event=slug, number=topic.number), answers)


def _waiting(member_id: int, event: Event | EventSnapshot) -> list[Notice]:
    return [_question(request, member_id, event.slug) for request in requests_to(member_id)]


notices.register(Source(exists().where(waits_for(RECIPIENT)), _waiting, lambda member: None))
