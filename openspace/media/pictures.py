"""Makes the small square pictures of cards, and pictures for links to films, within a child process."""

from io import BytesIO
from typing import Any

from PIL import Image, ImageFilter, ImageOps

from openspace.media.opening import encoded, on_white, opened, refusing

# The size of a picture for a link, in pixels, as Open Graph's readers want it, and how much of one may be cut off.
SHARED, CUT = (1200, 630), 0.25


def squares(upload: bytes, *, sizes: list[int]) -> tuple[dict[str, Any], list[bytes]]:
    """Return the square in the middle of a picture as WebP, once for each side in `sizes` (pixels).

    Raises `Refused` with `large` or `unreadable`. Only pixels are copied: no metadata of the file is left.
    """
    with refusing():
        picture = opened(upload, enough=max(sizes) * 4)
        return {}, [_square(picture, size) for size in sizes]


def jpegs(*pictures: bytes) -> tuple[dict[str, Any], list[bytes]]:
    """Convert WebP pictures that `squares` made to JPEG, for address books."""
    return {}, [_jpeg(picture) for picture in pictures]


def share_picture(poster: bytes) -> tuple[dict[str, Any], list[bytes]]:
    """Return a film's poster as a JPEG of the size `SHARED`. A portrait stands before itself, enlarged and blurred."""
    with refusing():
        picture = opened(poster, enough=SHARED[0]).convert("RGB")
        filled = ImageOps.fit(picture, SHARED, Image.Resampling.LANCZOS)
        shown = (picture.width / picture.height) / (SHARED[0] / SHARED[1])
        if min(shown, 1 / shown) < 1 - CUT:
            filled = Image.blend(filled.filter(ImageFilter.GaussianBlur(40)), Image.new("RGB", SHARED), 0.35)
            whole = ImageOps.contain(picture, SHARED, Image.Resampling.LANCZOS)
            filled.paste(whole, ((SHARED[0] - whole.width) // 2, (SHARED[1] - whole.height) // 2))
        return {}, [encoded(filled, "JPEG", quality=85)]


def _square(picture: Image.Image, size: int) -> bytes:
    square = ImageOps.fit(picture.convert("RGBA"), (size, size), Image.Resampling.LANCZOS)
    return encoded(on_white(square), "WEBP", quality=80, method=4)


def _jpeg(picture: bytes) -> bytes:
    with Image.open(BytesIO(picture), formats=["WEBP"]) as opened_again:
        return encoded(opened_again.convert("RGB"), "JPEG", quality=82)
