"""Pictures for cards: whatever comes in goes out square, small, and without what a camera wrote into it."""

import hashlib
from io import BytesIO
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l

from openspace.aside import aside
from openspace.contacts.actions import Picture
from openspace.errors import Invalid

if TYPE_CHECKING:
    from PIL.Image import Image

SMALL, LARGE = 112, 448
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
# Points of the largest phone's JPEG, which is read at a smaller size at once; others are unpacked whole.
MOST_POINTS, MOST_UNPACKED = 120_000_000, 25_000_000


def ready(upload: bytes) -> Picture:
    """The picture as WebP in two sizes, its middle if it is not square. Refuses with `Invalid`."""
    small, large = aside(_drawn, upload)
    return Picture(hashlib.sha256(large).hexdigest()[:32], small, large)


def as_jpeg(webp: bytes) -> bytes:
    """The same for an address book that does not read WebP."""
    return aside(_as_jpeg, webp)


def _drawn(upload: bytes) -> tuple[bytes, bytes]:
    from PIL import Image, ImageOps, UnidentifiedImageError  # here because it is large, and few requests need it

    try:
        with Image.open(BytesIO(upload), formats=FORMATS) as opened:
            if opened.width * opened.height > (MOST_POINTS if opened.format == "JPEG" else MOST_UNPACKED):
                raise Invalid(_l("This picture is too large."))
            # A JPEG is read at about the size that is needed: a phone's whole picture would take 150 MiB.
            opened.draft("RGB", (LARGE * 2, LARGE * 2))
            opened.thumbnail((LARGE * 4, LARGE * 4))
            upright = ImageOps.exif_transpose(opened)
            return _encoded(upright, SMALL), _encoded(upright, LARGE)
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        raise Invalid(_l("This picture cannot be read. A photo as JPEG, PNG or WebP, please.")) from None


def _encoded(picture: "Image", size: int) -> bytes:
    """As WebP. Only the points are copied, so nothing else that was in the file goes along."""
    from PIL import Image, ImageOps

    square = ImageOps.fit(picture.convert("RGBA"), (size, size), Image.Resampling.LANCZOS)
    ground = Image.new("RGB", square.size, "white")
    ground.paste(square, mask=square.getchannel("A"))
    stream = BytesIO()
    ground.save(stream, "WEBP", quality=80, method=4)
    return stream.getvalue()


def _as_jpeg(webp: bytes) -> bytes:
    from PIL import Image

    stream = BytesIO()
    Image.open(BytesIO(webp)).convert("RGB").save(stream, "JPEG", quality=82)
    return stream.getvalue()
