"""The wall as one visitor finds it: its pages, its filters, and which stories of one's own do not hang there."""

from collections import Counter
from collections.abc import Iterable

from sqlalchemy import ColumnElement, and_, func, or_, select, union

from openspace.access.models import Member
from openspace.access.visitor import visitor
from openspace.clock import now
from openspace.extensions import db
from openspace.store import private_files
from openspace.stories.fragments import story_html
from openspace.stories.media_models import stories_with
from openspace.stories.models import Story, StoryMark, out_by, stories_where, story_numbered
from openspace.stories.rules import PAGE, Mark, MediumKind, State, Way
from openspace.text import alike
from openspace.web.cache import LruCache
from openspace.web.i18n import language

page_cache = LruCache(32)
# The filters by name: those that depend on who asks, and what stories have that the others let pass. All stories: "".
_PERSONAL = ("try", "community")
_KINDS = {"pictures": MediumKind.PHOTO, "films": MediumKind.FILM}


def page(wanted: str, before: int, revision: int) -> tuple[dict[int, str], int | None]:
    """The HTML of the stories of one page by their numbers, and the number before which the next page begins.

    `wanted` is a filter, `before` the number of the last story seen. The page is the same for everybody, but for
    filters that depend on who asks, and is drawn once: when a story becomes known in the hall, two hundred phones ask
    at once. A changed title of a topic shows within a minute.
    """

    def draw() -> tuple[dict[int, str], int | None]:
        conditions = [*_passing(wanted), *_earlier_than(before)]
        found = db.session.scalars(stories_where(visitor.event_id, *conditions).limit(PAGE + 1)).all()
        return story_html(visitor.event, found[:PAGE]), found[PAGE - 1].number if len(found) > PAGE else None

    if wanted in _PERSONAL:
        return draw()
    minute = int(now().timestamp() // 60)
    state = (visitor.event_id, wanted, before, revision, language(), private_files.period(), minute)
    return page_cache.get(state, draw)


def counts(revision: int) -> dict[str, int]:
    """How many stories pass each filter."""
    for_all = page_cache.get((visitor.event_id, "counts", revision), lambda: _counted(("", *_KINDS)))
    return for_all | _counted(_PERSONAL)


def _counted(names: Iterable[str]) -> dict[str, int]:
    here = select(func.count(Story.id)).where(Story.event_id == visitor.event_id)
    asked = [here.where(*_passing(name)).scalar_subquery().label(f"count_{name}") for name in names]
    return dict(zip(names, db.session.execute(select(*asked)).one(), strict=True))


def own_elsewhere() -> tuple[list[Story], Counter[State]]:
    """The member's own stories that are not on the wall, and how many wait, are hidden, or are taken down."""
    off_wall = (Story.author_id == visitor.member.id, Story.state != State.SHOWN)
    stories = list(db.session.scalars(stories_where(visitor.event_id, *off_wall)))
    return stories, Counter(story.state for story in stories)


def _passing(wanted: str) -> list[ColumnElement[bool]]:
    """The conditions for the stories on the wall that pass a filter; an unknown one lets all pass."""
    conditions = [*out_by(Way.WALL)]
    if wanted == "try":
        tried = select(StoryMark.story_id).where(StoryMark.member_id == visitor.member.id, StoryMark.kind == Mark.TRY)
        conditions.append(Story.id.in_(tried))
    elif wanted in _KINDS:
        conditions.append(Story.id.in_(stories_with(_KINDS[wanted])))
    elif wanted == "community":
        conditions.append(_is_from(visitor.member.community))
    return conditions


def _earlier_than(number: int) -> list[ColumnElement[bool]]:
    """The condition for stories that hang below this one; none if it is unknown."""
    last = story_numbered(visitor.event_id, number)
    if last is None:
        return []
    return [or_(Story.shown_at < last.shown_at, and_(Story.shown_at == last.shown_at, Story.number < last.number))]


def _is_from(community: str) -> ColumnElement[bool]:
    """The condition for stories from a community, in any spelling (`alike`)."""
    names = union(
        select(Member.community).where(Member.event_id == visitor.event_id),
        select(Story.author_community).where(Story.event_id == visitor.event_id),
    )
    spellings = [name for name in db.session.scalars(names) if name and alike(name) == alike(community)]
    members = select(Member.id).where(Member.event_id == visitor.event_id, Member.community.in_(spellings))
    return or_(Story.author_id.in_(members), Story.author_community.in_(spellings))
