"""Writes of the pictures, films and sound of stories: put with a story, arrived, prepared, failed, with subtitles."""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from openspace.access.models import Member, Role
from openspace.clock import now
from openspace.extensions import db
from openspace.live import log
from openspace.stories import changes, notices
from openspace.stories.media_models import Medium, Rendition, media_called, media_of, media_on_the_way
from openspace.stories.models import Silence, Story
from openspace.stories.notices import Kind
from openspace.stories.rules import LONGEST_FILM, MediumKind, may_stand_together
from openspace.uploads import actions as uploads, awaited
from openspace.uploads.awaited import File
from openspace.uploads.models import Upload
from openspace.uploads.rules import MediumState
from openspace.web.errors import Invalid, TooMany

# A member's media that are coming or being prepared, of all their stories: lest one phone keeps the workers from the
# films of others. Whoever facilitates writes for many at a desk, beside the paper wall.
MOST_ON_THE_WAY, MOST_AT_A_DESK = 8, 40
TOGETHER = _l("A story has up to four photos, or one film, or one sound recording.")


class TooManyOnTheWay(TooMany):
    def __init__(self, most: int) -> None:
        words = _l(
            "%(most)d of your photos and films are still on their way or being prepared."
            " Tell this as soon as they are there; nothing is lost.",
            most=most,
        )
        super().__init__(words)


class Chosen(NamedTuple):
    """A file that an author has chosen for a story, or one that is there already.

    `ref` is its name on the phone, by which its upload is known too.
    """

    ref: str
    kind: MediumKind
    alt: str = ""
    cut_from: float = 0.0
    cut_length: float | None = None


def put(story: Story, chosen: Sequence[Chosen], *, by: Member) -> bool:
    """Let the story have these media in this order and no others; returns whether anything of them is different now.

    What has arrived already is prepared at once; the others as soon as they arrive. Refuses with `Invalid`,
    and new media with `TooManyOnTheWay`.
    """
    present = {medium.ref: medium for medium in media_of([story.id])[story.id]}
    before = [(medium.ref, medium.alt) for medium in present.values()]
    # What a file is that is there already, its form does not say anew.
    if not may_stand_together([present.get(each.ref, each).kind for each in chosen]):
        raise Invalid(TOGETHER)
    waiting = awaited.arrived_from(by)
    is_more = not {each.ref for each in chosen} <= present.keys()
    for place, each in enumerate(chosen):
        medium = present.pop(each.ref, None) or _new(story, each)
        medium.place, medium.alt = place, each.alt
        if medium.state == MediumState.COMING and (upload := waiting.get(each.ref)):
            _prepare(medium, upload, by)
    for medium in present.values():
        awaited.let_go(medium)
        db.session.delete(medium)
    db.session.flush()
    most = MOST_AT_A_DESK if by.is_at_least(Role.FACILITATOR) else MOST_ON_THE_WAY
    if is_more and media_on_the_way(by.id) > most:
        raise TooManyOnTheWay(most)
    return before != [(each.ref, each.alt) for each in chosen]


def let_go(stories: Collection[Story]) -> None:
    """Discard what has been sent for stories that are about to be deleted, as far as it is not prepared yet."""
    for media in media_of([story.id for story in stories]).values():
        for medium in media:
            awaited.let_go(medium)


def arrived(upload: Upload) -> None:
    """Prepare the medium for which this upload has arrived, if a story has one for it already.

    Where facilitators look at stories first, they look again at one that gets its file when it is shown. Of somebody
    who was stopped from posting nothing is taken.
    """
    sender = db.session.get_one(Member, upload.member_id)
    if db.session.get(Silence, sender.id):
        return
    for medium in media_called(awaited.ref_of(upload)):
        if medium.state == MediumState.COMING and _is_senders(medium.story, sender):
            _prepare(medium, upload, sender)
            medium.story.look_again(by=sender)
            changes.story(medium.story)
            return


def _is_senders(story: Story, sender: Member) -> bool:
    """Whether the story may wait for files of this member."""
    return story.event_id == sender.event_id and (story.by_id == sender.id or story.belongs_to(sender))


def _new(story: Story, chosen: Chosen) -> Medium:
    length = min(chosen.cut_length or LONGEST_FILM, LONGEST_FILM)
    medium = Medium(
        story=story,
        ref=chosen.ref,
        kind=chosen.kind,
        state=MediumState.COMING,
        subtitles=[],
        cut_from=max(0.0, chosen.cut_from),
        cut_length=None if chosen.kind == MediumKind.PHOTO else length,
    )
    db.session.add(medium)
    return medium


def _prepare(medium: Medium, upload: Upload, by: Member) -> None:
    kind = "stories.photo" if medium.kind == MediumKind.PHOTO else "stories.film"
    awaited.prepare(medium, upload, kind, argument="medium_id", by=by)


def prepared(medium_id: int, facts: dict[str, Any], files: Sequence[File]) -> None:
    """Keep what was made of a medium, and show it. Nothing happens if the medium is gone."""
    medium = _claim(medium_id)
    if medium is None:
        return
    medium.renditions = [Rendition(**file.columns) for file in files]
    medium.kind, medium.seconds = facts.get("kind", medium.kind), facts.get("seconds")
    awaited.mark_ready(medium, facts)
    changes.story(medium.story)


def failed(medium_id: int, problem: str) -> None:
    """Say that a medium cannot be prepared; its author is told. `problem` is a code of `openspace.media.Refused`."""
    medium = _claim(medium_id)
    if medium is None:
        return
    awaited.mark_failed(medium, problem)
    if medium.story.by_id:
        notices.tell(medium.story, [medium.story.by_id], Kind.FAILED)
    changes.story(medium.story)


def give_up_waiting() -> None:
    """Give up the media whose files have not come in two days (`awaited.PATIENCE`)."""
    late = (Medium.state == MediumState.COMING, Medium.created_at < now() - awaited.PATIENCE)
    for medium_id in db.session.scalars(select(Medium.id).where(*late).order_by(Medium.id)).all():
        failed(medium_id, "lost")


def set_subtitles(medium: Medium, lines: list[tuple[float, float, str]], *, by: Member) -> None:
    """Set the subtitles of a film or of sound: for each line when it begins and ends, in seconds, and its text.

    They are a part of the story: where facilitators look first, they look at it again.
    """
    log.claim(medium.story.event_id)
    written = [list(line) for line in lines]
    if written != medium.subtitles:
        medium.subtitles, medium.story.changed_at = written, now()
        medium.story.look_again(by=by)
        changes.story(medium.story)


def _claim(medium_id: int) -> Medium | None:
    """The medium, locked with its event until the transaction ends; None if it has been deleted."""
    event_id = db.session.scalar(select(Story.event_id).join(Medium).where(Medium.id == medium_id))
    if event_id is None:
        return None
    log.claim(event_id)
    return db.session.get(Medium, medium_id, populate_existing=True)


uploads.when_finished(arrived)
