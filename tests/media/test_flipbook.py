"""Films made of single pictures."""

import tempfile
from io import BytesIO

import pytest

from openspace.media import Refused, process
from tests.media.clips import BLUE, GREEN, RED, halves
from tests.media.test_films import LIMITS, Made, color
from tests.media.test_pictures import is_near


def jpeg(above) -> bytes:
    stream = BytesIO()
    halves((320, 240), above).save(stream, "JPEG")
    return stream.getvalue()


def film(*pictures: bytes, rate: int) -> Made:
    with tempfile.TemporaryFile() as target:
        made = process.run("flipbook.film", *pictures, target, rate=rate, written=20, **LIMITS)
        target.seek(0)
        return Made(made.facts, target.read(), None)


def test_pictures_are_shown_one_after_another_each_as_long():
    made = film(*map(jpeg, (RED, GREEN, BLUE, RED)), rate=2)

    assert made.facts == {"seconds": 2.0, "width": 320, "height": 240}
    shown = [color(picture, 0.5, 0.2) for picture in made.pictures()]
    assert len(shown) == 4
    assert all(is_near(*pair) for pair in zip(shown, (RED, GREEN, BLUE, RED), strict=True))


def test_what_is_no_picture_is_refused():
    with pytest.raises(Refused, match="unreadable"):
        film(jpeg(RED), b"<svg/>", rate=2)
