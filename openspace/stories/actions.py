"""Writes of stories by those who tell and read them: tell, edit, take down, bring back, mark, comment."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import timedelta
from typing import NamedTuple, cast

from flask_babel import lazy_gettext as _l
from sqlalchemy import bindparam, delete, select, text

from openspace.access.models import Member, Role
from openspace.board.models import Topic
from openspace.clock import now
from openspace.events.models import Event, Space
from openspace.extensions import UtcDateTime, db
from openspace.live import log
from openspace.stories import changes, media_actions as media, notices
from openspace.stories.media_actions import Chosen
from openspace.stories.models import Comment, Silence, Story, counts_of
from openspace.stories.rules import MOST_COMMENTS, Consent, Mark, State, Viewer, Way, may_go
from openspace.web.errors import Invalid, NotAllowed, NotFound, Problem

# For so long a story that its author took down can be brought back; then it is deleted.
KEPT = timedelta(days=1)
NOTHING_TOLD = _l("Please tell something, or add a picture or a film.")


class Silenced(Problem):
    """A facilitator has stopped the member from posting. Fact: `why`, the reason.

    It may end at any time, so that the form is shown again with what was typed, which a 403 would not do.
    """

    status = 409
    words = _l("A facilitator has stopped you from posting here. Please talk to them.")


class TooManyComments(Problem):
    status = 409
    words = _l("This story has a hundred comments, and no more fit. Your words are still below. Tell them in person.")


class Author(NamedTuple):
    """Somebody without a phone, for whom a facilitator writes a story down."""

    name: str
    community: str = ""


@dataclass(frozen=True)
class Telling:
    """All that an author decides on a story. `topic` and `space` are what it is about, if anything."""

    text: str
    language: str
    topic: Topic | None = None
    space: Space | None = None
    in_hall: bool = True
    in_book: bool = False
    on_web: bool = False
    media: Sequence[Chosen] = ()


def tell(event: Event, telling: Telling, *, by: Member, author: Author | None = None, key: str | None = None) -> Story:
    """Put a story on the wall; where facilitators look first, it waits for them.

    `author` names somebody who is no member. `key` is the idempotency key of the request: if `by` has told a story with
    this key already, that one is returned. Refuses with `NotAllowed` a participant who writes for somebody else, with
    `Silenced`, and with `Invalid` a story that tells nothing.
    """
    if author and not by.is_at_least(Role.FACILITATOR):
        raise NotAllowed(_l("Only facilitators can do this."))
    log.claim(event.id)
    check_may_post(by)
    if key and (known := db.session.scalar(select(Story).where(Story.by_id == by.id, Story.key == key))):
        return known
    db.session.refresh(event, ["stories_told"])
    event.stories_told += 1
    waits = event.checks_stories and not by.is_at_least(Role.FACILITATOR)
    story = Story(
        event_id=event.id,
        number=event.stories_told,
        author=None if author else by,
        author_name=author.name if author else "",
        author_community=author.community if author else "",
        by_id=by.id,
        state=State.WAITING if waits else State.SHOWN,
        shown_at=None if waits else now(),
        key=key,
    )
    _write(story, telling)
    db.session.add(story)
    db.session.flush()
    media.put(story, telling.media, by=by)
    changes.story(story)
    return story


def edit(story: Story, telling: Telling, *, by: Member) -> None:
    """Change a story. Where facilitators look first, they look at it again.

    Refuses with `NotAllowed` whoever is not its author, with `Silenced`, with `NotFound` one that was taken down, and
    with `Invalid` a story that tells nothing.
    """
    check_may_change(story, by)
    log.claim(story.event_id)
    check_may_post(by)
    if story.state == State.TAKEN:
        raise NotFound
    was = story.text
    _write(story, telling)
    if media.put(story, telling.media, by=by) or story.text != was:
        story.look_again(by=by)
    story.changed_at = now()
    changes.story(story)


def agree(story: Story, consents: Collection[Consent], *, by: Member) -> None:
    """Set what a story's author agrees to. Whom a facilitator has stopped from posting may do this too.

    Refuses with `NotAllowed`.
    """
    check_may_change(story, by)
    log.claim(story.event_id)
    for consent in Consent:
        setattr(story, consent, consent in consents)
    story.changed_at = now()
    changes.story(story)


def _write(story: Story, telling: Telling) -> None:
    if not telling.text and not telling.media:
        raise Invalid(NOTHING_TOLD)
    for field in fields(telling):
        if field.name != "media":
            setattr(story, field.name, getattr(telling, field.name))


def publish(event: Event, wanted: bool, *, by: Member) -> None:
    """Say whether the event's stories are published on the web. Refuses with `NotAllowed`."""
    if not by.is_at_least(Role.ORGANISER):
        raise NotAllowed(_l("Only the organisers can do this."))
    log.claim(event.id)
    event.publishes_stories = wanted


