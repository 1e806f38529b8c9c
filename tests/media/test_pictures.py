"""What people send as pictures is opened in a process of its own, within limits; refused in words, or right."""

import re
import socket
import subprocess
import sys
import time
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import pytest
from flask_babel import force_locale
from PIL import Image

from openspace import children
from openspace.contacts import photos
from openspace.media import Refused, opening, process
from openspace.web.errors import Busy, Invalid
from tests.media import bombs

ENGLISH = {"Accept-Language": "en"}


def drawn(upload: bytes, **limits) -> list[bytes]:
    return process.run("pictures.squares", upload, sizes=[112, 448], **limits).parts


def points(picture: bytes) -> list[tuple[int, int, int]]:
    """The colours near the left and the right edge."""
    with Image.open(BytesIO(picture)) as made:
        assert (made.format, made.size) == ("WEBP", (448, 448))
        return [made.convert("RGB").getpixel((x, 224)) for x in (20, 428)]


def is_near(color, other) -> bool:
    return all(abs(one - two) < 12 for one, two in zip(color, other, strict=True))


@pytest.mark.parametrize("kind", bombs.TOO_LARGE)
def test_a_picture_of_more_than_25_megapixels_is_refused_by_its_head(kind):
    with pytest.raises(Refused, match="large"):
        # So little that the picture itself would not fit.
        drawn(bombs.TOO_LARGE[kind](), memory=150)


@pytest.mark.parametrize("kind", bombs.UNREADABLE)
def test_what_is_no_picture_is_refused(kind):
    with pytest.raises(Refused, match="unreadable"):
        drawn(bombs.UNREADABLE[kind]())


@pytest.mark.parametrize("kind", bombs.FINE)
def test_an_unusual_picture_is_drawn(kind):
    points(drawn(bombs.FINE[kind]())[1])


def test_a_picture_of_several_counts_as_a_jpeg():
    assert all(is_near(color, bombs.RED) for color in points(drawn(bombs.mpo())[1]))


def test_a_photo_of_an_iphone_comes_out_right():
    assert all(is_near(color, bombs.RED) for color in points(drawn(bombs.heic())[1]))


def test_sixteen_bits_of_grey_come_out_right():
    dark, light = points(drawn(bombs.png_of_16_bits())[1])

    assert is_near(dark, (0x20,) * 3)
    assert is_near(light, (0xE0,) * 3)


@pytest.mark.parametrize("unpacked", [bombs.png_whose_profile_unpacks_to, bombs.png_whose_text_unpacks_to])
def test_what_is_packed_beside_the_picture_is_not_unpacked_without_end(unpacked):
    upload = unpacked(300_000_000)

    with suppress(Refused):
        drawn(upload, memory=200)


def test_scans_are_counted_up_to_the_end_of_the_first_picture():
    plain, progressive = (bombs.encoded(bombs.flat(), "JPEG", progressive=way) for way in (False, True))

    assert (opening.scans(plain), opening.scans(progressive), opening.scans(plain + progressive)) == (1, 10, 1)
    assert opening.scans(bombs.jpeg_of_many_scans()) == opening.MOST_SCANS + 1
    # A thumbnail in what the camera wrote is no scan of the picture.
    exif = Image.Exif()
    exif[0x927C] = b"\xff\xda" * 100
    assert opening.scans(bombs.encoded(bombs.flat(), "JPEG", exif=exif)) == 1
    assert opening.scans(b"") == 0


def test_a_child_that_takes_too_much_processor_is_killed():
    picture = drawn(bombs.heic())[1]

    with pytest.raises(Refused, match="killed"):
        process.run("pictures.jpegs", *[picture] * 2000, seconds=1)


def test_a_child_that_takes_too_much_memory_is_refused():
    with pytest.raises(Refused, match="killed"):
        drawn(bombs.encoded(bombs.flat(5000, "RGBA", (0, 0, 0, 0)), "PNG"), memory=100)


def test_a_child_that_does_not_answer_is_killed(monkeypatch):
    silent = subprocess.Popen(["sleep", "60"])
    monkeypatch.setattr(children, "start", lambda *given, **more: silent.pid)

    with pytest.raises(Refused, match="killed"):
        drawn(b"x", seconds=0)

    assert not Path(f"/proc/{silent.pid}").exists()


def test_a_child_knows_neither_settings_nor_open_files(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "hidden")
    ours, theirs = socket.socketpair()
    # As the one on which gunicorn listens.
    listening = socket.create_server(("127.0.0.1", 0))
    listening.set_inheritable(True)
    child = children.start(process.COMMAND, theirs, process.ENVIRONMENT, is_heard=False)
    try:
        begun = Path(f"/proc/{child}")
        while b"inside" not in (begun / "cmdline").read_bytes():
            time.sleep(0.01)
        assert b"hidden" not in (begun / "environ").read_bytes()
        ends = time.monotonic() + 10
        while (files := {int(file.name) for file in (begun / "fd").iterdir()}) != {0, 1, 2}:
            assert time.monotonic() < ends, files
            time.sleep(0.01)
    finally:
        children.end(child)
        listening.close()
        ours.close()
        theirs.close()


def test_the_server_itself_opens_no_picture():
    code = (
        "import sys, openspace; openspace.create_app();"
        " from openspace.web import qr; qr.svg('https://example.org'); qr.for_terminal('https://example.org');"
        " print([name for name in sys.modules if name == 'PIL'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd="/tmp")

    assert done.stdout == "[]\n"


def test_who_comes_while_all_are_at_work_waits_a_little_and_is_then_told(monkeypatch):
    for _ in range(process.AT_ONCE):
        assert process._turns.acquire(timeout=30)
    monkeypatch.setattr(process, "PATIENCE", 0.2)
    try:
        begun = time.monotonic()
        with pytest.raises(Busy):
            drawn(b"x")
        assert time.monotonic() - begun >= 0.2
    finally:
        process._turns.release(process.AT_ONCE)
    with pytest.raises(Refused):
        drawn(b"x")


@pytest.mark.parametrize(
    ("upload", "words"),
    [
        (bombs.webp_of_huge_size, "at most 25 megapixels"),
        (bombs.png_that_is_broken, "A photo as JPEG, PNG, WebP or HEIC"),
        (lambda: bombs.SVG, "A photo as JPEG, PNG, WebP or HEIC"),
    ],
)
def test_a_refused_picture_is_told_in_words_beside_the_form(hall, upload, words):
    answer = hall.ask("participant").put(
        hall.url("contacts/mine/photo"), data={"photo": (BytesIO(upload()), "me.jpg")}, headers=ENGLISH
    )
    page = answer.get_data(as_text=True)

    assert answer.status_code == 422
    assert words in page
    assert re.search(r'name="name"[^>]*value="Олена Ткачук"', page)


def test_a_picture_while_all_are_at_work_is_told_in_words(hall, monkeypatch):
    monkeypatch.setattr(photos, "prepare", lambda upload: (_ for _ in ()).throw(Busy))

    answer = hall.ask("participant").put(
        hall.url("contacts/mine/photo"), data={"photo": (BytesIO(b"x"), "me.jpg")}, headers=ENGLISH
    )

    assert answer.status_code == 503
    assert "The server is busy" in answer.get_data(as_text=True)


def test_a_refusal_without_known_words_has_words(inside, monkeypatch):
    def refuse(*given, **words):
        raise Refused("anything")

    monkeypatch.setattr(process, "run", refuse)

    with force_locale("en"), pytest.raises(Invalid, match="could not be opened"):
        photos.prepare(b"x")
