"""What is made of a photo: three widths in two formats, upright, in sRGB, without a trace of where it was taken."""

import re
from base64 import b64decode
from io import BytesIO

import pytest
from PIL import Image

from openspace.media import Refused, process
from tests.media import bombs
from tests.media.test_pictures import is_near

# What a child gets for a photo, in seconds and MiB.
LIMITS = {"seconds": 10, "memory": 512}


def made(upload: bytes) -> process.Made:
    return process.run("photos.renditions", upload, **LIMITS)


def largest(upload: bytes) -> Image.Image:
    """The largest AVIF."""
    return Image.open(BytesIO(made(upload).parts[-2]))


def color(picture: Image.Image, x: float, y: float) -> tuple[int, ...]:
    return picture.convert("RGB").getpixel((int(picture.width * x), int(picture.height * y)))


def test_a_photo_has_three_widths_in_two_formats_each_smaller_as_avif():
    facts, parts = made(bombs.encoded(Image.effect_noise((2400, 1800), 60).convert("RGB"), "JPEG"))

    assert (facts["width"], facts["height"]) == (1600, 1200)
    assert [tuple(file.values()) for file in facts["files"]] == [
        (form, width, width * 3 // 4) for width in (480, 720, 1600) for form in ("image/avif", "image/webp")
    ]
    for file, content in zip(facts["files"], parts, strict=True):
        with Image.open(BytesIO(content)) as picture:
            assert (picture.get_format_mimetype(), *picture.size) == tuple(file.values())
    assert all(len(avif) < len(webp) for avif, webp in zip(parts[::2], parts[1::2], strict=True))


@pytest.mark.parametrize(
    ("size", "widths"), [((300, 200), [300]), ((700, 500), [480, 700]), ((1000, 10_000), [96, 144, 320])]
)
def test_a_photo_is_never_enlarged_and_never_too_high(size, widths):
    facts, _ = made(bombs.encoded(Image.new("RGB", size), "PNG"))

    assert [file["width"] for file in facts["files"][::2]] == widths


@pytest.mark.parametrize("form", ["JPEG", "WEBP", "AVIF"])
def test_a_photo_stands_upright_and_tells_neither_place_nor_camera(form):
    upload = bombs.photo_of_a_phone(form)
    # There is something to tell.
    assert Image.open(BytesIO(upload)).getexif().get_ifd(0x8825)
    assert b"SecretPlace" in upload

    facts, parts = made(upload)

    assert (facts["width"], facts["height"]) == (600, 900)
    for content in parts:
        picture = Image.open(BytesIO(content))
        assert is_near(color(picture, 0.5, 0.1), bombs.RED)
        assert is_near(color(picture, 0.5, 0.9), (255, 255, 255))
        assert not {"exif", "xmp", "icc_profile", "comment"} & picture.info.keys()
        assert not re.search(rb"Secret|Exif|xmpmeta", content)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_colours_are_converted_to_srgb(form):
    picture = bombs.flat()
    upload = bombs.encoded(picture, form, icc_profile=bombs.srgb_with_red_and_blue_swapped())

    assert is_near(color(largest(upload), 0.5, 0.5), bombs.RED[::-1])


@pytest.mark.parametrize("profile", [b"no profile", bombs.srgb_with_red_and_blue_swapped()[:400]])
def test_a_broken_profile_is_left_aside(profile):
    assert is_near(color(largest(bombs.encoded(bombs.flat(), "JPEG", icc_profile=profile)), 0.5, 0.5), bombs.RED)


def test_a_grey_picture_with_a_profile_for_colours_is_shown():
    profile = bombs.srgb_with_red_and_blue_swapped()

    assert color(largest(bombs.encoded(bombs.flat(600, "L", 99), "JPEG", icc_profile=profile)), 0.5, 0.5) == (99,) * 3


def test_a_palette_with_a_profile_is_converted_and_stays_white_where_it_is_transparent():
    picture = bombs.flat(600, "RGBA", (0, 0, 0, 0))
    picture.paste((*bombs.RED, 255), (0, 0, 300, 600))
    upload = bombs.encoded(picture.quantize(), "PNG", icc_profile=bombs.srgb_with_red_and_blue_swapped())

    shown = largest(upload)

    assert is_near(color(shown, 0.1, 0.5), bombs.RED[::-1])
    assert is_near(color(shown, 0.9, 0.5), (255, 255, 255))


def test_of_an_animated_picture_the_first_frame_is_shown():
    frames = [bombs.flat(color=bombs.RED), bombs.flat(color="teal")]

    for form in ("GIF", "WEBP", "PNG", "AVIF"):
        upload = bombs.encoded(frames[0], form, save_all=True, append_images=frames[1:])
        assert is_near(color(largest(upload), 0.5, 0.5), bombs.RED), form


def test_the_placeholder_is_a_tiny_picture_of_the_photo():
    noise = Image.effect_noise((16, 12), 200).convert("RGB").resize((1600, 1200), Image.Resampling.NEAREST)
    noise.paste(bombs.RED, (0, 0, 800, 1200))

    placeholder = made(bombs.encoded(noise, "JPEG")).facts["placeholder"]

    assert len(placeholder) < 400
    tiny = Image.open(BytesIO(b64decode(placeholder.removeprefix("data:image/webp;base64,"))))
    assert tiny.size == (16, 12)
    red, green, _ = color(tiny, 0.2, 0.5)
    assert red > 150
    assert green < 80


@pytest.mark.parametrize("is_progressive", [False, True])
def test_a_jpeg_cut_at_any_tenth_is_refused(is_progressive):
    whole = bombs.encoded(Image.effect_noise((600, 600), 90), "JPEG", progressive=is_progressive)

    for tenth in range(1, 10):
        with pytest.raises(Refused, match="unreadable"):
            made(whole[: len(whole) * tenth // 10])


@pytest.mark.parametrize("kind", bombs.TOO_LARGE)
def test_a_photo_of_too_many_pixels_is_refused_by_its_head(kind):
    with pytest.raises(Refused, match="large"):
        process.run("photos.renditions", bombs.TOO_LARGE[kind](), memory=200)


@pytest.mark.parametrize("kind", bombs.UNREADABLE)
def test_what_is_no_photo_is_refused(kind):
    with pytest.raises(Refused, match="unreadable"):
        made(bombs.UNREADABLE[kind]())


@pytest.mark.parametrize("kind", bombs.FINE)
def test_an_unusual_photo_is_shown(kind):
    assert made(bombs.FINE[kind]()).parts