def take_down(story: Story, *, by: Member) -> None:
    """Take a story off the wall. Its author can bring it back for a day (`KEPT`). Refuses with `NotAllowed`."""
    check_may_change(story, by)
    log.claim(story.event_id)
    if story.state != State.TAKEN:
        story.former_state, story.state, story.taken_at = story.state, State.TAKEN, now()
        changes.story(story)


def bring_back(story: Story, *, by: Member) -> None:
    """Bring back a story that its author took down, to the state in which it was. Refuses with `NotAllowed`."""
    check_may_change(story, by)
    log.claim(story.event_id)
    if story.state == State.TAKEN:
        story.state, story.taken_at = cast(State, story.former_state), None
        changes.story(story)


def delete_taken_down() -> bool:
    """Delete the stories that were taken down more than a day ago; returns whether there were any."""
    old = (Story.state == State.TAKEN, Story.taken_at < now() - KEPT)
    found = db.session.scalars(select(Story).where(*old)).all()
    media.let_go(found)
    for story in found:
        db.session.delete(story)
    return bool(found)


# In SQL, for both databases say it in these words.
_MARKED = text(
    "INSERT INTO story_mark (story_id, member_id, kind, at) VALUES (:story, :by, :kind, :at) "
    "ON CONFLICT (story_id, member_id, kind) DO NOTHING"
).bindparams(bindparam("at", type_=UtcDateTime))
_UNMARKED = text("DELETE FROM story_mark WHERE story_id = :story AND member_id = :by AND kind = :kind")


def mark(story: Story, kind: Mark, *, by: Member) -> None:
    """Set the mark of `by` on a story. Refuses with `NotFound` a story that is not on the wall."""
    _claim_shown(story)
    said = {"story": story.id, "by": by.id, "kind": kind.value, "at": now()}
    if db.session.connection().execute(_MARKED, said).rowcount:
        changes.marks(story)


def unmark(story: Story, kind: Mark, *, by: Member) -> None:
    """Remove the mark of `by` from a story. Refuses with `NotFound` a story that is not on the wall."""
    _claim_shown(story)
    if db.session.connection().execute(_UNMARKED, {"story": story.id, "by": by.id, "kind": kind.value}).rowcount:
        changes.marks(story)


def comment(story: Story, words: str, *, by: Member, key: str | None = None) -> Comment:
    """Comment on a story. If `by` has commented with this `key` already, that comment is returned.

    Refuses with `NotFound` a story that is not on the wall, with `Silenced`, and with `TooManyComments`.
    """
    _claim_shown(story)
    check_may_post(by)
    if key and (known := db.session.scalar(select(Comment).where(Comment.member_id == by.id, Comment.key == key))):
        return known
    if counts_of([story.id])[story.id].comments >= MOST_COMMENTS:
        raise TooManyComments
    comment = Comment(story=story, member=by, text=words, key=key)
    db.session.add(comment)
    db.session.flush()
    changes.comments(story)
    return comment


def take_back(comment: Comment, *, by: Member) -> None:
    """Delete a comment. Refuses with `NotAllowed` all but its author, the story's author and facilitators."""
    story = comment.story
    if by.id not in {comment.member_id, story.author_id} and not by.is_at_least(Role.FACILITATOR):
        raise NotAllowed(_l("Only its author, the author of the story and facilitators can do this."))
    log.claim(story.event_id)
    db.session.execute(delete(Comment).where(Comment.id == comment.id))
    notices.settled(story)
    changes.comments(story)


def check_may_post(by: Member) -> None:
    """Refuse with `Silenced` whom a facilitator has stopped from posting."""
    if stopped := stopped_from_posting(by):
        raise stopped


def stopped_from_posting(member: Member) -> Silenced | None:
    """The refusal that a member would get for a story or a comment; None if they may post."""
    silence = db.session.get(Silence, member.id)
    return Silenced(why=silence.why) if silence else None


def check_may_change(story: Story, by: Member) -> None:
    """Refuse with `NotAllowed` whoever may not change the story."""
    if not may_change(story, by):
        raise NotAllowed(_l("Only the author can do this."))


def may_change(story: Story, by: Member) -> bool:
    """Whether a member may change a story: its author, or a facilitator if the author is no member."""
    return story.belongs_to(by)


def may_see(story: Story, by: Member) -> bool:
    """Whether a member of its event may see a story's own page, whatever its state."""
    viewer = Viewer.AUTHOR if may_change(story, by) else Viewer(by.role)
    return may_go(Way.PAGE, story.state, story.agreed, viewer)


def _claim_shown(story: Story) -> None:
    log.claim(story.event_id)
    if story.state != State.SHOWN:
        raise NotFound(_l("This story has just been taken down."))
