"""What of the stories leaves the house: the organisers' page on it, the switch, and what everybody finds on the web."""

from uuid import NAMESPACE_URL, uuid5

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from openspace.access.guards import event_blueprint, requires
from openspace.access.models import Role
from openspace.access.visitor import visitor
from openspace.extensions import SELDOM, base_url, db, limiter
from openspace.store import private_files
from openspace.stories import actions, feeds
from openspace.stories.collection import ENDINGS, collected, size_of
from openspace.stories.feeds import Feed, File, Item
from openspace.stories.forms import ConsentForm
from openspace.stories.media_models import Medium, Rendition, media_of
from openspace.stories.models import Story, out_by, stories_where
from openspace.stories.rules import Consent, Way
from openspace.stories.views import answer, asked_story
from openspace.uploads.rules import MediumState
from openspace.web.errors import NotFound
from openspace.web.http import flash_message, see_other
from openspace.web.i18n import in_language

blueprint = event_blueprint("publication", __name__)
# How many stories are in a feed, the latest first.
MOST = 100


@blueprint.get("/stories/publication")
@requires(Role.ORGANISER)
def show() -> ResponseReturnValue:
    """The page that says what is published, with the switch, the addresses of the feeds, and the downloads."""
    book, web = collected(Way.BOOK), collected(Way.SITE)
    return render_template(
        "stories/publication.html",
        web=web,
        sizes={"book": size_of(book), "web": size_of(web)},
        counts={"book": len(book), "web": len(web)},
        feeds=[base_url() + url_for(f"publication.{name}") for name in ("atom", "podcast")],
    )


@blueprint.put("/stories/publication")
@limiter.limit(SELDOM)
@requires(Role.ORGANISER)
def publish() -> ResponseReturnValue:
    """Publish the stories whose authors agreed to the web."""
    actions.publish(visitor.event, True, by=visitor.member)
    return see_other(url_for("publication.show"))


@blueprint.delete("/stories/publication")
@limiter.limit(SELDOM)
@requires(Role.ORGANISER)
def withdraw() -> ResponseReturnValue:
    """Publish nothing any more."""
    actions.publish(visitor.event, False, by=visitor.member)
    return see_other(url_for("publication.show"))


@blueprint.put("/stories/<int:number>/consents")
@limiter.limit(SELDOM)
@requires(Role.PARTICIPANT)
def put_consents(number: int) -> ResponseReturnValue:
    """Set what the author of a story agrees to."""
    form, story = ConsentForm(), asked_story()
    form.check()
    actions.agree(story, [consent for consent in Consent if form[consent].data], by=visitor.member)
    flash_message(gettext("Saved."))
    return answer(story)


@blueprint.get("/stories.atom")
def atom() -> Response:
    """The published stories as an Atom feed, for everybody."""
    return _feed("atom", feeds.ATOM_TYPE)


@blueprint.get("/stories/podcast.xml")
def podcast() -> Response:
    """The published films and recordings as a feed for podcast apps, for everybody."""
    return _feed("podcast", feeds.RSS_TYPE)


@blueprint.get("/stories/<int:number>/published")
def page(number: int) -> Response:
    """A published story by itself, for everybody: where its entry in the feeds leads."""
    story = _published(number)
    item = _item(story, media_of([story.id])[story.id])
    response = Response(render_template("stories/published.html", story=story, item=item, base=base_url()))
    response.headers["Cache-Control"] = "private, no-cache"
    return response


@blueprint.get(f"/stories/<int:number>/published/<int:file_id>.<any({', '.join(ENDINGS.values())}):ending>")
def file(number: int, file_id: int, ending: str) -> Response:
    """A picture, a film or a recording of a published story, or a range of it, for everybody."""
    published, found = _published(number), db.session.get(Rendition, file_id)
    if found is None or ENDINGS.get(found.mimetype) != ending:
        raise NotFound
    if db.session.get_one(Medium, found.medium_id).story_id != published.id:
        raise NotFound
    return private_files.answer_asking(found.digest, ending, name=published.name, is_public=True)


def _published(number: int) -> Story:
    """The published story with this number. Refuses with `NotFound`."""
    story = db.session.scalar(stories_where(visitor.event_id, Story.number == number, *out_by(Way.WEB)))
    if story is None:
        raise NotFound
    return story


def _feed(name: str, mimetype: str) -> Response:
    """A feed by the name of its view. Refuses with `NotFound` while the event publishes nothing."""
    event = visitor.event
    if not event.publishes_stories:
        raise NotFound
    stories = db.session.scalars(stories_where(event.id, *out_by(Way.WEB)).limit(MOST)).all()
    media = media_of([story.id for story in stories])
    held = Feed(
        uid=_urn(name),
        title=event.name,
        about=in_language(event.languages[0], lambda: gettext("Stories from %(event)s", event=event.name)),
        address=base_url() + url_for(f"publication.{name}"),
        page=base_url() + url_for("board.show"),
        language=event.languages[0],
        updated_at=event.created_at,
        items=[_item(story, media[story.id]) for story in stories],
    )
    response = Response(getattr(feeds, name)(held), content_type=f"{mimetype}; charset=utf-8")
    response.headers["Cache-Control"] = "public, no-cache"
    response.add_etag()
    response.make_conditional(request)
    return response


def _item(story: Story, media: list[Medium]) -> Item:
    ready = [medium for medium in media if medium.state == MediumState.READY]
    photos = [(medium, medium.files("image/webp")[-1]) for medium in ready if not medium.player]
    players = [_file(story, medium, medium.player) for medium in ready if medium.player]
    shown_at = story.shown_at or story.created_at
    return Item(
        uid=_urn(f"stories/{story.number}"),
        page=base_url() + url_for("publication.page", number=story.number),
        text=story.text,
        language=story.language,
        author=f"{story.name}, {story.community}" if story.community else story.name,
        published_at=shown_at,
        updated_at=max(shown_at, story.changed_at),
        pictures=[_file(story, *photo) for photo in photos],
        player=players[0] if players else None,
    )


def _file(story: Story, medium: Medium, file: Rendition) -> File:
    ending = ENDINGS[file.mimetype]
    address = base_url() + url_for("publication.file", number=story.number, file_id=file.id, ending=ending)
    return File(address, file.mimetype, file.size, medium.alt, file.width, file.height, medium.seconds)


def _urn(name: str) -> str:
    """An identifier that is the same always, and of this event alone."""
    return uuid5(NAMESPACE_URL, f"{visitor.event.uid_base}/{name}").urn
