"""Films joined to a series, each after a card with its title."""

import tempfile
from contextlib import ExitStack
from io import BytesIO
from itertools import pairwise

import av
import pytest
from PIL import Image, ImageChops

from openspace.media import Refused, process, series
from openspace.media.lettering import Lettering
from tests.media import clips
from tests.media.clips import BLUE, GREEN, RED, Clip, halves
from tests.media.test_films import LIMITS, Made, color, looks_like
from tests.media.test_pictures import is_near

GROUND = (0xE8, 0xEC, 0xE3)
CARDS = [{"title": "Автобус приїхав", "community": "Надбузька громада"}, {"title": "Ґанок", "community": "Łódź"}]


def join(*films: bytes, cards=CARDS, **options) -> Made:
    with ExitStack() as open_files:
        target, *sources = [open_files.enter_context(tempfile.TemporaryFile()) for _ in range(len(films) + 1)]
        for source, film in zip(sources, films, strict=True):
            source.write(film)
            source.flush()
        made = process.run("series.join", target, *sources, cards=cards, written=100, **(LIMITS | options))
        target.seek(0)
        return Made(made.facts, target.read(), Image.open(BytesIO(made.parts[0])))


@pytest.mark.parametrize(("shape", "size"), [("wide", (1280, 720)), ("square", (720, 720))])
def test_films_of_all_shapes_become_one_of_one_shape(shape, size):
    landscape = clips.film(30, halves((640, 360), above=RED))
    portrait = Clip().film([halves((360, 640), above=GREEN)] * 24, rate=24).done()
    told = []

    made = join(landscape, portrait, shape=shape, progress=told.append)

    pictures = made.pictures()
    assert {picture.size for picture in pictures} == {size}
    assert (made.facts["width"], made.facts["height"]) == size
    first, second = (round(begin * 30) for begin in made.facts["begins"])
    assert made.facts["begins"] == pytest.approx([2.5, 6], abs=0.15)
    # Each film is where it is said to be, with its card before it and bars of the card's colour around it.
    for number in (10, first - 2, second - 10):
        assert is_near(color(pictures[number], 0.02, 0.02), GROUND)
    assert is_near(color(pictures[first + 5], 0.5, 0.4), RED)
    assert is_near(color(pictures[second + 5], 0.5, 0.4), GREEN)
    assert is_near(color(pictures[second + 5], 0.02, 0.4), GROUND)
    assert told == sorted(set(told))
    assert {50, 100} < set(told)
    # Also within each film.
    assert len(told) > 20
    assert is_near(color(made.poster, 0.02, 0.02), GROUND)


def test_a_series_has_30_pictures_in_every_second_and_sound_without_a_gap():
    made = join(clips.film(45), Clip().film([halves()] * 30).done())

    with av.open(BytesIO(made.content)) as container:
        places = [frame.time for frame in container.decode(video=0)]
    with av.open(BytesIO(made.content)) as container:
        samples = sum(frame.samples for frame in container.decode(audio=0))
    assert {round((after - before) * 30, 2) for before, after in pairwise(places)} == {1}
    assert len(places) / 30 == pytest.approx(made.facts["seconds"], abs=0.05)
    assert samples / 48000 == pytest.approx(made.facts["seconds"], abs=0.05)
    assert made.content.index(b"moov") < made.content.index(b"mdat")


def test_a_single_film_gets_its_card():
    made = join(clips.film(30, halves(above=BLUE)), cards=CARDS[:1])

    assert made.facts["seconds"] == pytest.approx(3.5, abs=0.1)
    assert looks_like(made.pictures()[90], BLUE)


def test_what_is_no_film_is_not_joined():
    with pytest.raises(Refused, match="unreadable"):
        join(clips.film(3), b"no film")


@pytest.mark.parametrize("size", series.SIZES.values())
@pytest.mark.parametrize(
    "title", ["Так", "Автобус ЦНАПу вперше приїхав у Малі Броди", "Ще довше " * 60, "Ґ" * 200, "", "🎉 " * 9]
)
def test_whatever_is_written_on_a_card_stays_within_its_margins(title, size):
    card = series.title_card(title, "Надбузька територіальна громада Хмельницької області " * 3, size)

    left, above, right, below = ImageChops.difference(card, Image.new("RGB", size, GROUND)).getbbox()
    assert card.size == size
    assert left >= size[0] // 12 - 6
    assert right <= size[0] - size[0] // 12 + 6
    assert above >= 20
    assert below <= size[1] - 20


def test_letters_of_all_our_languages_are_drawn_and_others_left_out():
    letters = Lettering(40, 700)

    for letter in "AzßéŁżАяіїєґҐёъ№—«»’…7":
        assert letters.width(letter) > 5, letter
    assert letters.width("я🎉я") == letters.width("яя") == 2 * letters.width("я")


def test_a_title_that_never_fits_ends_with_dots():
    assert series._fitting("довго " * 200, 600, 300)[1][-1].endswith("…")
    assert series._fitting("Так", 600, 300)[1] == ["Так"]
