"""The views of the storytelling wall and of one story: reading, telling, editing, taking down."""

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext as _l
from sqlalchemy import select

from openspace.access.guards import event_blueprint, find, requires
from openspace.access.models import Role
from openspace.access.visitor import visitor
from openspace.board.models import IS_SHOWN, Topic
from openspace.events.models import Space
from openspace.extensions import SELDOM, base_url, db, limiter
from openspace.live import log
from openspace.stories import actions, wall
from openspace.stories.actions import Author, Telling
from openspace.stories.forms import CommentForm, ConsentForm, StoryForm, TellForm, chosen_media
from openspace.stories.fragments import comments_html, may_clear, media_tools, personal_json, story_html
from openspace.stories.media_actions import TOGETHER, Chosen
from openspace.stories.media_models import media_of
from openspace.stories.models import STORIES, Story, marks_on, story_numbered, waiting_count
from openspace.stories.rules import MOST_PHOTOS, Consent, State, kind_told
from openspace.uploads import form_files
from openspace.uploads.limits import limits
from openspace.web import qr
from openspace.web.errors import Invalid, NotFound, Problem, shows_again
from openspace.web.http import accepts_body, flash_message, see_other
from openspace.web.i18n import language
from openspace.web.preparing import prepared_by
from openspace.writes import request_key

blueprint = event_blueprint("stories", __name__, channel=lambda: STORIES)
# In bytes: four photos of a phone, or a short film, of a browser without our scripts.
LARGEST_FORM = 48 * 2**20
_TOO_LARGE = _l("These files are larger than 48 MB together. Please choose fewer or smaller ones.")


@blueprint.get("/stories")
@requires(Role.PARTICIPANT)
def index() -> ResponseReturnValue:
    """The wall, the latest story first. `?show=` is a filter, `?before=` the number of the last story seen.

    With `?part` only the stories, to be put below those that are there.
    """
    revision = visitor.revision
    wanted, before = request.args.get("show", ""), request.args.get("before", 0, int)
    stories, more = wall.page(wanted, before, revision)
    facts = {"wanted": wanted, "stories": stories, "more": more}
    if "part" in request.args:
        return render_template("stories/_stories.html", **facts)
    mine, states = wall.own_elsewhere()
    return render_template(
        "stories/index.html",
        **facts,
        counts=wall.counts(revision),
        mine=mine,
        states=states,
        waiting=waiting_count(visitor.event_id) if visitor.member.is_at_least(Role.FACILITATOR) else 0,
        revision=revision,
        personal_json=personal_json(visitor.member, STORIES, revision),
    )


@blueprint.get("/stories/new")
@requires(Role.PARTICIPANT)
def new() -> ResponseReturnValue:
    """The form for a new story. `?topic=` and `?space=` choose what it is about."""
    return new_page()


def new_page(problem: Problem | None = None) -> str:
    """The form for a new story; after a refusal with all that was typed."""
    topic, space = request.args.get("topic", type=int), request.args.get("space", type=int)
    form = TellForm.for_page(language=_own_language(), in_hall=True, topic=topic, space=space)
    return _form_page("stories/new.html", form, problem)


def edit_page(problem: Problem | None = None) -> str:
    """The form that edits the story in the address; after a refusal with what was typed."""
    story = asked_story()
    fields = ("text", "language", "in_hall", "in_book", "on_web")
    form = StoryForm.for_page(
        **{name: getattr(story, name) for name in fields},
        topic=story.topic.number if story.topic else None,
        space=story.space_id,
    )
    facts = {"story": story, "media": media_of([story.id])[story.id], **media_tools(visitor.event, story)}
    return _form_page("stories/edit.html", form, problem, **facts)


def _form_page(template: str, form: StoryForm, problem: Problem | None, **facts: object) -> str:
    topics = (Topic.event_id == visitor.event_id, IS_SHOWN)
    return render_template(
        template,
        form=form,
        problem=problem,
        stopped=actions.stopped_from_posting(visitor.member),
        limits=limits(visitor.event_id),
        topics=db.session.scalars(select(Topic).where(*topics).order_by(Topic.number)).all(),
        **facts,
    )


def _form_files(**_: int) -> list[form_files.Stored]:
    """The files that a browser without scripts sends with the form; scripts send them before."""
    files = form_files.sent("files")
    if len(files) > MOST_PHOTOS:
        raise Invalid(TOGETHER)
    return form_files.store_all(files, visitor.event_id, member_id=visitor.member.id)


