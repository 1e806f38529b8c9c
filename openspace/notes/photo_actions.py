"""Writes of the photos in notes: added, arrived, prepared, failed, described, taken away and brought back."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from openspace.access.models import Member, Role
from openspace.board.models import Topic
from openspace.clock import now
from openspace.extensions import db
from openspace.live import log
from openspace.notes import changes
from openspace.notes.models import topic_ids
from openspace.notes.photo_models import NotePhoto, NotePhotoFile, photo_of, photos_called, photos_on, photos_on_the_way
from openspace.notes.rules import MOST_PHOTOS
from openspace.uploads import actions as uploads, awaited
from openspace.uploads.awaited import File
from openspace.uploads.models import Upload
from openspace.uploads.rules import MediumState
from openspace.web.errors import NotAllowed, NotFound, Problem, Stale, TooMany

# For so long a photo that was taken away can be brought back; then it is deleted.
KEPT = timedelta(days=1)
# A member's photos that are coming or being prepared, of all topics: lest one phone keeps the workers from others.
MOST_ON_THE_WAY = 20


class TooManyPhotos(Problem):
    status = 409
    words = _l("These notes have thirty photos already, and no more fit. Remove one that nobody needs.")


class TooManyComing(TooMany):
    words = _l("Twenty of your photos are still on their way or being prepared. Add more as soon as they are there.")


class CaptionChanged(Stale):
    """Somebody has described the photo since the person opened it."""

    words = _l("Somebody has described this photo meanwhile. Here is how it stands now; yours is still in the field.")


def add(topic: Topic, refs: Sequence[str], *, by: Member) -> list[NotePhoto]:
    """Let the notes have the photos that the phone calls by these names, and return them; each is added once.

    What has arrived already is prepared at once; the others as soon as they arrive. Refuses with `TooManyPhotos` and
    `TooManyComing`.
    """
    log.claim(topic.event_id)
    here = select(NotePhoto).where(NotePhoto.topic_id.in_(topic_ids(topic)), NotePhoto.ref.in_(refs))
    known = {photo.ref for photo in db.session.scalars(here)}
    added = [NotePhoto(topic_id=topic.id, topic=topic, ref=ref, by_id=by.id) for ref in refs if ref not in known]
    if added and len(photos_on(topic)) + len(added) > MOST_PHOTOS:
        raise TooManyPhotos
    db.session.add_all(added)
    db.session.flush()
    if added and photos_on_the_way(by.id) > MOST_ON_THE_WAY:
        raise TooManyComing
    waiting = awaited.arrived_from(by)
    for photo in added:
        if upload := waiting.get(photo.ref):
            _prepare(photo, upload, by)
        changes.photo(photo)
    return added


def arrived(upload: Upload) -> None:
    """Prepare the photo for which this upload has arrived, if its sender has added one already."""
    for photo in photos_called(awaited.ref_of(upload)):
        is_waiting = photo.state == MediumState.COMING and photo.removed_at is None
        if is_waiting and photo.by_id == upload.member_id:
            _prepare(photo, upload, db.session.get_one(Member, upload.member_id))
            changes.photo(photo)
            return


def _prepare(photo: NotePhoto, upload: Upload, by: Member) -> None:
    awaited.prepare(photo, upload, "notes.photo", argument="photo_id", by=by)


def prepared(photo_id: int, facts: dict[str, Any], files: Sequence[File]) -> None:
    """Keep what was made of a photo, and show it. Nothing happens if the photo is gone."""
    if photo := _claim(photo_id):
        photo.renditions = [NotePhotoFile(**file.columns) for file in files]
        awaited.mark_ready(photo, facts)
        changes.photo(photo)


def failed(photo_id: int, problem: str) -> None:
    """Say that a photo cannot be shown. `problem` is a code of `openspace.media.Refused`."""
    if photo := _claim(photo_id):
        awaited.mark_failed(photo, problem)
        changes.photo(photo)


def describe(photo: NotePhoto, caption: str, *, was: str) -> None:
    """Say what is to be seen on a photo. `was` is what stood there when it was read.

    Refuses with `CaptionChanged` if somebody else has described it meanwhile.
    """
    log.claim(photo.topic.event_id)
    if photo.caption not in {was, caption}:
        raise CaptionChanged
    photo.caption = caption
    changes.photo(photo)


def may_remove(photo: NotePhoto, member: Member) -> bool:
    """Whether a member may take a photo away, and bring it back: who added it, and facilitators."""
    return photo.by_id == member.id or member.is_at_least(Role.FACILITATOR)


def remove(photo: NotePhoto, *, by: Member) -> None:
    """Take a photo away. It can be brought back for a day (`KEPT`). Refuses with `NotAllowed`."""
    _check(photo, by)
    log.claim(photo.topic.event_id)
    photo.removed_at = photo.removed_at or now()
    changes.photo(photo)


def bring_back(photo: NotePhoto, *, by: Member) -> None:
    """Bring back a photo that was taken away. Refuses with `NotAllowed` and `TooManyPhotos`."""
    _check(photo, by)
    log.claim(photo.topic.event_id)
    if photo.removed_at and len(photos_on(photo.topic.joint or photo.topic)) >= MOST_PHOTOS:
        raise TooManyPhotos
    photo.removed_at = None
    changes.photo(photo)


def give_up_waiting() -> bool:
    """Delete the photos whose files have not come in two days (`awaited.PATIENCE`); returns whether there were any."""
    late = (NotePhoto.state == MediumState.COMING, NotePhoto.created_at < now() - awaited.PATIENCE)
    return delete(db.session.scalars(select(NotePhoto).where(*late).order_by(NotePhoto.id)).all())


def delete_removed() -> bool:
    """Delete the photos that were taken away, or came and could not be shown, more than a day ago.

    Returns whether there were any.
    """
    until = now() - KEPT
    has_failed = (NotePhoto.state == MediumState.FAILED) & (NotePhoto.created_at < until)
    old = select(NotePhoto).where((NotePhoto.removed_at < until) | has_failed)
    return delete(db.session.scalars(old.order_by(NotePhoto.id)).all())


def delete(photos: Sequence[NotePhoto]) -> bool:
    """Delete photos for good, with what has been sent of them; returns whether there were any."""
    for photo in photos:
        log.claim(photo.topic.event_id)
        awaited.let_go(photo)
        changes.photo(photo)
        db.session.delete(photo)
    return bool(photos)


def asked_photo(topic: Topic, photo_id: int) -> NotePhoto:
    """Return the photo on the page of this topic's notes, also one that was taken away. Refuses with `NotFound`."""
    photo = photo_of(topic, photo_id)
    if photo is None:
        raise NotFound
    return photo


def _check(photo: NotePhoto, by: Member) -> None:
    if not may_remove(photo, by):
        raise NotAllowed(_l("Only facilitators and the person who added this photo can remove it."))


def _claim(photo_id: int) -> NotePhoto | None:
    """The photo, locked with its event until the transaction ends; None if it has been deleted."""
    event_id = db.session.scalar(select(Topic.event_id).join(NotePhoto).where(NotePhoto.id == photo_id))
    if event_id is None:
        return None
    log.claim(event_id)
    return db.session.get(NotePhoto, photo_id, populate_existing=True)


uploads.when_finished(arrived)
