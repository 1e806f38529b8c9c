"""A film from the phone to the wall, through real workers and the child that opens it."""

from functools import cache

import pytest

from openspace.extensions import db
from openspace.jobs.models import Job
from openspace.store import media as store
from openspace.stories.media_models import Medium
from openspace.stories.rules import MediumKind
from openspace.uploads.models import Upload
from openspace.uploads.rules import MediumState
from tests.jobs.conftest import crew, until  # noqa: F401  # a fixture
from tests.media import clips
from tests.stories.test_media import Phone, media

FILM = "film-of-a-bus-0001"


@cache
def long_film() -> bytes:
    """A film that takes some seconds to prepare."""
    return clips.film(150, clips.noise((640, 360)))


@pytest.fixture
def phone(hall) -> Phone:
    return Phone(hall)


def is_state(hall, *states: MediumState):
    def check() -> bool:
        return media(hall)[0].state in states

    return check


def progress(hall) -> int:
    with hall.app.app_context():
        return db.session.query(Job.progress).filter(Job.kind == "stories.film").scalar() or 0


def is_ended(hall) -> bool:
    with hall.app.app_context():
        return db.session.query(Job).filter(Job.kind == "stories.film", Job.ended_at.is_not(None)).count() == 1


def test_a_film_whose_worker_is_killed_in_the_middle_is_prepared_by_another(hall, phone, crew):  # noqa: F811
    phone.send(FILM, long_film())
    phone.tell(FILM, kind="film")
    first = crew.start()
    until(lambda: progress(hall) > 0)

    crew.kill(first)
    assert media(hall)[0].state == MediumState.PREPARING
    crew.start()
    until(is_state(hall, MediumState.READY, MediumState.FAILED), 120)

    (medium,) = media(hall)
    assert (medium.state, medium.kind, medium.width, medium.height) == (MediumState.READY, MediumKind.FILM, 640, 360)
    assert medium.seconds == pytest.approx(5, abs=0.2)
    assert medium.player.mimetype == "video/mp4"
    assert medium.files("image/webp")
    with hall.app.app_context():
        assert store.store().open(medium.player.digest).read(12)[4:8] == b"ftyp"
        assert db.session.query(Upload).count() == 0


@pytest.mark.parametrize(
    ("content", "state", "kind"),
    [
        (lambda: clips.Clip().sound(2).done(), MediumState.READY, MediumKind.SOUND),
        (lambda: b"\x7fELF" + bytes(4000), MediumState.FAILED, MediumKind.FILM),
        (lambda: b"PK\x03\x04" + bytes(4000), MediumState.FAILED, MediumKind.FILM),
        (lambda: b"#EXTM3U\nfile:///etc/passwd\n", MediumState.FAILED, MediumKind.FILM),
    ],
)
def test_a_file_is_what_it_holds_and_not_what_it_is_called(hall, phone, crew, content, state, kind):  # noqa: F811
    phone.send(FILM, content())
    phone.tell(FILM, kind="film")

    crew.start()
    until(is_state(hall, MediumState.READY, MediumState.FAILED), 120)

    (medium,) = media(hall)
    assert (medium.state, medium.kind) == (state, kind)


def test_a_cut_begins_and_ends_where_its_author_said(hall, phone, crew):  # noqa: F811
    phone.send(FILM, clips.film_of(*(clips.halves((320, 240), above=colour) for colour in ("red", "green", "blue"))))
    phone.tell(FILM, kind="film", **{f"from-{FILM}": "1", f"length-{FILM}": "1"})

    crew.start()
    until(is_state(hall, MediumState.READY, MediumState.FAILED), 120)

    (medium,) = media(hall)
    assert (medium.state, medium.seconds) == (MediumState.READY, pytest.approx(1, abs=0.2))


def test_a_story_deleted_while_its_film_is_prepared_leaves_nothing(hall, phone, crew):  # noqa: F811
    phone.send(FILM, long_film())
    phone.tell(FILM, kind="film")
    crew.start()
    until(lambda: progress(hall) > 0)

    hall.ask("participant").delete(hall.url("me"))

    until(lambda: is_ended(hall), 120)
    with hall.app.app_context():
        assert db.session.query(Medium).count() == 0
        assert db.session.query(Upload).count() == 0
