"""The photos in notes: adding them, saying what is to be seen, taking them away, and their files."""

from collections.abc import Sequence

from flask import Response, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext as _l

from openspace.access.guards import event_blueprint, requires
from openspace.access.models import Role
from openspace.access.visitor import visitor
from openspace.board.answers import shown_topic
from openspace.extensions import limiter
from openspace.notes import photo_actions as actions
from openspace.notes.forms import CaptionForm
from openspace.notes.fragments import photo_tools
from openspace.notes.photo_models import NotePhoto
from openspace.notes.rules import MOST_PHOTOS
from openspace.notes.views import notes_page
from openspace.store import private_files
from openspace.uploads import form_files
from openspace.uploads.rules import REF
from openspace.web.errors import Invalid, NotFound, Problem, shows_again, wants_json
from openspace.web.http import accepts_body, flash_message, no_store, see_other
from openspace.web.preparing import prepared_by

blueprint = event_blueprint("note_photos", __name__)
blueprint.after_request(lambda response: response if response.direct_passthrough else no_store(response))
OFTEN = "60 per minute"
# In bytes: a few photos of a phone, of a browser without our scripts.
LARGEST_FORM = 48 * 2**20
_TOO_LARGE = _l("These photos are larger than 48 MB together. Please choose fewer or smaller ones.")


def _form_files(**_: int) -> list[form_files.Stored]:
    """The files that a browser without scripts sends with the form; scripts send them before."""
    shown_topic()
    files = form_files.sent("files")
    if len(files) > MOST_PHOTOS:
        raise actions.TooManyPhotos
    return form_files.store_all(files, visitor.event_id, member_id=visitor.member.id)


@blueprint.post("/topics/<int:number>/notes/photos")
@accepts_body(LARGEST_FORM, _TOO_LARGE)
@limiter.limit(OFTEN)
@requires(Role.PARTICIPANT)
@shows_again(notes_page)
@prepared_by(_form_files, undo=form_files.forget)
def create(files: list[form_files.Stored], number: int) -> ResponseReturnValue:
    """Add photos: those that the phone calls `ref`, which come by uploads of their own, and those in the form."""
    topic = shown_topic()
    refs = [*_refs(), *(file.ref for file in files)]
    if not refs:
        raise Invalid(_l("Please choose a photo."))
    for file in files:
        form_files.keep(file, visitor.event, by=visitor.member)
    added = actions.add(topic, refs, by=visitor.member)
    if wants_json():
        return jsonify(ids=[photo.id for photo in added]), 201
    return see_other(url_for("notes.show", number=topic.number, _anchor="flips"))


def _refs() -> Sequence[str]:
    refs = list(dict.fromkeys(request.form.getlist("ref")))
    if not all(REF.fullmatch(ref) for ref in refs):
        raise Invalid
    return refs


def photo_page(problem: Problem | None = None) -> str:
    """The page of a photo: large, with what is to be seen on it; after a refusal with what was typed."""
    photo = _asked()
    return render_template(
        "notes/photo.html",
        topic=shown_topic(),
        photo=photo,
        form=CaptionForm.for_page(validate=False, caption=photo.caption),
        may_remove=actions.may_remove(photo, visitor.member),
        problem=problem,
        **photo_tools(visitor.event, photo),
    )


@blueprint.get("/topics/<int:number>/notes/photos/<int:photo_id>")
@requires(Role.PARTICIPANT)
def show(number: int, photo_id: int) -> ResponseReturnValue:
    """A photo with the form that says what is to be seen on it."""
    return photo_page()


@blueprint.put("/topics/<int:number>/notes/photos/<int:photo_id>")
@limiter.limit(OFTEN)
@requires(Role.PARTICIPANT)
@shows_again(photo_page)
def describe(number: int, photo_id: int) -> ResponseReturnValue:
    """Say what is to be seen on a photo."""
    form = CaptionForm()
    form.check()
    photo = _asked()
    actions.describe(photo, form.caption.data or "", was=form.was.data or "")
    return _answer(photo)


@blueprint.delete("/topics/<int:number>/notes/photos/<int:photo_id>")
@limiter.limit(OFTEN)
@requires(Role.PARTICIPANT)
def remove(number: int, photo_id: int) -> ResponseReturnValue:
    """Take a photo away. The next page offers to bring it back."""
    photo = actions.asked_photo(shown_topic(), photo_id)
    actions.remove(photo, by=visitor.member)
    undo = url_for("note_photos.bring_back", number=number, photo_id=photo_id, method="PUT")
    flash_message(gettext("The photo has been removed."), undo=undo)
    return _answer()


@blueprint.put("/topics/<int:number>/notes/photos/<int:photo_id>/return")
@limiter.limit(OFTEN)
@requires(Role.PARTICIPANT)
@shows_again(notes_page)
def bring_back(number: int, photo_id: int) -> ResponseReturnValue:
    """Bring back a photo that was taken away."""
    photo = actions.asked_photo(shown_topic(), photo_id)
    actions.bring_back(photo, by=visitor.member)
    return _answer(photo)


@blueprint.get("/topics/<int:number>/notes/photos/<int:photo_id>/<address>")
@requires(Role.PARTICIPANT)
def file(number: int, photo_id: int, address: str) -> Response:
    """A file of a photo, or a range of it, for whoever may read the notes now."""
    photo = _asked()
    signed = private_files.verify(address, of=(visitor.event_id, "notes", photo_id))
    if signed.digest not in {file.digest for file in photo.renditions}:
        raise NotFound
    return private_files.answer(signed, name=photo.caption or shown_topic().title)


def _asked() -> NotePhoto:
    """The photo at the address. Refuses with `NotFound` one that was taken away."""
    photo = actions.asked_photo(shown_topic(), (request.view_args or {})["photo_id"])
    if photo.removed_at:
        raise NotFound
    return photo


def _answer(photo: NotePhoto | None = None) -> ResponseReturnValue:
    if wants_json():
        return jsonify({})
    anchor = f"photo-{photo.id}" if photo else "flips"
    return see_other(url_for("notes.show", number=shown_topic().number, _anchor=anchor))
