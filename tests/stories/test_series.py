"""The series of micro-films: chosen, ordered, made, published, and gone as soon as a film may not be on the web."""

import threading
from io import BytesIO

import av
import pytest
from flask import current_app
from lxml import html
from PIL import Image

from openspace.access import actions as access, notices
from openspace.access.models import Member, Role
from openspace.events.models import Event
from openspace.extensions import db
from openspace.jobs import queue
from openspace.jobs.models import Job, State as JobState
from openspace.jobs.run import Run
from openspace.media import process
from openspace.store import media as store, sqlite, transactions
from openspace.stories import (
    actions,
    media_actions,
    moderation_actions as moderation,
    series_actions as series,
    series_jobs as jobs,
)
from openspace.stories.actions import Telling
from openspace.stories.media_models import media_of
from openspace.stories.models import Story, story_numbered
from openspace.stories.rules import Consent, State
from openspace.stories.series import MOST_FILMS, Part, Shape, first_words, joined, moved, version
from openspace.stories.series_models import (
    SeriesFile,
    SeriesFilm,
    bytes_of_series,
    fallen_count,
    films_of,
    films_to_choose,
    may_leave,
)
from openspace.uploads.limits import limits
from openspace.uploads.problems import EventFull
from openspace.web.errors import Invalid, NotAllowed, NotFound
from tests.factories import FILM, a_film, a_member, a_series, a_series_file, a_story, an_event
from tests.media import clips
from tests.media.clips import BLUE, RED, halves

ENGLISH = {"Accept-Language": "en"}
WAYS_OUT = ("film.mp4", "poster.webp", "picture.jpg", "subtitles.vtt")


@pytest.fixture
def event(inside):
    return an_event()


@pytest.fixture
def teller(event):
    return a_member(event, "Оксана Дячук")


@pytest.fixture
def organiser(event):
    return a_member(event, "Команда", Role.ORGANISER)


@pytest.fixture
def stories(event, teller) -> list[Story]:
    """Three stories with films, whose author agreed to the web."""
    told = [a_story(event, teller, text, on_web=True) for text in ("Автобус.", "Пандус.", "Вода.")]
    for story in told:
        a_film(story)
    return told


def numbers(event) -> list[int]:
    return [film.number for film in films_of(event.id)]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Автобус вперше приїхав.", "Автобус вперше приїхав"),
        ("Чи приїде автобус? Приїхав.", "Чи приїде автобус?"),
        ("Перший рядок\nдругий", "Перший рядок другий"),
        ("слово " * 20, "слово " * 9 + "слово…"),
        ("щ" * 80, "щ" * 59 + "…"),
        ("Ми, а ще " + "довго" * 12, "Ми, а ще…"),
        ("", ""),
    ],
)
def test_a_title_is_the_beginning_of_its_story(text, title):
    assert first_words(text) == title
    assert len(title) <= 60


@pytest.mark.parametrize(("place", "order"), [(-1, [3, 1, 2]), (0, [3, 1, 2]), (1, [1, 3, 2]), (9, [1, 2, 3])])
def test_a_number_is_moved_within_the_ends(place, order):
    assert moved([1, 2, 3], 3, place) == order


def test_subtitles_of_joined_films_are_as_late_as_their_films():
    first, second = [(0.0, 1.5, "Так")], [(1.0, 2.0, "Ні")]

    assert joined([(2.5, first), (20.0, second)]) == [(2.5, 4.0, "Так"), (21.0, 22.0, "Ні")]


def test_a_version_is_another_one_for_each_thing_that_a_file_shows():
    parts = [Part("a", "Автобус", "Вербівська"), Part("b", "Вода", "")]
    others = [
        parts[::-1],
        parts[:1],
        [parts[0]._replace(digest="c"), parts[1]],
        [parts[0]._replace(title="Бус"), parts[1]],
        [parts[0]._replace(community="Łódź"), parts[1]],
    ]

    assert len({version(each) for each in (parts, *others)}) == 6
    assert version(parts) == version(list(parts))


