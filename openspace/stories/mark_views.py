"""The views that mark stories and comment on them."""

from flask import jsonify, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from openspace.access.guards import event_blueprint, requires
from openspace.access.models import Role
from openspace.access.visitor import visitor
from openspace.extensions import SELDOM, db, limiter
from openspace.stories import actions
from openspace.stories.forms import CommentForm
from openspace.stories.models import Comment
from openspace.stories.rules import Mark
from openspace.stories.views import answer, asked_story, story_page
from openspace.web.errors import NotFound, shows_again, wants_json
from openspace.web.http import flash_message
from openspace.writes import request_key

blueprint = event_blueprint("story_marks", __name__)
MARKS = "120 per minute"


@blueprint.put("/stories/<int:number>/marks/<kind>")
@limiter.limit(MARKS)
@requires(Role.PARTICIPANT)
def put(number: int, kind: str) -> ResponseReturnValue:
    """Mark a story with a `heart` or with `try` ("I'll try this at home")."""
    story = asked_story()
    actions.mark(story, _called(kind), by=visitor.member)
    return jsonify(number=number, kind=kind) if wants_json() else answer(story)


@blueprint.delete("/stories/<int:number>/marks/<kind>")
@limiter.limit(MARKS)
@requires(Role.PARTICIPANT)
def delete(number: int, kind: str) -> ResponseReturnValue:
    """Remove a mark from a story."""
    story = asked_story()
    actions.unmark(story, _called(kind), by=visitor.member)
    return jsonify(number=number, kind=None) if wants_json() else answer(story)


def _called(kind: str) -> Mark:
    if kind not in set(Mark):
        raise NotFound
    return Mark(kind)


@blueprint.post("/stories/<int:number>/comments")
@limiter.limit(SELDOM)
@requires(Role.PARTICIPANT)
@shows_again(story_page)
def comment(number: int) -> ResponseReturnValue:
    """Comment on a story."""
    form = CommentForm()
    form.check()
    story = asked_story()
    actions.comment(story, form.words.data or "", by=visitor.member, key=request_key() or None)
    return answer(story, url_for("stories.show", number=number, _anchor="comments"))


@blueprint.delete("/stories/<int:number>/comments/<int:comment_id>")
@limiter.limit(MARKS)
@requires(Role.PARTICIPANT)
def take_back(number: int, comment_id: int) -> ResponseReturnValue:
    """Delete a comment. If it was one's own, the next page offers to put its words back."""
    story = asked_story()
    comment = db.session.get(Comment, comment_id)
    if comment is None or comment.story_id != story.id:
        raise NotFound
    is_own, words = comment.member_id == visitor.member.id, comment.text
    actions.take_back(comment, by=visitor.member)
    again = {"undo": url_for("story_marks.comment", number=number), "fields": {"words": words}} if is_own else {}
    flash_message(gettext("The comment is deleted."), **again)
    return answer(story, url_for("stories.show", number=number, _anchor="comments"))
