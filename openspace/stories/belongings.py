"""What becomes of stories, marks and comments when a member leaves, or is made one with another member."""

from sqlalchemy import delete, select, update

from openspace.access.belongings import Belongings, register
from openspace.access.models import Member
from openspace.extensions import db
from openspace.live import log
from openspace.stories import changes
from openspace.stories.models import Comment, Story, StoryMark


def leave(member: Member) -> None:
    """Delete the member's stories, marks and comments; of a story written for somebody else forget who wrote it."""
    log.claim(member.event_id)
    for story in _touched(member):
        changes.comments(story)
    for table, owner in ((StoryMark, StoryMark.member_id), (Comment, Comment.member_id), (Story, Story.author_id)):
        db.session.execute(delete(table).where(owner == member.id))
    db.session.execute(update(Story).where(Story.by_id == member.id).values(by_id=None))


def merge(kept: Member, gone: Member) -> None:
    """Give the stories, marks and comments of `gone` to `kept`. Of equal marks one is left."""
    log.claim(kept.event_id)
    for story in _touched(gone):
        changes.comments(story)
    both = select(StoryMark.story_id, StoryMark.kind).where(StoryMark.member_id == kept.id)
    for mark in db.session.execute(both):
        double = (StoryMark.member_id == gone.id, StoryMark.story_id == mark.story_id, StoryMark.kind == mark.kind)
        db.session.execute(delete(StoryMark).where(*double))
    db.session.execute(update(StoryMark).where(StoryMark.member_id == gone.id).values(member_id=kept.id))
    db.session.execute(update(Comment).where(Comment.member_id == gone.id).values(member_id=kept.id, key=None))
    db.session.execute(update(Story).where(Story.author_id == gone.id).values(author_id=kept.id))
    db.session.execute(update(Story).where(Story.by_id == gone.id).values(by_id=kept.id, key=None))


def _touched(member: Member) -> list[Story]:
    """The stories that the member told, marked or commented on, in the order of their numbers."""
    marked = select(StoryMark.story_id).where(StoryMark.member_id == member.id)
    commented = select(Comment.story_id).where(Comment.member_id == member.id)
    theirs = (Story.author_id == member.id) | Story.id.in_(marked) | Story.id.in_(commented)
    return list(db.session.scalars(select(Story).where(theirs).order_by(Story.number)))


register(Belongings((Story, StoryMark, Comment), leave, merge))
