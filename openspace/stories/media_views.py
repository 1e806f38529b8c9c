"""The files of stories, how far they are, and their subtitles."""

from flask import Response, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from openspace.access.guards import event_blueprint, requires
from openspace.access.models import Role
from openspace.access.visitor import visitor
from openspace.extensions import SELDOM, db, limiter
from openspace.jobs.models import Job
from openspace.store import private_files
from openspace.stories import media_actions as actions, subtitles
from openspace.stories.actions import check_may_change, check_may_post, stopped_from_posting
from openspace.stories.forms import SubtitlesForm
from openspace.stories.fragments import media_tools
from openspace.stories.media_models import Medium, has_file, media_of
from openspace.stories.models import Story
from openspace.stories.rules import MediumKind
from openspace.stories.views import asked_story
from openspace.uploads.rules import MediumState
from openspace.web.errors import NotFound, Problem, shows_again
from openspace.web.http import flash_message, no_store, see_other

blueprint = event_blueprint("story_media", __name__)
blueprint.after_request(lambda response: response if response.direct_passthrough else no_store(response))


@blueprint.get("/stories/<int:number>/files/<address>")
@requires(Role.PARTICIPANT)
def file(number: int, address: str) -> Response:
    """A file of a story, or a range of it, for whoever may see the story now."""
    story = asked_story()
    signed = private_files.verify(address, of=(visitor.event_id, number))
    if not has_file(story.id, signed.digest):
        raise NotFound
    return private_files.answer(signed, name=story.name)


@blueprint.get("/stories/<int:number>/media")
@requires(Role.PARTICIPANT)
def states(number: int) -> ResponseReturnValue:
    """How far the media of a story are, as JSON: `ref`, `state`, and `percent` while one is being prepared."""
    media = media_of([asked_story().id]).popitem()[1]
    return jsonify(media=[{"ref": each.ref, "state": each.state, "percent": _percent(each)} for each in media])


@blueprint.get("/stories/<int:number>/media/<int:medium_id>/subtitles.vtt")
@requires(Role.PARTICIPANT)
def webvtt(number: int, medium_id: int) -> Response:
    """The subtitles of a film or of sound as WebVTT."""
    return webvtt_of(_asked(medium_id), asked_story())


def webvtt_of(medium: Medium | None, story: Story) -> Response:
    """The answer with the subtitles of a medium. Refuses with `NotFound` one that is not of this story."""
    if medium is None or medium.story_id != story.id:
        raise NotFound
    response = Response(subtitles.as_webvtt(medium.lines), mimetype="text/vtt")
    response.headers["Cache-Control"] = "private, no-cache"
    return response


@blueprint.get("/stories/<int:number>/media/<int:medium_id>/subtitles")
@requires(Role.PARTICIPANT)
def edit_subtitles(number: int, medium_id: int) -> ResponseReturnValue:
    """The form for the subtitles of a film or of sound."""
    check_may_change(asked_story(), visitor.member)
    return subtitles_page()


def subtitles_page(problem: Problem | None = None) -> str:
    """The form for subtitles; after a refusal with what was typed."""
    medium = _asked((request.view_args or {})["medium_id"])
    form = SubtitlesForm.for_page(lines=subtitles.typed(medium.lines))
    stopped = stopped_from_posting(visitor.member)
    facts = {"story": medium.story, "medium": medium, "stopped": stopped, **media_tools(visitor.event, medium.story)}
    return render_template("stories/subtitles.html", form=form, problem=problem, **facts)


@blueprint.put("/stories/<int:number>/media/<int:medium_id>/subtitles")
@limiter.limit(SELDOM)
@requires(Role.PARTICIPANT)
@shows_again(subtitles_page)
def put_subtitles(number: int, medium_id: int) -> ResponseReturnValue:
    """Set the subtitles of a film or of sound."""
    form = SubtitlesForm()
    form.check()
    medium = _asked(medium_id)
    check_may_change(medium.story, visitor.member)
    check_may_post(visitor.member)
    actions.set_subtitles(medium, subtitles.read(form.lines.data or ""), by=visitor.member)
    flash_message(gettext("Saved."))
    return see_other(url_for("stories.show", number=number))


def _asked(medium_id: int) -> Medium:
    """The film or sound in the address, of a story that the visitor may see. Refuses with `NotFound`."""
    medium = db.session.get(Medium, medium_id)
    if medium is None or medium.story_id != asked_story().id or medium.kind == MediumKind.PHOTO:
        raise NotFound
    return medium


def _percent(medium: Medium) -> int:
    if medium.state != MediumState.PREPARING:
        return 100 if medium.state == MediumState.READY else 0
    return db.session.scalar(select(Job.progress).where(Job.id == medium.job_id)) or 0
