"""The notice that asks a convener whether two topics shall be merged; it is shown until it is answered."""

from flask import url_for
from flask_babel import gettext

from openspace.access import notices
from openspace.access.models import Member
from openspace.access.notices import Answer, Notice, Source
from openspace.board.merge_models import MergeRequest, requests_to


def _question(request: MergeRequest, member: Member) -> Notice:
    facts = {"name": request.asked_by.name, "first": request.first.title, "second": request.second.title}
    is_second = member.id in request.second.convener_ids and not request.second_agrees
    topic = request.second if is_second else request.first
    words = (
        gettext("%(name)s would like to merge your topic “%(second)s” into “%(first)s”. Do you agree?", **facts)
        if is_second
        else gettext("%(name)s would like to merge “%(second)s” into your topic “%(first)s”. Do you agree?", **facts)
    )
    event = member.event.slug
    answers = (
        Answer(gettext("Yes, merge"), url_for("merges.agree", event=event, request_id=request.id, method="PUT")),
        Answer(gettext("No"), url_for("merges.decline", event=event, request_id=request.id, method="DELETE")),
    )
    return Notice("link", words, url_for("topics.show", event=event, number=topic.number), answers)


def _waits(member: Member) -> bool:
    return bool(requests_to(member))


def _waiting(member: Member) -> list[Notice]:
    return [_question(request, member) for request in requests_to(member)]


notices.register(Source(_waits, _waiting, lambda member: None))
