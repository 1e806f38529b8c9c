"""Makes the small square pictures of cards, within a child process."""

from io import BytesIO
from typing import Any

from PIL import Image, ImageOps

from openspace.media.opening import encoded, on_white, opened, refusing


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


def _square(picture: Image.Image, size: int) -> bytes:
    square = ImageOps.fit(picture.convert("RGBA"), (size, size), Image.Resampling.LANCZOS)
    return encoded(on_white(square), "WEBP", quality=80, method=4)


def _jpeg(picture: bytes) -> bytes:
    with Image.open(BytesIO(picture), formats=["WEBP"]) as opened_again:
        return encoded(opened_again.convert("RGB"), "JPEG", quality=82)
