"""What becomes of stories, marks, comments and reports when a member leaves, or is made one with another member."""

from typing import Any

from sqlalchemy import delete, select, update

from openspace.access import notices
from openspace.access.belongings import Belongings, register
from openspace.access.models import Member
from openspace.extensions import db
from openspace.live import log
from openspace.stories import changes, media_actions as media, series_actions as series, slides_actions as slides
from openspace.stories.models import Comment, Report, Silence, Story, StoryMark
from openspace.stories.notices import StoryNotice

# Of which rows a member may have one alone: those with the same values in these columns.
SAME: dict[type[Any], tuple[str, ...]] = {
    StoryMark: ("story_id", "kind"),
    Report: ("story_id", "comment_id"),
    Silence: (),
    StoryNotice: ("story_id",),
}


def leave(member: Member) -> None:
    """Delete what the member has on the wall; a story written for somebody else forgets who wrote it."""
    log.claim(member.event_id)
    for story in _touched(member):
        changes.page(story)
    for table in (StoryNotice, Report, Silence, StoryMark, Comment):
        db.session.execute(delete(table).where(table.member_id == member.id))
    media.let_go(db.session.scalars(select(Story).where(Story.author_id == member.id)).all())
    db.session.execute(delete(Story).where(Story.author_id == member.id))
    db.session.execute(update(Story).where(Story.by_id == member.id).values(by_id=None))
    changes.waiting(member.event_id)
    slides.arrange(member.event_id)
    series.let_go(member.event_id)


def merge(kept: Member, gone: Member) -> None:
    """Give what `gone` has on the wall to `kept`; of equal marks and reports one is left."""
    log.claim(kept.event_id)
    for story in _touched(gone):
        changes.page(story)
    changes.waiting(kept.event_id)
    for table, same in SAME.items():
        _delete_doubles(table, same, kept, gone)
        db.session.execute(update(table).where(table.member_id == gone.id).values(member_id=kept.id))
    notices.recount(kept)
    db.session.execute(update(Comment).where(Comment.member_id == gone.id).values(member_id=kept.id, key=None))
    db.session.execute(update(Story).where(Story.author_id == gone.id).values(author_id=kept.id))
    db.session.execute(update(Story).where(Story.by_id == gone.id).values(by_id=kept.id, key=None))


def _delete_doubles(table: type[Any], same: tuple[str, ...], kept: Member, gone: Member) -> None:
    """Delete the rows of `gone` that `kept` has too: with the same values in the columns `same`."""
    for row in db.session.scalars(select(table).where(table.member_id == kept.id)).all():
        double = [getattr(table, name).is_not_distinct_from(getattr(row, name)) for name in same]
        db.session.execute(delete(table).where(table.member_id == gone.id, *double))


def _touched(member: Member) -> list[Story]:
    """The stories that the member told, marked or commented on, in the order of their numbers."""
    marked = select(StoryMark.story_id).where(StoryMark.member_id == member.id)
    commented = select(Comment.story_id).where(Comment.member_id == member.id)
    theirs = (Story.author_id == member.id) | Story.id.in_(marked) | Story.id.in_(commented)
    return list(db.session.scalars(select(Story).where(theirs).order_by(Story.number)))


register(Belongings((Story, StoryMark, Comment, Report, Silence, StoryNotice), leave, merge))
