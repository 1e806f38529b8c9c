"""Photos for cards: an upload becomes two small square WebP files without the metadata of a camera."""

import hashlib

from flask_babel import lazy_gettext as _l

from openspace.contacts.actions import Picture
from openspace.media import Refused, process
from openspace.store import transactions
from openspace.web.errors import Invalid

# The sides of the two squares, in pixels.
SMALL, LARGE = 112, 448
_REFUSALS = {
    "large": _l("This picture is too large: at most 25 megapixels, please."),
    "unreadable": _l("This picture cannot be read. A photo as JPEG, PNG, WebP or HEIC, please."),
    "killed": _l("This picture could not be opened. Another photo, or a smaller one, please."),
}


def prepare(upload: bytes) -> Picture:
    """Return the uploaded picture as WebP in two sizes, cropped to the square in its middle.

    Refuses with `Invalid` what cannot be read or is too large, and with `Busy`. It takes up to seconds: call it outside
    of a transaction.
    """
    transactions.let_go()
    try:
        small, large = process.run("pictures.squares", upload, sizes=[SMALL, LARGE]).parts
    except Refused as refused:
        raise Invalid(_REFUSALS.get(str(refused), _REFUSALS["killed"])) from None
    return Picture(hashlib.sha256(large).hexdigest()[:32], small, large)


def as_jpegs(pictures: dict[int, bytes]) -> dict[int, bytes]:
    """Return WebP pictures as JPEG, under the keys they came with. It takes long: call it outside of a transaction."""
    if not pictures:
        return {}
    made = process.run("pictures.jpegs", *pictures.values(), seconds=30)
    return dict(zip(pictures, made.parts, strict=True))
