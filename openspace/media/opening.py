"""Opens pictures whose maker is not trusted, within a child process: sizes are checked before a pixel is decoded."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

# Imported one by one, because Pillow would otherwise load all of its formats to find one. All of it is imported here,
# since nothing can be loaded any more once a file has come.
from PIL import (
    AvifImagePlugin,
    GifImagePlugin,
    Image,
    ImageOps,
    JpegImagePlugin,
    MpoImagePlugin,
    PngImagePlugin,
    UnidentifiedImageError,
    WebPImagePlugin,
)
from pillow_heif import HeifImagePlugin, register_heif_opener

from openspace.media import Refused

# MPO files of some phones, which hold several pictures, are opened as JPEG.
_PLUGINS = {
    "JPEG": (JpegImagePlugin, MpoImagePlugin),
    "PNG": PngImagePlugin,
    "WEBP": WebPImagePlugin,
    "GIF": GifImagePlugin,
    "AVIF": AvifImagePlugin,
    "HEIF": HeifImagePlugin,
}
# In pixels.
MOST_POINTS = 25_000_000
# A progressive JPEG has about ten scans; each costs as much time as a whole picture.
MOST_SCANS = 64
_END_OF_IMAGE, _START_OF_SCAN = 0xD9, 0xDA
# JPEG markers, except those inside the data of a scan: stuffed zeros, fill bytes, restarts.
_MARKER = re.compile(rb"\xff([^\x00\xff\xd0-\xd7])")

register_heif_opener(thumbnails=False, decode_threads=1)
# Saving would look for more formats.
Image.preinit()


@contextmanager
def refusing() -> Iterator[None]:
    """Turn what Pillow says of a bad file into `Refused` with `large` or `unreadable`."""
    try:
        yield
    except Image.DecompressionBombError:
        raise Refused("large") from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        raise Refused("unreadable") from None


def opened(upload: bytes, *, enough: int) -> Image.Image:
    """Return the first picture of a file, upright, scaled down so that no side is longer than `enough` pixels.

    Formats are told by content. Raises `Refused`, or within `refusing` an error of Pillow.
    """
    # Pillow allocates memory for a whole WebP when it opens one.
    _check_size(_size_of_webp(upload))
    with Image.open(BytesIO(upload), formats=list(_PLUGINS)) as file:
        _check_size(file.size)
        if file.format in {"JPEG", "MPO"} and scans(upload) > MOST_SCANS:
            raise Refused("unreadable")
        # A JPEG is decoded at about the size that is needed: in full it would take four times as long.
        file.draft("RGB", (enough // 2, enough // 2))
        picture: Image.Image = file
        if file.mode.startswith("I"):
            # 16-bit grey: Pillow would clip the values instead of dividing them.
            picture = file.convert("I").point(lambda grey: grey * (1 / 256)).convert("L")
        picture.thumbnail((enough, enough))
        return ImageOps.exif_transpose(picture)


def on_white(picture: Image.Image) -> Image.Image:
    """Return the picture in RGB, with white where it is transparent."""
    layer = picture.convert("RGBA")
    ground = Image.new("RGB", layer.size, "white")
    ground.paste(layer, mask=layer.getchannel("A"))
    return ground


def encoded(picture: Image.Image, form: str, **options: int) -> bytes:
    """Return the picture as a file without any metadata. `form` and the options are Pillow's."""
    stream = BytesIO()
    bare = picture.copy()
    bare.info = {}
    bare.save(stream, form, **options)
    return stream.getvalue()


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
