"""Moderating the storytelling wall: what waits for facilitators, hiding and showing, reports, who may not post."""

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from openspace.access.guards import event_blueprint, find, requires
from openspace.access.models import Member, Role
from openspace.access.visitor import visitor
from openspace.extensions import SELDOM, db, limiter
from openspace.stories import moderation_actions as actions
from openspace.stories.forms import ReasonForm, ReportForm
from openspace.stories.fragments import media_html
from openspace.stories.models import Comment, Report, Story, open_reports, silences, stories_where
from openspace.stories.rules import State
from openspace.stories.views import answer, asked_story, story_page
from openspace.web.errors import NotFound, Problem, shows_again
from openspace.web.http import flash_message, see_other

blueprint = event_blueprint("moderation", __name__, is_personal=True)
WRITES = "120 per minute"


@blueprint.get("/stories/moderation")
@requires(Role.FACILITATOR)
def show() -> ResponseReturnValue:
    """The stories that wait, the reports, what is hidden, and who may not post."""
    return moderation_page()


def moderation_page(problem: Problem | None = None) -> str:
    """The page for facilitators; after a refusal with its reason."""

    def stories(state: State) -> list[Story]:
        return list(db.session.scalars(stories_where(visitor.event_id, Story.state == state)))

    waiting, hidden, reports = stories(State.WAITING)[::-1], stories(State.HIDDEN), open_reports(visitor.event_id)
    # All who asked to look at the same thing stand together.
    cases: dict[tuple[int, int | None], list[Report]] = {}
    for report in reports:
        cases.setdefault((report.story_id, report.comment_id), []).append(report)
    return render_template(
        "stories/moderation.html",
        waiting=waiting,
        hidden=hidden,
        cases=list(cases.values()),
        media=media_html(visitor.event, [*waiting, *hidden, *(report.story for report in reports)]),
        silences=silences(visitor.event_id),
        problem=problem,
    )


@blueprint.put("/stories/<int:number>/approval")
@limiter.limit(WRITES)
@requires(Role.FACILITATOR)
@shows_again(moderation_page)
def approve(number: int) -> ResponseReturnValue:
    """Let a story that waits or is hidden onto the wall."""
    story = asked_story()
    actions.show(story, by=visitor.member, seen=request.values.get("seen", ""))
    flash_message(gettext("The story is on the wall."))
    return _back()


@blueprint.put("/stories/<int:number>/hidden")
@limiter.limit(WRITES)
@requires(Role.FACILITATOR)
@shows_again(story_page)
def hide(number: int) -> ResponseReturnValue:
    """Hide a story, with a reason that its author reads. The next page offers to undo that."""
    form = ReasonForm()
    form.check()
    story = asked_story()
    actions.hide(story, form.why.data or "", by=visitor.member)
    flash_message(
        gettext("The story is hidden."),
        undo=url_for("moderation.approve", number=number, seen=story.version, method="PUT"),
    )
    return see_other(url_for("slides.control")) if request.form.get("from") == "control" else _back()


@blueprint.get("/stories/<int:number>/report")
@requires(Role.PARTICIPANT)
def reporting(number: int) -> ResponseReturnValue:
    """The form that reports a story, or the comment `?comment=`."""
    return report_page()


def report_page(problem: Problem | None = None) -> str:
    """The form that reports; after a refusal with what was typed."""
    form = ReportForm.for_page(comment=request.args.get("comment", type=int))
    return render_template("stories/report.html", story=asked_story(), form=form, problem=problem)


@blueprint.post("/stories/<int:number>/reports")
@limiter.limit(SELDOM)
@requires(Role.PARTICIPANT)
@shows_again(report_page)
def report(number: int) -> ResponseReturnValue:
    """Ask the facilitators to look at a story, or at a comment on it."""
    form = ReportForm()
    form.check()
    story = asked_story()
    comment = db.session.get(Comment, form.comment.data) if form.comment.data else None
    if form.comment.data and (comment is None or comment.story_id != story.id):
        raise NotFound
    actions.report(story, form.why.data or "", by=visitor.member, comment=comment)
    flash_message(gettext("Thank you. The facilitators will look at it: “%(title)s”", title=story.title))
    return answer(story)


@blueprint.put("/stories/reports/<int:report_id>/settlement")
@limiter.limit(WRITES)
@requires(Role.FACILITATOR)
def settle(report_id: int) -> ResponseReturnValue:
    """Leave what was reported as it is, whoever else has reported it."""
    actions.settle(find(Report, report_id), by=visitor.member)
    return _back()


@blueprint.put("/stories/silences/<int:member_id>")
@limiter.limit(WRITES)
@requires(Role.FACILITATOR)
@shows_again(moderation_page)
def silence(member_id: int) -> ResponseReturnValue:
    """Stop a participant from telling stories and commenting."""
    form = ReasonForm()
    form.check()
    actions.silence(find(Member, member_id), form.why.data or "", by=visitor.member)
    flash_message(gettext("They cannot post here any more."))
    return _back()


@blueprint.delete("/stories/silences/<int:member_id>")
@limiter.limit(WRITES)
@requires(Role.FACILITATOR)
def unsilence(member_id: int) -> ResponseReturnValue:
    """Let a member post again."""
    actions.unsilence(find(Member, member_id), by=visitor.member)
    return _back()


@blueprint.put("/stories/check")
@limiter.limit(WRITES)
@requires(Role.FACILITATOR)
def put_check() -> ResponseReturnValue:
    """Let facilitators look at stories before they are shown."""
    actions.look_first(visitor.event, True, by=visitor.member)
    return _back()


@blueprint.delete("/stories/check")
@limiter.limit(WRITES)
@requires(Role.FACILITATOR)
def delete_check() -> ResponseReturnValue:
    """Show stories at once; facilitators look at them afterwards."""
    actions.look_first(visitor.event, False, by=visitor.member)
    return _back()


def _back() -> ResponseReturnValue:
    return see_other(url_for("moderation.show"))
