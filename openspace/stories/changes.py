"""Records in the live log which stories on open pages a write has changed."""

from sqlalchemy import select

from openspace.access.actions import when_introduced
from openspace.access.models import Member
from openspace.extensions import db
from openspace.journal.models import CONSOLE, WAITING
from openspace.live import log
from openspace.stories import series_actions as series, slides_actions as slides
from openspace.stories.models import STORIES, Comment, Story


def story(changed: Story) -> None:
    """Record that a story came, went or changed; the slideshow in the hall and the series of films follow."""
    marks(changed)
    waiting(changed.event_id)
    slides.arrange(changed.event_id)
    series.let_go(changed.event_id)


def waiting(event_id: int) -> None:
    """Record that more or less may wait for the facilitators: stories to be shown, and reports."""
    log.record(event_id, CONSOLE, WAITING)


def marks(changed: Story) -> None:
    """Record that a mark on the story was set or removed."""
    log.record(changed.event_id, STORIES, f"story-{changed.number}")
    slides.redraw(changed)


def comments(changed: Story) -> None:
    """Record that a comment on the story came or went; the story's own line counts them."""
    log.record(changed.event_id, STORIES, f"story-{changed.number}", f"comments-{changed.number}")


def page(changed: Story) -> None:
    """Record that the story's author, its marks and its comments may all have changed."""
    marks(changed)
    comments(changed)


def author(member: Member) -> None:
    """Record that a member's name or community has changed, for their stories and the stories they commented on."""
    log.claim(member.event_id)
    commented = select(Comment.story_id).where(Comment.member_id == member.id)
    theirs = select(Story).where((Story.author_id == member.id) | Story.id.in_(commented)).order_by(Story.number)
    for each in db.session.scalars(theirs):
        page(each)


when_introduced.append(author)