def test_films_are_chosen_ordered_and_titled(event, stories, organiser):
    assert {medium.story.number for medium in films_to_choose(event.id)} == {1, 2, 3}
    first, second, third = (series.choose(event, number, by=organiser) for number in (1, 2, 3))
    assert [film.title for film in films_of(event.id)] == ["Автобус", "Пандус", "Вода"]

    series.move(third, 0, by=organiser)
    series.move(first, 2, by=organiser)
    series.set_title(second, "Пандус за вихідні", by=organiser)
    series.set_title(third, "", by=organiser)

    assert [(film.number, film.title) for film in films_of(event.id)] == [
        (3, "Вода"),
        (2, "Пандус за вихідні"),
        (1, "Автобус"),
    ]
    series.remove(second, by=organiser)
    db.session.flush()
    assert numbers(event) == [3, 1]
    assert [medium.story.number for medium in films_to_choose(event.id)] == [2]


def test_an_author_is_told_that_their_film_was_chosen_as_long_as_it_is(event, teller, stories, organiser):
    film = series.choose(event, 1, by=organiser)
    series.choose(event, 1, by=organiser)

    told = [(notice.icon, notice.address) for notice in notices.waiting(teller.id, teller.event)]
    assert told == [("play", f"/{event.slug}/stories/1")]
    assert notices.waiting(organiser.id, organiser.event) == []
    series.remove(film, by=organiser)
    assert notices.waiting(teller.id, teller.event) == []


def test_a_film_that_is_chosen_twice_is_there_once(event, stories, organiser):
    assert series.choose(event, 1, by=organiser) is series.choose(event, 1, by=organiser)
    assert db.session.query(Job).filter_by(kind="stories.share_picture").count() == 1


def test_what_may_not_be_on_the_web_is_not_chosen(event, teller, organiser, stories):
    without = a_story(event, teller, "Без фільму.", on_web=True)
    unwilling = a_story(event, teller, "Не для вебу.")
    a_film(unwilling)
    stories[0].state = State.HIDDEN

    for number in (without.number, unwilling.number, 1, 99):
        with pytest.raises(NotFound):
            series.choose(event, number, by=organiser)
    assert series.choose(event, 2, by=organiser).number == 2


def test_a_series_has_room_for_so_many_films(event, teller, organiser, stories, monkeypatch):
    assert MOST_FILMS == 40
    monkeypatch.setattr(series, "MOST_FILMS", 2)
    a_series(event, *stories[:2], by=organiser)

    with pytest.raises(Invalid, match="2"):
        series.choose(event, 3, by=organiser)


@pytest.mark.parametrize("role", [Role.PARTICIPANT, Role.FACILITATOR])
def test_only_organisers_make_the_series(event, stories, organiser, role):
    by = a_member(event, "Ірина", role)
    (film,) = a_series(event, stories[0], by=organiser)
    deeds = [
        lambda: series.choose(event, 2, by=by),
        lambda: series.set_title(film, "Так", by=by),
        lambda: series.move(film, 0, by=by),
        lambda: series.remove(film, by=by),
        lambda: series.publish(event, True, by=by),
        lambda: series.ask(event, Shape.WIDE, film=None, by=by),
    ]

    for deed in deeds:
        with pytest.raises(NotAllowed):
            deed()


def _edit(story, teller, **changed):
    chosen = [media_actions.Chosen(medium.ref, medium.kind) for medium in media_of([story.id])[story.id]]
    actions.edit(story, Telling(story.text, "uk", **{"on_web": True, "media": chosen, **changed}), by=teller)


# What takes a film out of the series, by its author or a facilitator.
GOES = {
    "no consent": lambda story, teller, facilitator: actions.agree(story, {Consent.HALL}, by=teller),
    "edited without consent": lambda story, teller, facilitator: _edit(story, teller, on_web=False),
    "another film": lambda story, teller, facilitator: _edit(story, teller, media=[]),
    "hidden": lambda story, teller, facilitator: moderation.hide(story, "Імена", by=facilitator),
    "taken down": lambda story, teller, facilitator: actions.take_down(story, by=teller),
    "its author leaves": lambda story, teller, facilitator: access.leave(teller),
}


