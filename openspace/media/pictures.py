"""Opens and scales pictures, within a child process."""

import re
from io import BytesIO

# Imported one by one, because Pillow would otherwise load all of its formats to find one.
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

# MPO files of some phones, which hold several pictures, are opened as JPEG.
_PLUGINS = {"JPEG": JpegImagePlugin, "PNG": PngImagePlugin, "WEBP": WebPImagePlugin, "GIF": GifImagePlugin}
# In pixels.
MOST_POINTS = 25_000_000
# A progressive JPEG has about ten scans; each costs as much time as a whole picture.
MOST_SCANS = 64
_END_OF_IMAGE, _START_OF_SCAN = 0xD9, 0xDA
# JPEG markers, except those inside the data of a scan: stuffed zeros, fill bytes, restarts.
_MARKER = re.compile(rb"\xff([^\x00\xff\xd0-\xd7])")


def squares(upload: bytes, *, sizes: list[int]) -> list[bytes]:
    """Return the square in the middle of a picture as WebP, once for each side in `sizes` (pixels).

    Raises `Refused` with `large` or `unreadable`. Only pixels are copied: no metadata of the file is left.
    """
    try:
        picture = _opened(upload, enough=max(sizes) * 4)
        return [_encoded(picture, size) for size in sizes]
    except Image.DecompressionBombError:
        raise Refused("large") from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        raise Refused("unreadable") from None


def jpegs(*pictures: bytes) -> list[bytes]:
    """Convert WebP pictures that `squares` made to JPEG, for address books."""
    made = []
    for picture in pictures:
        stream = BytesIO()
        Image.open(BytesIO(picture), formats=["WEBP"]).convert("RGB").save(stream, "JPEG", quality=82)
        made.append(stream.getvalue())
    return made


def _opened(upload: bytes, *, enough: int) -> Image.Image:
    """The picture, upright, scaled down to `enough` pixels at most. Raises `Refused`, or an error of Pillow."""
    formats = list(_PLUGINS)
    if upload[4:8] == b"ftyp":
        from pillow_heif import register_heif_opener  # here because few pictures need it

        register_heif_opener(thumbnails=False, decode_threads=1)
        formats = ["HEIF"]
    # Pillow allocates memory for a whole WebP when it opens one.
    _check_size(_size_of_webp(upload))
    with Image.open(BytesIO(upload), formats=formats) as opened:
        _check_size(opened.size)
        if opened.format in {"JPEG", "MPO"} and scans(upload) > MOST_SCANS:
            raise Refused("unreadable")
        # A JPEG is decoded at about the size that is needed: in full it would take four times as long.
        opened.draft("RGB", (enough // 2, enough // 2))
        picture: Image.Image = opened
        if opened.mode.startswith("I"):
            # 16-bit grey: Pillow would clip the values instead of dividing them.
            picture = opened.convert("I").point(lambda grey: grey * (1 / 256)).convert("L")
        picture.thumbnail((enough, enough))
        return ImageOps.exif_transpose(picture)


def _check_size(size: tuple[int, int]) -> None:
    if size[0] * size[1] > MOST_POINTS:
        raise Refused("large")


def _size_of_webp(upload: bytes) -> tuple[int, int]:
    """Width and height from the head of a WebP (RFC 9649, section 2); 0, 0 for other files."""
    if upload[:4] != b"RIFF" or upload[8:12] != b"WEBP":
        return 0, 0
    if upload[12:16] == b"VP8X":
        return int.from_bytes(upload[24:27], "little") + 1, int.from_bytes(upload[27:30], "little") + 1
    if upload[12:16] == b"VP8L":
        sides = int.from_bytes(upload[21:25], "little")
        return (sides & 0x3FFF) + 1, (sides >> 14 & 0x3FFF) + 1
    return int.from_bytes(upload[26:28], "little") & 0x3FFF, int.from_bytes(upload[28:30], "little") & 0x3FFF


def scans(jpeg: bytes) -> int:
    """Return how many scans a JPEG has before its end (ITU T.81, annex B), counting up to `MOST_SCANS` + 1."""
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
