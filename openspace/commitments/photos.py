"""The addresses of the photos of answers, and the answers to these."""

from collections.abc import Callable

from flask import Response, url_for

from openspace.access.visitor import visitor
from openspace.commitments.photo_models import AnswerPhoto, AnswerPhotoFile
from openspace.store import private_files
from openspace.web.errors import NotFound


def addresses(endpoint: str) -> Callable[[AnswerPhoto, AnswerPhotoFile], str]:
    """Return the function that gives the address, at this endpoint, of a file of a photo."""

    def address_of(photo: AnswerPhoto, file: AnswerPhotoFile) -> str:
        picture = private_files.sign(file.digest, file.mimetype, of=_of(photo))
        return url_for(endpoint, follow_up_id=photo.follow_up_id, picture=picture)

    return address_of


def answer(photo: AnswerPhoto | None, picture: str) -> Response:
    """Answer with the file that the last part of an address names. Refuses with `NotFound` if the photo has none such.

    Whether whoever asks may see the photo is the view's to say.
    """
    if photo is None:
        raise NotFound
    signed = private_files.verify(picture, of=_of(photo))
    if signed.digest not in {file.digest for file in photo.renditions}:
        raise NotFound
    return private_files.answer(signed)


def _of(photo: AnswerPhoto) -> tuple[object, ...]:
    return visitor.event_id, "answers", photo.id