@pytest.mark.parametrize("way", GOES)
def test_a_film_that_may_not_be_on_the_web_falls_out_and_so_do_the_files_that_hold_it(event, stories, organiser, way):
    author = a_member(event, "Людмила Бойко")
    story = a_story(event, author, "Міст.", on_web=True)
    a_film(story)
    kept, going = a_series(event, stories[0], story, by=organiser)
    whole = a_series_file(event, by=organiser)
    of_kept, of_going = (a_series_file(event, film=film, by=organiser) for film in (kept, going))
    db.session.flush()
    assert numbers(event) == [1, 4]
    assert [may_leave(file) for file in (whole, of_kept, of_going)] == [True] * 3

    GOES[way](story, author, organiser)
    db.session.flush()
    db.session.expire_all()

    assert numbers(event) == [1]
    assert db.session.query(SeriesFile.id).all() == [(of_kept.id,)]


def test_a_film_comes_back_with_the_consent_of_its_author(event, stories, teller, organiser):
    a_series(event, *stories, by=organiser)
    _edit(stories[1], teller, on_web=False)
    assert (numbers(event), fallen_count(event.id)) == ([1, 3], 1)

    _edit(stories[1], teller)

    assert (numbers(event), fallen_count(event.id)) == ([1, 2, 3], 0)


# What makes a file out of date, by name: the deed and whether only the whole series is touched.
AGES = {
    "title": lambda films, stories, teller, by: series.set_title(films[0], "Інше", by=by),
    "order": lambda films, stories, teller, by: series.move(films[0], 1, by=by),
    "taken out": lambda films, stories, teller, by: series.remove(films[1], by=by),
    "one more": lambda films, stories, teller, by: series.choose(stories[2].event, 3, by=by),
    "community": lambda films, stories, teller, by: access.introduce(
        teller, name=teller.name, community="Львівська громада"
    ),
}


@pytest.mark.parametrize("way", AGES)
def test_a_file_is_out_of_date_when_what_it_shows_has_changed_and_may_still_leave(
    event, stories, teller, organiser, way
):
    films = a_series(event, *stories[:2], by=organiser)
    whole, one = a_series_file(event, by=organiser), a_series_file(event, film=films[0], by=organiser)
    assert not whole.is_old(films_of(event.id))

    AGES[way](films, stories, teller, organiser)
    db.session.flush()

    assert whole.is_old(films_of(event.id))
    assert one.is_old(films[:1]) == (way in {"title", "community"})
    assert may_leave(whole)


def test_the_files_of_a_series_use_the_events_room_and_are_refused_without(event, stories, organiser, monkeypatch):
    before = limits(event.id).left
    (film,) = a_series(event, stories[0], by=organiser)
    a_series_file(event, film=film, by=organiser)
    assert before - limits(event.id).left == bytes_of_series(event.id) == 2 * len(FILM)

    monkeypatch.setitem(current_app.config, "MEDIA_ROOM", 0)
    with pytest.raises(EventFull):
        series.ask(event, Shape.SQUARE, film=film, by=organiser)


def test_an_empty_series_is_not_made_and_one_that_is_being_made_only_once(event, stories, organiser):
    with pytest.raises(NotFound):
        series.ask(event, Shape.WIDE, film=None, by=organiser)
    a_series(event, stories[0], by=organiser)

    first = series.ask(event, Shape.WIDE, film=None, by=organiser)

    assert series.ask(event, Shape.WIDE, film=None, by=organiser) is first
    assert db.session.query(Job).filter_by(kind="stories.series").count() == 1


