"""Makes of a photo what pages show, within a child process: three widths in two formats, and a placeholder."""

from base64 import b64encode
from io import BytesIO
from typing import Any

from PIL import Image, ImageCms

from openspace.media.opening import encoded, on_white, opened, refusing

# In pixels. A picture that is narrower is never enlarged. The wall on a phone is 300 to 370 CSS pixels wide: with two
# pixels to each that is 720, and nobody sees more at arm's length.
WIDTHS = (480, 720, 1600)
# No picture is higher than so many times its width in `WIDTHS`: long screenshots become narrower instead.
HIGHEST = 2
# AVIF at 50 is as near to the photo as WebP at 75, and a quarter smaller. At speed 6 it takes most of the processor of
# a photo; at speed 8 it would take half of that or less, and the largest file of some photos have a quarter more bytes.
FORMS = {"AVIF": {"quality": 50, "speed": 6, "max_threads": 1}, "WEBP": {"quality": 75, "method": 4}}
_SRGB = ImageCms.createProfile("sRGB")


def renditions(upload: bytes) -> tuple[dict[str, Any], list[bytes]]:
    """Return the files of a photo, upright, in sRGB, without metadata, and what a page needs to know of them.

    The facts are `width` and `height` of the largest, `placeholder` (a data URI of less than 400 characters), and
    `files`: for each file, from the smallest to the largest, its `mimetype`, `width` and `height`. Raises `Refused`
    with `large` or `unreadable`.
    """
    with refusing():
        photo = on_white(_in_srgb(opened(upload, enough=max(WIDTHS) * HIGHEST)))
        shown = [photo.resize(size, Image.Resampling.LANCZOS) for size in _sizes(*photo.size)]
        files = [
            (picture.size, form, encoded(picture, form, **how)) for picture in shown for form, how in FORMS.items()
        ]
        placeholder = _placeholder(photo)
    facts = {"width": shown[-1].width, "height": shown[-1].height, "placeholder": placeholder}
    facts["files"] = [
        {"mimetype": f"image/{form.lower()}", "width": size[0], "height": size[1]} for size, form, _ in files
    ]
    return facts, [content for _, _, content in files]


def _sizes(width: int, height: int) -> list[tuple[int, int]]:
    scales = [min(1, most / width, HIGHEST * most / height) for most in WIDTHS]
    return sorted({(max(1, round(width * scale)), max(1, round(height * scale))) for scale in scales})


def _in_srgb(picture: Image.Image) -> Image.Image:
    """Convert colours by the picture's own profile, if it has one that can be read and is not sRGB already."""
    profile = picture.info.get("icc_profile")
    if not profile:
        return picture
    if picture.mode in {"P", "PA", "LA", "1"}:
        picture = picture.convert("RGBA")
    try:
        own = ImageCms.ImageCmsProfile(BytesIO(profile))
        converted = ImageCms.profileToProfile(picture, own, _SRGB, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError):
        return picture
    if converted is not None and "A" in picture.getbands():
        converted.putalpha(picture.getchannel("A"))
    return converted or picture


def _placeholder(photo: Image.Image) -> str:
    """A picture 16 pixels wide or high as a data URI: it shows where light and dark are, which single colours do not.

    It needs no request, and pages allow data URIs for pictures.
    """
    tiny = photo.copy()
    tiny.thumbnail((16, 16))
    return f"data:image/webp;base64,{b64encode(encoded(tiny, 'WEBP', quality=20, method=6)).decode()}"
