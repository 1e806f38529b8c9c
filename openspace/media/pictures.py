"""Pictures, as they are opened and drawn in a child process."""

import re
from io import BytesIO

# Each by name, for Pillow would else load all of its formats to find one.
from PIL import (
    GifImagePlugin,
    Image,
    ImageOps,
    JpegImagePlugin,
    PngImagePlugin,
    UnidentifiedImageError,
    WebPImagePlugin,
)

from openspace.media import Refused

# The files of several pictures that some phones make (MPO) are opened as JPEG.
_PLUGINS = {"JPEG": JpegImagePlugin, "PNG": PngImagePlugin, "WEBP": WebPImagePlugin, "GIF": GifImagePlugin}
MOST_POINTS = 25_000_000
# A progressive JPEG has about ten; each costs as much as a whole picture.
MOST_SCANS = 64
_END_OF_IMAGE, _START_OF_SCAN = 0xD9, 0xDA
# Not those that stand inside the data of a scan: a stuffed zero, a filler, a restart.
_MARKER = re.compile(rb"\xff([^\x00\xff\xd0-\xd7])")


def squares(upload: bytes, *, sizes: list[int]) -> list[bytes]:
    """Draw the middle of a picture as WebP, once for each side in `sizes`. Refuses with `large` and `unreadable`.

    Only the points are copied, so nothing else that was in the file goes along.
    """
    try:
        picture = _opened(upload, enough=max(sizes) * 4)
        return [_encoded(picture, size) for size in sizes]
    except Image.DecompressionBombError:
        raise Refused("large") from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        raise Refused("unreadable") from None


def jpegs(*pictures: bytes) -> list[bytes]:
    """Draw pictures that we made as JPEG, for an address book that does not read WebP."""
    made = []
    for picture in pictures:
        stream = BytesIO()
        Image.open(BytesIO(picture), formats=["WEBP"]).convert("RGB").save(stream, "JPEG", quality=82)
        made.append(stream.getvalue())
    return made


def _opened(upload: bytes, *, enough: int) -> Image.Image:
    """The picture upright, at about the size that is `enough`."""
    formats = list(_PLUGINS)
    if upload[4:8] == b"ftyp":
        from pillow_heif import register_heif_opener  # here because few pictures need it

        register_heif_opener(thumbnails=False, decode_threads=1)
        formats = ["HEIF"]
    # Pillow makes room for a whole WebP when it opens one.
    _check_size(_size_of_webp(upload))
    with Image.open(BytesIO(upload), formats=formats) as opened:
        _check_size(opened.size)
        if opened.format in {"JPEG", "MPO"} and scans(upload) > MOST_SCANS:
            raise Refused("unreadable")
        # A JPEG is read at about the size that is needed: the whole would take four times as long.
        opened.draft("RGB", (enough // 2, enough // 2))
        picture: Image.Image = opened
        if opened.mode.startswith("I"):
            # Sixteen bits of grey; Pillow would cut them off instead of dividing.
            picture = opened.convert("I").point(lambda grey: grey * (1 / 256)).convert("L")
        picture.thumbnail((enough, enough))
        return ImageOps.exif_transpose(picture)


def _check_size(size: tuple[int, int]) -> None:
    if size[0] * size[1] > MOST_POINTS:
        raise Refused("large")


def _size_of_webp(upload: bytes) -> tuple[int, int]:
    """Width and height as the head of a WebP says them (RFC 9649, section 2); nothing for other files."""
    if upload[:4] != b"RIFF" or upload[8:12] != b"WEBP":
        return 0, 0
    if upload[12:16] == b"VP8X":
        return int.from_bytes(upload[24:27], "little") + 1, int.from_bytes(upload[27:30], "little") + 1
    if upload[12:16] == b"VP8L":
        sides = int.from_bytes(upload[21:25], "little")
        return (sides & 0x3FFF) + 1, (sides >> 14 & 0x3FFF) + 1
    return int.from_bytes(upload[26:28], "little") & 0x3FFF, int.from_bytes(upload[28:30], "little") & 0x3FFF


def scans(jpeg: bytes) -> int:
    """How many scans a JPEG has before its end (ITU T.81, annex B), counted to one more than are allowed."""
    found, position = 0, 2
    while found <= MOST_SCANS and (marker := _MARKER.search(jpeg, position)):
        if marker[1][0] == _END_OF_IMAGE:
            break
        found += marker[1][0] == _START_OF_SCAN
        position = marker.end() + int.from_bytes(jpeg[marker.end() : marker.end() + 2], "big")
    return found


def _encoded(picture: Image.Image, size: int) -> bytes:
    square = ImageOps.fit(picture.convert("RGBA"), (size, size), Image.Resampling.LANCZOS)
    ground = Image.new("RGB", square.size, "white")
    ground.paste(square, mask=square.getchannel("A"))
    stream = BytesIO()
    ground.save(stream, "WEBP", quality=80, method=4)
    return stream.getvalue()
