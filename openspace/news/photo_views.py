"""The files of the photos that the news show: for members, and for the hall's screens."""

from flask import Response

from openspace.access.guards import event_blueprint, event_projected, requires
from openspace.access.models import Role
from openspace.access.visitor import visitor
from openspace.extensions import db
from openspace.news.fragments import IN_NEWS
from openspace.notes.photo_models import NotePhoto, photos_in
from openspace.store import private_files
from openspace.web.errors import NotFound

blueprint = event_blueprint("news_photos", __name__)


@blueprint.get("/news/photos/<int:photo_id>/<address>")
@requires(Role.PARTICIPANT)
def file(photo_id: int, address: str) -> Response:
    """A file of a photo for members."""
    return _file(photo_id, address)


@blueprint.get("/projector/<key>/news/photos/<int:photo_id>/<address>")
def file_in_hall(key: str, photo_id: int, address: str) -> Response:
    """A file of a photo for whoever has the projector's key."""
    event_projected(key)
    return _file(photo_id, address)


def _file(photo_id: int, address: str) -> Response:
    """Answer with a file of a photo that the news may show. Refuses with `NotFound` one that was removed meanwhile."""
    signed = private_files.verify(address, of=(visitor.event_id, IN_NEWS, photo_id))
    photo = db.session.get(NotePhoto, photo_id)
    if photo is None or photo not in photos_in([photo.topic_id]) or (photo.topic.joint or photo.topic).withdrawn_at:
        raise NotFound
    if signed.digest not in {each.digest for each in photo.renditions}:
        raise NotFound
    return private_files.answer(signed)