def test_two_who_ask_for_a_file_at_once_get_one(two_films):
    answers, start = [], threading.Barrier(2)

    def ask() -> None:
        with two_films.app.test_request_context():
            start.wait(10)
            with transactions.writing():
                event = db.session.get_one(Event, two_films.id)
                by = db.session.get_one(Member, two_films.ids["organiser"])
                answers.append(series.ask(event, Shape.WIDE, film=None, by=by).id)

    askers = [threading.Thread(target=ask) for _ in range(2)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join(20)

    assert len(set(answers)) == 1
    assert len(answers) == 2
    with two_films.app.app_context():
        assert db.session.query(Job).filter_by(kind="stories.series").count() == 1


def test_a_film_that_is_withdrawn_while_the_file_is_made_is_not_in_it(event, stories, organiser):
    films = a_series(event, *stories[:2], by=organiser)
    file = series.ask(event, Shape.WIDE, film=None, by=organiser)
    parts, begins = [film.part for film in films], [(film.medium_id, 0.0) for film in films]
    moderation.hide(stories[1], "Імена", by=organiser)

    series.made(file.id, store.Stored("a" * 64, 9), parts, begins)

    assert (file.digest, file.size, file.problem) == (None, 0, "changed")
    assert not may_leave(file)


# --- the jobs, on real films


def a_real_film(app, number: int, content: bytes, event_id: int) -> None:
    """Let the story have this film in place of the one that is none."""
    with app.app_context():
        film, poster = store.store().put(BytesIO(content)), store.store().put(BytesIO(a_webp()))
        with transactions.writing():
            story = story_numbered(event_id, number)
            story.on_web = True
            medium = media_of([story.id])[story.id][0]
            for file in medium.renditions:
                file.digest, file.size = film if file.mimetype == "video/mp4" else poster
            medium.subtitles = [[0.0, 1.0, f"Слова {number}"]]


def a_webp(size: tuple[int, int] = (640, 360)) -> bytes:
    stream = BytesIO()
    Image.linear_gradient("L").resize(size).convert("RGB").save(stream, "WEBP")
    return stream.getvalue()


@pytest.fixture
def two_films(hall):
    """The organiser's series of two real films, of one second each."""
    hall.film()
    with hall.app.test_request_context(), sqlite.writing():
        event, teller = db.session.get_one(Event, hall.id), db.session.get_one(Member, hall.ids["convener"])
        a_film(a_story(event, teller, "Пандус за вихідні."))
        db.session.commit()
    for number, colour in ((1, RED), (2, BLUE)):
        a_real_film(hall.app, number, clips.film(30, halves((320, 180), above=colour)), hall.id)
    for number in (1, 2):
        assert hall.ask("organiser").put(hall.url(f"stories/series/films/{number}")).status_code == 303
    return hall


def work(hall) -> None:
    """Do all jobs of the series that wait, in this process."""
    with hall.app.app_context():
        while claimed := queue.claim():
            run = Run(claimed, lambda **told: None)
            by_kind = {"stories.series": jobs.make_file, "stories.share_picture": jobs.make_picture}
            if claimed.kind in by_kind:
                by_kind[claimed.kind](run, **claimed.arguments)
            if not run.is_finished:
                with run.finishing():
                    pass
            db.session.remove()


@pytest.mark.parametrize(("shape", "size"), [("wide", (1280, 720)), ("square", (720, 720))])
def test_the_whole_series_is_made_as_one_film_with_subtitles_beside(two_films, shape, size):
    organiser, address = two_films.ask("organiser"), two_films.url(f"stories/series/files/0/{shape}")
    assert organiser.get(f"{address}.mp4").status_code == 404
    assert organiser.put(address).status_code == 303
    assert "Being made: 0 %" in organiser.get(two_films.url("stories/series"), headers=ENGLISH).text

    work(two_films)

    made = organiser.get(f"{address}.mp4")
    with av.open(BytesIO(made.data)) as film:
        picture = film.streams.video[0]
        assert (picture.width, picture.height) == size
        assert film.duration / av.time_base == pytest.approx(7, abs=0.3)
    part = organiser.get(f"{address}.mp4", headers={"Range": "bytes=4-7"})
    assert (part.status_code, part.data) == (206, b"ftyp")
    lines = organiser.get(f"{address}.vtt").text.splitlines()
    assert [lines[2][:8], lines[3], lines[5][:6], lines[6]] == ["00:02.50", "Слова 1", "00:06.", "Слова 2"]
    page = organiser.get(two_films.url("stories/series"), headers=ENGLISH).text
    assert "Up to date" in page
    assert "16x9" in made.headers["Content-Disposition"] or "1x1" in made.headers["Content-Disposition"]


def test_a_single_film_gets_its_card_and_is_old_after_another_title(two_films):
    organiser, address = two_films.ask("organiser"), two_films.url("stories/series/files/2/square")
    organiser.put(address)
    work(two_films)
    made = organiser.get(f"{address}.mp4").data
    with av.open(BytesIO(made)) as film:
        assert film.duration / av.time_base == pytest.approx(3.5, abs=0.2)

    organiser.put(two_films.url("stories/series/films/2"), data={"title": "Пандус"})

    page = organiser.get(two_films.url("stories/series"), headers=ENGLISH).text
    assert page.count("Out of date") == 1
    assert organiser.get(f"{address}.mp4").data == made
    organiser.put(address)
    work(two_films)
    assert "Out of date" not in organiser.get(two_films.url("stories/series"), headers=ENGLISH).text
    assert organiser.get(f"{address}.mp4").data != made


def test_a_file_that_holds_a_withdrawn_film_is_not_served_any_more(two_films):
    organiser, address = two_films.ask("organiser"), two_films.url("stories/series/files/0/wide")
    organiser.put(address)
    work(two_films)
    assert organiser.get(f"{address}.mp4").status_code == organiser.get(f"{address}.vtt").status_code == 200

    # Past all actions: the rule is asked for each answer.
    with two_films.app.app_context(), transactions.writing():
        story_numbered(two_films.id, 2).on_web = False

    assert organiser.get(f"{address}.mp4").status_code == organiser.get(f"{address}.vtt").status_code == 404


def test_what_cannot_be_made_is_said(two_films):
    a_real_film(two_films.app, 1, b"no film", two_films.id)
    organiser = two_films.ask("organiser")
    organiser.put(two_films.url("stories/series/files/0/wide"))

    work(two_films)

    page = organiser.get(two_films.url("stories/series"), headers=ENGLISH).text
    assert "It could not be made" in page
    assert "Make it again" in page


def test_a_file_is_tried_once_more_before_it_has_failed(two_films):
    organiser = two_films.ask("organiser")
    organiser.put(two_films.url("stories/series/files/0/wide"))
    with two_films.app.app_context():
        ask = db.session.query(Job).filter_by(kind="stories.series").one().id
        with transactions.writing():
            db.session.query(Job).filter(Job.id != ask).delete()
        for problem in ("", "killed"):
            queue.fail(queue.claim().token, "killed")
            with transactions.writing():
                db.session.query(Job).update({"run_at": None})
            assert db.session.query(SeriesFile).one().problem == problem
        assert db.session.get(Job, ask).state == JobState.FAILED


def test_the_picture_for_links_is_a_jpeg_of_1200_by_630(two_films):
    work(two_films)
    two_films.ask("organiser").put(two_films.url("stories/series/publication"))

    answer = two_films.ask("stranger").get(two_films.url("films/1/picture.jpg"))

    assert answer.mimetype == "image/jpeg"
    with Image.open(BytesIO(answer.data)) as picture:
        assert (picture.format, picture.size) == ("JPEG", (1200, 630))


@pytest.mark.parametrize("size", [(1280, 720), (720, 1280), (720, 720), (64, 64)])
def test_a_picture_for_links_is_made_of_posters_of_all_forms(in_request, size):
    (made,) = process.run("pictures.share_picture", a_webp(size)).parts

    with Image.open(BytesIO(made)) as picture:
        assert picture.size == (1200, 630)
        # The poster is brighter below; of one that has another form it is whole in the middle.
        tall = picture.convert("L").resize((1, 10)).tobytes()
        assert tall[0] < 80
        assert tall[9] > 140


def test_of_a_film_that_left_meanwhile_no_picture_is_made(two_films):
    two_films.ask("organiser").delete(two_films.url("stories/series/films/1"))

    work(two_films)

    with two_films.app.app_context():
        assert [film.picture is not None for film in db.session.query(SeriesFilm)] == [True]


# --- the public page


def of_film_1(hall, who: str) -> dict[str, int]:
    """What a person gets of the film of story 1, by each way out: its place on the page counts as one."""
    page = hall.ask(who).get(hall.url("films"))
    tree = html.fromstring(page.text)
    found = {"page": 200 if page.status_code == 200 and tree.xpath("//*[@id='film-1']") else 404}
    return found | {name: hall.ask(who).get(hall.url(f"films/1/{name}")).status_code for name in WAYS_OUT}


@pytest.mark.parametrize("is_published", [True, False])
@pytest.mark.parametrize("on_web", [True, False])
@pytest.mark.parametrize("state", list(State))
def test_a_film_is_seen_by_whom_it_should_be_on_every_way_out(hall, state, on_web, is_published):
    hall.make_series()
    with hall.app.app_context(), transactions.writing():
        story = story_numbered(hall.id, 1)
        story.state, story.on_web = state, on_web
        db.session.get_one(Event, hall.id).publishes_films = is_published
    may_be = state == State.SHOWN and on_web

    for who in ("stranger", "other", "participant", "convener", "facilitator", "organiser"):
        expected = 200 if may_be and (is_published or who == "organiser") else 404
        assert of_film_1(hall, who) == dict.fromkeys(("page", *WAYS_OUT), expected), who


def test_a_film_is_sent_in_ranges_and_browsers_ask_each_time(hall):
    hall.make_series()

    answer = hall.ask("stranger").get(hall.url("films/1/film.mp4"), headers={"Range": "bytes=2-5"})

    assert (answer.status_code, answer.data) == (206, b"film")
    assert answer.headers["Cache-Control"] == "public, no-cache"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    again = hall.ask("stranger").get(hall.url("films/1/film.mp4"), headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    hall.ask("organiser").delete(hall.url("stories/series/publication"))
    gone = hall.ask("stranger").get(hall.url("films/1/film.mp4"), headers={"If-None-Match": answer.headers["ETag"]})
    assert gone.status_code == 404


def test_the_page_tells_other_sites_what_it_shows(hall):
    hall.make_series()
    base = "http://localhost"
    tree = html.fromstring(hall.ask("stranger").get(hall.url("films"), headers=ENGLISH).text)
    told = {tag.get("property") or tag.get("name"): tag.get("content") for tag in tree.xpath("//meta[@content]")}

    assert told["og:title"] == told["twitter:title"] == "Films of the communities · Інновації громад"
    assert told["og:description"] == told["twitter:description"] == told["description"]
    assert told["og:image"] == told["twitter:image"] == f"{base}{hall.url('films/1/picture.jpg')}"
    assert told["og:video"] == f"{base}{hall.url('films/1/film.mp4')}"
    assert (told["og:video:type"], told["twitter:card"]) == ("video/mp4", "summary_large_image")
    assert "robots" not in told
    (film,) = tree.xpath("//*[@id='film-1']")
    assert film.xpath("h2/text() | p/bdi/text()") == ["Автобус вперше приїхав", "Вербівська громада"]
    # Nobody's name leaves the house with it.
    assert "Дячук" not in html.tostring(tree, encoding="unicode")

    hall.ask("organiser").delete(hall.url("stories/series/publication"))
    tree = html.fromstring(hall.ask("organiser").get(hall.url("films")).text)
    assert tree.xpath("//meta[@name='robots']/@content") == ["noindex"]


def test_the_page_of_the_series_says_what_is_not_offered(hall):
    hall.film()
    page = hall.ask("organiser").get(hall.url("stories/series"), headers=ENGLISH).text
    assert "1 film on the wall is not offered" in page
    hall.restore()
    hall.make_series()
    hall.ask("organiser").put(hall.url("stories/1/hidden"), data={"why": "Імена"})

    page = hall.ask("organiser").get(hall.url("stories/series"), headers=ENGLISH).text

    assert "1 film has left the series" in page
    assert hall.ask("facilitator").get(hall.url("stories")).text.count("stories/series") == 0
    assert hall.ask("organiser").get(hall.url("stories")).text.count("stories/series") == 1
