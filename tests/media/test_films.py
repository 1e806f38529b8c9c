"""What is made of films and sound: what every phone plays, without a trace of where it was taken."""

import math
import random
import socket
import subprocess
import sys
import tempfile
from array import array
from io import BytesIO
from typing import NamedTuple

import av
import pytest
from PIL import Image

from openspace.media import Refused, process
from tests.media import bombs, clips
from tests.media.clips import BLACK, BLUE, GREEN, RED, Clip, film, halves
from tests.media.test_pictures import is_near

LIMITS = {"seconds": 60, "memory": 1024}


class Made(NamedTuple):
    """What came out: facts, the file and the poster."""

    facts: dict
    content: bytes
    poster: Image.Image | None

    def pictures(self) -> list[Image.Image]:
        with av.open(BytesIO(self.content)) as container:
            return [frame.to_image() for frame in container.decode(video=0)]

    def loudness(self) -> float:
        """The mean of the middle of the sound, in decibels below the loudest that there is."""
        resampler, heard = av.AudioResampler("flt", "mono", 48000), array("f")
        with av.open(BytesIO(self.content)) as container:
            for frame in container.decode(audio=0):
                for part in resampler.resample(frame):
                    heard.frombytes(bytes(part.planes[0])[: part.samples * 4])
        middle = heard[len(heard) // 4 : len(heard) * 3 // 4]
        return 10 * math.log10(sum(value * value for value in middle) / len(middle) + 1e-12)


def convert(upload: bytes, **options) -> Made:
    with tempfile.TemporaryFile() as source, tempfile.TemporaryFile() as target:
        source.write(upload)
        source.flush()
        made = process.run("films.convert", source, target, **({"written": 100} | LIMITS | options))
        target.seek(0)
        return Made(made.facts, target.read(), Image.open(BytesIO(made.parts[0])) if made.parts else None)


def probe(upload: bytes, **limits) -> dict:
    with tempfile.TemporaryFile() as source:
        source.write(upload)
        source.flush()
        return process.run("films.probe", source, **(LIMITS | limits)).facts


def outcome(upload: bytes, **limits) -> float | str:
    """How many seconds came out, or why nothing did."""
    try:
        return convert(upload, **limits).facts["seconds"]
    except Refused as refused:
        return str(refused)


def color(picture: Image.Image, x: float, y: float) -> tuple[int, ...]:
    return picture.convert("RGB").getpixel((int(picture.width * x), int(picture.height * y)))


def looks_like(picture: Image.Image, expected) -> bool:
    return all(abs(one - two) < 30 for one, two in zip(color(picture, 0.5, 0.2), expected, strict=True))


FILMS = {
    "mp4": film,
    "hevc in mov": lambda: Clip("mov").film([halves()] * 30, "libx265").sound().done(),
    "webm": lambda: Clip("webm").film([halves()] * 30, "libvpx").sound(codec="libopus").done(),
    "vp9 in webm": lambda: Clip("webm").film([halves()] * 30, "libvpx-vp9").sound(codec="libopus").done(),
    "3gp": lambda: (
        Clip("3gp")
        .film([halves((352, 288))] * 30, "h263")
        .sound(codec="libopencore_amrnb", rate=8000, layout="mono")
        .done()
    ),
    "matroska without an index": lambda: Clip("matroska", live="1").film([halves()] * 30).sound().done(),
    "motion jpeg": lambda: Clip("mov").film([halves()] * 30, "mjpeg").sound(codec="pcm_s16le").done(),
}
SOUNDS = {
    "m4a": lambda: Clip("ipod").sound().done(),
    "mp3": lambda: Clip("mp3").sound(codec="libmp3lame").done(),
    "mp3 without a head": lambda: Clip("mp3", id3v2_version="0").sound(codec="libmp3lame").done(),
    "ogg": lambda: Clip("ogg").sound(codec="libopus").done(),
    "wav": lambda: Clip("wav").sound(codec="pcm_s16le").done(),
    "webm": lambda: Clip("webm").sound(codec="libopus").done(),
    "mp4 without a film": lambda: Clip("mp4").sound().done(),
}


@pytest.mark.parametrize("kind", FILMS)
def test_a_film_becomes_h264_and_aac_with_its_index_in_front(kind):
    made = convert(FILMS[kind]())

    with av.open(BytesIO(made.content)) as container:
        picture, sound = container.streams
        assert (picture.codec_context.name, picture.pix_fmt) == ("h264", "yuv420p")
        assert (sound.codec_context.name, sound.rate, sound.layout.name) == ("aac", 48000, "stereo")
        assert container.duration / av.time_base == pytest.approx(1, abs=0.2)
    assert made.content.index(b"moov") < made.content.index(b"mdat")
    assert made.facts["kind"] == "film"
    assert made.facts["seconds"] == pytest.approx(1, abs=0.2)
    assert (made.facts["width"], made.facts["height"]) == made.poster.size == made.pictures()[0].size
    assert looks_like(made.pictures()[10], RED)


@pytest.mark.parametrize("kind", SOUNDS)
def test_sound_alone_becomes_aac(kind):
    made = convert(SOUNDS[kind]())

    with av.open(BytesIO(made.content)) as container:
        assert [stream.codec_context.name for stream in container.streams] == ["aac"]
        assert container.duration / av.time_base == pytest.approx(1, abs=0.2)
    assert made.facts == {"kind": "sound", "seconds": pytest.approx(1, abs=0.2)}
    assert made.poster is None


def test_a_film_without_sound_is_a_film():
    made = convert(Clip().film([halves()] * 30).done())

    assert made.facts["kind"] == "film"
    assert [stream.type for stream in av.open(BytesIO(made.content)).streams] == ["video"]


def test_a_file_says_what_it_is_before_it_is_converted():
    assert probe(film(60)) == {"kind": "film", "seconds": pytest.approx(2, abs=0.1), "width": 320, "height": 240}
    assert probe(SOUNDS["mp3"]()) == {"kind": "sound", "seconds": pytest.approx(1, abs=0.1)}
    # As browsers record it, a film does not say how long it is.
    assert probe(FILMS["matroska without an index"]())["seconds"] == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize(
    ("size", "expected"),
    [((1920, 1080), (1280, 720)), ((1080, 1920), (720, 1280)), ((322, 242), (322, 242)), ((64, 2000), (64, 2000))],
)
def test_a_film_has_at_most_720_pixels_on_its_shorter_side(size, expected):
    assert convert(film(3, halves(size))).pictures()[0].size == expected


@pytest.mark.parametrize("angle", [90, -90, 180])
def test_a_film_stands_upright(angle):
    turned = halves().rotate(-angle, expand=True)
    upload = film(5, turned, turned=angle)
    # It does lie on its side.
    stored = Made({}, upload, None).pictures()[0]
    assert stored.size == (240, 320) or looks_like(stored, BLUE)

    made = convert(upload)

    for picture in (made.pictures()[0], made.poster):
        assert picture.size == (320, 240)
        assert looks_like(picture, RED)
        assert color(picture, 0.5, 0.8)[2] > 170


def test_a_film_tells_neither_place_nor_phone():
    upload = clips.film_that_tells_where()
    assert all(secret in upload for secret in (b"SecretPlace", b"SecretPhone", b"SecretTitle", b"SecretXmp", b"+50.45"))

    made = convert(upload)

    assert b"Secret" not in made.content
    assert b"+50.45" not in made.content
    with av.open(BytesIO(made.content)) as container:
        assert not container.metadata.keys() - {"major_brand", "minor_version", "compatible_brands"}
    assert not {"exif", "xmp"} & made.poster.info.keys()


@pytest.mark.parametrize(("rate", "expected"), [(1000, 30), (60, 30), (24, 24)])
def test_a_film_has_at_most_30_pictures_in_a_second(rate, expected):
    assert len(convert(film(rate, halves((64, 64)), rate=rate)).pictures()) == pytest.approx(expected, abs=1)


def test_a_film_is_cut_by_start_and_length():
    upload = clips.film_of(halves(above=RED), halves(above=GREEN), halves(above=BLUE), halves(above=RED))

    made = convert(upload, start=1.0, length=2.0)

    pictures = made.pictures()
    assert len(pictures) == pytest.approx(60, abs=1)
    assert looks_like(pictures[1], GREEN)
    assert looks_like(pictures[-2], BLUE)
    assert made.facts["seconds"] == pytest.approx(2, abs=0.1)


def test_sound_is_cut_by_start_and_length():
    assert convert(Clip("mp3").sound(4, "libmp3lame").done(), start=2.5, length=1.0).facts["seconds"] == pytest.approx(
        1, abs=0.1
    )


def test_of_a_cut_beyond_the_end_nothing_is_made():
    with pytest.raises(Refused, match="empty"):
        convert(film(), start=50)


@pytest.mark.parametrize("said", [1, 10_000])
def test_a_film_lasts_at_most_90_seconds_whatever_it_says(said):
    upload = clips.film_that_says_it_lasts(said, 920)
    assert probe(upload)["seconds"] == pytest.approx(said, abs=1)

    assert convert(upload, length=1000.0).facts["seconds"] == pytest.approx(90, abs=0.1)


def test_a_short_film_that_says_it_is_long_has_a_poster():
    made = convert(clips.film_that_says_it_lasts(10_000, 10))

    assert made.facts["seconds"] == pytest.approx(1, abs=0.1)
    assert looks_like(made.poster, RED)


def test_the_poster_is_from_a_third_and_not_black():
    black = halves(above=BLACK, below=BLACK)

    assert looks_like(convert(clips.film_of(halves(above=RED), halves(above=GREEN), halves(above=BLUE))).poster, GREEN)
    assert looks_like(convert(clips.film_of(black, black, halves(above=GREEN))).poster, GREEN)
    assert looks_like(convert(clips.film_of(halves(above=RED), black, black)).poster, RED)
    assert looks_like(convert(clips.film_of(black)).poster, BLACK)


def test_quiet_and_loud_films_become_alike():
    quiet, loud = (Clip().sound(6, loudness=loudness).done() for loudness in (0.01, 0.9))
    assert Made({}, loud, None).loudness() - Made({}, quiet, None).loudness() > 35

    difference = convert(loud).loudness() - convert(quiet).loudness()

    assert abs(difference) < 6


def test_progress_is_told_in_percent():
    told = []

    convert(film(90), progress=told.append)

    assert told[-1] == 99
    assert told == sorted(set(told))
    assert len(told) > 20


def test_a_film_whose_phone_is_turned_keeps_its_size():
    made = convert(clips.film_whose_phone_is_turned())

    pictures = made.pictures()
    assert len(pictures) > 50
    assert {picture.size for picture in pictures} == {(320, 240)}
    assert looks_like(pictures[-1], RED)
    assert is_near(color(pictures[-1], 0.05, 0.5), BLACK)


def test_of_many_streams_the_first_counts():
    made = convert(clips.film_of_many_streams(40))

    assert len(av.open(BytesIO(made.content)).streams) == 1


def test_a_film_of_more_streams_than_any_phone_makes_is_refused():
    with pytest.raises(Refused, match="unreadable"):
        convert(clips.film_of_many_streams(70))


def test_frames_of_16_000_pixels_are_refused():
    for work in (probe, convert):
        with pytest.raises(Refused, match="large"):
            work(clips.film_of_huge_frames(), memory=300)


@pytest.mark.parametrize("kind", [*bombs.NO_MEDIA, "jpeg", "gif"])
def test_what_is_no_film_is_refused(kind):
    makers = {**bombs.NO_MEDIA, "jpeg": lambda: bombs.encoded(bombs.flat(), "JPEG")}
    makers["gif"] = lambda: bombs.gif_of_many_frames(10)

    for work in (probe, convert):
        with pytest.raises(Refused, match="unreadable"):
            work(makers[kind]())


@pytest.mark.parametrize("kind", clips.playlists(0))
def test_a_list_of_other_files_is_refused_and_nobody_is_asked(kind):
    with socket.create_server(("127.0.0.1", 0)) as listening:
        upload = clips.playlists(listening.getsockname()[1])[kind]

        for work in (probe, convert):
            with pytest.raises(Refused, match=r"unreadable|empty"):
                work(upload)

        listening.setblocking(False)
        with pytest.raises(BlockingIOError):
            listening.accept()


@pytest.mark.parametrize("form", ["mp4", "webm", "mp3"])
def test_what_is_cut_off_is_shown_as_far_as_it_goes_or_refused(form):
    whole = {
        # In fragments, as browsers record it: without its index nothing could be shown.
        "mp4": lambda: Clip(movflags="frag_keyframe+empty_moov").film([halves()] * 30).sound().done(),
        "webm": FILMS["webm"],
        "mp3": SOUNDS["mp3"],
    }[form]()
    outcomes = []

    for tenth in range(1, 10):
        outcomes.append(outcome(whole[: len(whole) * tenth // 10]))

    assert {each for each in outcomes if isinstance(each, str)} <= {"unreadable", "empty"}
    assert max(each for each in outcomes if isinstance(each, float)) > 0.5


def test_what_is_broken_somewhere_never_takes_more_than_the_child():
    dice, whole = random.Random(5), film(30, clips.noise())
    for _ in range(12):
        broken = bytearray(whole)
        for _ in range(40):
            broken[dice.randrange(32, len(broken))] = dice.randrange(256)
        assert outcome(bytes(broken), seconds=10) in ["unreadable", "empty", "killed", pytest.approx(1, abs=1)]


def test_a_film_that_takes_too_much_processor_is_killed():
    upload = film(600, clips.noise((640, 480)), preset="ultrafast")

    with pytest.raises(Refused, match="killed"):
        convert(upload, seconds=1)


def test_a_film_that_takes_too_much_memory_is_killed():
    upload = film(10, clips.noise((3840, 2160)), preset="ultrafast")

    for memory in (200, 300):
        with pytest.raises(Refused, match="killed"):
            convert(upload, memory=memory)


def test_a_full_disk_is_told_apart_from_a_bad_film():
    with pytest.raises(Refused, match="full"):
        convert(film(60, clips.noise()), written=0)


def test_the_server_itself_loads_no_codec():
    code = "import sys, openspace; openspace.create_app(); print('av' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd="/tmp")

    assert done.stdout == "False\n"
