"""Writes by which facilitators moderate the storytelling wall, and members ask them to."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, select, update

from openspace.access.models import Member, Role
from openspace.clock import now
from openspace.events.models import Event
from openspace.extensions import db
from openspace.live import log
from openspace.stories import changes, notices
from openspace.stories.media_models import media_of
from openspace.stories.models import Comment, Report, Silence, Story
from openspace.stories.notices import Kind
from openspace.stories.rules import State
from openspace.uploads.rules import MediumState
from openspace.web.errors import NotAllowed, NotFound, Problem, Stale


class NotThereYet(Problem):
    status = 409
    words = _l("A picture or film of this story is still on its way. It can be shown once you have seen it.")


def show(story: Story, *, by: Member, seen: str = "") -> None:
    """Let a story that waits or is hidden onto the wall; its author is told.

    `seen` is the `version` of the story that `by` has read; empty if that is not known.
    Refuses with `NotAllowed`; with `NotFound` a story that its author has taken down; with `Stale` one that was changed
    since; and with `NotThereYet` one whose files nobody can have looked at.
    """
    _claim(story, by)
    if story.state == State.SHOWN:
        return
    if seen and seen != story.version:
        raise Stale(_l("The author has changed this story. Here is how it stands now."))
    if any(medium.state in {MediumState.COMING, MediumState.PREPARING} for medium in media_of([story.id])[story.id]):
        raise NotThereYet
    story.state, story.hidden_why = State.SHOWN, ""
    story.shown_at = story.shown_at or now()
    _tell_author(story, Kind.SHOWN, by)
    changes.story(story)


def hide(story: Story, why: str, *, by: Member) -> None:
    """Hide a story everywhere at once. Its author is told, and reads `why`. Open reports of it are settled.

    Refuses with `NotAllowed`, and with `NotFound` a story that its author has taken down.
    """
    _claim(story, by)
    story.state, story.hidden_why = State.HIDDEN, why
    _settle(story, Report.comment_id.is_(None))
    _tell_author(story, Kind.HIDDEN, by)
    changes.story(story)


def report(story: Story, why: str, *, by: Member, comment: Comment | None = None) -> Report:
    """Ask the facilitators to look at a story, or at a comment on it. Asked again, the first report has the new reason.

    Refuses with `NotFound` a story that is not on the wall.
    """
    log.claim(story.event_id)
    if story.state != State.SHOWN:
        raise NotFound
    about = (Report.story_id == story.id, Report.comment_id == (comment.id if comment else None))
    known = db.session.scalar(select(Report).where(*about, Report.member_id == by.id))
    report = known or Report(event_id=story.event_id, story=story, comment=comment, member=by)
    report.why, report.at, report.settled_at = why, now(), None
    db.session.add(report)
    db.session.flush()
    changes.waiting(story.event_id)
    notices.tell(story, _facilitators(story.event_id), Kind.REPORTED, by=by)
    return report


def settle(report: Report, *, by: Member) -> None:
    """Leave what was reported as it is, whoever else has reported it. Refuses with `NotAllowed`."""
    _check(by)
    log.claim(report.event_id)
    _settle(report.story, Report.comment_id == report.comment_id)


def silence(member: Member, why: str, *, by: Member) -> None:
    """Stop a participant from telling stories and commenting; they read `why`. Refuses with `NotAllowed`."""
    _check(by)
    if member.is_at_least(Role.FACILITATOR):
        raise NotAllowed(_l("Facilitators and organisers cannot be stopped from posting."))
    log.claim(member.event_id)
    known = db.session.get(Silence, member.id) or Silence(member_id=member.id, event_id=member.event_id)
    known.why = why
    db.session.add(known)


def unsilence(member: Member, *, by: Member) -> None:
    """Let a member post again. Refuses with `NotAllowed`."""
    _check(by)
    log.claim(member.event_id)
    if known := db.session.get(Silence, member.id):
        db.session.delete(known)
        db.session.flush()


def look_first(event: Event, wanted: bool, *, by: Member) -> None:
    """Say whether facilitators look at stories before they are shown. Refuses with `NotAllowed`."""
    _check(by)
    log.claim(event.id)
    event.checks_stories = wanted


def _claim(story: Story, by: Member) -> None:
    _check(by)
    log.claim(story.event_id)
    if story.state == State.TAKEN:
        raise NotFound


def _check(by: Member) -> None:
    if not by.is_at_least(Role.FACILITATOR):
        raise NotAllowed(_l("Only facilitators can do this."))


def _tell_author(story: Story, kind: Kind, by: Member) -> None:
    if story.author_id and story.author_id != by.id:
        notices.tell(story, [story.author_id], kind, by=by)


def _facilitators(event_id: int) -> list[int]:
    facilitates = (Member.role != Role.PARTICIPANT, Member.left_at.is_(None))
    return list(db.session.scalars(select(Member.id).where(Member.event_id == event_id, *facilitates)))


def _settle(story: Story, *conditions: ColumnElement[bool]) -> None:
    is_open = (Report.story_id == story.id, Report.settled_at.is_(None))
    db.session.execute(update(Report).where(*is_open, *conditions).values(settled_at=now()))
    changes.waiting(story.event_id)
    notices.settled(story)
