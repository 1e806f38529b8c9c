"""Writes of the photos in answers: added, prepared, failed, and taken away."""

from collections.abc import Sequence
from typing import Any

from openspace.access.models import Member
from openspace.commitments.follow_up_models import FollowUp
from openspace.commitments.photo_models import AnswerPhoto, AnswerPhotoFile, photo_of
from openspace.extensions import db
from openspace.live import log
from openspace.uploads import awaited, form_files
from openspace.uploads.awaited import File
from openspace.web.errors import NotFound

PHOTO = "commitments.photo"


def add(follow_up: FollowUp, file: form_files.Stored) -> None:
    """Let an answer have this photo, in the place of an earlier one. It counts as sent by who is asked.

    Refuses with `NotFound` when who is asked has left.
    """
    log.claim(follow_up.event_id)
    by = follow_up.member
    if by is None:
        raise NotFound
    remove(follow_up)
    upload = form_files.keep(file, follow_up.event, by=by)
    photo = AnswerPhoto(follow_up_id=follow_up.id, follow_up=follow_up, ref=file.ref)
    db.session.add(photo)
    db.session.flush()
    awaited.prepare(photo, upload, PHOTO, argument="photo_id", by=by)


def remove(follow_up: FollowUp) -> None:
    """Delete the photo of an answer for good, if it has one."""
    log.claim(follow_up.event_id)
    if photo := photo_of(follow_up.id):
        awaited.let_go(photo)
        db.session.delete(photo)
        db.session.flush()


def forget(member: Member) -> None:
    """Delete the photos of all answers of a member who leaves."""
    for follow_up in db.session.query(FollowUp).filter_by(member_id=member.id).order_by(FollowUp.id):
        remove(follow_up)


def prepared(photo_id: int, facts: dict[str, Any], files: Sequence[File]) -> None:
    """Keep what was made of a photo. Nothing happens if the photo is gone."""
    if photo := _claim(photo_id):
        photo.renditions = [AnswerPhotoFile(**file.columns) for file in files]
        awaited.mark_ready(photo, facts)


def failed(photo_id: int, problem: str) -> None:
    """Note that a photo cannot be shown. `problem` is a code of `openspace.media.Refused`."""
    if photo := _claim(photo_id):
        awaited.mark_failed(photo, problem)


def _claim(photo_id: int) -> AnswerPhoto | None:
    """The photo, locked with its event until the transaction ends; None if it has been deleted."""
    photo = db.session.get(AnswerPhoto, photo_id)
    if photo is None:
        return None
    log.claim(photo.follow_up.event_id)
    return db.session.get(AnswerPhoto, photo_id, populate_existing=True)