@blueprint.post("/stories")
@accepts_body(LARGEST_FORM, _TOO_LARGE)
@limiter.limit(SELDOM)
@requires(Role.PARTICIPANT)
@shows_again(new_page)
@prepared_by(_form_files, undo=form_files.forget)
def create(files: list[form_files.Stored]) -> ResponseReturnValue:
    """Tell a story."""
    form = TellForm()
    form.check()
    author = Author(form.author_name.data, form.author_community.data or "") if form.author_name.data else None
    telling, key = _telling(form, files), request_key() or None
    story = actions.tell(visitor.event, telling, by=visitor.member, author=author, key=key)
    waits = story.state == State.WAITING
    flash_message(gettext("Thank you. It comes onto the wall soon.") if waits else gettext("Thank you. It is up."))
    return answer(story, url_for("stories.index"))


@blueprint.get("/stories/<int:number>")
@requires(Role.PARTICIPANT)
def show(number: int) -> ResponseReturnValue:
    """A story's own page, with its comments."""
    return story_page()


def story_page(problem: Problem | None = None) -> str:
    """The page of the story in the address; after a refused comment with what was typed."""
    # Not the visitor's revision: forms of other blueprints, which name no channel, show this page again too.
    revision, story = log.revision(visitor.event_id, STORIES), asked_story()
    given = marks_on(story.id, by=visitor.member.id)
    may_change = actions.may_change(story, visitor.member)
    return render_template(
        "stories/show.html",
        story=story,
        live=story_html(visitor.event, [story], given=given)[story.number],
        media=media_of([story.id])[story.id] if may_change else [],
        comments=comments_html(visitor.event, story, visitor.member),
        may_clear=may_clear(story, visitor.member),
        form=CommentForm.for_page(),
        problem=problem,
        may_change=may_change,
        consents=ConsentForm.for_page(**{consent: consent in story.agreed for consent in Consent}),
        revision=revision,
        personal_json=personal_json(visitor.member, STORIES, revision),
    )


@blueprint.get("/stories/<int:number>/edit")
@requires(Role.PARTICIPANT)
def edit(number: int) -> ResponseReturnValue:
    """The form that edits a story."""
    actions.check_may_change(asked_story(), visitor.member)
    return edit_page()


@blueprint.put("/stories/<int:number>")
@accepts_body(LARGEST_FORM, _TOO_LARGE)
@limiter.limit(SELDOM)
@requires(Role.PARTICIPANT)
@shows_again(edit_page)
@prepared_by(_form_files, undo=form_files.forget)
def update(files: list[form_files.Stored], number: int) -> ResponseReturnValue:
    """Change a story."""
    form = StoryForm()
    form.check()
    story = asked_story()
    actions.edit(story, _telling(form, files), by=visitor.member)
    flash_message(gettext("Saved."))
    return answer(story)


@blueprint.delete("/stories/<int:number>")
@limiter.limit(SELDOM)
@requires(Role.PARTICIPANT)
def delete(number: int) -> ResponseReturnValue:
    """Take a story down. The next page offers to bring it back."""
    story = asked_story()
    actions.take_down(story, by=visitor.member)
    undo = url_for("stories.bring_back", number=number, method="PUT")
    flash_message(gettext("Your story has been taken down."), undo=undo)
    return answer(story, url_for("stories.index"))


@blueprint.put("/stories/<int:number>/return")
@limiter.limit(SELDOM)
@requires(Role.PARTICIPANT)
def bring_back(number: int) -> ResponseReturnValue:
    """Bring back a story that its author took down."""
    story = asked_story()
    actions.bring_back(story, by=visitor.member)
    return answer(story)


@blueprint.get("/stories/<int:number>/qr.svg")
@requires(Role.PARTICIPANT)
def code(number: int) -> Response:
    """The QR code of the story's page."""
    return qr.answer(base_url() + url_for("stories.show", number=asked_story().number))


def asked_story() -> Story:
    """The story whose number is in the address. Refuses with `NotFound` one that the visitor may not see."""
    story = story_numbered(visitor.event_id, (request.view_args or {})["number"])
    if story is None or not actions.may_see(story, visitor.member):
        raise NotFound
    return story


def _telling(form: StoryForm, files: list[form_files.Stored]) -> Telling:
    topic = db.session.scalar(select(Topic).where(Topic.event_id == visitor.event_id, Topic.number == form.topic.data))
    fields = ("language", "in_hall", "in_book", "on_web")
    return Telling(
        text=form.text.data or "",
        topic=topic,
        space=find(Space, form.space.data) if form.space.data else None,
        media=[*chosen_media(), *(_chosen(file) for file in files)],
        **{name: form[name].data for name in fields},
    )


def _chosen(file: form_files.Stored) -> Chosen:
    """A file that came with the form, as an upload of the visitor's."""
    form_files.keep(file, visitor.event, by=visitor.member)
    return Chosen(file.ref, kind_told(file.mimetype))


def _own_language() -> str:
    languages = visitor.event.languages
    return language() if language() in languages else languages[0]


def answer(story: Story, address: str = "") -> ResponseReturnValue:
    """The answer after a write: a redirect to `address`, else to the story's page."""
    return see_other(address or url_for("stories.show", number=story.number))
