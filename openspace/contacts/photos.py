"""Pictures for cards: whatever comes in goes out square, small, and without what a camera wrote into it."""

import hashlib

from flask_babel import lazy_gettext as _l

from openspace.contacts.actions import Picture
from openspace.media import Refused, process
from openspace.web.errors import Invalid

SMALL, LARGE = 112, 448
_REFUSALS = {
    "large": _l("This picture is too large: at most 25 megapixels, please."),
    "unreadable": _l("This picture cannot be read. A photo as JPEG, PNG, WebP or HEIC, please."),
    "killed": _l("This picture could not be opened. Another photo, or a smaller one, please."),
}


def ready(upload: bytes) -> Picture:
    """The picture as WebP in two sizes, its middle if it is not square. Refuses with `Invalid` and `Busy`.

    Takes a while: to be called without a transaction.
    """
    try:
        small, large = process.work("pictures.squares", upload, sizes=[SMALL, LARGE])
    except Refused as refused:
        raise Invalid(_REFUSALS.get(str(refused), _REFUSALS["killed"])) from None
    return Picture(hashlib.sha256(large).hexdigest()[:32], small, large)


def as_jpegs(pictures: dict[int, bytes]) -> dict[int, bytes]:
    """The same pictures for an address book that does not read WebP; without a transaction too."""
    if not pictures:
        return {}
    return dict(zip(pictures, process.work("pictures.jpegs", *pictures.values(), seconds=30), strict=True))
